/**
 * From graph to straight-line program: every row is asked for its kernels, and the expressions are laid out in order
 * of execution.
 */
import { Bug } from '../diagnostic/bug.ts';
import type { Graph, ValueId } from '../graph/graph.ts';
import { neededFor } from '../graph/main-output.ts';
import { rowOf } from '../ops/table.ts';
import { extentOf, type TensorType } from '../ops/types.ts';
import { addInput, layOut, newDraft, programFrom } from './draft.ts';
import type { Kernels, Port } from './kernels.ts';

/** The kernels of a net, for all of its outputs. What no output needs is left out. */
export const kernels = (graph: Graph): Kernels => {
  const { outputs } = graph;
  const needed = neededFor(graph.nodes, outputs);
  const draft = newDraft();
  const input = addInput(draft, 'input', sizesOf(graph.input.type));
  // what each node's value has become: its own number, or another's where a layer does nothing
  const resultOf = new Map<ValueId, ValueId>([[graph.input.id, input]]);
  const typeOf = new Map<ValueId, TensorType>([[graph.input.id, graph.input.type]]);
  for (const node of graph.nodes) {
    typeOf.set(node.id, node.output);
    if (!needed.has(node.id)) continue;
    const inputs = node.inputs.map((id) => found(typeOf, id));
    const lowered = rowOf(node.op).lower(node.args, { inputs, output: node.output });
    const operands = node.inputs.map((id) => found(resultOf, id));
    const [result] = layOut(draft, node, operands, [lowered]);
    resultOf.set(node.id, result!);
  }
  const ports = outputs.map(({ name, id }): Port => ({
    name,
    id: found(resultOf, id),
    shape: sizesOf(found(typeOf, id)),
  }));
  return programFrom(draft, graph.net, ports);
};

/** The sizes of a tensor of this type, without the batch. */
const sizesOf = (type: TensorType): Port['shape'] => {
  if (type.tag === 'unknown' || typeof type.c !== 'number')
    throw new Bug('an unknown type is lowered');
  return type.tag === 'map' ? [extentOf(type.h), extentOf(type.w), type.c] : [type.c];
};

const found = <A>(map: ReadonlyMap<ValueId, A>, id: ValueId): A => {
  const a = map.get(id);
  if (a === undefined) throw new Bug(`value ${id} is used before it is computed`);
  return a;
};
