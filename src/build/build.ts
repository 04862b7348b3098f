/** From a typed net to its graph: every layer once in order, with the weights it needs. */
import { rowOf } from '../ops/table.ts';
import { placesOf } from '../typecheck/net/places.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import type { Graph, GraphNode } from '../graph/graph.ts';

/** The net must have passed the gate: its types are known. */
export const buildGraph = (net: TypedNet): Graph => {
  const { layers, outputs } = placesOf(net);
  const nodes = layers.map((layer): GraphNode => {
    const weights = rowOf(layer.op).weights(layer.args, layer.inputTypes);
    const placed = weights.map((spec) => ({ path: `${layer.path}/${spec.name}`, spec }));
    return { ...layer, weights: placed };
  });
  return { net: net.name, input: { id: 0, type: net.input }, nodes, outputs };
};
