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

/** `check` takes choices and gives what comes of them, with those that were really made. */
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
    for (let i = 0; i < best.choices.length; i++) {
      const value = best.choices[i]!;
      const others = [0, Math.floor(value / 2), value - 1];
      for (const smaller of new Set(others.filter((n) => n >= 0 && n < value)))
        if (attempt(best.choices.map((n, j) => (j === i ? smaller : n)))) {
          changed = true;
          break;
        }
    }
  }
  return best.failure;
};

/** Fewer choices, or as many that are smaller. */
const isLess = (a: readonly number[], b: readonly number[]): boolean => {
  const sum = (list: readonly number[]): number => list.reduce((n, x) => n + x, 0);
  return sum(a) < sum(b) || (sum(a) === sum(b) && a.length < b.length);
};
