/** The layers of a net that have weights, as PyTorch would have them. */
import type { Graph, GraphNode, GraphWeight } from '../../graph/graph.ts';
import { ordersOf } from './flattened.ts';
import { layoutOf, type Layout } from './layout.ts';

/** PyTorch's names of weights, by netc's. */
const names: { readonly [name: string]: string } = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
  alpha: 'weight',
};

/** A weight of the net, with its name in a module of PyTorch's. */
export type SlotWeight = {
  readonly weight: GraphWeight;
  readonly name: string;
  readonly layout: Layout;
};

/** A layer, and what its module has. */
export type Slot = {
  readonly node: GraphNode;
  /** the path that its weights have in front */
  readonly layer: string;
  readonly weights: readonly SlotWeight[];
};

/** The layer has no counterpart in PyTorch, or what comes into it lies there in an order that netc cannot follow. */
export type NoSlot = { readonly tag: 'no slot'; readonly node: GraphNode };

const layerOf = ({ path }: GraphWeight): string => path.slice(0, path.lastIndexOf('/'));

/** In order of execution. */
export const slotsOf = (graph: Graph): readonly (Slot | NoSlot)[] => {
  const orders = ordersOf(graph);
  return graph.nodes.flatMap((node): readonly (Slot | NoSlot)[] => {
    const [first] = node.weights;
    if (first === undefined) return [];
    const weights = node.weights.flatMap((weight): readonly SlotWeight[] => {
      const name = names[weight.spec.name];
      const layout = layoutOf(node, orders.get(node.inputs[0] ?? 0), weight.spec.shape);
      return name === undefined || layout === undefined ? [] : [{ weight, name, layout }];
    });
    return weights.length < node.weights.length
      ? [{ tag: 'no slot', node }]
      : [{ node, layer: layerOf(first), weights }];
  });
};

/** Whether it is a layer without a counterpart. */
export const isMissing = (slot: Slot | NoSlot): slot is NoSlot => 'tag' in slot;
