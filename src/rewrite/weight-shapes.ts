/** The operations of the weight language on values that know their shapes. `left` says what does not fit. */
import * as E from 'fp-ts/lib/Either.js';
import type { GraphWeight, WeightValue } from '../lower/graph.ts';
import { elements, sameShape } from '../numeric/tensor.ts';

export type Shaped = E.Either<string, WeightValue>;

const shown = ({ shape }: WeightValue): string => `[${shape.join(', ')}]`;

/** A weight as it stands; one that a pass made before is its own expression. */
export const sourceValue = (weight: GraphWeight): WeightValue =>
  weight.value ?? { tag: 'source', weight, shape: weight.spec.shape };

export const filled = (value: number, shape: readonly number[]): WeightValue => ({
  tag: 'constant',
  value,
  shape,
});

/** The same operation on what `change` makes of its operands, whose shapes stay. */
export const withOperands = (
  v: WeightValue,
  change: (operand: WeightValue) => WeightValue,
): WeightValue => {
  switch (v.tag) {
    case 'source':
    case 'constant':
      return v;
    case 'arithmetic':
      return { ...v, left: change(v.left), right: change(v.right) };
    case 'concat':
      return { ...v, parts: v.parts.map(change) };
    default:
      return { ...v, of: change(v.of) };
  }
};

/** From the last axis on, sizes are equal or one of them is 1, which is repeated. */
export const arithmetic = (
  sign: '+' | '-' | '*' | '/',
  left: WeightValue,
  right: WeightValue,
): Shaped => {
  const rank = Math.max(left.shape.length, right.shape.length);
  const along = (v: WeightValue, i: number): number => v.shape[i - rank + v.shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, i) => {
    const [a, b] = [along(left, i), along(right, i)];
    return a === b || b === 1 ? a : a === 1 ? b : undefined;
  });
  const fits = shape.every((n) => n !== undefined);
  return fits
    ? E.right({ tag: 'arithmetic', sign, left, right, shape })
    : E.left(`\`${sign}\` does not fit ${shown(left)} to ${shown(right)} from the last axis`);
};

export const sqrt = (of: WeightValue): WeightValue => ({ tag: 'sqrt', of, shape: of.shape });

export const reshape = (of: WeightValue, shape: readonly number[]): Shaped => {
  if (elements(shape) !== elements(of.shape))
    return E.left(
      `${shown(of)} has ${elements(of.shape)} numbers, and [${shape.join(', ')}] ${elements(shape)}`,
    );
  return E.right(sameShape(shape, of.shape) ? of : { tag: 'reshape', of, shape });
};

export const transpose = (of: WeightValue, order: readonly number[]): Shaped => {
  const sorted = [...order].sort((a, b) => a - b);
  if (sorted.length !== of.shape.length || sorted.some((axis, i) => axis !== i))
    return E.left(`[${order.join(', ')}] is no order of the axes of ${shown(of)}`);
  return E.right({ tag: 'transpose', of, order, shape: order.map((axis) => of.shape[axis] ?? 1) });
};

export const sum = (of: WeightValue, axis: number): Shaped =>
  axis >= 0 && axis < of.shape.length
    ? E.right({ tag: 'sum', of, axis, shape: of.shape.filter((_, i) => i !== axis) })
    : E.left(`${shown(of)} has no axis ${axis}; they count from 0`);

/** Along `axis`; all others agree. */
export const concat = (parts: readonly WeightValue[], axis: number): Shaped => {
  const [first] = parts;
  if (first === undefined) return E.left('`concat` needs at least one weight');
  if (axis < 0 || axis >= first.shape.length)
    return E.left(`${shown(first)} has no axis ${axis}; they count from 0`);
  const odd = parts.find(
    (p) =>
      p.shape.length !== first.shape.length ||
      p.shape.some((n, i) => i !== axis && n !== first.shape[i]),
  );
  if (odd !== undefined)
    return E.left(`${shown(first)} and ${shown(odd)} do not join along axis ${axis}`);
  const length = parts.reduce((n, p) => n + (p.shape[axis] ?? 0), 0);
  const shape = first.shape.map((n, i) => (i === axis ? length : n));
  return E.right({ tag: 'concat', parts, axis, shape });
};
