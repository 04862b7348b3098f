/** Convolutions of maps. The transposed one is in deconvolution.ts, the fully connected layer in dense.ts. */
import * as E from 'fp-ts/lib/Either.js';
import { allSides, count, extent, flag, number, square } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { kernel, weight, type Lowered } from '../../kernel/kernel.ts';
import { addBias, convolve } from '../parts/loops.ts';
import { biased, inGroups, knownMap, overWindows } from '../parts/lowering.ts';
import type { Operator, ShapeFault } from '../row.ts';
import * as symbolic from '../symbolic/rules.ts';
import { countIn, windowAlong } from '../symbolic/windows.ts';
import {
  countOf,
  kernelAndBias,
  onMap,
  perChannels,
  perOutput,
  stepping,
  windowField,
} from '../parts/rules.ts';
import { fixedAxis, freeAxis, image, mapType, vectorType, type Channels } from '../types.ts';
import { slidesOf, stepOf } from '../parts/windows.ts';

const size = declare.extent('size', 'height and width of the kernel');
const stride = declare.extent('stride', 'pixels from one window to the next', 1);
const pad = declare.padding(
  'pad',
  '`half` is ⌊K/2⌋ on every side, K = dilation·(size − 1) + 1; `valid` adds nothing; `same` is TensorFlow’s, ' +
    'asymmetric at stride 2',
  'half',
);
const dilation = declare.integer('dilation', 'pixels from one place of the kernel to the next', 1);
const bias = declare.flag('bias', 'whether a number is added to each channel', true);
/** A parameter that `conv` and `deconv` have. */
export const groups = declare.count(
  'groups',
  'how many equal parts the channels fall into; a part of the output sees only its part of the input',
  1,
);
/** What `conv` and its kin have alike. */
export const convolutionParams = { size, stride, pad, dilation, bias };

/** What every convolution in groups refuses, with a window of this size, for the tests of its row. */
export const groupedMistakes = (window: number): Operator['mistakes'] => {
  const size = square(window);
  return [
    { args: { size, channels: 2 }, inputs: [vectorType(4)], fault: 'rank' },
    { args: { size, channels: 4, groups: 2 }, inputs: [image(4, 4, 3)], fault: 'groups' },
    { args: { size, channels: 3, groups: 2 }, inputs: [image(4, 4, 4)], fault: 'groups' },
  ];
};

/** The fault of groups that do not divide the channels, if they do not. */
export const groupsFault = (
  g: Channels,
  channels: Channels,
  side: 'input' | 'output',
): ShapeFault | undefined =>
  typeof g !== 'number' || typeof channels !== 'number' || channels % g === 0
    ? undefined
    : { tag: 'groups', groups: g, channels, side };

/** Each part of the channels makes a part of the output: g groups of n/g channels. */
export const groupwise: NonNullable<Operator['changes']> = (args, { from, to }, c) => {
  const [n, g] = [number(args, 'channels'), number(args, 'groups')];
  if (c === undefined) return { from: 0, to: n };
  const groupOf = (channel: number): number => Math.floor((channel * g) / c);
  return { from: (groupOf(from) * n) / g, to: ((groupOf(Math.min(to, c) - 1) + 1) * n) / g };
};

/** With one input each, output i·m + j sees input i: depthwise, with the same numbers in the same order. */
const asDepthwise = (shape: readonly number[]): Lowered => ({
  tag: 'weights',
  value: { tag: 'reshape', of: { tag: 'weight', name: 'kernel' }, shape },
});

/**
 * y[u, v, j] = bias[j] + Σ x[s·u + r·a − p, s·v + r·b − p, i] · kernel[a, b, i, j]. A cross-correlation, as
 * everywhere in the field.
 */
const conv: Operator = {
  family: 'convolution',
  doc: `A convolution with \`channels\` kernels.

y[u, v, j] = bias[j] + Σ over a, b, i of x[s·u + r·a − p, s·v + r·b − p, i] · kernel[a, b, i, j],
for stride s, dilation r and padding p before; outside the image x is 0. With \`groups = g\` the i are the
c/g channels of the group of j. A height h becomes ⌊(h + p₁ + p₂ − K)/s⌋ + 1 with K = r(k − 1) + 1, and
⌈h/s⌉ with \`pad = same\`.

PyTorch’s \`Conv2d\` with \`padding = ⌊K/2⌋\` is the default; Keras’s and TensorFlow’s default is \`valid\`.
\`half\` and \`same\` differ at stride 2 and for even kernels: \`same\` pads more after than before. Kernels are
HWIO, as in TensorFlow; PyTorch’s are OIHW.`,
  examples: [
    'conv3-64 : [224, 224, 3] -> [224, 224, 64]',
    'conv7-64/2(bias = false) : [h, w, 3] -> [(h + 1)/2, (w + 1)/2, 64]',
  ],
  inputs: { tag: 'one' },
  projects: 'map',
  fills: { order: 5, args: (channels) => ({ size: square(3), channels }) },
  torchKernel: '[out, in, h, w]',
  params: [
    size,
    declare.count('channels', 'how many kernels, the channels of the output'),
    stride,
    pad,
    dilation,
    groups,
    bias,
  ],
  shape: (args, [x]) =>
    onMap(x, (map) => {
      const g = count(args, 'groups');
      const n = count(args, 'channels');
      const fault = groupsFault(g, map.c, 'input') ?? groupsFault(g, n, 'output');
      if (fault !== undefined) return E.left(fault);
      const slides = slidesOf(args);
      return stepping(map, stepOf(slides.h), stepOf(slides.w), n);
    }),
  weights: (args, [x]) =>
    perChannels(x, (c) => {
      const { h, w } = extent(args, 'size');
      const n = number(args, 'channels');
      const g = number(args, 'groups');
      const fans = { in: h * w * (c / g), out: h * w * (n / g) };
      return kernelAndBias([h, w, c / g, n], fans, flag(args, 'bias'), n);
    }),
  symbolic: {
    type: symbolic.grouped(windowAlong),
    weights: (assumed, args, { c }) => {
      const [n, g] = [countIn(args['channels']), countIn(args['groups'])];
      const shape = [...symbolic.sizeIn(args), symbolic.part(assumed, c, g), n];
      return symbolic.kernelAndBias(args, shape, n);
    },
  },
  macs: (args, [x]) => {
    const { h, w } = extent(args, 'size');
    const seen = countOf(x) / number(args, 'groups');
    return { at: 'output', each: h * w * seen * number(args, 'channels') };
  },
  extraFlops: (args) => perOutput(flag(args, 'bias') ? 1 : 0),
  windows: slidesOf,
  field: (args, [x]) => windowField(slidesOf(args), x),
  changes: groupwise,
  reference: (args, [x], { kernel: k, bias: b }) =>
    addBias(convolve(x, k, slidesOf(args), number(args, 'groups')), b),
  lower: (args, { inputs: [x] }) => {
    const [map, c] = knownMap(x);
    const { h, w } = extent(args, 'size');
    const [n, g] = [number(args, 'channels'), number(args, 'groups')];
    const whole = weight('kernel');
    const result = overWindows(slidesOf(args), map, (y, how) => {
      if (g === 1) return kernel({ op: 'Conv2D', ...how }, y, whole);
      if (g === c)
        return kernel({ op: 'DepthwiseConv2dNative', ...how }, y, asDepthwise([h, w, c, n / c]));
      return inGroups(g, y, c, [h, w, c / g, n / g], (part, cut) =>
        kernel({ op: 'Conv2D', ...how }, part, cut),
      );
    });
    return biased(args)(result);
  },
  samples: [
    { args: { size: square(3), channels: 4 }, inputs: [image(5, 6, 3)] },
    { args: { size: square(3), channels: 6, groups: 2 }, inputs: [image(4, 5, 4)] },
    { args: { size: square(3), channels: 2, dilation: 2 }, inputs: [image(7, 8, 2)] },
    { args: { size: square(1), channels: 2 }, inputs: [image(1, 1, 1)] },
    { args: { size: square(3), channels: 4 }, inputs: [mapType(freeAxis('h'), freeAxis('w'), 3)] },
    { args: { size: square(2), channels: 2 }, inputs: [image(4, 5, 1)] },
    { args: { size: { h: 1, w: 5 }, channels: 2, bias: false }, inputs: [image(4, 7, 3)] },
    { args: { size: square(3), channels: 2, stride: square(2) }, inputs: [image(6, 7, 3)] },
    {
      args: { size: square(3), channels: 2, stride: square(2), pad: 'same' },
      inputs: [image(6, 7, 3)],
    },
    {
      args: { size: square(3), channels: 2, stride: square(2), pad: 'same' },
      inputs: [mapType(freeAxis('h'), fixedAxis(9), 3)],
    },
    {
      args: { size: square(3), channels: 2, stride: square(4), pad: 'same' },
      inputs: [image(12, 9, 3)],
    },
    {
      args: { size: square(3), channels: 2, stride: square(4), pad: 'same' },
      inputs: [mapType(freeAxis('h'), freeAxis('w'), 3)],
    },
    { args: { size: square(5), channels: 3, pad: 'valid' }, inputs: [image(5, 8, 2)] },
    {
      args: { size: square(2), channels: 2, stride: { h: 3, w: 5 }, pad: 'valid' },
      inputs: [image(9, 12, 3)],
    },
    { args: { size: square(1), channels: 2, pad: allSides(2) }, inputs: [image(3, 3, 1)] },
    {
      args: {
        size: square(4),
        channels: 2,
        stride: square(2),
        pad: { top: 0, bottom: 2, left: 3, right: 1 },
      },
      inputs: [image(7, 6, 2)],
    },
    { args: { size: square(3), channels: 2, dilation: 2, pad: 'same' }, inputs: [image(3, 4, 2)] },
    {
      args: { size: square(3), channels: 2, dilation: 2, stride: square(2) },
      inputs: [image(9, 10, 2)],
    },
    {
      args: { size: square(2), channels: 2, dilation: 3, stride: square(2), pad: 'same' },
      inputs: [image(9, 8, 2)],
    },
    {
      args: { size: square(3), channels: 1, dilation: 4, stride: { h: 6, w: 2 }, pad: 'half' },
      inputs: [mapType(freeAxis('h'), fixedAxis(15), 2)],
    },
    {
      args: {
        size: { h: 3, w: 2 },
        channels: 4,
        dilation: 3,
        stride: { h: 2, w: 5 },
        pad: 'same',
        groups: 2,
      },
      inputs: [mapType(freeAxis('h'), freeAxis('w'), 4)],
    },
    {
      args: { size: square(3), channels: 6, groups: 3, stride: square(2), bias: false },
      inputs: [image(6, 5, 3)],
    },
  ],
  mistakes: groupedMistakes(3),
};

/** Convolutions that mix channels. */
export const convolutions = { conv };
