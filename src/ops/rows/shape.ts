/** Layers that move numbers about. Upsampling is in upsampling.ts, `id` in activation.ts. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { reshape, zeros, type Tensor } from '../../numeric/tensor.ts';
import { minus, times } from '../../size/channels.ts';
import * as sizes from '../../size/sizes.ts';
import { allSides, range, sides } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { input, kernel } from '../../kernel/kernel.ts';
import { cropped, cutChannels, knownExtent, knownMap, padded } from '../parts/lowering.ts';
import type { Operator } from '../row.ts';
import * as symbolic from '../symbolic/rules.ts';
import { sizeOf } from '../symbolic/types.ts';
import { shiftAlong } from '../symbolic/windows.ts';
import {
  alone,
  channelsOf,
  channelwise,
  noMacs,
  noWeights,
  onMap,
  perOutput,
  pointwise,
  shiftedField,
  stepping,
  withChannels,
} from '../parts/rules.ts';
import { extentOf, fixedAxis, freeAxis, image, mapType, vectorType } from '../types.ts';

const both = mapType(freeAxis('h'), freeAxis('w'), 3);

/** y[(u·w + v)·c + i] = x[u, v, i] */
const flatten: Operator = {
  family: 'shape',
  doc: `A map as one vector: y[(u·w + v)·c + i] = x[u, v, i]. A vector stays as it is.

The channel is innermost, as in Keras and TensorFlow; PyTorch’s order is channel, row, column, so the weights of a
layer behind it are permuted when they are imported. The size of the map must be fixed: the layer behind has a
weight for each number.`,
  examples: ['flatten : [7, 7, 512] -> [25088]', '(flatten; fc-4096) : [6, 6, 256] -> [4096]'],
  inputs: { tag: 'one' },
  makesVector: 'numbers',
  params: [],
  shape: (_, [x]) => {
    if (x.tag !== 'map') return E.right(alone(x));
    if (x.h === 'unknown' || x.w === 'unknown') return E.right(alone(vectorType('unknown')));
    const [h, w] = [extentOf(x.h), extentOf(x.w)];
    if (h === undefined || w === undefined) return E.left({ tag: 'free', input: x });
    return E.right(alone(vectorType(times(h * w, x.c))));
  },
  weights: noWeights,
  symbolic: {
    type: (assumed, _, [x]) => {
      if (x?.tag !== 'map') return x && symbolic.free(x);
      const [h, w] = [sizeOf(assumed, x.h), sizeOf(assumed, x.w)];
      const why = '`flatten` gets a map of fixed size';
      return {
        type: { tag: 'vector', c: times(times(h, w), x.c) },
        demands: [h, w].map((of) => ({ tag: 'fixed', of, why })),
      };
    },
  },
  macs: noMacs,
  extraFlops: () => perOutput(0),
  field: () => 'whole',
  reference: (_, [x]) => reshape(x, [x.shape[0], x.data.length / x.shape[0]]),
  lower: (_, { inputs: [x] }) => {
    if (x.tag === 'vector') return input(0);
    const [map, c] = knownMap(x);
    const extents = knownExtent(map);
    if (extents === undefined) throw new Bug('a map of free size has no fixed number of values');
    return kernel({ op: 'Reshape', shape: [extents[0] * extents[1] * c] }, input(0));
  },
  samples: [
    { args: {}, inputs: [image(3, 4, 2)] },
    { args: {}, inputs: [image(1, 1, 1)] },
    { args: {}, inputs: [vectorType(6)] },
  ],
  mistakes: [
    { args: {}, inputs: [both], fault: 'free' },
    { args: {}, inputs: [mapType(fixedAxis(7), freeAxis('w'), 3)], fault: 'free' },
  ],
};

/** A map shifted by (`top`, `left`) into one of h × w; zeros where nothing lands. */
const shifted = (x: Tensor, top: number, left: number, h: number, w: number): Tensor => {
  const [batch, rows, columns, c] = x.shape;
  const out = zeros([batch, h, w, c]);
  for (let b = 0; b < batch; b++)
    for (let u = 0; u < rows; u++)
      for (let v = 0; v < columns; v++) {
        const [row, column] = [u + top, v + left];
        if (row < 0 || row >= h || column < 0 || column >= w) continue;
        const from = ((b * rows + u) * columns + v) * c;
        out.data.set(x.data.subarray(from, from + c), ((b * h + row) * w + column) * c);
      }
  return out;
};

/** y[u, v, i] = x[u − top, v − left, i], and 0 outside */
const pad: Operator = {
  family: 'shape',
  doc: `Zeros around a map: y[u, v, i] = x[u − top, v − left, i], and 0 where that lies outside. A height h becomes
h + top + bottom.

Keras’s \`ZeroPadding2D\`, PyTorch’s \`ZeroPad2d\` (which orders left, right, top, bottom).`,
  examples: [
    'pad-1 : [h, w, 64] -> [h + 2, w + 2, 64]',
    '(pad([0, 1, 0, 1]); conv3-64/2(pad = valid)) : [224, 224, 3] -> [112, 112, 64]',
  ],
  inputs: { tag: 'one' },
  border: 'added',
  params: [declare.sides('by', 'how many pixels')],
  shape: (args, [x]) =>
    onMap(x, (map) => {
      const by = sides(args, 'by');
      const [h, w] = [by.top + by.bottom, by.left + by.right];
      return stepping(map, sizes.shift(h), sizes.shift(w), map.c);
    }),
  weights: noWeights,
  symbolic: symbolic.stepped((_, args, axis) => shiftAlong(args['by'], axis, 1)),
  macs: noMacs,
  extraFlops: () => perOutput(0),
  field: (args) => shiftedField(-sides(args, 'by').top, -sides(args, 'by').left),
  changes: channelwise,
  reference: (args, [x]) => {
    const by = sides(args, 'by');
    const [, h, w] = x.shape;
    return shifted(x, by.top, by.left, h + by.top + by.bottom, w + by.left + by.right);
  },
  lower: (args) => {
    const { top, bottom, left, right } = sides(args, 'by');
    return padded(input(0), { before: top, after: bottom }, { before: left, after: right }, 0);
  },
  samples: [
    { args: { by: allSides(1) }, inputs: [image(3, 4, 2)] },
    { args: { by: { top: 0, bottom: 1, left: 0, right: 1 } }, inputs: [image(1, 2, 3)] },
    { args: { by: { top: 1, bottom: 2, left: 3, right: 0 } }, inputs: [both] },
    { args: { by: { top: 3, bottom: 0, left: 1, right: 2 } }, inputs: [image(2, 3, 1)] },
    { args: { by: allSides(0) }, inputs: [image(2, 2, 1)] },
  ],
  mistakes: [{ args: { by: allSides(1) }, inputs: [vectorType(4)], fault: 'rank' }],
};

/** y[u, v, i] = x[u + top, v + left, i] */
const crop: Operator = {
  family: 'shape',
  doc: `A map without its border: y[u, v, i] = x[u + top, v + left, i]. A height h becomes h − top − bottom.

Keras’s \`Cropping2D\`. It is what the skips of the valid U-Net need (Ronneberger et al. 2015).`,
  examples: [
    'crop-4 : [64, 64, 64] -> [56, 56, 64]',
    'crop([1, 0]) : [57, 57, 64] -> [56, 56, 64]',
  ],
  inputs: { tag: 'one' },
  border: 'cut',
  params: [declare.sides('by', 'how many pixels')],
  shape: (args, [x]) =>
    onMap(x, (map) => {
      const by = sides(args, 'by');
      const [h, w] = [by.top + by.bottom, by.left + by.right];
      return stepping(map, sizes.shift(-h), sizes.shift(-w), map.c);
    }),
  weights: noWeights,
  symbolic: symbolic.stepped((_, args, axis) => shiftAlong(args['by'], axis, -1)),
  macs: noMacs,
  extraFlops: () => perOutput(0),
  field: (args) => shiftedField(sides(args, 'by').top, sides(args, 'by').left),
  changes: channelwise,
  reference: (args, [x]) => {
    const by = sides(args, 'by');
    const [, h, w] = x.shape;
    return shifted(x, -by.top, -by.left, h - by.top - by.bottom, w - by.left - by.right);
  },
  lower: (args) => {
    const { top, bottom, left, right } = sides(args, 'by');
    return cropped(input(0), { before: top, after: bottom }, { before: left, after: right });
  },
  samples: [
    { args: { by: allSides(1) }, inputs: [image(4, 5, 2)] },
    { args: { by: { top: 3, bottom: 2, left: 3, right: 2 } }, inputs: [image(6, 8, 1)] },
    { args: { by: { top: 1, bottom: 0, left: 0, right: 2 } }, inputs: [image(3, 4, 3)] },
    { args: { by: { top: 0, bottom: 1, left: 0, right: 1 } }, inputs: [both] },
    { args: { by: { top: 2, bottom: 0, left: 1, right: 0 } }, inputs: [both] },
    { args: { by: allSides(0) }, inputs: [image(2, 2, 1)] },
  ],
  mistakes: [{ args: { by: allSides(1) }, inputs: [vectorType(4)], fault: 'rank' }],
};

/** y[…, i] = x[…, from + i] */
const channels: Operator = {
  family: 'shape',
  doc: `A cut of the channels, from a up to but not including b: y[…, i] = x[…, a + i] for i < b − a.`,
  examples: [
    'channels(0..64) : [28, 28, 256] -> [28, 28, 64]',
    '(channels(0..32) | (channels(32..64); conv3-32)) : [h, w, 64] -> [h, w, 64]',
  ],
  inputs: { tag: 'one' },
  params: [declare.range('range', '`a..b`: the channels a to b − 1, counted from 0')],
  shape: (args, [x]) => {
    const { from, to } = range(args, 'range');
    const c = channelsOf(x);
    if (typeof c !== 'number')
      return E.right(alone(withChannels(x, to > from ? to - from : 'unknown')));
    return from >= 0 && from < to && to <= c
      ? E.right(alone(withChannels(x, to - from)))
      : E.left({ tag: 'cut', from, to, channels: c });
  },
  weights: noWeights,
  symbolic: {
    type: (_, args, [x]) => {
      const cut = args['range'];
      if (x === undefined) return undefined;
      const [from, to] =
        cut?.tag === 'range' ? [cut.from, cut.to] : (['unknown', 'unknown'] as const);
      const why = '`channels` cuts within the channels there are';
      return {
        type: { ...x, c: minus(to, from) },
        demands: [
          { tag: 'at least', of: from, least: 0, why },
          { tag: 'at least', of: minus(to, from), least: 1, why },
          { tag: 'at least', of: minus(x.c, to), least: 0, why },
        ],
      };
    },
  },
  macs: noMacs,
  extraFlops: () => perOutput(0),
  field: () => pointwise,
  changes: (args, { from, to }) => {
    const cut = range(args, 'range');
    return { from: Math.max(from, cut.from) - cut.from, to: Math.min(to, cut.to) - cut.from };
  },
  reference: (args, [x]) => {
    const { from, to } = range(args, 'range');
    const c = x.shape[x.shape.length - 1];
    return {
      shape: [...x.shape.slice(0, -1), to - from],
      data: x.data.filter((_, place) => place % c >= from && place % c < to),
    };
  },
  lower: (args, { inputs: [x] }) => {
    const { from, to } = range(args, 'range');
    if (from === 0 && to === channelsOf(x)) return input(0);
    return cutChannels(input(0), x.tag === 'vector' ? 'vector' : 'map', from, to - from);
  },
  samples: [
    { args: { range: { from: 0, to: 2 } }, inputs: [image(3, 2, 5)] },
    { args: { range: { from: 1, to: 2 } }, inputs: [image(3, 2, 3)] },
    { args: { range: { from: 2, to: 5 } }, inputs: [vectorType(5)] },
    { args: { range: { from: 0, to: 1 } }, inputs: [image(2, 2, 1)] },
    { args: { range: { from: 1, to: 3 } }, inputs: [both] },
  ],
  mistakes: [
    { args: { range: { from: 0, to: 4 } }, inputs: [image(3, 3, 3)], fault: 'cut' },
    { args: { range: { from: 2, to: 2 } }, inputs: [image(3, 3, 3)], fault: 'cut' },
    { args: { range: { from: 3, to: 1 } }, inputs: [vectorType(5)], fault: 'cut' },
  ],
};

/** Layers that move numbers about. */
export const shapes = { flatten, pad, crop, channels };
