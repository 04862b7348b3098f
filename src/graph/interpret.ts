/** Computes a graph in float64 by the rows' references. Every engine is compared with this. */
import { Bug } from '../diagnostic/bug.ts';
import type { Tensor } from '../numeric/tensor.ts';
import { rowOf } from '../ops/table.ts';
import type { Graph, ValueId } from './graph.ts';

/**
 * The outputs by name. `input` is [batch, h, w, c] or [batch, c]; `weight` gives each weight by its path.
 * A value is freed after its last use.
 */
export const interpret = (
  graph: Graph,
  input: Tensor,
  weight: (path: string) => Tensor,
): ReadonlyMap<string, Tensor> => {
  const lasts = lastReaders(graph);
  const values = new Map<ValueId, Tensor>([[graph.input.id, input]]);
  const value = (id: ValueId): Tensor => {
    const t = values.get(id);
    if (t === undefined) throw new Bug(`value ${id} of ${graph.net} is not there`);
    return t;
  };
  for (const node of graph.nodes) {
    const weights = Object.fromEntries(node.weights.map((w) => [w.spec.name, weight(w.path)]));
    values.set(node.id, rowOf(node.op).reference(node.args, node.inputs.map(value), weights));
    for (const id of [...node.inputs, node.id]) if (lasts.get(id) === node.id) values.delete(id);
  }
  return new Map(graph.outputs.map((o) => [o.name, value(o.id)]));
};

/** The last node that reads each value; outputs stay. */
const lastReaders = (graph: Graph): ReadonlyMap<ValueId, ValueId> => {
  const lasts = new Map<ValueId, ValueId>();
  for (const node of graph.nodes)
    for (const id of [node.id, ...node.inputs]) lasts.set(id, node.id);
  for (const { id } of graph.outputs) lasts.set(id, Infinity);
  return lasts;
};
