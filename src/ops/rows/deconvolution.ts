/** The transposed convolution: a convolution run backwards, as its gradient by the input is. */
import * as E from 'fp-ts/lib/Either.js';
import { zeros, type Tensor } from '../../numeric/tensor.ts';
import * as sizes from '../../size/sizes.ts';
import type { Reading, Run } from '../../size/views.ts';
import { count, allSides, extent, flag, number, padding, square } from '../parts/args.ts';
import {
  convolutionParams,
  groupedMistakes,
  groups,
  groupsFault,
  groupwise,
} from './convolution.ts';
import * as declare from '../parts/declare.ts';
import { input, kernel, weight, type Lowered } from '../../kernel/kernel.ts';
import { addBias } from '../parts/loops.ts';
import { biased, cropped, inGroups, knownMap } from '../parts/lowering.ts';
import type { Args } from '../params.ts';
import type { Operator } from '../row.ts';
import * as symbolic from '../symbolic/rules.ts';
import { countIn, spreadAlong } from '../symbolic/windows.ts';
import { countOf, kernelAndBias, onMap, perChannels, perOutput, stepping } from '../parts/rules.ts';
import { fixedAxis, freeAxis, image, mapType } from '../types.ts';
import type { Pads } from '../parts/windows.ts';

/** Along one axis: input pixel i adds to the output pixels s·i − before … s·i − before + k − 1. */
type Spread = { readonly kernel: number; readonly stride: number; readonly pads: Pads | 'same' };

const spreadsOf = (args: Args): { readonly h: Spread; readonly w: Spread } => {
  const size = extent(args, 'size');
  const stride = extent(args, 'stride');
  const pad = padding(args, 'pad');
  const spread = (k: number, s: number, before: number, after: number): Spread => {
    if (pad === 'same') return { kernel: k, stride: s, pads: 'same' };
    const half = Math.floor(k / 2);
    const pads = pad === 'half' ? { before: half, after: half } : { before, after };
    return { kernel: k, stride: s, pads };
  };
  const p = typeof pad === 'string' ? allSides(0) : pad;
  return {
    h: spread(size.h, stride.h, p.top, p.bottom),
    w: spread(size.w, stride.w, p.left, p.right),
  };
};

const stepOf = ({ kernel: k, stride, pads }: Spread): sizes.Step =>
  pads === 'same' ? sizes.deconvSame(stride) : sizes.deconv({ kernel: k, stride, ...pads });

const outputAlong = ({ kernel: k, stride, pads }: Spread, length: number): number =>
  pads === 'same' ? stride * length : stride * (length - 1) + k - pads.before - pads.after;

/** What `same` cuts off before: half of what is more than the stride, rounded down. */
const sameBefore = (s: Spread): number => Math.floor(Math.max(0, s.kernel - s.stride) / 2);
const beforeOf = (s: Spread): number => (s.pads === 'same' ? sameBefore(s) : s.pads.before);

/** Output u gets from input i where u = s·i − p + t with 0 ≤ t < k. Where k < s some get nothing but the bias. */
const readingOf = (spread: Spread): Reading => {
  const { kernel: k, stride: s } = spread;
  const before = beforeOf(spread);
  const run = (u: number): Run => {
    const most = u + before;
    const first = Math.ceil((most - k + 1) / s);
    return { first, step: 1, count: Math.floor(most / s) - first + 1 };
  };
  return { rise: 1, phases: s, run, everywhere: true };
};

/** Whether the pads are those of `same`, which every engine has: K − s in all, the odd one after. */
const isSame = (s: Spread, { before, after }: Pads): boolean =>
  before === sameBefore(s) && before + after === s.kernel - s.stride;

/** What is cut off from the whole result, or that it is what SAME cuts off. */
const cutOff = (h: Spread, w: Spread): { readonly h: Pads; readonly w: Pads } | 'same' =>
  h.pads === 'same' || w.pads === 'same' || (isSame(h, h.pads) && isSame(w, w.pads))
    ? 'same'
    : { h: h.pads, w: w.pads };

/**
 * y[s·u + a − p, s·v + b − p, j] += x[u, v, i] · kernel[a, b, j − first(j), i], where i and j belong to the
 * same group: g groups of c/g inputs and n/g outputs.
 */
const spreadOut = (x: Tensor, k: Tensor, h: Spread, w: Spread, g: number): Tensor => {
  const [batch, height, width, c] = x.shape;
  const [rows, columns, units] = k.shape;
  const out = zeros([batch, outputAlong(h, height), outputAlong(w, width), units * g]);
  const [, outHeight, outWidth, n] = out.shape;
  for (let b = 0; b < batch; b++)
    for (let u = 0; u < height; u++)
      for (let v = 0; v < width; v++)
        for (let a = 0; a < rows; a++)
          for (let e = 0; e < columns; e++) {
            const [row, column] = [u * h.stride + a - beforeOf(h), v * w.stride + e - beforeOf(w)];
            if (row < 0 || row >= outHeight || column < 0 || column >= outWidth) continue;
            const from = ((b * height + u) * width + v) * c;
            const to = ((b * outHeight + row) * outWidth + column) * n;
            const at = (a * columns + e) * units * c;
            for (let i = 0; i < c; i++) {
              const first = Math.floor(i / (c / g)) * units;
              for (let j = 0; j < units; j++)
                out.data[to + first + j] += x.data[from + i] * k.data[at + j * c + i];
            }
          }
  return out;
};

const deconv: Operator = {
  family: 'convolution',
  doc: `A transposed convolution: each pixel is spread over a window, and overlapping windows add up.

y[s·u + a − p, s·v + b − p, j] = bias[j] + the sum of all x[u, v, i] · kernel[a, b, j, i] that land there. With
\`pad = same\` a height h becomes s·h, as in Keras’s \`Conv2DTranspose\`; a number p gives s(h − 1) + k − 2p, as
in PyTorch’s \`ConvTranspose2d\`. \`valid\` is p = 0 and \`half\` is p = ⌊k/2⌋.

PyTorch’s \`output_padding\` cuts so much less off the end: \`padding = p, output_padding = q\` is \`pad = [p, p − q]\`, and
\`ConvTranspose2d(c, n, 3, stride = 2, padding = 1, output_padding = 1)\` is \`deconv3-n/2(pad = [1, 0])\`.

The kernel is [h, w, n/g, c] for n output channels: TensorFlow’s layout. PyTorch’s is [c, n/g, h, w].
Where k is smaller than s, Keras’s \`valid\` adds s − k pixels of zeros at the end; netc’s, like PyTorch’s, does
not.`,
  examples: [
    'deconv2-64/2 : [28, 28, 128] -> [56, 56, 64]',
    'deconv4-64/2(pad = 1) : [h, w, 128] -> [2*h, 2*w, 64]',
  ],
  inputs: { tag: 'one' },
  torchKernel: '[in, out, h, w]',
  params: [
    convolutionParams.size,
    declare.count('channels', 'the channels of the output'),
    declare.extent('stride', 'output pixels from one input pixel to the next', 1),
    declare.padding(
      'pad',
      'how much of the border is cut off: `same` leaves stride times the input; `valid` cuts nothing, `half` ⌊size/2⌋ ' +
        'on every side',
      'same',
    ),
    groups,
    convolutionParams.bias,
  ],
  shape: (args, [x]) =>
    onMap(x, (map) => {
      const g = count(args, 'groups');
      const n = count(args, 'channels');
      const fault = groupsFault(g, map.c, 'input') ?? groupsFault(g, n, 'output');
      if (fault !== undefined) return E.left(fault);
      const { h, w } = spreadsOf(args);
      return stepping(map, stepOf(h), stepOf(w), n);
    }),
  weights: (args, [x]) =>
    perChannels(x, (c) => {
      const [size, stride] = [extent(args, 'size'), extent(args, 'stride')];
      const [n, g] = [number(args, 'channels'), number(args, 'groups')];
      // an output pixel lies in at most ⌈k/s⌉ windows along each axis
      const windows = Math.ceil(size.h / stride.h) * Math.ceil(size.w / stride.w);
      const fans = { in: windows * (c / g), out: size.h * size.w * (n / g) };
      return kernelAndBias([size.h, size.w, n / g, c], fans, flag(args, 'bias'), n);
    }),
  symbolic: {
    type: symbolic.grouped(spreadAlong),
    weights: (assumed, args, { c }) => {
      const [n, g] = [countIn(args['channels']), countIn(args['groups'])];
      const shape = [...symbolic.sizeIn(args), symbolic.part(assumed, n, g), c];
      return symbolic.kernelAndBias(args, shape, n);
    },
  },
  macs: (args, [x]) => {
    const { h, w } = extent(args, 'size');
    const units = number(args, 'channels') / number(args, 'groups');
    return { at: 'input', each: h * w * countOf(x) * units };
  },
  extraFlops: (args) => perOutput(flag(args, 'bias') ? 1 : 0),
  field: (args) => {
    const { h, w } = spreadsOf(args);
    return { h: readingOf(h), w: readingOf(w) };
  },
  changes: groupwise,
  reference: (args, [x], { kernel: k, bias: b }) => {
    const { h, w } = spreadsOf(args);
    return addBias(spreadOut(x, k, h, w, number(args, 'groups')), b);
  },
  lower: (args, { inputs: [x] }) => {
    const [, c] = knownMap(x);
    const { h, w } = spreadsOf(args);
    const [n, g] = [number(args, 'channels'), number(args, 'groups')];
    const cut = cutOff(h, w);
    const strides = [h.stride, w.stride] as const;
    const padding = cut === 'same' ? 'SAME' : 'VALID';
    const spread = (y: Lowered, k: Lowered): Lowered =>
      kernel({ op: 'Conv2DBackpropInput', strides, padding }, y, k);
    const result =
      g === 1
        ? spread(input(0), weight('kernel'))
        : inGroups(g, input(0), c, [h.kernel, w.kernel, n / g, c / g], spread);
    return biased(args)(cut === 'same' ? result : cropped(result, cut.h, cut.w));
  },
  samples: [
    { args: { size: square(2), channels: 4, stride: square(2) }, inputs: [image(3, 4, 2)] },
    { args: { size: square(3), channels: 2 }, inputs: [image(3, 4, 3)] },
    {
      args: { size: square(2), channels: 1, stride: square(2) },
      inputs: [mapType(freeAxis('h'), fixedAxis(3), 2)],
    },
    {
      args: { size: square(4), channels: 3, stride: square(2), pad: allSides(1) },
      inputs: [image(3, 2, 1)],
    },
    {
      args: { size: square(3), channels: 3, stride: square(2), pad: allSides(1) },
      inputs: [image(3, 2, 3)],
    },
    {
      args: { size: square(3), channels: 2, stride: square(2), pad: 'half', bias: false },
      inputs: [image(4, 3, 2)],
    },
    {
      args: { size: square(3), channels: 2, stride: square(2), pad: 'valid' },
      inputs: [image(4, 3, 1)],
    },
    {
      args: { size: { h: 5, w: 1 }, channels: 2, stride: { h: 2, w: 3 } },
      inputs: [image(3, 2, 2)],
    },
    {
      args: { size: square(2), channels: 2, stride: square(3), pad: 'valid' },
      inputs: [image(2, 3, 2)],
    },
    {
      args: {
        size: square(4),
        channels: 2,
        stride: { h: 3, w: 1 },
        pad: { top: 1, bottom: 0, left: 2, right: 1 },
      },
      inputs: [image(3, 4, 2)],
    },
    {
      args: { size: square(3), channels: 6, stride: square(2), groups: 2 },
      inputs: [image(3, 2, 4)],
    },
    {
      args: {
        size: { h: 4, w: 3 },
        channels: 4,
        stride: { h: 3, w: 2 },
        pad: { top: 1, bottom: 0, left: 2, right: 1 },
        groups: 2,
      },
      inputs: [mapType(freeAxis('h'), freeAxis('w'), 2)],
    },
    {
      args: { size: square(3), channels: 3, groups: 3, pad: allSides(1) },
      inputs: [image(3, 4, 3)],
    },
  ],
  mistakes: groupedMistakes(2),
};

/** Transposed convolutions. */
export const deconvolutions = { deconv };
