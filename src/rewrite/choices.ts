/**
 * Random decisions that can be taken again: an instance of a rule is a function of a list of numbers, and
 * shrinking a counter-example is making that list smaller. The choice 0 is always the simplest.
 */
import { below, words } from '../numeric/random.ts';

export type Choices = {
  /** one of 0 … n − 1 */
  readonly below: (n: number) => number;
  /** one of a list, the simplest first */
  readonly of: <A>(first: A, ...others: readonly A[]) => A;
  /** true once in n times */
  readonly once: (n: number) => boolean;
  /** what was decided so far */
  readonly taken: () => readonly number[];
};

const choices = (decide: (n: number) => number): Choices => {
  const taken: number[] = [];
  const next = (n: number): number => {
    const choice = n <= 1 ? 0 : decide(n);
    taken.push(choice);
    return choice;
  };
  return {
    below: next,
    of: (first, ...others) => [first, ...others][next(others.length + 1)] ?? first,
    once: (n) => next(n) === n - 1,
    taken: () => taken,
  };
};

/** The decisions of instance `index` of a rule. */
export const drawn = (seed: number, purpose: string, index: number): Choices => {
  const draw = words({ seed, purpose: `verify:${purpose}`, epoch: 0, index });
  return choices((n) => below(draw, n));
};

/** Decisions taken again; behind the end of the list all are simple. */
export const replayed = (list: readonly number[]): Choices => {
  let at = 0;
  return choices((n) => Math.min(list[at++] ?? 0, n - 1));
};
