/**
 * From graph to straight-line program: every row is asked for its kernels, and the expressions are laid out in order
 * of execution.
 */
import { Bug } from '../diagnostic/bug.ts';
import type { Graph, ValueId } from '../graph/graph.ts';
import { rowOf } from '../ops/table.ts';
import type { TensorType } from '../ops/types.ts';
import { layOut, newDraft } from './draft.ts';
import type { Kernels } from './kernels.ts';

/**
 * The kernels of a net. Of the outputs that `also` adds, those in `wanted` are kept; without it only the
 * main one is. What no kept output needs is left out.
 */
export const kernels = (graph: Graph, wanted: readonly string[] = []): Kernels => {
  const outputs = graph.outputs.filter((o, i) => i === 0 || wanted.includes(o.name));
  const needed = neededFor(graph, outputs);
  const draft = newDraft();
  // what each node's value has become: its own number, or another's where a layer does nothing
  const resultOf = new Map<ValueId, ValueId>([[graph.input.id, draft.input]]);
  const typeOf = new Map<ValueId, TensorType>([[graph.input.id, graph.input.type]]);
  for (const node of graph.nodes) {
    typeOf.set(node.id, node.type);
    if (!needed.has(node.id)) continue;
    const inputs = node.inputs.map((id) => found(typeOf, id));
    const lowered = rowOf(node.op).lower(node.args, { inputs, output: node.type });
    const operands = node.inputs.map((id) => found(resultOf, id));
    const [result] = layOut(draft, node, operands, [lowered]);
    resultOf.set(node.id, result!);
  }
  return {
    net: graph.net,
    values: draft.values,
    input: { id: draft.input, type: graph.input.type },
    parameters: [...draft.parameters.values()],
    weights: draft.weights,
    constants: draft.constants,
    calls: draft.calls,
    outputs: outputs.map(({ name, id }) => ({
      name,
      id: found(resultOf, id),
      type: found(typeOf, id),
    })),
  };
};

/** The nodes on which the outputs depend. */
const neededFor = (graph: Graph, outputs: Graph['outputs']): ReadonlySet<ValueId> => {
  const needed = new Set(outputs.map((o) => o.id));
  for (const node of graph.nodes.toReversed())
    if (needed.has(node.id)) for (const id of node.inputs) needed.add(id);
  return needed;
};

const found = <A>(map: ReadonlyMap<ValueId, A>, id: ValueId): A => {
  const a = map.get(id);
  if (a === undefined) throw new Bug(`value ${id} is used before it is computed`);
  return a;
};
