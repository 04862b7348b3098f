/** The operations of the weight language on values that know their shapes. `left` says what does not fit. */
import * as E from 'fp-ts/lib/Either.js';
import type { WeightValue } from '../../graph/graph.ts';
import { elements, sameShape } from '../../numeric/tensor.ts';
import {
  broadcast,
  concatenated,
  reshaped,
  summed,
  transposed,
  type Dimensions,
} from '../rule/weight-rules.ts';

export type Shaped = E.Either<string, WeightValue>;

const numbers: Dimensions<number> = {
  same: (a, b) => a === b,
  isOne: (n) => n === 1,
  isSome: (n) => n >= 1,
  sum: (all) => all.reduce((a, b) => a + b, 0),
  product: elements,
  show: String,
};

/** A weight whose numbers are all this one. */
export const filled = (value: number, shape: readonly number[]): WeightValue => ({
  tag: 'constant',
  value,
  shape,
});

export const arithmetic = (
  sign: '+' | '-' | '*' | '/',
  left: WeightValue,
  right: WeightValue,
): Shaped =>
  E.map((shape: readonly number[]): WeightValue => ({
    tag: 'arithmetic',
    sign,
    left,
    right,
    shape,
  }))(broadcast(numbers, sign, left.shape, right.shape));

/** The square root of each number. */
export const sqrt = (of: WeightValue): WeightValue => ({ tag: 'sqrt', of, shape: of.shape });

export const reshape = (of: WeightValue, shape: readonly number[]): Shaped =>
  E.map((): WeightValue => (sameShape(shape, of.shape) ? of : { tag: 'reshape', of, shape }))(
    reshaped(numbers, of.shape, shape),
  );

export const transpose = (of: WeightValue, order: readonly number[]): Shaped =>
  E.map((shape: readonly number[]): WeightValue => ({ tag: 'transpose', of, order, shape }))(
    transposed(numbers, of.shape, order),
  );

export const sum = (of: WeightValue, axis: number): Shaped =>
  E.map((shape: readonly number[]): WeightValue => ({ tag: 'sum', of, axis, shape }))(
    summed(numbers, of.shape, axis),
  );

/** Joins along `axis`; the other axes agree. */
export const concat = (parts: readonly WeightValue[], axis: number): Shaped =>
  E.map((shape: readonly number[]): WeightValue => ({ tag: 'concat', parts, axis, shape }))(
    concatenated(
      numbers,
      parts.map((p) => p.shape),
      axis,
    ),
  );
