/**
 * One kernel for a product, its bias and its activation, where nothing else reads what lies between.
 * The engines fuse these, and so does a GraphModel, which is why a product without bias stays as it is:
 * its `fused_ops` begin with BiasAdd.
 */
import { fusedOf } from '../kernel/rows/fused.ts';
import { isActivation, isBias, isProduct } from '../kernel/table.ts';
import type { ValueId } from '../graph/graph.ts';
import { lastingIn, type Call, type KernelProgram } from './kernels.ts';

/** The same program with products, biases and activations fused. Values that vanish keep their numbers. */
export const fuse = (program: KernelProgram): KernelProgram => {
  const readers = soleReaders(program);
  const vectors = new Set(
    [...program.state, ...program.constants].filter((w) => w.shape.length === 1).map((w) => w.id),
  );
  const gone = new Set<Call>();
  const calls = program.calls.map((call): Call => {
    if (!isProduct(call.kernel)) return call;
    // all three have one result
    const [product] = call.outputs;
    const biased = readers.get(product!);
    const [sum, bias] = biased?.operands ?? [];
    if (biased === undefined || !isBias(biased.kernel) || sum?.id !== product) return call;
    if (bias === undefined || !vectors.has(bias.id)) return call;
    const next = readers.get(biased.outputs[0]!);
    const activation = next !== undefined && isActivation(next.kernel) ? next.kernel : undefined;
    const last = next !== undefined && activation !== undefined ? next : biased;
    gone.add(biased).add(last);
    return {
      kernel: fusedOf(call.kernel, activation),
      operands: [...call.operands, bias],
      outputs: last.outputs,
      path: call.path,
    };
  });
  return { ...program, calls: calls.filter((call) => !gone.has(call)) };
};

/** The call that reads a value, for values that are read exactly once and are not an output or a next state. */
const soleReaders = (program: KernelProgram): ReadonlyMap<ValueId, Call> => {
  const readers = new Map<ValueId, Call | undefined>();
  for (const id of lastingIn(program)) readers.set(id, undefined);
  for (const call of program.calls)
    for (const { id } of call.operands) readers.set(id, readers.has(id) ? undefined : call);
  const sole = new Map<ValueId, Call>();
  for (const [id, call] of readers) if (call !== undefined) sole.set(id, call);
  return sole;
};
