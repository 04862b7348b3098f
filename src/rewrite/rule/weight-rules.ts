/**
 * The result shapes of the operations of the weight language. Sizes are numbers, or symbols while a rule is proved.
 * `left` says what does not fit.
 */
import * as E from 'fp-ts/lib/Either.js';

export type Shape<N> = readonly N[];
type Ruled<N> = E.Either<string, Shape<N>>;

/** Questions about the size of an axis. If symbols leave the answer open, it is no. */
export type Dimensions<N> = {
  readonly same: (a: N, b: N) => boolean;
  readonly isOne: (n: N) => boolean;
  /** whether it is at least 1 */
  readonly isSome: (n: N) => boolean;
  readonly sum: (all: Shape<N>) => N;
  readonly product: (all: Shape<N>) => N;
  readonly show: (n: N) => string;
};

const showShape = <N>({ show }: Dimensions<N>, shape: Shape<N>): string =>
  `[${shape.map(show).join(', ')}]`;

const sameShape = <N>({ same }: Dimensions<N>, a: Shape<N>, b: Shape<N>): boolean =>
  a.length === b.length && a.every((n, i) => same(n, b[i]!));

/** From the last axis on, sizes are equal or one of them is 1, which is repeated. */
export const broadcast = <N>(
  d: Dimensions<N>,
  sign: string,
  left: Shape<N>,
  right: Shape<N>,
): Ruled<N> => {
  const rank = Math.max(left.length, right.length);
  const shape: N[] = [];
  for (let i = 0; i < rank; i++) {
    const [a, b] = [left[i - rank + left.length], right[i - rank + right.length]];
    const n =
      a === undefined || b === undefined
        ? (a ?? b)
        : d.same(a, b) || d.isOne(b)
          ? a
          : d.isOne(a)
            ? b
            : undefined;
    if (n === undefined)
      return E.left(
        `\`${sign}\` needs axes that agree from the last on: ${showShape(d, left)} and ${showShape(d, right)} do not`,
      );
    shape.push(n);
  }
  return E.right(shape);
};

export const reshaped = <N>(d: Dimensions<N>, of: Shape<N>, shape: Shape<N>): Ruled<N> => {
  // the product of two negative axes would be positive
  const less = shape.find((n) => !d.isSome(n));
  if (less !== undefined)
    return E.left(
      `every axis has a size of at least 1, but one of ${showShape(d, shape)} has ${d.show(less)}`,
    );
  const [found, asked] = [d.product(of), d.product(shape)];
  return d.same(found, asked)
    ? E.right(shape)
    : E.left(
        `${showShape(d, of)} has ${d.show(found)} numbers, but ${showShape(d, shape)} has ${d.show(asked)}`,
      );
};

export const transposed = <N>(
  d: Dimensions<N>,
  of: Shape<N>,
  order: readonly number[],
): Ruled<N> => {
  const sorted = [...order].sort((a, b) => a - b);
  return sorted.length === of.length && sorted.every((axis, i) => axis === i)
    ? E.right(order.map((axis) => of[axis]!))
    : E.left(`[${order.join(', ')}] is not an order of the axes of ${showShape(d, of)}`);
};

export const summed = <N>(d: Dimensions<N>, of: Shape<N>, axis: number): Ruled<N> =>
  axis >= 0 && axis < of.length
    ? E.right(of.filter((_, i) => i !== axis))
    : E.left(`${showShape(d, of)} has no axis ${axis}; axes count from 0`);

/** Joins along `axis`; the other axes agree. */
export const concatenated = <N>(
  d: Dimensions<N>,
  parts: readonly Shape<N>[],
  axis: number,
): Ruled<N> => {
  const [first] = parts;
  if (first === undefined) return E.left('`concat` needs at least one weight');
  if (axis < 0 || axis >= first.length)
    return E.left(`${showShape(d, first)} has no axis ${axis}; axes count from 0`);
  const others = (shape: Shape<N>): Shape<N> => shape.filter((_, i) => i !== axis);
  const odd = parts.find(
    (p) => p.length !== first.length || !sameShape(d, others(p), others(first)),
  );
  if (odd !== undefined)
    return E.left(
      `${showShape(d, first)} and ${showShape(d, odd)} cannot be joined along axis ${axis}`,
    );
  const length = d.sum(parts.flatMap((p) => p.slice(axis, axis + 1)));
  return E.right(first.map((n, i) => (i === axis ? length : n)));
};
