/** Every operator, by name. A file of `rows` lists its own, and each file is named here once. */
import { Bug } from '../diagnostic/bug.ts';
import { withDefaults } from './parts/args.ts';
import type { Operator } from './row.ts';
import { activations } from './rows/activation.ts';
import { averages } from './rows/averaging.ts';
import { convolutions } from './rows/convolution.ts';
import { deconvolutions } from './rows/deconvolution.ts';
import { dense } from './rows/dense.ts';
import { depthwises } from './rows/depthwise.ts';
import { identities } from './rows/identity.ts';
import { joins } from './rows/join.ts';
import { holds } from './rows/exactly.ts';
import { normalisations } from './rows/normalisation.ts';
import { ownStatistics } from './rows/own-statistics.ts';
import { pools } from './rows/pooling.ts';
import { shapes } from './rows/shape.ts';
import { rectifiers } from './rows/rectifiers.ts';
import { upsamplings } from './rows/upsampling.ts';

/** In the order of the documentation. */
const operators = {
  ...convolutions,
  ...depthwises,
  ...deconvolutions,
  ...dense,
  ...pools,
  ...averages,
  ...normalisations,
  ...ownStatistics,
  ...activations,
  ...rectifiers,
  ...shapes,
  ...holds,
  ...upsamplings,
  ...identities,
  ...joins,
};

/** The name of an operator. A table by operator elsewhere is complete by type: `{ [O in OperatorName]: … }`. */
export type OperatorName = keyof typeof operators;

/** An operator with its name: a row of the table. */
export type Row = Operator & { readonly name: OperatorName };

const isOperatorName = (text: string): text is OperatorName => Object.hasOwn(operators, text);

/** Samples are written with what matters; here they get their defaults, as the checker would give them. */
const completed = (name: OperatorName, operator: Operator): Row => {
  const { params, samples, mistakes } = operator;
  return {
    ...operator,
    name,
    samples: samples.map((s) => ({ ...s, args: withDefaults(params, s.args) })),
    mistakes: mistakes.map((s) => ({ ...s, args: withDefaults(params, s.args) })),
  };
};

/** Every row by its name; its samples have the default arguments that they leave out. */
export const table: ReadonlyMap<string, Row> = new Map(
  Object.entries<Operator>(operators).flatMap(([name, operator]) =>
    isOperatorName(name) ? [[name, completed(name, operator)] as const] : [],
  ),
);

/** Every word that an argument may be, of all rows: `half`, `nearest`, `floor`, … */
export const words: ReadonlySet<string> = new Set(
  [...table.values()].flatMap(({ params }) =>
    params.flatMap(({ kind }) => ('words' in kind ? kind.words : [])),
  ),
);

/** The row of an operator. */
export const rowOf = (name: OperatorName): Row => {
  const row = table.get(name);
  if (row === undefined) throw new Bug(`no operator is called ${name}`);
  return row;
};
