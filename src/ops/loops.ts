/** The loops that the references of window operators share: float64, NHWC, padding skipped, not stored. */
import { zeros, type Tensor } from '../numeric/tensor.ts';
import { padsFor, windowsAlong, type Slide, type Slides } from './windows.ts';

/** A tap of a window: output pixel `to` sees input pixel `from` through the kernel's place `at`. */
type Tap = { readonly to: number; readonly from: number; readonly at: number };

/** The taps along an axis that lie inside its `length` pixels: from = to·s + at·r − before. */
const tapsAlong = (slide: Slide, length: number): readonly Tap[] => {
  const { before } = padsFor(slide, length);
  const taps: Tap[] = [];
  for (let to = 0; to < windowsAlong(slide, length); to++)
    for (let at = 0; at < slide.kernel; at++) {
      const from = to * slide.stride + at * slide.dilation - before;
      if (from >= 0 && from < length) taps.push({ to, from, at });
    }
  return taps;
};

/** Calls `visit` with the offsets of the first channel of every (output pixel, input pixel, kernel place). */
const eachTap = (
  slides: Slides,
  shape: readonly number[],
  strides: { readonly out: number; readonly kernel: number },
  visit: (out: number, x: number, k: number) => void,
): void => {
  const [batch, height, width, channels] = shape;
  const rows = tapsAlong(slides.h, height);
  const columns = tapsAlong(slides.w, width);
  const outHeight = windowsAlong(slides.h, height);
  const outWidth = windowsAlong(slides.w, width);
  for (let b = 0; b < batch; b++)
    for (const row of rows)
      for (const column of columns)
        visit(
          ((b * outHeight + row.to) * outWidth + column.to) * strides.out,
          ((b * height + row.from) * width + column.from) * channels,
          (row.at * slides.w.kernel + column.at) * strides.kernel,
        );
};

const outShape = (slides: Slides, [batch, h, w]: readonly number[], c: number): number[] => [
  batch,
  windowsAlong(slides.h, h),
  windowsAlong(slides.w, w),
  c,
];

/**
 * y[o, j] = Σ x[o·s + k·r − p, i] · kernel[k, i − first(j), j], over the c/g inputs i of j's group, which
 * begin at first(j) = ⌊j / (n/g)⌋ · c/g.
 */
export const convolve = (x: Tensor, kernel: Tensor, slides: Slides, groups: number): Tensor => {
  const [, , perGroup, n] = kernel.shape;
  const out = zeros(outShape(slides, x.shape, n));
  const [from, by, to] = [x.data, kernel.data, out.data];
  const units = n / groups;
  eachTap(slides, x.shape, { out: n, kernel: perGroup * n }, (o, i, k) => {
    for (let g = 0; g < groups; g++)
      for (let c = 0; c < perGroup; c++) {
        const value = from[i + g * perGroup + c];
        const row = k + c * n;
        for (let j = g * units; j < (g + 1) * units; j++) to[o + j] += value * by[row + j];
      }
  });
  return out;
};

/** y[o, i·m + j] = Σ x[o·s + k·r − p, i] · kernel[k, i, j] */
export const convolveDepthwise = (x: Tensor, kernel: Tensor, slides: Slides): Tensor => {
  const [, , c, m] = kernel.shape;
  const out = zeros(outShape(slides, x.shape, c * m));
  const [from, by, to] = [x.data, kernel.data, out.data];
  eachTap(slides, x.shape, { out: c * m, kernel: c * m }, (o, first, k) => {
    for (let i = 0; i < c; i++)
      for (let j = 0; j < m; j++) to[o + i * m + j] += from[first + i] * by[k + i * m + j];
  });
  return out;
};

/** y[o, i] = the fold of all x[o·s + k − p, i] inside the image. */
export const foldWindows = (
  x: Tensor,
  slides: Slides,
  start: number,
  fold: (sum: number, value: number) => number,
): Tensor => {
  const c = x.shape[3];
  const out = zeros(outShape(slides, x.shape, c));
  out.data.fill(start);
  eachTap(slides, x.shape, { out: c, kernel: 0 }, (o, first) => {
    for (let i = 0; i < c; i++) out.data[o + i] = fold(out.data[o + i], x.data[first + i]);
  });
  return out;
};

/** y[…, j] = x[…, j] + bias[j] */
export const addBias = (x: Tensor, bias: Tensor | undefined): Tensor => {
  if (bias === undefined) return x;
  const n = bias.shape[0];
  return { shape: x.shape, data: x.data.map((value, i) => value + bias.data[i % n]) };
};
