/** Gradients of convolutions as convolutions: forward they are fast and right everywhere, and gradients are not. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelOf, TrainingKernel } from '../../kernel/kernel.ts';
import { elements } from '../../numeric/tensor.ts';
import { entry, type Calling, type Entry, type Site } from './call.ts';
import { padded, pieces, reshaped, transposed, turned } from './compose.ts';
import { columnsLoop, turnedFilterLoop } from './loops.ts';
import { ownByFilter, ownByInput } from './own-convolutions.ts';
import { seen, windowsDownAndAcross, type Along } from './windows.ts';

type Backprop = Extract<TrainingKernel, `${string}Conv2${string}`>;

const axesOf = (kernel: KernelOf<Backprop>, { shapes: [x, filter, dy] }: Site) =>
  windowsDownAndAcross(kernel, filter!, x!, dy!);

const valid = (strides: readonly number[], dilations: readonly number[]) => ({
  strides: [...strides],
  dilations: [...dilations],
  pad: 'valid',
  dataFormat: 'NHWC',
});

/** dx is the convolution of dy, its pixels as far apart as the strides, with the filter turned by 180°. */
const byInput: Entry<'Conv2DBackpropInputV2'> = entry(
  [...pieces, 'Reverse', 'Conv2D'],
  (kernel, on) => {
    const own = ownByInput(kernel, on, 1, 2);
    if (own !== undefined) return own;
    const x = turned(on, on.operand(2), axesOf(kernel, on));
    const filter = turnedFilter(on);
    return on.run('Conv2D', { x, filter }, valid([1, 1], kernel.dilations));
  },
);

/** The filter turned by 180°, its channels exchanged. */
const turnedFilter = (on: Calling<(typeof pieces)[number] | 'Reverse'>): TensorInfo => {
  const [rows, columns, channels, units] = on.shapes[1]!;
  const filter = on.operand(1);
  if (on.compute !== undefined)
    return on.compute(
      [rows!, columns!, units!, channels!],
      [filter],
      turnedFilterLoop(filter.shape),
    );
  return transposed(on, on.run('Reverse', { x: filter }, { dims: [0, 1] }), [0, 1, 3, 2]);
};

/**
 * dfilter is the convolution of x with dy as its filter, images as channels and channels as images: what the windows
 * were apart, pixels of the filter are now, and the other way round.
 */
const byFilter: Entry<'Conv2DBackpropFilterV2'> = entry(
  [...pieces, 'Conv2D', 'BatchMatMul'],
  (kernel, on) => {
    const own = ownByFilter(kernel, on);
    if (own !== undefined) return own;
    const [down, across] = axesOf(kernel, on);
    if (on.compute !== undefined && isThin(on)) return byColumns(on.compute, on, [down, across]);
    const map = padded(on, on.operand(0), [[0, 0], seen(down), seen(across), [0, 0]]);
    const x = transposed(on, map, [3, 1, 2, 0]);
    const filter = transposed(on, on.operand(2), [1, 2, 0, 3]);
    const made = on.run('Conv2D', { x, filter }, valid(kernel.dilations, kernel.strides));
    return transposed(on, made, [1, 2, 0, 3]);
  },
);

/** Few channels, as those of a picture, leave a convolution with images as channels little to do at each place. */
const fewChannels = 4;
/** Columns hold each number as often as the window has places: so many bytes are worth it. */
const mostBytes = 2 ** 25;

const isThin = ({ shapes: [, filter, dy] }: Site): boolean => {
  const columns = elements(filter!.slice(0, 3)) * elements(dy!.slice(0, 3));
  return filter![2]! <= fewChannels && 4 * columns <= mostBytes;
};

/** The same as a product of what windows see with dy: in a third of the time where channels are few. */
const byColumns = (
  compute: NonNullable<Calling['compute']>,
  on: Calling<'BatchMatMul'>,
  axes: readonly [Along, Along],
): TensorInfo => {
  const [x, filter, dy] = on.shapes;
  const [places, windows, units] = [
    elements(filter!.slice(0, 3)),
    elements(dy!.slice(0, 3)),
    dy![3]!,
  ];
  const columns = compute([1, places, windows], [on.operand(0)], columnsLoop(x!, axes));
  const b = on.operand(2, [1, windows, units]);
  return on.run('BatchMatMul', { a: columns, b }, { transposeA: false, transposeB: false });
};

/** As of a dense convolution, for each channel of the result; then those are added that come of one channel. */
const depthwiseByInput: Entry<'DepthwiseConv2dNativeBackpropInput'> = entry(
  [...pieces, 'Reverse', 'DepthwiseConv2dNative', 'Sum'],
  (kernel, on) => {
    const [rows, columns, channels, multiplier] = on.shapes[1]!;
    const x = turned(on, on.operand(2), axesOf(kernel, on));
    const flat = on.operand(1, [rows!, columns!, channels! * multiplier!, 1]);
    const filter = on.run('Reverse', { x: flat }, { dims: [0, 1] });
    const all = on.run('DepthwiseConv2dNative', { x, filter }, valid([1, 1], kernel.dilations));
    if (multiplier === 1) return all;
    const [n, h, w] = on.results[0]!;
    const grouped = reshaped(on, all, [n! * h! * w! * channels!, multiplier!]);
    return on.run('Sum', { x: grouped }, { axis: [1], keepDims: false });
  },
);

/** As of a dense convolution, with each channel of each image as a channel; then images are added. */
const depthwiseByFilter: Entry<'DepthwiseConv2dNativeBackpropFilter'> = entry(
  [...pieces, 'DepthwiseConv2dNative', 'Sum'],
  (kernel, on) => {
    const [rows, columns, channels, multiplier] = on.shapes[1]!;
    const [n, down, across] = on.shapes[2]!;
    const axes = axesOf(kernel, on);
    const map = padded(on, on.operand(0), [[0, 0], seen(axes[0]), seen(axes[1]), [0, 0]]);
    const [, height, width] = map.shape;
    const side = transposed(on, map, [1, 2, 0, 3]);
    const x = reshaped(on, side, [1, height!, width!, n! * channels!]);
    const stacked = transposed(on, on.operand(2), [1, 2, 0, 3]);
    const filter = reshaped(on, stacked, [down!, across!, n! * channels!, multiplier!]);
    const all = on.run(
      'DepthwiseConv2dNative',
      { x, filter },
      valid(kernel.dilations, kernel.strides),
    );
    const images = reshaped(on, all, [rows! * columns!, n!, channels! * multiplier!]);
    return on.run('Sum', { x: images }, { axis: [1], keepDims: false });
  },
);

/** By the names of the kernels. */
export const convolutionGradients: { readonly [Op in Backprop]: Entry<Op> } = {
  Conv2DBackpropInputV2: byInput,
  Conv2DBackpropFilterV2: byFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseByInput,
  DepthwiseConv2dNativeBackpropFilter: depthwiseByFilter,
};
