/** Arithmetic on numbers and on sizes of the image. Nothing wraps: a result beyond the safe integers is a fault. */
import * as E from 'fp-ts/lib/Either.js';
import type { Sign } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/source.ts';
import type { Axis } from '../../ops/types.ts';
import * as channels from '../../size/channels.ts';
import { isConstant, over, plus, times, through, shift, type Size } from '../../size/sizes.ts';
import { countOfValue, countValue, integer, unknown, type Value } from './values.ts';

/** `left` is the message when there is no result. */
export type Result = E.Either<string, Value>;

type NumberValue = Extract<Value, { readonly tag: 'number' }>;

const real = (value: number): Result =>
  Number.isFinite(value)
    ? E.right({ tag: 'number', value, integer: false })
    : E.left('the result is not finite');

const whole = (value: number): Result =>
  Number.isSafeInteger(value)
    ? E.right(integer(value + 0))
    : E.left('the result is too large for an integer');

const numbers = (sign: Sign, a: NumberValue, b: NumberValue, place: Span): Result => {
  if (sign === '/' && b.value === 0) return E.left('this divides by zero');
  const both = a.integer && b.integer;
  switch (sign) {
    case '+':
      return both ? whole(a.value + b.value) : real(a.value + b.value);
    case '-':
      return both ? whole(a.value - b.value) : real(a.value - b.value);
    case '*':
      return both ? whole(a.value * b.value) : real(a.value * b.value);
    case '/': {
      if (!both) return real(a.value / b.value);
      const quotient = Math.floor(a.value / b.value);
      const exact = quotient * b.value === a.value;
      return E.right(
        exact
          ? integer(quotient + 0)
          : {
              tag: 'number',
              value: quotient,
              integer: true,
              dropped: { place, quotient: a.value / b.value },
            },
      );
    }
  }
};

const sized = (axis: Axis, result: E.Either<unknown, Size>): Result =>
  E.isLeft(result)
    ? E.left('this size repeats with too long a period')
    : E.right(
        isConstant(result.right) === undefined
          ? { tag: 'pixels', axis: { variable: axis.variable, size: result.right } }
          : integer(isConstant(result.right)!),
      );

/** Sizes take whole numbers: `h - 4`, `16*n`, `h/2`, and sums of sizes of one variable. */
const pixels = (sign: Sign, a: Value, b: Value): Result => {
  const left = a.tag === 'pixels' ? a.axis : undefined;
  const right = b.tag === 'pixels' ? b.axis : undefined;
  const n = (v: Value): number | undefined =>
    v.tag === 'number' && v.integer && Number.isSafeInteger(v.value) ? v.value : undefined;
  if (left !== undefined && right !== undefined) {
    if (sign === '+' && left.variable === right.variable)
      return sized(left, plus(left.size, right.size));
    return E.left(
      'two sizes of the image can only be added, and both must depend on the same variable',
    );
  }
  const axis = (left ?? right)!;
  const number = n(left === undefined ? a : b);
  if (number === undefined)
    return E.left('a size of the image can be combined with whole numbers only');
  if (sign === '+') return sized(axis, through(axis.size, shift(number)));
  if (sign === '-' && left !== undefined) return sized(axis, through(axis.size, shift(-number)));
  if (sign === '*' && number >= 0) return sized(axis, times(axis.size, number));
  if (sign === '/' && left !== undefined && number > 0) return sized(axis, over(axis.size, number));
  return E.left('a size of the image cannot shrink while the image grows');
};

/** Numbers that depend on parameters without a value; unknown where the result has no exact form. */
const counts = (sign: Sign, a: Value, b: Value): Value => {
  const [left, right] = [countOfValue(a), countOfValue(b)];
  if (left === undefined || right === undefined) return unknown;
  switch (sign) {
    case '+':
      return countValue(channels.plus(left, right));
    case '-':
      return countValue(channels.minus(left, right));
    case '*':
      return countValue(channels.times(left, right));
    case '/':
      return typeof right === 'number' && right > 0
        ? countValue(channels.over(left, right))
        : unknown;
  }
};

export const isArithmetic = (v: Value): boolean =>
  v.tag === 'number' || v.tag === 'pixels' || v.tag === 'count';

/** Both values are numbers or sizes of the image; `place` is the whole operation. */
export const arithmetic = (sign: Sign, a: Value, b: Value, place: Span): Result => {
  if (a.tag === 'count' || b.tag === 'count') return E.right(counts(sign, a, b));
  return a.tag === 'number' && b.tag === 'number' ? numbers(sign, a, b, place) : pixels(sign, a, b);
};

/** Minus a number or a number of channels; `left` of anything else. */
export const negated = (v: Value): Result =>
  v.tag === 'count'
    ? E.right(countValue(channels.times(-1, v.count)))
    : v.tag === 'number'
      ? E.right({ tag: 'number', value: 0 - v.value, integer: v.integer })
      : E.left('only a number can be negative');

/** The number functions; `left` says what is wrong with the arguments. */
export const numberFunctions: ReadonlyMap<string, (arguments_: readonly NumberValue[]) => Result> =
  new Map([
    ['min', (xs) => extreme(xs, (x, y) => x < y)],
    ['max', (xs) => extreme(xs, (x, y) => x > y)],
    ['floor', rounding(Math.floor)],
    ['ceil', rounding(Math.ceil)],
    ['round', rounding(Math.round)],
  ]);

function extreme(xs: readonly NumberValue[], better: (x: number, y: number) => boolean): Result {
  const [first, ...others] = xs;
  if (first === undefined) return E.left('at least one number is needed');
  return E.right(
    others.reduce<NumberValue>((best, x) => (better(x.value, best.value) ? x : best), first),
  );
}

/** On a quotient of integers, which has been rounded down already, these change nothing. */
function rounding(f: (x: number) => number): (xs: readonly NumberValue[]) => Result {
  return (xs) =>
    xs.length === 1 ? whole(f(xs[0]!.value)) : E.left('exactly one number is needed');
}
