/** Shapes of tensors, and the sums by which TensorFlow gets one from another. */
import { elements } from '../numeric/tensor.ts';
import type { Cut, KernelOf, WindowPadding } from './kernel.ts';

/** With the batch first. */
export type Shape = readonly number[];

/** float32 */
export const bytesOf = (shape: Shape): number => 4 * elements(shape);

/** What operands give that do not fit: no shape. */
export const misfit: Shape = [NaN];

/** How many windows lie along `size` pixels; `span` is what one of them covers. */
export const windowsAlong = (
  size: number,
  span: number,
  stride: number,
  padding: WindowPadding,
): number =>
  padding === 'SAME' ? Math.ceil(size / stride) : Math.floor((size - span) / stride) + 1;

/** What SAME pads: (o − 1)s + K − length for o = ⌈length/s⌉ where that is positive, the odd pixel after. */
export const samePads = (
  span: number,
  stride: number,
  length: number,
): { readonly before: number; readonly after: number } => {
  const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + span - length);
  return { before: Math.floor(total / 2), after: Math.ceil(total / 2) };
};

/** Numbers before and after an axis. */
export type Padding = readonly [before: number, after: number];

/** What PadSame puts around a map of this shape. */
export const samePaddings = (
  { spans, strides }: Omit<KernelOf<'PadSame'>, 'op'>,
  x: Shape,
): readonly Padding[] => {
  const along = (axis: 0 | 1): Padding => {
    const { before, after } = samePads(spans[axis], strides[axis], x[axis + 1]);
    return [before, after];
  };
  return [[0, 0], along(0), along(1), [0, 0]];
};

/** Two neighbours on an axis of `length`, and the share of the second: p = (u + ½)/scale − ½ lies between them. */
export const between = (u: number, scale: number, length: number) => {
  const p = Math.min(length - 1, Math.max(0, (u + 0.5) / scale - 0.5));
  const first = Math.floor(p);
  return { first, second: Math.min(length - 1, first + 1), share: p - first };
};

/** Which axes of so many are meant: −1 is the last. */
export const axesMeant = (axes: readonly number[], rank: number): readonly number[] =>
  axes.map((axis) => (axis < 0 ? axis + rank : axis));

/** The shape of what is cut out; it has as many axes as the whole. */
export const cutShape = (cut: Cut, whole: Shape): Shape =>
  cut.size.map((n, i) => (n < 0 ? whole[i] - cut.begin[i] + n + 1 : n));

/** The shape of which two are repetitions, as NumPy broadcasts them: axes are compared from the last. */
export const broadcast = (a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length);
  const at = (s: Shape, i: number): number => s[i - rank + s.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [at(a, i), at(b, i)];
    return m === n || n === 1 ? m : m === 1 ? n : NaN;
  });
};
