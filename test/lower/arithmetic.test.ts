/** Arithmetic in one kernel: what is taken into it, and how it is shown. */
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../src/kernel/at-once.ts';
import {
  minus,
  over,
  plus,
  rectified,
  root,
  scalar,
  scaled,
  squared,
  times,
} from '../../src/kernel/formulas.ts';
import { input, type Lowered } from '../../src/kernel/kernel.ts';
import { isPointwise } from '../../src/kernel/rows/pointwise.ts';
import { addInput, layOut, newDraft } from '../../src/lower/draft.ts';
import { formulasOf } from '../../src/lower/show-arithmetic.ts';

const [a, b, c] = [input(0), input(1), input(2)];

/** The calls that compute these, of three inputs %0, %1 and %2. */
const callsOf = (...roots: readonly Lowered[]) => {
  const draft = newDraft();
  const inputs = ['a', 'b', 'c'].map((name) => addInput(draft, name, [3], false));
  const values = layOut(draft, { path: 'N', weights: [] }, inputs, atOnce(roots));
  return { values, calls: draft.calls };
};

const shown = (...roots: readonly Lowered[]): readonly string[] =>
  callsOf(...roots).calls.flatMap((call) =>
    isPointwise(call.kernel) ? formulasOf(call.kernel, call) : [call.kernel.op],
  );

describe('a formula', () => {
  it.each<readonly [string, Lowered]>([
    ['%0 + %1 + %2', plus(plus(a, b), c)],
    ['%0 + (%1 + %2)', plus(a, plus(b, c))],
    ['%0 + %1 − %2', minus(plus(a, b), c)],
    ['%0 − (%1 + %2)', minus(a, plus(b, c))],
    ['%0 − (%1 − %2)', minus(a, minus(b, c))],
    ['%0 − %1·%2', minus(a, times(b, c))],
    ['(%0 − %1)·%2', times(minus(a, b), c)],
    ['%0·%1/%2', over(times(a, b), c)],
    ['%0/(%1·%2)', over(a, times(b, c))],
    ['%0/(%1/%2)', over(a, over(b, c))],
    ['(%0 + %1)²', squared(plus(a, b))],
    ['√(%0 + %1²)', root(plus(a, squared(b)))],
    ['√%0/%1', over(root(a), b)],
    ['%0·0.5 + 1e-8', plus(scaled(0.5, a), scalar(1e-8))],
  ])('%s', (text, formula) => {
    // the order in which operands are read numbers nothing: inputs keep their numbers
    expect(shown(formula)).toEqual([`%3 = ${text}`]);
  });

  it('names a result that another one reads', () => {
    const velocity = plus(scaled(0.9, b), c);
    expect(shown(minus(a, velocity), velocity)).toEqual(['%3 = %0 − %4', '%4 = %1·0.9 + %2']);
  });
});

describe('one kernel', () => {
  it('computes once what is mentioned twice', () => {
    const sum = plus(a, b);
    const [call] = callsOf(times(sum, sum), over(sum, c)).calls;
    expect(call !== undefined && isPointwise(call.kernel) && call.kernel.steps.length).toBe(3);
  });

  it('reads what is not arithmetic', () => {
    expect(shown(times(rectified(plus(a, b)), c))).toEqual(['AddV2', 'Relu', '%5 = %4·%2']);
  });

  it('gives the same value for the same root, and an operand as it is', () => {
    const sum = plus(a, b);
    const { values, calls } = callsOf(sum, c, sum);
    expect(calls).toHaveLength(1);
    expect(values).toEqual([3, 2, 3]);
  });
});
