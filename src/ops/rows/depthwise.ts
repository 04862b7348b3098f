/** The convolution of each channel by itself. */
import { times } from '../../size/channels.ts';
import { count, extent, flag, number, square } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { kernel, weight } from '../../kernel/kernel.ts';
import { addBias, convolveDepthwise } from '../parts/loops.ts';
import { biased, knownMap, overWindows } from '../parts/lowering.ts';
import type { Operator } from '../row.ts';
import * as symbolic from '../symbolic/rules.ts';
import { countIn, spanDemands, windowAlong } from '../symbolic/windows.ts';
import {
  countOf,
  kernelAndBias,
  onMap,
  perChannels,
  perOutput,
  stepping,
  windowField,
} from '../parts/rules.ts';
import { freeAxis, image, mapType, vectorType } from '../types.ts';
import { slidesOf, stepOf } from '../parts/windows.ts';
import { convolutionParams } from './convolution.ts';

/** y[u, v, i·m + j] = bias[i·m + j] + Σ x[s·u + r·a − p, s·v + r·b − p, i] · kernel[a, b, i, j] */
const depthwise: Operator = {
  family: 'convolution',
  doc: `A convolution of each channel by itself, \`multiplier\` times.

y[u, v, i·m + j] = bias[i·m + j] + Σ over a, b of x[s·u + r·a − p, s·v + r·b − p, i] · kernel[a, b, i, j],
with stride s, dilation r, padding p and multiplier m. Sizes are those of \`conv\`. MobileNets follow it with a
1×1 \`conv\` (Howard et al. 2017).

It is \`conv\` with \`groups\` equal to the channels, and counts channels as Keras’s \`DepthwiseConv2D\` and
PyTorch’s grouped \`Conv2d\` do: output channel i·m + j comes from input channel i.`,
  examples: [
    'depthwise3 : [56, 56, 64] -> [56, 56, 64]',
    '(depthwise3/2; conv1-128) : [56, 56, 64] -> [28, 28, 128]',
  ],
  inputs: { tag: 'one' },
  torchKernel: '[out, 1, h, w]',
  params: [
    convolutionParams.size,
    declare.count('multiplier', 'how many kernels for each channel', 1),
    convolutionParams.stride,
    convolutionParams.pad,
    convolutionParams.dilation,
    convolutionParams.bias,
  ],
  shape: (args, [x]) =>
    onMap(x, (map) => {
      const slides = slidesOf(args);
      const c = times(map.c, count(args, 'multiplier'));
      return stepping(map, stepOf(slides.h), stepOf(slides.w), c);
    }),
  weights: (args, [x]) =>
    perChannels(x, (c) => {
      const { h, w } = extent(args, 'size');
      const m = number(args, 'multiplier');
      const fans = { in: h * w, out: h * w * m };
      return kernelAndBias([h, w, c, m], fans, flag(args, 'bias'), c * m);
    }),
  symbolic: {
    type: symbolic.onMap((assumed, args, map) => {
      const c = times(map.c, countIn(args['multiplier']));
      return {
        type: symbolic.stepping(assumed, map, (axis) => windowAlong(assumed, args, axis), c),
        demands: spanDemands(args),
      };
    }),
    weights: (_, args, { c }) => {
      const m = countIn(args['multiplier']);
      return symbolic.kernelAndBias(args, [...symbolic.sizeIn(args), c, m], times(c, m));
    },
  },
  macs: (args, [x]) => {
    const { h, w } = extent(args, 'size');
    return { at: 'output', each: h * w * countOf(x) * number(args, 'multiplier') };
  },
  extraFlops: (args) => perOutput(flag(args, 'bias') ? 1 : 0),
  windows: slidesOf,
  field: (args, [x]) => windowField(slidesOf(args), x),
  changes: (args, { from, to }) => {
    const m = number(args, 'multiplier');
    return { from: from * m, to: to * m };
  },
  reference: (args, [x], { kernel: k, bias: b }) =>
    addBias(convolveDepthwise(x, k, slidesOf(args)), b),
  lower: (args, { inputs: [x] }) => {
    const [map] = knownMap(x);
    const result = overWindows(slidesOf(args), map, (y, how) =>
      kernel({ op: 'DepthwiseConv2dNative', ...how }, y, weight('kernel')),
    );
    return biased(args)(result);
  },
  samples: [
    { args: { size: square(3) }, inputs: [image(5, 6, 3)] },
    { args: { size: square(3) }, inputs: [mapType(freeAxis('h'), freeAxis('w'), 3)] },
    { args: { size: square(3), stride: square(2) }, inputs: [image(5, 6, 1)] },
    { args: { size: square(3), stride: square(2), pad: 'same' }, inputs: [image(5, 6, 3)] },
    { args: { size: { h: 3, w: 1 }, multiplier: 2, bias: false }, inputs: [image(4, 4, 3)] },
    { args: { size: square(2), multiplier: 3, pad: 'valid' }, inputs: [image(4, 3, 2)] },
    {
      args: { size: square(2), pad: { top: 1, bottom: 0, left: 0, right: 3 } },
      inputs: [image(4, 5, 2)],
    },
    { args: { size: square(1), stride: square(3), pad: 'valid' }, inputs: [image(7, 9, 2)] },
    { args: { size: square(3), dilation: 2, multiplier: 2 }, inputs: [image(6, 7, 3)] },
    { args: { size: square(3), dilation: 3, stride: square(2) }, inputs: [image(9, 8, 2)] },
    {
      args: { size: square(2), dilation: 2, stride: square(4), pad: 'same', multiplier: 2 },
      inputs: [mapType(freeAxis('h'), freeAxis('w'), 2)],
    },
  ],
  mistakes: [{ args: { size: square(3) }, inputs: [vectorType(4)], fault: 'rank' }],
};

/** Convolutions of each channel by itself. */
export const depthwises = { depthwise };
