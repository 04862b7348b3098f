/** Pools, statistics and sizes of maps, as nodes. */
import type { KernelOf } from '../../../kernel/kernel.ts';
import { elements } from '../../../numeric/tensor.ts';
import type { Attributes } from './node.ts';
import { channelsLast, nodesOf, overMaps, reshaped, type Operation, type Site } from './site.ts';

type Pool = Omit<KernelOf<'MaxPool' | 'AvgPool'>, 'op'>;

const pooling = ({ window, strides, padding }: Pool): Attributes => ({
  ksize: overMaps(window),
  strides: overMaps(strides),
  padding: { text: padding },
  ...channelsLast,
});

const pool: Operation<'MaxPool' | 'AvgPool'> = (kernel, to) =>
  to.add(kernel.op, nodesOf(to), pooling(kernel));

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

const mean: Operation<'Mean'> = (_, to) => reduced(to, 'Mean', to.operands[0]!.node, [1, 2]);

const moments: Operation<'Moments'> = ({ axes }, to) => {
  const [x] = nodesOf(to);
  const centre = reduced(to, 'Mean', x!, axes, true);
  const variance = reduced(to, 'Mean', to.add('SquaredDifference', [x!, centre]), axes);
  return [reshaped(to, centre, to.results[0]!), variance];
};

/** TensorFlow normalises maps: a vector is a map of one pixel. */
const normalise: Operation<'FusedBatchNormV3'> = ({ epsilon }, to) => {
  const [x] = to.operands;
  const { shape } = x!;
  const channels = shape[shape.length - 1]!;
  const map = shape.length === 4 ? shape : [elements(shape) / channels, 1, 1, channels];
  const [, ...statistics] = nodesOf(to);
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

const lrn: Operation<'LRN'> = (kernel, to) => to.add('LRN', nodesOf(to), response(kernel));

const lrnGrad: Operation<'LRNGrad'> = (kernel, to) => {
  const [x, dy] = nodesOf(to);
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
  const map = to.add('Fill', [to.whole(to.results[0]!), to.scalar(0)], {
    index_type: { type: 'int32' },
  });
  return to.add('ResizeBilinearGrad', [to.operands[0]!.node, map], centred);
};

export const maps = {
  MaxPool: pool,
  AvgPool: pool,
  MaxPoolGrad: maxPoolGrad,
  AvgPoolGrad: avgPoolGrad,
  Mean: mean,
  Moments: moments,
  FusedBatchNormV3: normalise,
  LRN: lrn,
  LRNGrad: lrnGrad,
  ResizeNearestNeighbor: resize,
  ResizeBilinear: resize,
  ResizeBilinearGrad: resizeGrad,
};
