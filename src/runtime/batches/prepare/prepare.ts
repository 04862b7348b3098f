/** How a sample becomes numbers of a net: changed by chance to train on it, and without chance to validate. */
import { below, normal, type Draw } from '../../../numeric/random.ts';
import type { Extent } from '../../../ops/params.ts';
import type { Augmentation } from '../../../protocol/recipe.ts';
import { toNumbers } from '../../store/picture.ts';
import type { Input } from '../../store/preprocess.ts';
import type { Sample } from '../dataset.ts';
import {
  centred,
  cut,
  inMiddle,
  mirrored,
  rendered,
  rescaled,
  room,
  viewOf,
  withRoom,
  type View,
} from './view.ts';

/** Everything that is known before a sample comes. It can be sent to another thread. */
export type Preparation = {
  /** [h, w, c] of the net */
  readonly frame: Extent & { readonly c: number };
  readonly augment: readonly Augmentation[];
  readonly input: Input;
  /** for `rgb_shift`: the columns of this 3x3 matrix, in rows, are what light of deviation 1 does to bytes */
  readonly axes: readonly number[];
};

type Light = readonly [r: number, g: number, b: number];

/** What was drawn so far: the view, and what is added to red, green and blue bytes. */
type Drawn = { readonly view: View; readonly light: Light };

type Steps = {
  readonly [tag in Augmentation['tag']]: (
    drawn: Drawn,
    step: Augmentation & { readonly tag: tag },
    axes: readonly number[],
    draw: Draw,
  ) => Drawn;
};

/** `rescale`: a side S from all integers of the range, each as likely as the other. */
const rescale: Steps['rescale'] = (drawn, { from, to }, _axes, draw) => ({
  ...drawn,
  view: rescaled(drawn.view, from + below(draw, to - from + 1)),
});

/** `crop`: every place that a window fits in is as likely as the other; first the row is drawn, then the column. */
const crop: Steps['crop'] = (drawn, { size, pad }, _axes, draw) => {
  const view = withRoom(drawn.view, size, pad);
  const { h, w } = room(view, size, pad);
  const at = { h: below(draw, h + 1), w: below(draw, w + 1) };
  return { ...drawn, view: cut(view, size, pad, at) };
};

/** `flip`: one time in two. */
const flip: Steps['flip'] = (drawn, _step, _axes, draw) =>
  below(draw, 2) === 0 ? drawn : { ...drawn, view: mirrored(drawn.view) };

/**
 * `rgb_shift` (Krizhevsky et al. 2012, section 4.1): [p₁ p₂ p₃]·[α₁λ₁ α₂λ₂ α₃λ₃]ᵀ is added to each pixel, pᵢ and λᵢ
 * being eigenvectors and eigenvalues of the covariance of pixels in 0–1, and αᵢ normal with the deviation given.
 */
const shift: Steps['rgb_shift'] = ({ view, light }, { deviation }, axes, draw) => {
  const alpha = [normal(draw), normal(draw), normal(draw)];
  const along = (c: number): number =>
    alpha.reduce((sum, a, i) => sum + a * deviation * axes[c * 3 + i]!, 0);
  return { view, light: [light[0] + along(0), light[1] + along(1), light[2] + along(2)] };
};

/** One step of augmentation; the order of the draws is a part of what a seed means. */
const applied = (drawn: Drawn, step: Augmentation, axes: readonly number[], draw: Draw): Drawn => {
  switch (step.tag) {
    case 'rescale':
      return rescale(drawn, step, axes, draw);
    case 'crop':
      return crop(drawn, step, axes, draw);
    case 'flip':
      return flip(drawn, step, axes, draw);
    case 'rgb_shift':
      return shift(drawn, step, axes, draw);
  }
};

/** The numbers of an array: (x · scale − mean) / std for each channel. */
const toScale = (data: Float32Array, { scale, mean, std }: Input, channels: number): Float32Array =>
  data.map((x, i) => (x * scale - (mean[i % channels] ?? 0)) / (std[i % channels] ?? 1));

/** An input that adds light to all pixels: less light is a larger mean. */
const lit = (input: Input, [r, g, b]: Light): Input => {
  if (r === 0 && g === 0 && b === 0) return input;
  const byOrder = {
    rgb: [r, g, b],
    bgr: [b, g, r],
    grey: [0.299 * r + 0.587 * g + 0.114 * b],
  }[input.order];
  return { ...input, mean: byOrder.map((l, c) => (input.mean[c] ?? 0) - l * input.scale) };
};

/** What is seen, as numbers [h, w, c] of the net. */
export const numbersOf = (sample: Sample, input: Input): Float32Array =>
  sample.tag === 'numbers'
    ? toScale(sample.data, input, sample.channels)
    : toNumbers(sample.data, input);

/** The picture itself; without a crop its centre, as `run` takes it. A crop has the net's size already. */
const finished = ({ view, light }: Drawn, { augment, frame, input }: Preparation): Float32Array => {
  const resize = augment.some(({ tag }) => tag === 'rescale')
    ? Math.min(view.scaled.h, view.scaled.w)
    : undefined;
  const cropped = augment.some(({ tag }) => tag === 'crop');
  return numbersOf(rendered(cropped ? view : centred(view, frame, resize)), lit(input, light));
};

const untouched = (sample: Sample): Drawn => ({ view: viewOf(sample), light: [0, 0, 0] });

/** A sample to train on. */
export const augmented = (sample: Sample, preparation: Preparation, draw: Draw): Float32Array => {
  let drawn = untouched(sample);
  for (const step of preparation.augment) drawn = applied(drawn, step, preparation.axes, draw);
  return finished(drawn, preparation);
};

/** The side that pictures are validated at: the middle of the range, as in Simonyan & Zisserman 2015, section 4.1. */
export const steadySide = (augment: readonly Augmentation[]): number | undefined => {
  const range = augment.find((step) => step.tag === 'rescale');
  return range === undefined ? undefined : Math.floor((range.from + range.to) / 2);
};

/** What a step does without chance: the middle of a range, the centre of a picture, or nothing. */
const settled = (view: View, step: Augmentation): View => {
  switch (step.tag) {
    case 'rescale':
      return rescaled(view, Math.floor((step.from + step.to) / 2));
    case 'crop': {
      const { size, pad } = step;
      const wide = withRoom(view, size, pad);
      return cut(wide, size, pad, inMiddle(wide, size, pad));
    }
    case 'flip':
    case 'rgb_shift':
      return view;
  }
};

/** A sample to validate with, the same each time. */
export const steady = (sample: Sample, preparation: Preparation): Float32Array => {
  const drawn = untouched(sample);
  return finished({ ...drawn, view: preparation.augment.reduce(settled, drawn.view) }, preparation);
};
