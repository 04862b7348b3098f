/** What the benches share: how a measurement is given, and where programs come from. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Source } from '../src/syntax/source.ts';
import type { Files } from '../src/typecheck/program/modules.ts';

/** A measurement; the target is `<= 350`, `>= 2` or empty. */
export type Measured = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: string;
  /** in which numbers, and on how many threads */
  readonly how?: string;
};

/** Of an even number of values, the upper one of the middle; NaN of none. */
export const median = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;

/** A value that is there: what is shipped has no faults, and a bench has no other way. */
export const sure = <A>(value: A | undefined, what: string): A => {
  if (value === undefined) throw new Error(`no ${what}`);
  return value;
};

/** A file of the repository, by its path from the root, where the benches run. */
export const fileOf = (path: string): Source => ({ path, text: readFileSync(path, 'utf8') });

/** The files of the repository by such paths; imports are resolved from the folder of the importer. */
export const files: Files = {
  read: (path) => E.right(fileOf(path)),
  resolve: (from, written) => E.right(posix.join(posix.dirname(from), written)),
};
