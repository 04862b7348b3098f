/** Smaller choices that fail in the same way. */
import type { Outcome } from './check-instance.ts';

/** An outcome that refutes a rule. */
export type Failure = Extract<Outcome, { readonly tag: 'differs' | 'fault' }>;

/** Attempts in all; each checks an instance. */
const mostAttempts = 600;

/** Whether an outcome refutes the rule. */
export const isFailure = (o: Outcome): o is Failure => o.tag === 'differs' || o.tag === 'fault';

const sameKind = (a: Failure, b: Outcome): b is Failure =>
  a.tag === 'fault'
    ? b.tag === 'fault' && b.fault.code === a.fault.code && b.allSizes === a.allSizes
    : b.tag === 'differs';

/** `check` takes choices and gives their outcome, with the choices really made. */
export const shrunk = (
  first: Failure,
  choices: readonly number[],
  check: (choices: readonly number[]) => {
    readonly outcome: Outcome;
    readonly taken: readonly number[];
  },
): Failure => {
  let best = { failure: first, choices };
  let attempts = 0;
  const attempt = (smaller: readonly number[]): boolean => {
    if (attempts++ >= mostAttempts) return false;
    const { outcome, taken } = check(smaller);
    if (!sameKind(best.failure, outcome) || !isLess(taken, best.choices)) return false;
    best = { failure: outcome, choices: taken };
    return true;
  };
  let changed = true;
  while (changed && attempts < mostAttempts) {
    changed = false;
    for (let i = 0; i < best.choices.length; i++)
      if (smallerAt(best.choices, i).some(attempt)) changed = true;
  }
  return best.failure;
};

/** The number of following choices that a simpler one may make unnecessary: those of an argument left out. */
const mostNeedless = 4;

/** The list with less at one place: the simplest, half, one less, and the simplest without some that follow. */
const smallerAt = (choices: readonly number[], at: number): readonly (readonly number[])[] => {
  const value = choices[at] ?? 0;
  if (value === 0) return [];
  const [before, after] = [choices.slice(0, at), choices.slice(at + 1)];
  const less = [...new Set([0, Math.floor(value / 2), value - 1])];
  const without = Array.from({ length: mostNeedless }, (_, n) => after.slice(n + 1));
  return [
    ...less.map((n) => [...before, n, ...after]),
    ...without.map((rest) => [...before, 0, ...rest]),
  ];
};

/** Fewer choices, or as many that are smaller. */
const isLess = (a: readonly number[], b: readonly number[]): boolean => {
  const sum = (list: readonly number[]): number => list.reduce((n, x) => n + x, 0);
  return sum(a) < sum(b) || (sum(a) === sum(b) && a.length < b.length);
};
