/**
 * A value, faults, or both: every phase up to the gate gives a value even for a broken program, so that
 * the editor has something to show.
 */
import * as These from 'fp-ts/lib/These.js';
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js';
import type { Diagnostic } from './diagnostic.ts';

/** Left: faults and no value. Right: a value. Both: a value that may have holes. */
export type Checked<A> = These.These<ReadonlyNonEmptyArray<Diagnostic>, A>;

/** A value with the diagnostics, possibly none, that were found on the way to it. */
export const checked = <A>(value: A, found: readonly Diagnostic[]): Checked<A> => {
  const [first, ...others] = found;
  return first === undefined ? These.right(value) : These.both([first, ...others], value);
};

/** No value can be given. */
export const failed = (first: Diagnostic, ...others: readonly Diagnostic[]): Checked<never> =>
  These.left([first, ...others]);

/** What was found, in order; none for a value that is sound. */
export const diagnosticsOf = <A>(c: Checked<A>): readonly Diagnostic[] =>
  These.isRight(c) ? [] : c.left;

/** The value, sound or not; undefined when the phase gave no value. */
export const resultOf = <A>(c: Checked<A>): A | undefined =>
  These.isLeft(c) ? undefined : c.right;

/** Whether there is an error; warnings and hints do not count. */
export const hasErrors = <A>(c: Checked<A>): boolean =>
  diagnosticsOf(c).some((d) => d.severity === 'error');

/** Goes on with the value when there is one, and keeps what both steps found, in order. */
export const andThen = <A, B>(c: Checked<A>, next: (value: A) => Checked<B>): Checked<B> => {
  if (These.isLeft(c)) return c;
  const result = next(c.right);
  const found = [...diagnosticsOf(c), ...diagnosticsOf(result)];
  return These.isLeft(result) ? failed(found[0]!, ...found.slice(1)) : checked(result.right, found);
};

/** The one gate before the graph is built: a program with errors does not pass it, warnings stay. */
export const gate = <A>(c: Checked<A>): Checked<A> => {
  const [first, ...others] = diagnosticsOf(c);
  return hasErrors(c) && first !== undefined ? failed(first, ...others) : c;
};
