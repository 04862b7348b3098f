/** The loops that the references of window operators share: float64, NHWC. */
import { zeros, type Tensor } from '../../numeric/tensor.ts';
import { addProduct, matrix } from './product.ts';
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

/** So many windows are laid out beside each other at a time: they stay in the cache, a whole map's would not. */
const atOnce = 64;

/**
 * y[o, j] = Σ x[o·s + k·r − p, i] · kernel[k, i − first(j), j], over the c/g inputs i of j's group, which
 * begin at first(j) = ⌊j / (n/g)⌋ · c/g.
 *
 * That is a product of matrices: row o of the left one is window o of the group, for all k and then all i.
 */
export const convolve = (x: Tensor, kernel: Tensor, slides: Slides, groups: number): Tensor => {
  const [height, width, perGroup, n] = kernel.shape;
  const out = zeros(outShape(slides, x.shape, n));
  const taps = height * width * perGroup;
  const units = n / groups;
  const all = out.data.length / n;
  const windows = new Float64Array(Math.min(all, atOnce) * taps);
  for (let first = 0; first < all; first += atOnce) {
    const rows = Math.min(atOnce, all - first);
    for (let g = 0; g < groups; g++) {
      layOut(windows, x, slides, { first, rows }, { first: g * perGroup, count: perGroup });
      addProduct(
        { data: out.data, first: first * n + g * units, stride: n, rows, columns: units },
        matrix(windows, rows, taps),
        { data: kernel.data, first: g * units, stride: n, rows: taps, columns: units },
      );
    }
  }
  return out;
};

/** Windows as rows of a matrix: x[o·s + k·r − p, i] for all k, then all i of the group; 0 outside the image. */
const layOut = (
  to: Float64Array,
  x: Tensor,
  { h, w }: Slides,
  windows: { readonly first: number; readonly rows: number },
  group: { readonly first: number; readonly count: number },
): void => {
  const [, height, width, channels] = x.shape;
  const [outHeight, outWidth] = [windowsAlong(h, height), windowsAlong(w, width)];
  const [top, left] = [padsFor(h, height).before, padsFor(w, width).before];
  let place = 0;
  for (let o = windows.first; o < windows.first + windows.rows; o++) {
    const image = Math.floor(o / (outHeight * outWidth));
    const u = Math.floor(o / outWidth) % outHeight;
    const v = o % outWidth;
    for (let a = 0; a < h.kernel; a++)
      for (let e = 0; e < w.kernel; e++) {
        const row = u * h.stride + a * h.dilation - top;
        const column = v * w.stride + e * w.dilation - left;
        const inside = row >= 0 && row < height && column >= 0 && column < width;
        const from = ((image * height + row) * width + column) * channels + group.first;
        for (let i = 0; i < group.count; i++) to[place++] = inside ? x.data[from + i] : 0;
      }
  }
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
