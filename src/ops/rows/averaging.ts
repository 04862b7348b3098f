/** Average pools. Engines agree on an average without padding, so padding is put in and counted here. */
import * as E from 'fp-ts/lib/Either.js';
import { zeros } from '../../numeric/tensor.ts';
import { allSides, flag, square } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { input, kernel, type Lowered } from '../../kernel/kernel.ts';
import { foldWindows } from '../parts/loops.ts';
import { cutChannels, knownExtent, knownMap, padded, paddedAsSame } from '../parts/lowering.ts';
import { poolMistakes, poolParams, poolSamples, poolShape, poolSymbolic } from './pooling.ts';
import type { Operator } from '../row.ts';
import * as symbolic from '../symbolic/rules.ts';
import { channelwise, noMacs, noWeights, onMap, perOutput, windowField } from '../parts/rules.ts';
import {
  extentOf,
  fixedAxis,
  freeAxis,
  image,
  mapType,
  vectorType,
  type MapType,
} from '../types.ts';
import {
  fitOf,
  isNone,
  padsAlong,
  padsFor,
  slidesOf,
  windowsAlong,
  type Pads,
  type Slide,
  type Slides,
} from '../parts/windows.ts';

const none: Pads = { before: 0, after: 0 };

/**
 * How many pixels each window along an axis counts. The padding that is asked for counts when it is
 * included; what ceil rounding adds after it never does (as in PyTorch).
 */
const countsAlong = (slide: Slide, length: number, include: boolean): readonly number[] => {
  const { before } = padsFor(slide, length);
  const asked = slide.pads === 'same' ? padsFor(slide, length) : slide.pads;
  const [first, end] = include ? [-asked.before, length + asked.after] : [0, length];
  return Array.from({ length: windowsAlong(slide, length) }, (_, i) => {
    const start = i * slide.stride - before;
    return Math.min(start + slide.kernel, end) - Math.max(start, first);
  });
};

const pool = ({ h, w }: Slides, padding: 'SAME' | 'VALID', x: Lowered): Lowered =>
  kernel(
    {
      op: 'AvgPool',
      window: [h.kernel, w.kernel],
      strides: [h.stride, w.stride],
      padding,
    },
    x,
  );

/** `average` divided by k² becomes divided by the counts, which are known: times k²/count at each window. */
const recounted = (
  { h, w }: Slides,
  [height, width]: readonly [number, number],
  include: boolean,
  average: Lowered,
): Lowered => {
  const rows = countsAlong(h, height, include);
  const columns = countsAlong(w, width, include);
  const area = h.kernel * w.kernel;
  const factors = rows.flatMap((r) => columns.map((c) => area / (r * c)));
  if (factors.every((f) => f === 1)) return average;
  return kernel({ op: 'Mul' }, average, {
    tag: 'constant',
    shape: [1, rows.length, columns.length, 1],
    data: Float64Array.from(factors),
  });
};

/**
 * The same for any size: divided by the share of counted pixels in each window, which is the average of
 * ones where a pixel counts and zeros around them.
 */
const shared = (
  slides: Slides,
  counted: { readonly h: Pads; readonly w: Pads },
  all: { readonly h: Pads; readonly w: Pads },
  average: Lowered,
): Lowered => {
  const rest = (a: Pads, b: Pads): Pads => ({
    before: a.before - b.before,
    after: a.after - b.after,
  });
  const pixels = kernel({ op: 'OnesLike' }, cutChannels(input(0), 'map', 0, 1));
  const ones = padded(pixels, counted.h, counted.w, 1);
  const around = padded(ones, rest(all.h, counted.h), rest(all.w, counted.w), 0);
  return kernel({ op: 'RealDiv' }, average, pool(slides, 'VALID', around));
};

const lowerAverage = (slides: Slides, map: MapType, include: boolean): Lowered => {
  const { h, w } = slides;
  const fit = fitOf(slides, map);
  // without padding both ways of counting are one, and SAME leaves padding out
  if (isNone(fit.h) && isNone(fit.w) && (fit.padding === 'VALID' || !include))
    return pool(slides, fit.padding, input(0));
  const rows = padsAlong(h, extentOf(map.h));
  const columns = padsAlong(w, extentOf(map.w));
  // SAME would leave the padding out, and here it counts
  if (rows === undefined || columns === undefined)
    return pool(slides, 'VALID', paddedAsSame(input(0), slides));
  const average = pool(slides, 'VALID', padded(input(0), rows, columns, 0));
  const extents = knownExtent(map);
  if (extents !== undefined) return recounted(slides, extents, include, average);
  const asked = (slide: Slide, pads: Pads): Pads =>
    !include ? none : slide.pads === 'same' ? pads : slide.pads;
  const counted = { h: asked(h, rows), w: asked(w, columns) };
  const whole = counted.h.after === rows.after && counted.w.after === columns.after && include;
  return whole ? average : shared(slides, counted, { h: rows, w: columns }, average);
};

/** y[u, v, i] = Σ over a, b of x[s·u + a − p, s·v + b − p, i] / count, inside the image. */
const avgpool: Operator = {
  family: 'pooling',
  doc: `The average of each window, channel by channel.

y[u, v, i] = 1/n · Σ over a, b of x[s·u + a − p, s·v + b − p, i], over the n pixels inside the image; with
\`include_pad = true\`, n also counts the padding as zeros. Sizes are those of \`maxpool\`. What \`round = ceil\`
adds behind the padding is never counted.

PyTorch’s \`AvgPool2d\` includes the padding unless \`count_include_pad = False\`; TensorFlow’s and Keras’s \`same\`
leaves it out, as netc does.`,
  examples: [
    'avgpool7 : [7, 7, 1024] -> [1, 1, 1024]',
    'avgpool3/1(pad = same) : [28, 28, 192] -> [28, 28, 192]',
  ],
  inputs: { tag: 'one' },
  averages: true,
  params: [
    ...poolParams,
    declare.flag('include_pad', 'whether padding counts as zeros in the average', false),
  ],
  shape: poolShape,
  weights: noWeights,
  symbolic: poolSymbolic,
  macs: noMacs,
  extraFlops: (args) => {
    const { h, w } = slidesOf(args);
    return perOutput(h.kernel * w.kernel);
  },
  windows: slidesOf,
  field: (args, [x]) => windowField(slidesOf(args), x),
  changes: channelwise,
  reference: (args, [x]) => {
    const slides = slidesOf(args);
    const include = flag(args, 'include_pad');
    const out = foldWindows(x, slides, 0, (sum, value) => sum + value);
    const rows = countsAlong(slides.h, x.shape[1], include);
    const columns = countsAlong(slides.w, x.shape[2], include);
    const [, height, width, c] = out.shape;
    const data = out.data.map((sum, i) => {
      const place = Math.floor(i / c);
      return sum / (rows[Math.floor(place / width) % height] * columns[place % width]);
    });
    return { shape: out.shape, data };
  },
  lower: (args, { inputs: [x] }) =>
    lowerAverage(slidesOf(args), knownMap(x)[0], flag(args, 'include_pad')),
  samples: [
    ...poolSamples,
    ...poolSamples.map((s) => ({ ...s, args: { ...s.args, include_pad: true } })),
    {
      args: { size: square(3), stride: square(1), pad: 'same', include_pad: true },
      inputs: [mapType(freeAxis('h'), fixedAxis(5), 1)],
    },
    {
      args: { size: square(4), stride: square(2), pad: allSides(1), round: 'ceil' },
      inputs: [mapType(freeAxis('h'), freeAxis('w'), 2)],
    },
  ],
  mistakes: poolMistakes,
};

/** y[i] = Σ over u, v of x[u, v, i] / (h·w) */
const gap: Operator = {
  family: 'pooling',
  doc: `Global average pooling: the mean of each channel over the whole map, as a vector (Lin et al. 2014).

y[i] = 1/(h·w) · Σ over u, v of x[u, v, i]. It takes maps of every size, so what follows has weights that do not
depend on the image. PyTorch’s \`AdaptiveAvgPool2d(1)\` and a flatten; Keras’s \`GlobalAveragePooling2D\`.`,
  examples: ['gap : [h, w, 512] -> [512]', '(gap; fc-1000; softmax) : [7, 7, 2048] -> [1000]'],
  inputs: { tag: 'one' },
  makesVector: 'means',
  params: [],
  shape: (_, [x]) => onMap(x, (map) => E.right(vectorType(map.c))),
  weights: noWeights,
  symbolic: { type: symbolic.onMap((_, __, { c }) => symbolic.free({ tag: 'vector', c })) },
  macs: noMacs,
  extraFlops: () => ({ at: 'input', each: 1 }), // every pixel is added
  field: () => 'whole',
  reference: (_, [x]) => {
    const [batch, h, w, c] = x.shape;
    const out = zeros([batch, c]);
    x.data.forEach((value, i) => {
      out.data[Math.floor(i / (h * w * c)) * c + (i % c)] += value / (h * w);
    });
    return out;
  },
  lower: () => kernel({ op: 'Mean' }, input(0)),
  samples: [
    { args: {}, inputs: [image(3, 4, 2)] },
    { args: {}, inputs: [image(1, 1, 3)] },
    { args: {}, inputs: [mapType(freeAxis('h'), freeAxis('w'), 1)] },
  ],
  mistakes: [{ args: {}, inputs: [vectorType(4)], fault: 'rank' }],
};

/** Pools that average. */
export const averages = { avgpool, gap };
