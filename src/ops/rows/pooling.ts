/** Pooling: windows that are folded to one number, channel by channel. Averages are in averaging.ts. */
import * as E from 'fp-ts/lib/Either.js';
import { allSides, square } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { belowAll, input, kernel } from '../../kernel/kernel.ts';
import { foldWindows } from '../parts/loops.ts';
import { knownMap, padded } from '../parts/lowering.ts';
import type { OpParam } from '../params.ts';
import type { Operator, Sample, ShapeFault } from '../row.ts';
import { stepped } from '../symbolic/rules.ts';
import { poolDemands, windowAlong } from '../symbolic/windows.ts';
import {
  channelwise,
  noMacs,
  noWeights,
  onMap,
  perOutput,
  stepping,
  windowField,
} from '../parts/rules.ts';
import { fixedAxis, freeAxis, image, mapType, vectorType } from '../types.ts';
import { fitOf, slidesOf, stepOf, type Slide } from '../parts/windows.ts';

/** What every pool takes. */
export const poolParams: readonly OpParam[] = [
  declare.extent('size', 'height and width of the window', 2),
  declare.extent('stride', 'pixels from one window to the next', 'size'),
  declare.padding('pad', 'less than the size; `half`, `valid` and `same` as in `conv`', 0),
  declare.word(
    'round',
    '`floor` drops the pixels of an unfinished last window; `ceil` keeps it if it starts inside the image or its ' +
      'leading padding',
    'floor',
    'ceil',
  ),
];

/** The fault of padding that is not smaller than the window: a window could lie in it altogether. */
const paddingFault = (slide: Slide): ShapeFault | undefined => {
  if (slide.pads === 'same') return undefined;
  const most = Math.max(slide.pads.before, slide.pads.after);
  return most < slide.kernel
    ? undefined
    : { tag: 'pool padding', padding: most, window: slide.kernel };
};

/** The shape of every pool. */
export const poolShape: Operator['shape'] = (args, [x]) =>
  onMap(x, (map) => {
    const { h, w } = slidesOf(args);
    const fault = paddingFault(h) ?? paddingFault(w);
    return fault === undefined ? stepping(map, stepOf(h), stepOf(w), map.c) : E.left(fault);
  });

/** The same in symbols. */
export const poolSymbolic = stepped(windowAlong, poolDemands);

const free = mapType(freeAxis('h'), freeAxis('w'), 3);

/** Windows that every pool is tested on: odd and even sizes, stride > size, all kinds of padding. */
export const poolSamples: readonly Sample[] = [
  { args: {}, inputs: [image(6, 7, 3)] },
  { args: {}, inputs: [free] },
  { args: { round: 'ceil' }, inputs: [image(7, 6, 1)] },
  { args: { round: 'ceil' }, inputs: [free] },
  { args: { size: square(3), stride: square(2) }, inputs: [image(7, 8, 2)] },
  { args: { size: square(3), stride: square(2), round: 'ceil' }, inputs: [image(7, 8, 2)] },
  { args: { size: square(3), stride: square(2), round: 'ceil' }, inputs: [image(2, 3, 1)] },
  { args: { size: square(3), stride: square(2), pad: allSides(1) }, inputs: [image(6, 7, 3)] },
  { args: { size: square(3), stride: square(2), pad: allSides(1) }, inputs: [free] },
  {
    args: { size: square(3), stride: square(2), pad: allSides(1), round: 'ceil' },
    inputs: [image(6, 7, 2)],
  },
  { args: { size: square(3), pad: allSides(1), round: 'ceil' }, inputs: [image(2, 5, 2)] },
  { args: { size: square(2), pad: allSides(1), round: 'ceil' }, inputs: [image(5, 6, 1)] },
  { args: { size: square(2), pad: allSides(1), round: 'ceil' }, inputs: [free] },
  { args: { size: square(3), stride: square(1), pad: 'same' }, inputs: [image(4, 5, 3)] },
  { args: { size: square(3), stride: square(1), pad: 'half' }, inputs: [free] },
  { args: { size: square(3), stride: square(2), pad: 'same' }, inputs: [image(6, 7, 2)] },
  { args: { size: square(3), stride: square(2), pad: 'same' }, inputs: [free] },
  { args: { size: square(3), stride: square(4), pad: 'same' }, inputs: [image(12, 9, 2)] },
  { args: { size: square(3), stride: square(4), pad: 'same' }, inputs: [free] },
  { args: { size: { h: 1, w: 3 }, stride: square(1), pad: 'valid' }, inputs: [image(3, 5, 2)] },
  { args: { size: square(2), stride: square(5) }, inputs: [image(12, 13, 2)] },
  { args: { size: square(2), stride: square(5), round: 'ceil' }, inputs: [image(10, 11, 2)] },
  { args: { size: square(1), stride: square(2), round: 'ceil' }, inputs: [image(4, 5, 1)] },
  {
    args: { size: square(4), stride: square(3), pad: { top: 0, bottom: 3, left: 2, right: 1 } },
    inputs: [image(7, 6, 2)],
  },
  {
    args: {
      size: square(4),
      stride: square(3),
      pad: { top: 3, bottom: 0, left: 1, right: 2 },
      round: 'ceil',
    },
    inputs: [mapType(fixedAxis(7), freeAxis('w'), 2)],
  },
];

/** Arguments that every pool refuses, for the tests of its row. */
export const poolMistakes: Operator['mistakes'] = [
  { args: {}, inputs: [vectorType(4)], fault: 'rank' },
  { args: { size: square(2), pad: allSides(2) }, inputs: [image(8, 8, 1)], fault: 'pool padding' },
  {
    args: { size: { h: 3, w: 1 }, pad: { top: 1, bottom: 1, left: 1, right: 0 } },
    inputs: [image(8, 8, 1)],
    fault: 'pool padding',
  },
];

/** y[u, v, i] = max over a, b of x[s·u + a − p, s·v + b − p, i], inside the image. */
const maxpool: Operator = {
  family: 'pooling',
  doc: `The largest value in each window, channel by channel.

y[u, v, i] = max over a, b of x[s·u + a − p, s·v + b − p, i], over the pixels inside the image. A height h becomes
⌊(h + p₁ + p₂ − k)/s⌋ + 1, and ⌈h/s⌉ with \`pad = same\`, where \`round\` has no effect.

\`round = ceil\` rounds up instead, and drops a last window that would start behind the image and its leading
padding: PyTorch’s and ONNX’s \`ceil_mode\`. Caffe, and PyTorch before 1.8, drop it only where there is padding.
PyTorch wants padding of at most half the window; netc wants less than the window, so that each has a pixel.`,
  examples: [
    'maxpool : [h, w, 64] -> [h/2, w/2, 64]',
    'maxpool3/2(pad = 1) : [112, 112, 64] -> [56, 56, 64]',
  ],
  inputs: { tag: 'one' },
  params: poolParams,
  shape: poolShape,
  weights: noWeights,
  symbolic: poolSymbolic,
  macs: noMacs,
  extraFlops: (args) => {
    const { h, w } = slidesOf(args);
    return perOutput(h.kernel * w.kernel - 1);
  },
  windows: slidesOf,
  field: (args, [x]) => windowField(slidesOf(args), x),
  changes: channelwise,
  reference: (args, [x]) => foldWindows(x, slidesOf(args), -Infinity, Math.max),
  lower: (args, { inputs: [x] }) => {
    const [map] = knownMap(x);
    const slides = slidesOf(args);
    const fit = fitOf(slides, map);
    return kernel(
      {
        op: 'MaxPool',
        window: [slides.h.kernel, slides.w.kernel],
        strides: [slides.h.stride, slides.w.stride],
        padding: fit.padding,
      },
      padded(input(0), fit.h, fit.w, belowAll),
    );
  },
  samples: poolSamples,
  mistakes: poolMistakes,
};

/** Pools that choose a number. */
export const pools = { maxpool };
