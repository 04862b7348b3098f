/** Comparisons of values, and the reports when they have no answer. */
import * as E from 'fp-ts/lib/Either.js';
import { error } from '../../diagnostic/diagnostic.ts';
import type { Comparator, Expr } from '../../syntax/tree.ts';
import { isAtLeast } from '../../size/positive.ts';
import { minus, sameForm } from '../../size/channels.ts';
import type { Context } from './context.ts';
import { reported } from './number-functions.ts';
import { sameSizes } from '../../size/sizes.ts';
import { countOfValue, flag, kindName, showValue, unknown, type Value } from './values.ts';

type NumberValue = Extract<Value, { readonly tag: 'number' }>;
type Compare = Extract<Expr, { readonly tag: 'compare' }>;

/** True, false, or unknown with a report. */
export const compared = (cx: Context, expr: Compare, left: Value, right: Value): Value => {
  if (left.tag === 'unknown' || right.tag === 'unknown') return unknown;
  const counts = left.tag === 'count' || right.tag === 'count';
  // in a trial a parameter without a value may be any number, 0 too
  if (counts && cx.trial !== undefined) return unknown;
  const kinds = `${kindName(left)} and ${kindName(right)}`;
  const value = reported(cx, expr.span, compare(expr.comparator, left, right), kinds);
  if (counts && value.tag === 'unknown')
    cx.report(
      error('E0602', expr.span, 'this holds for some images, or cannot be decided', {
        label: 'not for every size',
        notes: [`it compares \`${showValue(left)}\` with \`${showValue(right)}\``],
      }),
    );
  return value;
};

/** `left` when the two cannot be compared or the answer depends on the image; unknown before parameters have values. */
const compare = (comparator: Comparator, a: Value, b: Value): E.Either<string, Value> => {
  const equality = comparator === '==' || comparator === '!=';
  if (a.tag === 'number' && b.tag === 'number')
    return E.right(flag(ordered(comparator, beside(a, b), beside(b, a))));
  if (a.tag === 'count' || b.tag === 'count') return compareCounts(comparator, a, b);
  if (a.tag === 'pixels' || b.tag === 'pixels')
    return E.left('the answer depends on the size of the image');
  if (!equality) return E.left('only numbers have an order');
  const same = equalValues(a, b);
  return same === undefined
    ? E.left('these are of different kinds, or depend on the image')
    : E.right(flag(same === (comparator === '==')));
};

/** A number as it is compared: beside a real number or a ratio, `1/2` is a half. */
const beside = (a: NumberValue, other: NumberValue): number =>
  other.integer && other.ratio === undefined ? a.value : (a.dropped?.quotient ?? a.value);

/** True or false where that is so for all values of the parameters, or for all images. */
const compareCounts = (comparator: Comparator, a: Value, b: Value): E.Either<string, Value> => {
  const [left, right] = [countOfValue(a), countOfValue(b)];
  if (left === undefined || right === undefined) return E.left('these are of different kinds');
  const up = minus(right, left);
  const down = minus(left, right);
  const same = sameForm(left, right);
  const differ = isAtLeast(up, 1) || isAtLeast(down, 1);
  const decided = (yes: boolean, no: boolean): E.Either<string, Value> =>
    yes || no ? E.right(flag(yes)) : E.right(unknown);
  switch (comparator) {
    case '==':
      return decided(same, differ);
    case '!=':
      return decided(differ, same);
    case '<':
      return decided(isAtLeast(up, 1), isAtLeast(down, 0));
    case '<=':
      return decided(isAtLeast(up, 0), isAtLeast(down, 1));
    case '>':
      return decided(isAtLeast(down, 1), isAtLeast(up, 0));
    case '>=':
      return decided(isAtLeast(down, 0), isAtLeast(up, 1));
  }
};

const ordered = (comparator: Comparator, a: number, b: number): boolean => {
  switch (comparator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
};

const equalValues = (a: Value, b: Value): boolean | undefined => {
  if (a.tag === 'sizes' && b.tag === 'sizes') return sameSizes(a.h, b.h) && sameSizes(a.w, b.w);
  // a set as it is printed: "29.. mod 32 in 0, 29, 30, 31"
  if (a.tag === 'sizes' && b.tag === 'string') return showValue(a) === b.value;
  if (a.tag === 'string' && b.tag === 'sizes') return equalValues(b, a);
  if (a.tag === 'sizes' && b.tag === 'range') return equalValues(b, a);
  if (a.tag === 'range' && b.tag === 'sizes') {
    const range = { tag: 'ranges' as const, ranges: [[a.from, a.to] as const] };
    return sameSizes(range, b.h) && sameSizes(range, b.w);
  }
  if (a.tag === 'flag' && b.tag === 'flag') return a.value === b.value;
  if (a.tag === 'string' && b.tag === 'string') return a.value === b.value;
  if (a.tag === 'builtin' && b.tag === 'builtin') return a.name === b.name;
  if (a.tag === 'extent' && b.tag === 'extent') return a.h === b.h && a.w === b.w;
  if (a.tag === 'range' && b.tag === 'range') return a.from === b.from && a.to === b.to;
  if (a.tag === 'extent' && b.tag === 'number') return a.h === b.value && a.w === b.value;
  if (a.tag === 'number' && b.tag === 'extent') return equalValues(b, a);
  return undefined;
};
