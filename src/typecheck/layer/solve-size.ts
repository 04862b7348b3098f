/** Solves the names of a written input for the type that arrives. */
import { extentOf, mapType, sameType, type Channels, type MaybeAxis } from '../../ops/types.ts';
import {
  isPolynomial,
  minus,
  over,
  sameForm,
  times,
  type Polynomial,
} from '../../size/channels.ts';
import type { Context } from '../expr/context.ts';
import { affine } from '../../size/sizes.ts';
import { mustAgree } from '../expr/trial.ts';
import { countOfValue, countValue, integer, unknown, type Value } from '../expr/values.ts';

/** A part of a type as a value. */
export const partValue = (part: MaybeAxis | Channels): Value => {
  if (part === 'unknown' || typeof part === 'number' || isPolynomial(part)) return countValue(part);
  const n = extentOf(part);
  return n === undefined ? { tag: 'pixels', axis: part } : integer(n);
};

/** The n with a*n + b = value; a free size can be taken as it is, or apart when it has that form. */
export const affineInverse = (a: number, b: number, value: Value): Value | undefined => {
  if (value.tag === 'unknown') return unknown;
  if (value.tag === 'number') {
    if (a === 0) return undefined;
    const n = (value.value - b) / a;
    return Number.isInteger(n) && n >= 0 ? integer(n) : undefined;
  }
  if (value.tag === 'count') return polynomialInverse(a, b, value.count);
  if (value.tag !== 'pixels') return undefined;
  if (a === 1 && b === 0) return value;
  const { size, variable } = value.axis;
  if (size.tag !== 'floor' || size.d !== 1 || size.a % a !== 0 || (size.b - b) % a !== 0)
    return undefined;
  return { tag: 'pixels', axis: { variable, size: affine(size.a / a, (size.b - b) / a) } };
};

/** The same for channels that depend on parameters; each use checks whether they divide. */
const polynomialInverse = (a: number, b: number, value: Polynomial): Value => {
  const rest = minus(value, b);
  const n = over(rest, a);
  return sameForm(times(a, n), rest) ? countValue(n) : unknown;
};

/** Whether a written number is what arrives. */
export const agrees = (cx: Context, a: Value, b: Value): boolean => {
  if (a.tag === 'unknown' || b.tag === 'unknown') return true;
  if (a.tag === 'count' || b.tag === 'count') {
    const [left, right] = [countOfValue(a), countOfValue(b)];
    if (cx.trial !== undefined && left !== undefined && right !== undefined)
      mustAgree(cx.trial, left, right);
    return true;
  }
  if (a.tag === 'number' && b.tag === 'number') return a.value === b.value;
  if (a.tag !== 'pixels' || b.tag !== 'pixels') return false;
  return sameType(mapType(a.axis, a.axis, 1), mapType(b.axis, b.axis, 1));
};
