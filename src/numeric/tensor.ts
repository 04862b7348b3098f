/** Dense float64 arrays: what the reference of every operator computes with. */
import { Bug } from '../diagnostic/bug.ts';

/** Row-major; `data.length` is the product of `shape`. Maps are [batch, h, w, c], vectors [batch, c]. */
export type Tensor = { readonly shape: readonly number[]; readonly data: Float64Array };

/** How many numbers a tensor of this shape has; 1 for `[]`. */
export const elements = (shape: readonly number[]): number => shape.reduce((n, k) => n * k, 1);

/** Whether two shapes have one rank and every dimension in common. */
export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** A tensor of this shape, all 0. */
export const zeros = (shape: readonly number[]): Tensor => ({
  shape,
  data: new Float64Array(elements(shape)),
});

/** A copy of these numbers, of which there must be as many as the shape says. */
export const tensor = (shape: readonly number[], data: ArrayLike<number>): Tensor => {
  if (data.length !== elements(shape)) throw new Bug(`${data.length} values for [${shape}]`);
  return { shape, data: Float64Array.from(data) };
};

/** The same numbers under another shape of as many elements. */
export const reshape = (t: Tensor, shape: readonly number[]): Tensor => {
  if (t.data.length !== elements(shape)) throw new Bug(`[${t.shape}] cannot become [${shape}]`);
  return { shape, data: t.data };
};
