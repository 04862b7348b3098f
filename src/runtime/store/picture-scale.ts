/**
 * Bilinear scaling with antialiasing, bit for bit as Pillow does it (src/libImaging/Resample.c, BILINEAR),
 * and so torchvision on PIL images: nets were trained on its pixels. It is written out here because sharp's
 * `linear` is a quarter pixel off when it enlarges, repeats the border, and takes means of blocks first when
 * it reduces a lot: up to 40 grey levels of difference.
 */
import type { PictureSize, Placement } from './picture-place.ts';

/** One pixel of the result along one axis: weights of the pixels from `from` on, in units of 2⁻²². */
type Taps = { readonly from: number; readonly weights: readonly number[] };

const bits = 22; // 8 bits of a pixel, 22 of a weight and 2 to spare make 32

/**
 * The pixels [first, first + count) of an axis of `size` that is scaled to `scaled`. The filter is the
 * triangle 1 − |x|, as wide as a pixel of the larger of both; beyond the border it is cut off and
 * normalised.
 */
const tapsOf = (size: number, scaled: number, first: number, count: number): readonly Taps[] => {
  const ratio = size / scaled;
  const reach = Math.max(1, ratio);
  return Array.from({ length: count }, (_, i) => {
    const centre = (first + i + 0.5) * ratio;
    const from = Math.max(0, Math.trunc(centre - reach + 0.5));
    const to = Math.min(size, Math.trunc(centre + reach + 0.5));
    const triangle = Array.from({ length: to - from }, (_v, k) =>
      Math.max(0, 1 - Math.abs((from + k - centre + 0.5) * (1 / reach))),
    );
    const sum = triangle.reduce((a, b) => a + b, 0);
    return { from, weights: triangle.map((w) => Math.floor((w / sum) * 2 ** bits + 0.5)) };
  });
};

/** Σ weight · byte over pixels that lie `step` bytes apart, rounded to a byte. */
const blend = (bytes: Uint8Array, at: number, step: number, weights: readonly number[]): number => {
  let sum = 2 ** (bits - 1);
  for (let k = 0; k < weights.length; k++) sum += weights[k]! * bytes[at + k * step]!;
  return Math.min(255, sum >> bits);
};

/**
 * Scales a picture of `size`, three bytes a pixel, and gives the cut: first along the rows, then along the
 * columns, rounded to bytes in between. What lies outside the cut is never computed. (Where a picture is made
 * wider and lower at once, which `place` does not, Pillow 13 begins with the columns.)
 */
export const scale = (
  rgb: Uint8Array,
  size: PictureSize,
  { scaled, cut }: Placement,
): Uint8Array => {
  const columns = tapsOf(size.w, scaled.w, cut.left, cut.w);
  const rows = tapsOf(size.h, scaled.h, cut.top, cut.h);
  const top = rows[0]?.from ?? 0;
  const bottom = rows.reduce((end, r) => Math.max(end, r.from + r.weights.length), top);
  const narrow = new Uint8Array((bottom - top) * cut.w * 3);
  let to = 0;
  for (let y = top; y < bottom; y++)
    for (const { from, weights } of columns)
      for (let c = 0; c < 3; c++)
        narrow[to++] = blend(rgb, (y * size.w + from) * 3 + c, 3, weights);
  const out = new Uint8Array(cut.h * cut.w * 3);
  const line = cut.w * 3;
  to = 0;
  for (const { from, weights } of rows)
    for (let x = 0; x < line; x++)
      out[to++] = blend(narrow, (from - top) * line + x, line, weights);
  return out;
};
