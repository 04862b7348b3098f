/** Every operator, by name. Adding one means adding its row here. */
import { Bug } from '../diagnostic/bug.ts';
import {
  dropout,
  id,
  leakyRelu,
  relu,
  relu6,
  scale,
  sigmoid,
  softmax,
  tanh,
} from './rows/activation.ts';
import { withDefaults } from './parts/args.ts';
import { avgpool, gap } from './rows/averaging.ts';
import { conv, depthwise } from './rows/convolution.ts';
import { deconv } from './rows/deconvolution.ts';
import { fc } from './rows/dense.ts';
import { add, concat, multiply } from './rows/join.ts';
import { batchnorm, lrn } from './rows/normalisation.ts';
import { maxpool } from './rows/pooling.ts';
import type { Row } from './row.ts';
import { channels, crop, flatten, pad } from './rows/shape.ts';
import { upsample } from './rows/upsampling.ts';

const rows: readonly Row[] = [
  conv,
  depthwise,
  deconv,
  fc,
  maxpool,
  avgpool,
  gap,
  batchnorm,
  lrn,
  relu,
  relu6,
  leakyRelu,
  sigmoid,
  tanh,
  softmax,
  scale,
  dropout,
  flatten,
  pad,
  crop,
  channels,
  upsample,
  id,
  add,
  multiply,
  concat,
];

/** Samples are written with what matters; here they get their defaults, as the checker would give them. */
const completed = (row: Row): Row => ({
  ...row,
  samples: row.samples.map((s) => ({ ...s, args: withDefaults(row.params, s.args) })),
  mistakes: row.mistakes.map((s) => ({ ...s, args: withDefaults(row.params, s.args) })),
});

/** Every row by its name; its samples have the default arguments that they leave out. */
export const table: ReadonlyMap<string, Row> = new Map(
  rows.map((row) => [row.name, completed(row)]),
);

/** Every word that an argument may be, of all rows: `half`, `nearest`, `floor`, … */
export const words: ReadonlySet<string> = new Set(
  rows.flatMap(({ params }) => params.flatMap(({ kind }) => ('words' in kind ? kind.words : []))),
);

/** The row of an operator that is known to exist: graphs and typed programs hold names of the table only. */
export const rowOf = (name: string): Row => {
  const row = table.get(name);
  if (row === undefined) throw new Bug(`no operator is called ${name}`);
  return row;
};
