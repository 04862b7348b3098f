/** The weights of a net and the keys that torchvision has for them. */
import type { Graph, GraphNode, GraphWeight } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';
import type { Layout } from '../pytorch/layout.ts';
import { isMissing, slotsOf, type Slot } from '../pytorch/slots.ts';
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

const ofSlot = ({ layer, weights }: Slot, module: string): readonly Pair[] =>
  weights.map(({ weight, name, layout }) => ({ key: `${module}.${name}`, weight, layer, layout }));

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
  const slots = new Map(
    slotsOf(graph).flatMap((s) => (isMissing(s) ? [] : [[s.node.id, s] as const])),
  );
  const weights: Pair[] = [];
  for (const { node, module } of layers) {
    const slot = slots.get(node.id);
    if (slot === undefined) return { tag: 'layer', node, module };
    weights.push(...ofSlot(slot, module));
  }
  const norms = layers.filter(({ node }) => rowOf(node.op).statistics);
  return {
    weights,
    counters: norms.map(({ module }) => `${module}.num_batches_tracked`),
    without: side.length === 0 ? model.side : [],
  };
};
