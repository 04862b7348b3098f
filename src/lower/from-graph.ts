/**
 * From graph to straight-line program: every row is asked for its kernels, and the expressions are laid out in order
 * of execution.
 */
import { Bug } from '../diagnostic/bug.ts';
import type { Graph, GraphNode, ValueId } from '../graph/graph.ts';
import { neededFor } from '../graph/main-output.ts';
import { weight } from '../kernel/kernel.ts';
import type { Mask, Operands, Training } from '../ops/row.ts';
import { rowOf } from '../ops/table.ts';
import { extentOf, type TensorType } from '../ops/types.ts';
import { addInput, layOut, newDraft, programFrom } from './draft.ts';
import type { KernelProgram, Port } from './kernels.ts';

/** The kernels of a net, for all of its outputs. What no output needs is left out. */
export const kernels = (graph: Graph): KernelProgram =>
  written(graph, ({ op, args }, site) => ({ value: rowOf(op).lower(args, site) })).program;

/** A random mask that a program reads as an input. */
export type MaskInput = Mask & {
  readonly name: string; // of the input
  readonly path: string; // of the layer
};

/** The kernels of a net while layers are trained, and the masks that they read. */
export type InTraining = { readonly program: KernelProgram; readonly masks: readonly MaskInput[] };

/**
 * The kernels of a net of which these layers are trained: batch norm takes the statistics of the batch and moves its
 * running ones, dropout reads a mask. The others compute what they do at inference.
 */
export const trainingKernels = (
  graph: Graph,
  trains: (layer: GraphNode) => boolean = () => true,
): InTraining =>
  written(graph, (layer, site) => {
    const row = rowOf(layer.op);
    const training = trains(layer) ? row.training?.(layer.args, site) : undefined;
    return training ?? { value: row.lower(layer.args, site) };
  });

/** The program in which each layer is written as `lowered` says. */
const written = (
  graph: Graph,
  lowered: (layer: GraphNode, site: Operands) => Training,
): InTraining => {
  const { outputs } = graph;
  const masks: MaskInput[] = [];
  const next = new Map<ValueId, ValueId>();
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
    const { value, mask, next: moved = {} } = lowered(node, { inputs, output: node.output });
    const operands = node.inputs.map((id) => found(resultOf, id));
    if (mask !== undefined) {
      const name = `${node.path}/mask`;
      masks.push({ ...mask, name, path: node.path });
      operands.push(addInput(draft, name, sizesOf(node.output)));
    }
    const names = Object.keys(moved);
    const before = names.map((name) => weight(name));
    const [result, ...states] = layOut(draft, node, operands, [
      value,
      ...before,
      ...Object.values(moved),
    ]);
    resultOf.set(node.id, result!);
    names.forEach((_, i) => next.set(states[i]!, states[names.length + i]!));
  }
  const ports = outputs.map(({ name, id }): Port => ({
    name,
    id: found(resultOf, id),
    shape: sizesOf(found(typeOf, id)),
  }));
  return { program: programFrom(draft, graph.net, ports, next), masks };
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
