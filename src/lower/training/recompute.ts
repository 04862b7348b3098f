/**
 * Recomputation (Chen et al. 2016, "Training deep nets with sublinear memory cost"): of a block only what enters it is
 * kept for the backward pass, which computes the rest once more. The numbers are the same, bit for bit.
 */
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import { lastingIn, type Call, type KernelProgram, type Value } from '../kernels.ts';

/** How many of the calls come before the backward pass: up to the one that makes the output of this name. */
const forwardCalls = ({ net, outputs, calls }: KernelProgram, loss: string): number => {
  const id = outputs.find((o) => o.name === loss)?.id;
  const last = calls.findIndex((call) => call.outputs.some((output) => output === id));
  if (last < 0) throw new Bug(`${net} computes no ${loss}`);
  return last + 1;
};

/** The outermost block that a layer stands in, if it stands in one: `D/stage1/conv2` is in `stage1`. */
const blockOf = ({ path }: Call): string | undefined => {
  const [, block, inner] = path.split('/');
  return inner === undefined ? undefined : block;
};

/** The program of a step whose backward pass computes again what lies within blocks. */
export const recomputing = (program: KernelProgram, loss: string): KernelProgram => {
  const first = forwardCalls(program, loss);
  const [forward, later] = [program.calls.slice(0, first), program.calls.slice(first)];
  const within = valuesWithin(program, forward);
  const values: Value[] = [...program.values];
  const again = new Map<ValueId, ValueId>();
  /** computes the values of a block again, those that are wanted of it */
  const copied = (block: string): readonly Call[] => {
    const own = forward.filter((call) => blockOf(call) === block);
    const wanted = new Set(
      later.flatMap((call) => readBy(call).filter((id) => within.get(id) === block)),
    );
    const needed = own.toReversed().filter((call) => {
      if (!call.outputs.some((id) => wanted.has(id))) return false;
      for (const id of readBy(call)) if (within.get(id) === block) wanted.add(id);
      return true;
    });
    for (const id of needed.flatMap((call) => call.outputs))
      again.set(id, values.push(program.values[id]!) - 1);
    return needed.reverse().map((call) => ({
      ...renamed(call, (id) => (within.has(id) ? again.get(id) : undefined)),
      outputs: call.outputs.map((id) => again.get(id)!),
    }));
  };
  const done = new Set<string>();
  const backward = later.flatMap((call) => {
    const blocks = readBy(call).flatMap((id) => within.get(id) ?? []);
    const fresh = [...new Set(blocks)].filter((block) => !done.has(block));
    const before = fresh.flatMap((block) => (done.add(block), copied(block)));
    return [...before, renamed(call, (id) => (within.has(id) ? again.get(id) : undefined))];
  });
  return { ...program, values, calls: [...forward, ...backward] };
};

/** The values that nobody but their own block reads while the net runs forward, with that block. */
const valuesWithin = (
  program: KernelProgram,
  forward: readonly Call[],
): ReadonlyMap<ValueId, string> => {
  const within = new Map<ValueId, string>();
  for (const call of forward) {
    const block = blockOf(call);
    for (const id of call.outputs) if (block !== undefined) within.set(id, block);
    for (const id of readBy(call)) if (within.get(id) !== block) within.delete(id);
  }
  for (const id of lastingIn(program)) within.delete(id);
  return within;
};

const readBy = ({ operands }: Call): readonly ValueId[] =>
  operands.flatMap(({ id, of }) => (of === 'value' ? [id] : []));

const renamed = (call: Call, to: (id: ValueId) => ValueId | undefined): Call => ({
  ...call,
  operands: call.operands.map((operand) => ({
    ...operand,
    id: operand.of === 'value' ? (to(operand.id) ?? operand.id) : operand.id,
  })),
});
