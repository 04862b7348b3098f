/** A graph as what the typed net says of its layers, perhaps for images of another size or after passes. */
import type { TensorType } from '../ops/types.ts';
import type { Placed } from '../typecheck/net/places.ts';
import type { Graph } from './graph.ts';

/** For the facts and the admissible sizes of a graph, which are stated of places. */
export const placed = (graph: Graph): Placed => {
  const types = new Map<number, TensorType>([[graph.input.id, graph.input.type]]);
  const layers = graph.nodes.map((node) => {
    types.set(node.id, node.type);
    return { ...node, inputTypes: node.inputs.map((id) => types.get(id)!), output: node.type };
  });
  return { layers, outputs: graph.outputs, clashes: [], parts: [] };
};
