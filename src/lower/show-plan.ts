/** A plan as text: `netc dump --after plan`. */
import { wrap } from '../diagnostic/terminal/terminal-width.ts';
import { isPointwise } from '../kernel/rows/pointwise.ts';
import { partsOf } from '../kernel/table.ts';
import { largest } from '../numeric/figures.ts';
import type { Call, KernelProgram, Operand, Port } from './kernels.ts';
import type { Plan } from './plan.ts';
import { formulasOf } from './show-arithmetic.ts';

/** The plan as text, a line for each call, or two where `width` columns are too few: `netc dump --after plan`. */
export const showPlan = (p: Plan, width = Infinity): string => {
  const rows = p.steps.map(({ call, results, bytes, within, frees, live }) => [
    call.outputs.map((id) => `%${id}`).join(' '),
    `${showKernel(call)}(${call.operands.map(({ id }) => `%${id}`).join(', ')})`,
    results.map((shape) => `[${shape.join(', ')}]`).join(' '),
    (bytes === 0 ? 'view' : showBytes(bytes)) +
      (within === 0 ? '' : `, ${showBytes(within)} within`),
    showBytes(live),
    frees.map((id) => `%${id}`).join(' '),
    call.path,
  ]);
  const head = ['value', 'kernel', 'shape', 'bytes', 'live', 'frees', 'layer'];
  const { inputs, state } = p.program;
  const ports = inputs.map(({ name, id }, i) => `${name} %${id} [${p.inputs[i]!.join(', ')}]`);
  const names = p.outputs.map((o) => `${o.name} = %${o.id} [${o.shape.join(', ')}]`).join(', ');
  const next = state.flatMap((s) =>
    s.next === undefined ? [] : [`${s.path} %${s.id} = %${s.next}`],
  );
  return [
    `plan ${p.program.net}`,
    `${ports.join(', ')}, output ${names}`,
    ...(next.length === 0 ? [] : [`then ${next.join(', ')}`]),
    `peak ${showBytes(p.peakBytes)}, with weights ${showBytes(p.peakBytes + p.weightBytes)}`,
    '',
    ...fitting([head, ...rows], width),
    ...formulasIn(p, width),
    '',
  ].join('\n');
};

/** What the kernels of arithmetic compute. */
const formulasIn = ({ steps }: Plan, width: number): readonly string[] => {
  const all = steps.flatMap(({ call }) =>
    isPointwise(call.kernel) ? formulasOf(call.kernel, call) : [],
  );
  return all.length === 0 ? [] : ['', 'where', ...all.flatMap((one) => wrap(`  ${one}`, width))];
};

/** A program for images of every size, a line for each call: `netc dump --after kernels`. */
export const showKernels = (program: KernelProgram): string => {
  const ports = (all: readonly Port[]): string =>
    all
      .map(({ name, id, shape }) => `${name} %${id} [${shape.map((n) => n ?? '_').join(', ')}]`)
      .join(', ');
  const read = ({ id, of }: Operand): string => (of === 'shape' ? `shape %${id}` : `%${id}`);
  const rows = [
    ...program.state.map((s) => [`%${s.id}`, `[${s.shape.join(', ')}]`, s.path]),
    ...program.constants.map((c) => [`%${c.id}`, `[${c.shape.join(', ')}]`, 'constant']),
    ...program.calls.map((call) => [
      call.outputs.map((id) => `%${id}`).join(' '),
      `${showKernel(call)}(${call.operands.map(read).join(', ')})`,
      call.path,
    ]),
  ];
  return [
    `kernels ${program.net}`,
    `input ${ports(program.inputs)}, output ${ports(program.outputs)}`,
    '',
    ...table(rows),
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

/** Wider cells stand out of their columns: a kernel may read thousands of values, and others are not padded to that. */
const widestColumn = 120;

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]!.map((_, i) =>
    largest(rows.map((row) => row[i]?.length ?? 0).filter((length) => length <= widestColumn)),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
};
