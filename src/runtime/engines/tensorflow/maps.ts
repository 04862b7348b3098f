/** Pools, statistics and sizes of maps, as nodes. */
import type { KernelOf } from '../../../kernel/kernel.ts';
import type { Shape } from '../../../kernel/shape.ts';
import { isLong, LARGEST, oneByOne, windowsByAxis } from '../../../kernel/parts.ts';
import { elements } from '../../../numeric/tensor.ts';
import type { Attributes } from './node.ts';
import {
  channelsLast,
  filled,
  nodesOf,
  overMaps,
  reshaped,
  type Operation,
  type Site,
} from './site.ts';

type Pool = Omit<KernelOf<'MaxPool' | 'AvgPool'>, 'op'>;

const pooling = ({ window, strides, padding }: Pool): Attributes => ({
  ksize: overMaps(window),
  strides: overMaps(strides),
  padding: { text: padding },
  ...channelsLast,
});

const maxPool: Operation<'MaxPool'> = (kernel, to) =>
  to.add('MaxPool', nodesOf(to), pooling(kernel));

/** What a function gives of x without its mean over these axes, with that mean added: for functions that are means. */
const aroundMean = (
  to: Site,
  x: string,
  axes: readonly number[],
  mean: (of: string) => string,
): string => {
  const low = to.add('Minimum', [meanByAxis(to, x, axes), to.scalar(LARGEST)]);
  const finite = to.add('Maximum', [low, to.scalar(-LARGEST)]);
  return to.add('AddV2', [mean(to.add('Sub', [x, finite])), finite]);
};

const avgPool: Operation<'AvgPool'> = (kernel, to) => {
  const [x] = nodesOf(to);
  const pooled = (of: string): string =>
    windowsByAxis(kernel.window, kernel.strides).reduce(
      (y, by) => to.add('AvgPool', [y], pooling({ ...kernel, ...by })),
      of,
    );
  return kernel.window.some(isLong) ? aroundMean(to, x!, [1, 2], pooled) : pooled(x!);
};

/** TensorFlow reads the pool's result too: the node that made it, which is found. */
const maxPoolGrad: Operation<'MaxPoolGrad'> = (kernel, to) => {
  const [x, dy] = nodesOf(to);
  const y = to.add('MaxPool', [x!], pooling(kernel));
  return to.add('MaxPoolGrad', [x!, y, dy!], pooling(kernel));
};

const avgPoolGrad: Operation<'AvgPoolGrad'> = (kernel, to) => {
  const [x, dy] = to.operands;
  return to.add('AvgPoolGrad', [to.whole(x!.shape), dy!.node], pooling(kernel));
};

const overAxes: Attributes = { Tidx: { type: 'int32' } };

/** A reduction over these axes, which go unless they are kept as axes of one. */
export const reduced = (
  to: Site,
  op: 'Sum' | 'Mean',
  x: string,
  axes: readonly number[],
  keeps = false,
): string => to.add(op, [x, to.whole(axes)], { ...overAxes, keep_dims: { flag: keeps } });

/** The mean along each axis, the last first; each keeps one number. */
const meanByAxis = (to: Site, x: string, axes: readonly number[]): string =>
  oneByOne(axes).reduce((of, axis) => reduced(to, 'Mean', of, [axis], true), x);

/** The mean over axes of what has the shape of the first operand; each keeps one number. */
const meanOver = (to: Site, x: string, axes: readonly number[]): string => {
  const { shape } = to.operands[0]!;
  const numbers = axes.reduce((n, axis) => n * shape[axis]!, 1);
  if (!isLong(numbers)) return reduced(to, 'Mean', x, axes, true);
  const mean = (of: string): string => meanByAxis(to, of, axes);
  return axes.some((axis) => isLong(shape[axis]!)) ? aroundMean(to, x, axes, mean) : mean(x);
};

const mean: Operation<'Mean'> = (_, to) =>
  reshaped(to, meanOver(to, to.operands[0]!.node, [1, 2]), to.results[0]!);

const normalise: Operation<'FusedBatchNormV3'> = (kernel, to) =>
  normalised(to, kernel.epsilon, nodesOf(to).slice(1));

const batchNorm: Operation<'BatchNorm'> = ({ epsilon }, to) => {
  const [x, gamma, beta] = nodesOf(to);
  const axes = withoutChannels(to.operands[0]!.shape);
  const centre = meanOver(to, x!, axes);
  const variance = meanOver(to, to.add('SquaredDifference', [x!, centre]), axes);
  const statistics = [centre, variance].map((node, i) => reshaped(to, node, to.results[i + 1]!));
  return [normalised(to, epsilon, [gamma!, beta!, ...statistics]), ...statistics];
};

const batchNormGrad: Operation<'BatchNormGrad'> = ({ epsilon }, to) => {
  const [x, gamma, centre, variance, dy] = nodesOf(to);
  const { shape } = to.operands[0]!;
  const axes = withoutChannels(shape);
  const count = elements(shape) / shape[shape.length - 1]!;
  const times = (a: string, b: string): string => to.add('Mul', [a, b]);
  const spread = to.add('Rsqrt', [to.add('AddV2', [variance!, to.scalar(epsilon)])]);
  const centred = to.add('Sub', [x!, centre!]);
  const dbeta = reduced(to, 'Sum', dy!, axes);
  const dgamma = times(reduced(to, 'Sum', times(dy!, centred), axes), spread);
  const slope = times(gamma!, spread);
  const share = times(slope, to.scalar(-1 / count));
  const common = to.add('AddV2', [
    times(centred, times(times(dgamma, spread), share)),
    times(dbeta, share),
  ]);
  return [to.add('AddV2', [times(dy!, slope), common]), dgamma, dbeta];
};

/** The axes of all but the channels, which are last. */
const withoutChannels = (shape: Shape): readonly number[] => [...shape.keys()].slice(0, -1);

/** The first operand by gamma, beta, mean and variance. TensorFlow normalises maps: a vector is a map of one pixel. */
const normalised = (to: Site, epsilon: number, statistics: readonly string[]): string => {
  const [x] = to.operands;
  const { shape } = x!;
  const channels = shape[shape.length - 1]!;
  const map = shape.length === 4 ? shape : [elements(shape) / channels, 1, 1, channels];
  const of = shape.length === 4 ? x!.node : reshaped(to, x!.node, map);
  const y = to.add('FusedBatchNormV3', [of, ...statistics], {
    U: { type: 'float' },
    epsilon: { real: epsilon },
    is_training: { flag: false },
    ...channelsLast,
  });
  return shape.length === 4 ? y : reshaped(to, y, shape);
};

const response = ({ radius, bias, alpha, beta }: Omit<KernelOf<'LRN'>, 'op'>): Attributes => ({
  depth_radius: { integer: radius },
  bias: { real: bias },
  alpha: { real: alpha },
  beta: { real: beta },
});

/** TensorFlow takes powers by logarithms, and 0 has none: of 0⁰ it makes no 1. */
const lrn: Operation<'LRN'> = (kernel, to) =>
  kernel.beta === 0 ? to.operands[0]!.node : to.add('LRN', nodesOf(to), response(kernel));

const lrnGrad: Operation<'LRNGrad'> = (kernel, to) => {
  const [x, dy] = nodesOf(to);
  if (kernel.beta === 0) return dy!;
  return to.add('LRNGrad', [dy!, x!, to.add('LRN', [x!], response(kernel))], response(kernel));
};

const centred: Attributes = {
  half_pixel_centers: { flag: true },
  align_corners: { flag: false },
};

const resize: Operation<'ResizeNearestNeighbor' | 'ResizeBilinear'> = ({ op }, to) => {
  const [, h, w] = to.results[0]!;
  return to.add(op, [to.operands[0]!.node, to.whole([h!, w!])], centred);
};

/** Of the map that was enlarged TensorFlow reads the shape only. */
const resizeGrad: Operation<'ResizeBilinearGrad'> = (_, to) => {
  const map = filled(to, to.results[0]!, 0);
  return to.add('ResizeBilinearGrad', [to.operands[0]!.node, map], centred);
};

export const maps = {
  MaxPool: maxPool,
  AvgPool: avgPool,
  MaxPoolGrad: maxPoolGrad,
  AvgPoolGrad: avgPoolGrad,
  Mean: mean,
  FusedBatchNormV3: normalise,
  BatchNorm: batchNorm,
  BatchNormGrad: batchNormGrad,
  LRN: lrn,
  LRNGrad: lrnGrad,
  ResizeNearestNeighbor: resize,
  ResizeBilinear: resize,
  ResizeBilinearGrad: resizeGrad,
};
