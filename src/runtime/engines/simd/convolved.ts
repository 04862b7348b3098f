/** Convolutions as what they read: from pixels of the result to those of a map, along each axis. */
import type { Shape } from '../../../kernel/shape.ts';
import type { Along } from '../windows.ts';

/** A convolution of x [n, h, w, in] with a filter [rows, columns, in, out]: y [n, down, across, out]. */
export type Convolved = {
  readonly x: Shape;
  readonly filter: Shape;
  readonly y: Shape;
  readonly axes: readonly [down: Along, across: Along];
};

/** For each pixel of the result along an axis, and each place of the window: the pixel that is read, or -1. */
export type Reach = { readonly window: number; readonly pixels: Int32Array };

/** From windows to the pixels that they see. */
export const seenBy = ({ window, count, stride, rate, before, length }: Along): Reach => ({
  window,
  pixels: Int32Array.from({ length: count * window }, (_, i) => {
    const pixel = Math.floor(i / window) * stride + (i % window) * rate - before;
    return pixel >= 0 && pixel < length ? pixel : -1;
  }),
});

/** From pixels to the windows that see them, by places from the last to the first: windows that follow one another. */
export const seeing = ({ window, count, stride, rate, before, length }: Along): Reach => ({
  window,
  pixels: Int32Array.from({ length: length * window }, (_, i) => {
    const place = window - 1 - (i % window);
    const index = (Math.floor(i / window) + before - place * rate) / stride;
    return Number.isInteger(index) && index >= 0 && index < count ? index : -1;
  }),
});

/** Windows of one pixel that leave none out make a product of matrices: then all pixels are images of one. */
export const asProduct = (of: Convolved): Convolved => {
  const single = of.axes.every(({ window, count, length }) => window === 1 && count === length);
  if (!single) return of;
  const pixels = ([n, h, w, channels]: Shape): Shape => [n! * h! * w!, 1, 1, channels!];
  const axes = [
    { ...of.axes[0], length: 1, count: 1 },
    { ...of.axes[1], length: 1, count: 1 },
  ] as const;
  return { ...of, axes, x: pixels(of.x), y: pixels(of.y) };
};
