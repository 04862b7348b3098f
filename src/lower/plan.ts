/**
 * The plan of one run: which kernel when, how large its result is, and when each value is freed, so that
 * the memory of a run is known before it starts.
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

/** One call, and what is known of it before anything runs. */
export type PlannedCall = {
  readonly call: Call;
  readonly shapes: readonly Shape[]; // of the results, with the batch
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
  const owners = ownersOf(program);
  const lasts = lastUses(program, owners);
  const ownerAt = (id: ValueId): ValueId => owners.get(id) ?? id;
  const bytesAt = (id: ValueId): number => (owners.has(id) ? 0 : bytesOf(shapeAt(shapes, id)));

  let live = bytesAt(program.input.id);
  let peakBytes = live;
  const steps = program.calls.map((call, index): PlannedCall => {
    const bytes = call.outputs.reduce((n, id) => n + bytesAt(id), 0);
    live += bytes;
    const step = { call, shapes: call.outputs.map((id) => shapeAt(shapes, id)), bytes, live };
    peakBytes = Math.max(peakBytes, live);
    const read = new Set([...call.inputs, ...call.outputs].map(ownerAt));
    const frees = [...read].filter((id) => lasts.get(id) === index);
    for (const id of frees) live -= bytesAt(id);
    return { ...step, frees };
  });
  return {
    program,
    input: [batch, ...input],
    steps,
    outputs: program.outputs.map(({ name, id }) => ({ name, id, shape: shapeAt(shapes, id) })),
    weightBytes: [...program.weights, ...program.constants].reduce(
      (n, w) => n + bytesOf(w.shape),
      0,
    ),
    peakBytes,
  };
};

/** The value that owns the numbers of each view. */
const ownersOf = (program: Kernels): ReadonlyMap<ValueId, ValueId> => {
  const owners = new Map<ValueId, ValueId>();
  for (const { kernel, inputs, outputs } of program.calls)
    if (isView(kernel)) owners.set(outputs[0]!, owners.get(inputs[0]!) ?? inputs[0]!);
  return owners;
};

/** The index of the last call that reads a value or a view of it; outputs and weights are never freed. */
const lastUses = (
  program: Kernels,
  owners: ReadonlyMap<ValueId, ValueId>,
): ReadonlyMap<ValueId, number> => {
  const lasts = new Map<ValueId, number>();
  const use = (id: ValueId, index: number): void => {
    lasts.set(owners.get(id) ?? id, index);
  };
  program.calls.forEach((call, index) => {
    for (const id of [...call.inputs, ...call.outputs]) use(id, index);
  });
  for (const { id } of program.outputs) use(id, Infinity);
  for (const { id } of [...program.weights, ...program.constants]) use(id, Infinity);
  return lasts;
};

const shapesOf = (program: Kernels, input: Shape): ReadonlyMap<ValueId, Shape> => {
  const shapes = new Map<ValueId, Shape>([[program.input.id, input]]);
  for (const { id, shape } of [...program.weights, ...program.constants]) shapes.set(id, shape);
  for (const call of program.calls) {
    const inputs = call.inputs.map((id) => shapeAt(shapes, id));
    const results = resultShapes(call.kernel, call.path, inputs);
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
  const rows = p.steps.map(({ call, shapes, bytes, frees, live }) => [
    call.outputs.map((id) => `%${id}`).join(' '),
    `${showKernel(call)}(${call.inputs.map((id) => `%${id}`).join(', ')})`,
    shapes.map((shape) => `[${shape.join(', ')}]`).join(' '),
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
