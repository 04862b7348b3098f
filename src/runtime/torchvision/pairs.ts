/** The weights of a net and the keys that torchvision has for them. */
import type { Graph, GraphNode, GraphWeight } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';
import { layoutOf, type Layout } from './layout.ts';
import { layersOf } from './recognise.ts';
import type { Model } from '../zoo/zoo.ts';

/** A weight of the net and its key in torchvision’s file. */
export type Pair = {
  readonly key: string; // `layer1.0.conv1.weight`
  readonly weight: GraphWeight;
  readonly layer: string; // its path
  readonly layout: Layout;
};

export type Pairs = {
  readonly weights: readonly Pair[];
  /** keys of integers that count the batches of a batch norm; older files lack them */
  readonly counters: readonly string[];
  /** modules of the heads on the side, when the net is without them */
  readonly without: readonly string[];
};

/** Why a net and a network do not fit: different numbers of layers, or a layer that torchvision does not have. */
export type Unpaired =
  | { readonly tag: 'count'; readonly net: number; readonly model: number; readonly side: boolean }
  | { readonly tag: 'layer'; readonly node: GraphNode; readonly module: string };

/** PyTorch's names of weights, by netc's. */
const names: { readonly [name: string]: string } = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
};

const ofLayer = (graph: Graph, node: GraphNode, module: string): readonly Pair[] | undefined => {
  const pairs: Pair[] = [];
  for (const weight of node.weights) {
    const name = names[weight.spec.name];
    const layout = layoutOf(graph, node, weight.spec.shape);
    if (name === undefined || layout === undefined) return undefined;
    pairs.push({ key: `${module}.${name}`, weight, layer: node.path, layout });
  }
  return pairs;
};

/** Pairs the layers of a net with the modules of a network, both in order of execution. */
export const pairUp = (graph: Graph, model: Model): Pairs | Unpaired => {
  const { main, side } = layersOf(graph);
  if (main.length !== model.modules.length)
    return { tag: 'count', net: main.length, model: model.modules.length, side: false };
  if (side.length > 0 && side.length !== model.side.length)
    return { tag: 'count', net: side.length, model: model.side.length, side: true };
  const layers = [
    ...main.map((node, i) => ({ node, module: model.modules[i]! })),
    ...side.map((node, i) => ({ node, module: model.side[i]! })),
  ].sort((a, b) => a.node.id - b.node.id);
  const weights: Pair[] = [];
  for (const { node, module } of layers) {
    const pairs = ofLayer(graph, node, module);
    if (pairs === undefined) return { tag: 'layer', node, module };
    weights.push(...pairs);
  }
  const norms = layers.filter(({ node }) => rowOf(node.op).statistics);
  return {
    weights,
    counters: norms.map(({ module }) => `${module}.num_batches_tracked`),
    without: side.length === 0 ? model.side : [],
  };
};
