/**
 * The plan of one run: which kernel when, how large its result is, and when each value is freed, so that
 * the memory of a run is known before it starts. Shapes are all known by then, so a value of which only the shape is
 * read is not kept for that, nor computed.
 *
 * Bytes are counted as `tf.memory().numBytes` counts them: the numbers of live tensors. A Reshape is a view of what it
 * reshapes (the executor calls no kernel for it), so it takes nothing and keeps its owner alive. While a
 * kernel runs its inputs and its result are alive together. What a kernel uses inside (packed filters, a
 * transposed copy) belongs to the engine and is not counted, by TensorFlow.js or here.
 */
import { Bug } from '../diagnostic/bug.ts';
import { wrap } from '../diagnostic/terminal/cells.ts';
import { largest } from '../numeric/figures.ts';
import { extentOf, showType, type TensorType } from '../ops/types.ts';
import type { ValueId } from '../graph/graph.ts';
import type { Call, Kernels } from './kernels.ts';
import { bytesOf, type Shape } from '../kernel/shape.ts';
import { isView, partsOf, resultShapes } from '../kernel/table.ts';

/** An operand of one run. */
export type PlannedOperand = { readonly shape: Shape; readonly batched: boolean };

/** One call, and what is known of it before anything runs. */
export type PlannedCall = {
  readonly call: Call;
  readonly operands: readonly PlannedOperand[];
  readonly results: readonly Shape[];
  readonly bytes: number; // that the results add; 0 for a view
  readonly frees: readonly ValueId[]; // after the call; nothing reads them later
  readonly live: number; // bytes of all values while the call runs, weights excepted
};

/** Every call for inputs of one shape, in order, with the memory that they need. */
export type Plan = {
  readonly program: Kernels;
  readonly input: Shape; // with the batch
  readonly steps: readonly PlannedCall[];
  readonly outputs: readonly {
    readonly name: string;
    readonly id: ValueId;
    readonly shape: Shape;
  }[];
  readonly weightBytes: number; // weights and constants, alive throughout
  readonly peakBytes: number; // the most that values take at once, the input among them
};

/** How many images of which size: [h, w, c], or [c] for a net of vectors. */
export type Batch = { readonly batch: number; readonly input: Shape };

/** The plan for one batch. The sizes must be those the net declares, or any where it leaves them free. */
export const plan = (program: Kernels, { batch, input }: Batch): Plan => {
  if (!fits(program.input.type, input))
    throw new Bug(`[${input}] is not an input of ${program.net}: ${showType(program.input.type)}`);
  const shapes = shapesOf(program, [batch, ...input]);
  const shapeOf = (id: ValueId): Shape => shapeAt(shapes, id);
  const calls = callsThatRun(program);
  const owners = ownersOf(calls);
  const lasts = lastUses(program, calls, owners);
  const ownerAt = (id: ValueId): ValueId => owners.get(id) ?? id;
  const bytesAt = (id: ValueId): number => (owners.has(id) ? 0 : bytesOf(shapeOf(id)));

  let live = bytesAt(program.input.id);
  let peakBytes = live;
  const steps = calls.map((call, index): PlannedCall => {
    const bytes = call.outputs.reduce((n, id) => n + bytesAt(id), 0);
    live += bytes;
    const operands = call.operands.map(({ id }): PlannedOperand => ({
      shape: shapeOf(id),
      batched: program.values[id]!.batched,
    }));
    const step = { call, operands, results: call.outputs.map(shapeOf), bytes, live };
    peakBytes = Math.max(peakBytes, live);
    const used = new Set([...readBy(call), ...call.outputs].map(ownerAt));
    const frees = [...used].filter((id) => lasts.get(id) === index);
    for (const id of frees) live -= bytesAt(id);
    return { ...step, frees };
  });
  return {
    program,
    input: [batch, ...input],
    steps,
    outputs: program.outputs.map(({ name, id }) => ({ name, id, shape: shapeOf(id) })),
    weightBytes: [...program.weights, ...program.constants].reduce(
      (n, w) => n + bytesOf(w.shape),
      0,
    ),
    peakBytes,
  };
};

/** The values whose numbers a call reads. */
const readBy = (call: Call): readonly ValueId[] =>
  call.operands.flatMap(({ id, of }) => (of === 'value' ? [id] : []));

/** The calls of which a number is wanted, by an output or by another of them. */
const callsThatRun = (program: Kernels): readonly Call[] => {
  const wanted = new Set(program.outputs.map(({ id }) => id));
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

/** The index of the last call that reads a value or a view of it; outputs and weights are never freed. */
const lastUses = (
  program: Kernels,
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
  for (const { id } of program.outputs) use(id, Infinity);
  for (const { id } of [...program.weights, ...program.constants]) use(id, Infinity);
  return lasts;
};

const shapesOf = (program: Kernels, input: Shape): ReadonlyMap<ValueId, Shape> => {
  const shapes = new Map<ValueId, Shape>([[program.input.id, input]]);
  for (const { id, shape } of [...program.weights, ...program.constants]) shapes.set(id, shape);
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

const fits = (type: TensorType, input: Shape): boolean => {
  if (type.tag === 'unknown') return false;
  const declared = type.tag === 'map' ? [extentOf(type.h), extentOf(type.w), type.c] : [type.c];
  return (
    declared.length === input.length && declared.every((n, i) => n === undefined || n === input[i])
  );
};

/** The plan as text, a line for each call, or two where `width` columns are too few: `netc dump --after plan`. */
export const showPlan = (p: Plan, width = Infinity): string => {
  const rows = p.steps.map(({ call, results, bytes, frees, live }) => [
    call.outputs.map((id) => `%${id}`).join(' '),
    `${showKernel(call)}(${call.operands.map(({ id }) => `%${id}`).join(', ')})`,
    results.map((shape) => `[${shape.join(', ')}]`).join(' '),
    bytes === 0 ? 'view' : showBytes(bytes),
    showBytes(live),
    frees.map((id) => `%${id}`).join(' '),
    call.path,
  ]);
  const head = ['value', 'kernel', 'shape', 'bytes', 'live', 'frees', 'layer'];
  const names = p.outputs.map((o) => `${o.name} = %${o.id} [${o.shape.join(', ')}]`).join(', ');
  return [
    `plan ${p.program.net}`,
    `input %${p.program.input.id} [${p.input.join(', ')}], output ${names}`,
    `peak ${showBytes(p.peakBytes)}, with weights ${showBytes(p.peakBytes + p.weightBytes)}`,
    '',
    ...fitting([head, ...rows], width),
    '',
  ].join('\n');
};

/** `Conv2D`, or `Conv2D+BiasAdd+Relu` when fused. */
export const showKernel = ({ kernel }: Call): string =>
  partsOf(kernel)
    .map((part) => part.op)
    .join('+');

const showBytes = (n: number): string =>
  n < 1024
    ? `${n} B`
    : n < 1024 ** 2
      ? `${(n / 1024).toFixed(1)} KiB`
      : `${(n / 1024 ** 2).toFixed(1)} MiB`;

/** One line for each value, or, where that would be too wide, two: below stand shape, layer and what is freed. */
const fitting = (rows: readonly (readonly string[])[], width: number): readonly string[] => {
  const wide = table(rows);
  if (wide.every((line) => line.length <= width)) return wide;
  const [values, bytes, live] = [0, 3, 4].map((i) => largest(rows.map((row) => row[i]!.length)));
  const room = Math.max(1, width - values! - bytes! - live! - 6);
  const kernels = rows.map((row) => wrap(row[1]!, room));
  const above = rows.flatMap((row, i) =>
    kernels[i]!.map((kernel, k) => (k === 0 ? [row[0]!, kernel, row[3]!, row[4]!] : ['', kernel])),
  );
  const lines = table(above);
  const indent = ' '.repeat(values! + 4);
  let next = 0;
  return rows.flatMap(([, , shape, , , frees, layer], i) => {
    const own = lines.slice(next, (next += kernels[i]!.length));
    const freed = frees === '' || i === 0 ? frees : `frees ${frees}`;
    const below = [shape, layer, freed].filter((part) => part !== '').join(', ');
    return [...own, ...wrap(below, width - indent.length).map((line) => indent + line)];
  });
};

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]!.map((_, i) => largest(rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
};
