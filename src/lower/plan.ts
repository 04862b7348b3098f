/**
 * The plan of one run: which kernel when, how large its result is, and when each value is freed, so that
 * the memory of a run is known before it starts. Shapes are all known by then, so a value of which only the shape is
 * read is not kept for that, nor computed.
 *
 * Bytes are counted as `tf.memory().numBytes` counts them: the numbers of live tensors. A Reshape is a view of what it
 * reshapes (the executor calls no kernel for it), so it takes nothing and keeps its owner alive. While a
 * kernel runs its inputs and its result are alive together, and what the engine holds `Within` it. What a kernel of
 * TensorFlow.js uses inside (packed filters, a transposed copy) is not counted, by TensorFlow.js or here.
 */
import { Bug } from '../diagnostic/bug.ts';
import type { ValueId } from '../graph/graph.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { bytesOf, type Shape } from '../kernel/shape.ts';
import { isView, resultShapes } from '../kernel/table.ts';
import { sameShape } from '../numeric/tensor.ts';
import { lastingIn, type Call, type KernelProgram } from './kernels.ts';

/** An operand of one run. */
export type PlannedOperand = { readonly shape: Shape; readonly batched: boolean };

/**
 * The bytes that an engine holds at most while it computes a call, beside operands and results: it may make a kernel of
 * several others.
 */
export type Within = (
  kernel: Kernel,
  operands: readonly PlannedOperand[],
  results: readonly Shape[],
) => number;

/** One call, and what is known of it before anything runs. */
export type PlannedCall = {
  readonly call: Call;
  readonly operands: readonly PlannedOperand[];
  readonly results: readonly Shape[];
  readonly bytes: number; // that the results add; 0 for a view
  readonly within: number; // bytes that the engine holds meanwhile
  readonly frees: readonly ValueId[]; // after the call; nothing reads them later
  readonly live: number; // bytes of all values while the call runs, and those within; weights excepted
};

/**
 * After a run `state` is what `owner` holds, and what it held is freed: not before, so that a run that fails changes
 * nothing.
 */
export type Update = { readonly state: ValueId; readonly owner: ValueId };

/** Every call for inputs of one shape, in order, with the memory that they need. */
export type Plan = {
  readonly program: KernelProgram;
  readonly inputs: readonly Shape[]; // in the program's order, with the batch
  readonly steps: readonly PlannedCall[];
  readonly outputs: readonly {
    readonly name: string;
    readonly id: ValueId;
    readonly shape: Shape;
  }[];
  readonly updates: readonly Update[];
  readonly weightBytes: number; // state and constants, alive throughout
  readonly peakBytes: number; // the most that is taken at once, inputs and next states included
};

/** The shapes of all inputs for so many pictures; a free size is that of the picture. */
export const shapesOfInputs = (
  { inputs, values }: KernelProgram,
  pictures: number,
  picture: Shape,
): InputShapes =>
  Object.fromEntries(
    inputs.map(({ name, id, shape }) => {
      const sized = name === 'input' ? picture : shape.map((n) => n ?? 1);
      return [name, values[id]!.batched ? [pictures, ...sized] : sized];
    }),
  );

/** The shapes of inputs by their names, with the batch. */
export type InputShapes = { readonly [input: string]: Shape };

/**
 * The plan for inputs of these shapes: the sizes that are declared, or any where they are free, and one batch. It is for
 * the engine that `within` is of; without one it counts values alone.
 */
export const plan = (
  program: KernelProgram,
  given: InputShapes,
  within: Within = () => 0,
): Plan => {
  const inputs = inputsOf(program, given);
  const shapes = shapesOf(program, inputs);
  const shapeOf = (id: ValueId): Shape => shapeAt(shapes, id);
  const calls = callsThatRun(program);
  const owners = ownersOf(calls);
  const lasts = lastUses(program, calls, owners);
  const ownerAt = (id: ValueId): ValueId => owners.get(id) ?? id;
  const bytesAt = (id: ValueId): number => (owners.has(id) ? 0 : bytesOf(shapeOf(id)));

  let live = inputs.reduce((n, shape) => n + bytesOf(shape), 0);
  let peakBytes = live;
  const steps = calls.map((call, index): PlannedCall => {
    const bytes = call.outputs.reduce((n, id) => n + bytesAt(id), 0);
    live += bytes;
    const operands = call.operands.map(({ id }): PlannedOperand => ({
      shape: shapeOf(id),
      batched: program.values[id]!.batched,
    }));
    const results = call.outputs.map(shapeOf);
    const more = isView(call.kernel) ? 0 : within(call.kernel, operands, results);
    const step = { call, operands, results, bytes, within: more, live: live + more };
    peakBytes = Math.max(peakBytes, step.live);
    const used = new Set([...readBy(call), ...call.outputs].map(ownerAt));
    const frees = [...used].filter((id) => lasts.get(id) === index);
    for (const id of frees) live -= bytesAt(id);
    return { ...step, frees };
  });
  const stored = [...program.state, ...program.constants];
  return {
    program,
    inputs,
    steps,
    outputs: program.outputs.map(({ name, id }) => ({ name, id, shape: shapeOf(id) })),
    updates: updatesOf(program, calls, shapeOf, ownerAt),
    weightBytes: stored.reduce((n, { shape }) => n + bytesOf(shape), 0),
    peakBytes,
  };
};

/** The shapes of the inputs in order, if they are what the program takes. */
const inputsOf = ({ net, inputs, values }: KernelProgram, given: InputShapes): readonly Shape[] => {
  const batches = new Set<number>();
  const shapes = inputs.map(({ name, id, shape: declared }) => {
    const shape = given[name];
    if (shape === undefined) throw new Bug(`${net} lacks its input ${name}`);
    const { batched } = values[id]!;
    const size = batched ? shape.slice(1) : shape;
    if (batched) batches.add(shape[0] ?? 0);
    const fits =
      size.length === declared.length && declared.every((n, i) => n === undefined || n === size[i]);
    if (!fits) {
      const says = declared.map((n) => n ?? '?').join(', ');
      throw new Bug(`[${size}] is not an input of ${net}: [${says}]`);
    }
    return shape;
  });
  if (batches.size > 1) throw new Bug(`the inputs of ${net} are batches of ${[...batches].join()}`);
  return shapes;
};

/**
 * What becomes of each state that has a next value. It is handed over and not copied, so it must be a call's own
 * result, and no other state's.
 */
const updatesOf = (
  { net, state }: KernelProgram,
  calls: readonly Call[],
  shapeOf: (id: ValueId) => Shape,
  ownerAt: (id: ValueId) => ValueId,
): readonly Update[] => {
  const free = new Set(calls.flatMap((call) => (isView(call.kernel) ? [] : call.outputs)));
  return state.flatMap(({ id, path, shape, next }): readonly Update[] => {
    if (next === undefined) return [];
    const owner = ownerAt(next);
    if (!sameShape(shapeOf(next), shape))
      throw new Bug(`${path} of ${net} is [${shape}], and then [${shapeOf(next)}]`);
    if (!free.delete(owner)) throw new Bug(`${path} of ${net} would share what it holds`);
    return [{ state: id, owner }];
  });
};

/** The values whose numbers a call reads. */
const readBy = (call: Call): readonly ValueId[] =>
  call.operands.flatMap(({ id, of }) => (of === 'value' ? [id] : []));

/** The calls of which a number is wanted, by an output or by another of them. */
const callsThatRun = (program: KernelProgram): readonly Call[] => {
  const wanted = new Set(lastingIn(program));
  const runs = program.calls.toReversed().filter((call) => {
    const runs = call.outputs.some((id) => wanted.has(id));
    if (runs) for (const id of readBy(call)) wanted.add(id);
    return runs;
  });
  return runs.reverse();
};

/** The value that owns the numbers of each view. */
const ownersOf = (calls: readonly Call[]): ReadonlyMap<ValueId, ValueId> => {
  const owners = new Map<ValueId, ValueId>();
  for (const call of calls) {
    const [of] = readBy(call);
    if (isView(call.kernel) && of !== undefined) owners.set(call.outputs[0]!, owners.get(of) ?? of);
  }
  return owners;
};

/** The index of the last call that reads a value or a view of it; what lasts is never freed. */
const lastUses = (
  program: KernelProgram,
  calls: readonly Call[],
  owners: ReadonlyMap<ValueId, ValueId>,
): ReadonlyMap<ValueId, number> => {
  const lasts = new Map<ValueId, number>();
  const use = (id: ValueId, index: number): void => {
    lasts.set(owners.get(id) ?? id, index);
  };
  calls.forEach((call, index) => {
    for (const id of [...readBy(call), ...call.outputs]) use(id, index);
  });
  for (const id of lastingIn(program)) use(id, Infinity);
  for (const { id } of [...program.state, ...program.constants]) use(id, Infinity);
  return lasts;
};

/** The shape of every value, for inputs of these. */
export const shapesOf = (
  program: KernelProgram,
  inputs: readonly Shape[],
): ReadonlyMap<ValueId, Shape> => {
  const shapes = new Map(program.inputs.map(({ id }, i) => [id, inputs[i]!] as const));
  for (const { id, shape } of [...program.state, ...program.constants]) shapes.set(id, shape);
  for (const call of program.calls) {
    const operands = call.operands.map(({ id }) => shapeAt(shapes, id));
    const batched = call.operands.map(({ id }) => program.values[id]!.batched);
    const results = resultShapes(call, operands, batched);
    call.outputs.forEach((id, i) => shapes.set(id, results[i]!));
  }
  return shapes;
};

const shapeAt = (shapes: ReadonlyMap<ValueId, Shape>, id: ValueId): Shape => {
  const shape = shapes.get(id);
  if (shape === undefined) throw new Bug(`value ${id} has no shape`);
  return shape;
};
