/** Pieces of which kernels are made that a registry lacks or gets wrong. What is made on the way is freed at once. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Activation, KernelOf } from '../../kernel/kernel.ts';
import type { Padding, Shape } from '../../kernel/shape.ts';
import type { Calling } from './call.ts';
import { cutLoop } from './loops.ts';
import { reachOf, spanOf, type Along } from './windows.ts';

/** What the pieces call. */
export const pieces = ['Reshape', 'PadV2', 'Slice', 'Transpose'] as const;
type On = Calling<(typeof pieces)[number]>;

/** A result, when what it was made of is freed, unless it is an operand. */
export const after = (
  { free }: Pick<Calling, 'free'>,
  result: TensorInfo,
  ...spent: readonly TensorInfo[]
): TensorInfo => {
  for (const t of spent) free(t);
  return result;
};

export const reshaped = (
  on: Pick<Calling<'Reshape'>, 'run' | 'free'>,
  x: TensorInfo,
  shape: Shape,
): TensorInfo => after(on, on.run('Reshape', { x }, { shape: [...shape] }), x);

export const transposed = (on: On, x: TensorInfo, perm: readonly number[]): TensorInfo =>
  after(on, on.run('Transpose', { x }, { perm: [...perm] }), x);

/** x between so many zeros, or other numbers; where there are fewer than none, x is cut. */
export const padded = (
  on: On,
  x: TensorInfo,
  paddings: readonly Padding[],
  constantValue = 0,
): TensorInfo => {
  const inner = cut(
    on,
    x,
    paddings.map(([before]) => Math.max(0, -before)),
    paddings.map(([a, b], i) => x.shape[i]! + Math.min(0, a) + Math.min(0, b)),
  );
  const wider = paddings.map((p) => p.map((n) => Math.max(0, n)));
  if (wider.flat().every((n) => n === 0)) return inner;
  const result = on.run('PadV2', { x: inner }, { paddings: wider, constantValue });
  return after(on, result, inner);
};

/** The part of x of this size that begins there. */
const cut = (on: On, x: TensorInfo, begin: Shape, size: Shape): TensorInfo =>
  size.every((n, i) => n === x.shape[i]) ? x : after(on, sliced(on, x, begin, size), x);

/** The same, and x stays. */
export const sliced = (
  on: Pick<Calling<'Slice'>, 'run' | 'compute'>,
  x: TensorInfo,
  begin: Shape,
  size: Shape,
): TensorInfo =>
  on.compute === undefined
    ? on.run('Slice', { x }, { begin: [...begin], size: [...size] })
    : on.compute(size, [x], cutLoop(x.shape, begin, size));

/** y, [n, count, count, c], with its pixels as far apart as the windows are that they stand for. */
export const apart = (on: On, y: TensorInfo, [down, across]: readonly [Along, Along]) => {
  const [n, h, w, c] = [y.shape[0]!, down.count, across.count, y.shape[3]!];
  const spread = (t: TensorInfo, rows: number, pixels: number, stride: number): TensorInfo =>
    stride === 1
      ? t
      : padded(on, reshaped(on, t, [rows, 1, pixels, c]), [
          [0, 0],
          [0, stride - 1],
          [0, 0],
          [0, 0],
        ]);
  const rows = spread(y, n * h, w, down.stride);
  const all = spread(rows, n * h * down.stride * w, 1, across.stride);
  if (all === y) return y;
  const map = reshaped(on, all, [n, h * down.stride, w * across.stride, c]);
  return cut(on, map, [0, 0, 0, 0], [n, reachOf(down), reachOf(across), c]);
};

/**
 * A map whose VALID windows of the same span, one at each pixel, see at their place k turned by 180° what the windows
 * of y at k gave: so a sum over windows becomes the transposed sum.
 */
export const turned = (on: On, y: TensorInfo, axes: readonly [Along, Along]): TensorInfo => {
  const around = (axis: Along): Padding => [
    spanOf(axis) - 1 - axis.before,
    axis.length + axis.before - reachOf(axis),
  ];
  return padded(on, apart(on, y, axes), [[0, 0], around(axes[0]), around(axes[1]), [0, 0]]);
};

/**
 * The pixels of a map of whole strides at one place of all its windows. A stride is an axis under another shape, so that
 * they are two cuts: StridedSlice goes number by number, and took longer than all else together.
 */
export const atPlace = (
  on: On,
  map: TensorInfo,
  [down, across]: readonly [Along, Along],
  [row, column]: readonly [number, number],
): TensorInfo => {
  const [n, height, width, c] = [map.shape[0]!, map.shape[1]!, map.shape[2]!, map.shape[3]!];
  const part = (x: TensorInfo, { stride, count }: Along, at: number, each: number): TensorInfo =>
    cut(on, x, [0, Math.floor(at / stride), (at % stride) * each], [x.shape[0]!, count, each]);
  const strips = on.run(
    'Reshape',
    { x: map },
    { shape: [n, height / down.stride, down.stride * width * c] },
  );
  const lines = part(strips, down, row, width * c);
  const groups = [n * down.count, width / across.stride, across.stride * c];
  const pixels = part(reshaped(on, lines, groups), across, column, c);
  return reshaped(on, pixels, [n, down.count, across.count, c]);
};

/** What an activation clamps to, if it does nothing else. */
export const clamping = (
  activation: KernelOf<Activation> | undefined,
): readonly [low: number, high: number] | undefined => {
  if (activation === undefined) return [-Infinity, Infinity];
  if (activation.op === 'Relu') return [0, Infinity];
  return activation.op === 'Relu6' ? [0, 6] : undefined;
};
