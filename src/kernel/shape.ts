/** Shapes of tensors, and the sums by which TensorFlow gets one from another. */
import { elements } from '../numeric/tensor.ts';
import type { Cut, WindowPadding } from './kernel.ts';

/** With the batch first. */
export type Shape = readonly number[];

/** float32 */
export const bytesOf = (shape: Shape): number => 4 * elements(shape);

/** No shape: operands that do not fit. */
export const nothing: Shape = [NaN];

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
