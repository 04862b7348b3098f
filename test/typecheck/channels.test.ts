/** The algebra of channels against plain arithmetic: normal forms, quotients, printing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  minus,
  over,
  plus,
  sameForm,
  showChannels,
  solveFor,
  symbol,
  times,
  type Channels,
} from '../../src/size/channels.ts';
import { valueAt } from './polynomial.ts';

const [b, c, k] = [symbol('b'), symbol('c'), symbol('k')];

/** An expression as a polynomial, and what it means. */
type Case = { readonly of: Channels; readonly at: (b: number, c: number, k: number) => number };

const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc.integer({ min: -6, max: 6 }).map((n): Case => ({ of: n, at: () => n })),
  fc.constantFrom<Case>(
    { of: b, at: (x) => x },
    { of: c, at: (_, y) => y },
    { of: k, at: (_x, _y, z) => z },
  ),
);

const { expression } = fc.letrec<{ expression: Case }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc
      .tuple(tie('expression'), tie('expression'), fc.constantFrom('+', '-', '*'))
      .map(([x, y, sign]): Case => {
        const [f, g]: [typeof plus, (p: number, q: number) => number] =
          sign === '+'
            ? [plus, (p, q) => p + q]
            : sign === '-'
              ? [minus, (p, q) => p - q]
              : [times, (p, q) => p * q];
        return { of: f(x.of, y.of), at: (...at) => g(x.at(...at), y.at(...at)) };
      }),
    fc
      .tuple(tie('expression'), fc.integer({ min: 1, max: 6 }))
      .map(([x, q]): Case => ({ of: over(x.of, q), at: (...at) => Math.floor(x.at(...at) / q) })),
  ),
}));

const small = fc.integer({ min: 0, max: 30 });
const runs = { numRuns: 3000, seed: 7 };

describe('normal forms', () => {
  test('mean what they are made from', () => {
    fc.assert(
      fc.property(expression, small, small, small, ({ of, at }, x, y, z) => {
        fc.pre(of !== 'unknown');
        expect(valueAt(of, { b: x, c: y, k: z }) === at(x, y, z)).toBe(true);
      }),
      runs,
    );
  });

  test('are equal for expressions that are equal without quotients', () => {
    const linear = fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: -3, max: 3 })));
    fc.assert(
      fc.property(linear, linear, (p, q) => {
        const of = ([m, n, o, r]: readonly number[]): Channels =>
          plus(plus(times(m!, b), times(n!, c)), plus(times(o!, k), r!));
        expect(sameForm(of(p), of(q))).toBe(p.every((n, i) => n === q[i]));
        // (p + q)² = p² + 2pq + q², whatever the order
        const [x, y] = [of(p), of(q)];
        const square = times(plus(x, y), plus(y, x));
        const sum = plus(times(y, y), plus(times(x, x), times(2, times(y, x))));
        expect(sameForm(square, sum)).toBe(true);
      }),
      runs,
    );
  });

  test.each<readonly [Channels, string]>([
    [times(4, c), '4*c'],
    [plus(c, times(6, k)), 'c + 6*k'],
    [over(c, 2), 'c/2'],
    [over(over(c, 2), 2), 'c/4'],
    [over(times(2, c), 4), 'c/2'],
    [over(times(6, c), 4), 'c + c/2'],
    [over(plus(times(2, c), 1), 2), 'c'],
    [times(2, over(c, 2)), '2*(c/2)'],
    [over(plus(c, 1), 2), '(c + 1)/2'],
    [minus(c, 1), 'c - 1'],
    [minus(1, c), '1 - c'],
    [plus(c, times(k, b)), 'c + b*k'],
    [times(-1, c), '-c'],
    [times(c, times(k, c)), 'c*c*k'],
    [minus(c, c), '0'],
    [times(minus(c, 6), minus(k, 6)), '(c - 6)*(k - 6)'],
    [times(b, times(minus(c, 6), minus(k, 6))), 'b*(c - 6)*(k - 6)'],
    [times(times(2, b), plus(k, times(3, c))), 'b*(6*c + 2*k)'],
    [plus(times(b, over(c, 2)), over(c, 2)), '(c/2)*(b + 1)'],
    [plus(times(c, k), 1), 'c*k + 1'],
    [plus(times(c, times(c, k)), k), 'k*(c*c + 1)'],
    [plus(times(2, c), 6), '2*c + 6'],
    [over(7, 2), '3'],
    [times(times(c, 2 ** 40), 2 ** 40), '_'],
  ])('%j is written %s', (n, shown) => expect(showChannels(n)).toBe(shown));

  test('are printed so that they read back', () => {
    fc.assert(
      fc.property(expression, small, small, small, ({ of, at }, x, y, z) => {
        fc.pre(of !== 'unknown');
        // `/` of `.net` rounds down, and binds like `*`, from the left
        const script = showChannels(of).replaceAll(/(\w+|\([^()]*\))\/(\d+)/g, 'Math.floor($1/$2)');
        fc.pre(!/\)\//.test(script));
        const value: unknown = new Function('b', 'c', 'k', `return ${script}`)(x, y, z);
        expect(value === at(x, y, z)).toBe(true);
      }),
      { ...runs, numRuns: 500 },
    );
  });

  test('say nothing of quotients that are equal in another form', () => {
    expect(sameForm(plus(over(c, 2), over(plus(c, 1), 2)), c)).toBe(false);
  });
});

test('a symbol is solved for where it stands alone', () => {
  expect(solveFor(symbol('x'), times(4, c), 'x')).toEqual(times(4, c));
  expect(solveFor(plus(symbol('x'), k), times(4, c), 'x')).toEqual(minus(times(4, c), k));
  expect(solveFor(times(2, symbol('x')), c, 'x')).toBeUndefined();
  expect(solveFor(symbol('x'), times(symbol('x'), c), 'x')).toBeUndefined();
  expect(solveFor(over(symbol('x'), 2), c, 'x')).toBeUndefined();
  expect(solveFor(64, symbol('x'), 'x')).toBe(64);
});
