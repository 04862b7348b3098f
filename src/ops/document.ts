/** docs/operators.md, written from the table. */
import * as E from 'fp-ts/lib/Either.js';
import type { ParamKind, OpParam } from './params.ts';
import type { Sample } from './row.ts';
import { defaultText, showBounds, showCall, showKind } from './show.ts';
import { table, type Row } from './table.ts';
import { freeAxis, mapType, showType, type TensorType } from './types.ts';

/** In the order of the page. */
const families: { readonly [F in Row['family']]: string } = {
  convolution: 'Convolutions',
  dense: 'The fully connected layer',
  pooling: 'Pooling',
  normalisation: 'Normalisation',
  activation: 'Activations and other functions of one number',
  shape: 'Shape',
  join: 'Joins',
};

const opening = `# Operators

<!-- Written by scripts/operators-doc.mjs from the table in src/ops. Do not edit. -->

Every operator of \`.net\`, with its parameters, its formula, what it does to a type, and its weights. Tensors
are channels-last and the batch is implicit: a map is \`[h, w, c]\`, a vector \`[c]\`. In a type, \`/\` rounds down. Each
operator can also be reached as \`std.conv\` and so on. The signatures are as in a declaration: a parameter without
a default must be given, one with \`?\` may be left out.

In the formulas x is the input, y the output, u and v count rows and columns, i and j channels, all from 0; s is
the stride, r the dilation, k the size and p the padding before.
`;

/** `an integer, at least 1` */
const takes = (kind: ParamKind): string =>
  [showKind(kind), showBounds(kind)].filter((part) => part !== undefined).join(', ');

/** `stride = 1`, `size`, `channels?` */
const declared = (p: OpParam): string => {
  const text = defaultText(p);
  if (text !== undefined) return `${p.name} = ${text}`;
  return p.default === undefined ? p.name : `${p.name}?`;
};

/** `conv(size, channels, stride = 1, …)`; a join as it is written. */
export const signature = (row: Row): string => {
  if (row.inputs.tag === 'join') return `f ${row.inputs.sign} g`;
  return row.params.length === 0 ? row.name : `${row.name}(${row.params.map(declared).join(', ')})`;
};

const parameters = (row: Row): readonly string[] =>
  row.params.length === 0
    ? []
    : [
        [
          '| parameter | is | takes |',
          '| --- | --- | --- |',
          ...row.params.map((p) => `| \`${declared(p)}\` | ${p.doc} | ${takes(p.kind)} |`),
        ].join('\n'),
      ];

/** A map of h × w instead of one of fixed size: what a reader wants to see. */
const freed = (t: TensorType): TensorType =>
  t.tag === 'map' ? mapType(freeAxis('h'), freeAxis('w'), t.c) : t;

/** `conv(3, 4) : [h, w, 3] -> [h, w, 4]`, and the weights that are made. */
const sampleText = (row: Row, { args, inputs }: Sample): string | undefined => {
  const free = inputs.map(freed);
  const shown = E.isRight(row.shape(args, free)) ? free : inputs;
  const shape = row.shape(args, shown);
  if (E.isLeft(shape)) return undefined;
  const types = shown.map(showType);
  const output = showType(shape.right.type);
  const weights = row.weights(args, shown).map((w) => `${w.name} [${w.shape.join(', ')}]`);
  const typing =
    row.inputs.tag === 'join'
      ? `${types.join(` ${row.inputs.sign} `)} = ${output}`
      : `${showCall(row, args)} : ${types[0]} -> ${output}`;
  return weights.length === 0 ? typing : `${typing}   -- ${weights.join(', ')}`;
};

const samplesShown = 8;

/** One for each call on each rank of tensor. */
const samples = (row: Row): string => {
  const lines = new Map<string, string>();
  for (const sample of row.samples) {
    const key = `${showCall(row, sample.args)} ${sample.inputs.map((t) => t.tag).join(' ')}`;
    const line = sampleText(row, sample);
    if (line !== undefined && !lines.has(key)) lines.set(key, line);
  }
  return block(...[...lines.values()].slice(0, samplesShown));
};

const block = (...lines: readonly string[]): string => ['```', ...lines, '```'].join('\n');

/** The section of an operator without its heading: how it is called, two examples, its formula, its parameters. */
export const operatorText = (row: Row): string =>
  [block(signature(row)), block(...row.examples), row.doc, ...parameters(row)].join('\n\n');

const operator = (row: Row): string =>
  [`### ${row.name}`, operatorText(row), 'Types and weights:', samples(row)].join('\n\n');

/** The page: every family in order, every operator in the order of the table. */
export const operatorsPage = (): string => {
  const sections = Object.entries(families).flatMap(([family, title]) => [
    `## ${title}`,
    ...[...table.values()].filter((row) => row.family === family).map(operator),
  ]);
  return `${[opening.trimEnd(), ...sections].join('\n\n')}\n`;
};
