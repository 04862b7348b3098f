/**
 * Bilinear scaling with antialiasing, bit for bit as Pillow does it (src/libImaging/Resample.c, BILINEAR),
 * and so torchvision on PIL images: nets were trained on its pixels. It is written out here because sharp's
 * `linear` is a quarter pixel off when it enlarges, repeats the border, and takes means of blocks first when
 * it reduces a lot: up to 40 grey levels of difference.
 */
import type { PictureSize, Placement } from './picture-place.ts';

/**
 * How an axis is scaled: pixel i of the result is Σ weight · pixel over `counts[i]` pixels from `starts[i]` on. Its
 * weights, in units of 2⁻²², begin at `i · most`.
 */
type Taps = {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  readonly most: number;
};

const bits = 22; // 8 bits of a pixel, 22 of a weight and 2 to spare make 32
const half = 2 ** (bits - 1);

/**
 * The pixels [first, first + count) of an axis of `size` that is scaled to `scaled`. The filter is the
 * triangle 1 − |x|, as wide as a pixel of the larger of both; beyond the border it is cut off and
 * normalised.
 */
const tapsOf = (size: number, scaled: number, first: number, count: number): Taps => {
  const ratio = size / scaled;
  const reach = Math.max(1, ratio);
  const most = 2 * Math.ceil(reach) + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * most);
  const triangle = new Float64Array(most);
  for (let i = 0; i < count; i++) {
    const centre = (first + i + 0.5) * ratio;
    const from = Math.max(0, Math.trunc(centre - reach + 0.5));
    const to = Math.min(size, Math.trunc(centre + reach + 0.5));
    let sum = 0;
    for (let k = 0; k < to - from; k++) {
      triangle[k] = Math.max(0, 1 - Math.abs((from + k - centre + 0.5) * (1 / reach)));
      sum += triangle[k]!;
    }
    starts[i] = from;
    counts[i] = to - from;
    for (let k = 0; k < to - from; k++)
      weights[i * most + k] = Math.floor((triangle[k]! / sum) * 2 ** bits + 0.5);
  }
  return { starts, counts, weights, most };
};

/** Rounds a sum of bytes times weights to a byte. */
const rounded = (sum: number): number => Math.min(255, sum >> bits);

/** Scales `h` rows of three bytes a pixel from row `top` on to rows of `w` pixels. */
const alongRows = (
  rgb: Uint8Array,
  width: number,
  { top, h, w }: { readonly top: number; readonly h: number; readonly w: number },
  { starts, counts, weights, most }: Taps,
): Uint8Array => {
  const out = new Uint8Array(h * w * 3);
  let to = 0;
  for (let y = top; y < top + h; y++)
    for (let i = 0; i < w; i++) {
      let at = (y * width + starts[i]!) * 3;
      let [r, g, b] = [half, half, half];
      const end = i * most + counts[i]!;
      for (let k = i * most; k < end; k++, at += 3) {
        const weight = weights[k]!;
        r = (r + Math.imul(weight, rgb[at]!)) | 0;
        g = (g + Math.imul(weight, rgb[at + 1]!)) | 0;
        b = (b + Math.imul(weight, rgb[at + 2]!)) | 0;
      }
      out[to++] = rounded(r);
      out[to++] = rounded(g);
      out[to++] = rounded(b);
    }
  return out;
};

/** Scales rows of `line` bytes, the first of which is row `top` of the picture, to `h` rows. */
const alongColumns = (
  narrow: Uint8Array,
  line: number,
  top: number,
  h: number,
  { starts, counts, weights, most }: Taps,
): Uint8Array => {
  const out = new Uint8Array(h * line);
  let to = 0;
  for (let i = 0; i < h; i++) {
    const begin = (starts[i]! - top) * line;
    const end = i * most + counts[i]!;
    for (let x = begin; x < begin + line; x++) {
      let sum = half;
      let at = x;
      for (let k = i * most; k < end; k++, at += line)
        sum = (sum + Math.imul(weights[k]!, narrow[at]!)) | 0;
      out[to++] = rounded(sum);
    }
  }
  return out;
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
  const top = rows.starts[0] ?? 0;
  const bottom = rows.starts.reduce((end, from, i) => Math.max(end, from + rows.counts[i]!), top);
  const narrow = alongRows(rgb, size.w, { top, h: bottom - top, w: cut.w }, columns);
  return alongColumns(narrow, cut.w * 3, top, cut.h, rows);
};
