/** Mean, deviation and covariance of a set: sums of each sample, added in the order of the set. */
import type { PixelNumbers } from '../../../protocol/recipe.ts';
import { place } from '../../store/picture-place.ts';
import { toNumbers } from '../../store/picture.ts';
import { defaultInput } from '../../store/preprocess.ts';
import type { Pixels, Sample } from '../dataset.ts';
import type { Measured } from '../loader.ts';
import { steadySide, type Preparation } from './prepare.ts';
import { rendered, viewOf } from './view.ts';

/**
 * Of one sample: how many pixels it has; of each quantity the sum, and of each the sum of squares. The quantities of a
 * picture are red, green, blue and grey, and three products follow: of red and green, red and blue, green and blue.
 * Bytes give integers, so it does not matter who adds them; other numbers are added in one order only.
 */
export type Sums = Float64Array;

const quantities = 4;

/** All of a picture at the size that it is validated at, or as it is; arrays are as large as they are. */
const seen = (sample: Sample, preparation: Preparation | undefined): Sample => {
  const view = viewOf(sample);
  if (sample.tag === 'numbers' || preparation === undefined) return view.sample;
  const { scaled } = place(sample, preparation.frame, steadySide(preparation.augment));
  return rendered({ ...view, scaled, window: { top: 0, left: 0, ...scaled } });
};

const sumsOfPixels = ({ data }: Pixels): Sums => {
  const grey = toNumbers(data, defaultInput(1));
  const sums = new Float64Array(1 + 2 * quantities + 3);
  const add = (i: number, x: number): void => void (sums[i] = sums[i]! + x);
  for (let i = 0, at = 0; at < data.length; i++, at += 3) {
    const [r, g, b, y] = [data[at]!, data[at + 1]!, data[at + 2]!, grey[i]!];
    add(1, r);
    add(2, g);
    add(3, b);
    add(4, y);
    add(5, r * r);
    add(6, g * g);
    add(7, b * b);
    add(8, y * y);
    add(9, r * g);
    add(10, r * b);
    add(11, g * b);
  }
  sums[0] = data.length / 3;
  return sums;
};

/** The sums of one sample; without a preparation as it is. */
export const sumsOf = (sample: Sample, preparation: Preparation | undefined): Sums => {
  const whole = seen(sample, preparation);
  if (whole.tag === 'pixels') return sumsOfPixels(whole);
  const { channels, data } = whole;
  const sums = new Float64Array(1 + 2 * channels);
  data.forEach((x, i) => {
    const c = i % channels;
    sums[1 + c] = sums[1 + c]! + x;
    sums[1 + channels + c] = sums[1 + channels + c]! + x * x;
  });
  sums[0] = data.length / channels;
  return sums;
};

/** The sum of both, in the place of the first. */
export const addSums = (total: Sums, next: ArrayLike<number>): void => {
  for (let i = 0; i < total.length; i++) total[i] = total[i]! + next[i]!;
};

/** Which quantities a net takes, in its order. */
const taken: { readonly [order in PixelNumbers['order']]: readonly number[] } = {
  rgb: [0, 1, 2],
  bgr: [2, 1, 0],
  grey: [3],
};

/** Of sums over a set: per channel in the net's order and after `scale`; the covariance of bytes. */
export const measuredFrom = (
  total: Sums,
  { order, scale }: Pick<PixelNumbers, 'order' | 'scale'>,
  pixels: boolean,
): Measured => {
  const count = total[0]!;
  const kinds = pixels ? quantities : (total.length - 1) / 2;
  const mean = (q: number): number => total[1 + q]! / count;
  const product = (a: number, b: number): number =>
    a === b ? total[1 + kinds + a]! : total[1 + 2 * kinds + a + b - 1]!;
  const covariance = (a: number, b: number): number => product(a, b) / count - mean(a) * mean(b);
  const channels = pixels ? taken[order] : Array.from({ length: kinds }, (_, c) => c);
  // a channel that never changes would be divided by 0
  const deviation = (q: number): number => Math.sqrt(Math.max(0, covariance(q, q))) || 1;
  const light = [0, 1, 2];
  return {
    mean: channels.map((q) => mean(q) * scale),
    std: channels.map((q) => deviation(q) * Math.abs(scale)),
    covariance: pixels ? light.flatMap((a) => light.map((b) => covariance(a, b))) : [],
  };
};
