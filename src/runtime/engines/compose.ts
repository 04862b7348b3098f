/** Pieces of which kernels are made that a registry lacks or gets wrong. What is made on the way is freed at once. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WindowPadding } from '../../kernel/kernel.ts';
import { samePads, type Padding, type Shape } from '../../kernel/shape.ts';
import type { Calling } from './call.ts';

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
  size.every((n, i) => n === x.shape[i])
    ? x
    : after(on, on.run('Slice', { x }, { begin: [...begin], size: [...size] }), x);

/** Windows along an axis: `count` of them, each of `window` pixels that are `rate` apart, every `stride` pixels. */
export type Along = {
  readonly length: number; // of the map
  readonly window: number;
  readonly stride: number;
  readonly rate: number;
  readonly before: number; // what SAME puts before the map
  readonly count: number;
};

/** The windows down and across a map x, of which y is what they gave. */
export const windowsDownAndAcross = (
  kernel: {
    readonly strides: Shape;
    readonly dilations?: Shape;
    readonly padding: WindowPadding;
  },
  window: Shape,
  x: Shape,
  y: Shape,
): readonly [Along, Along] => {
  const along = (axis: 0 | 1): Along => {
    const [length, stride, rate] = [
      x[axis + 1]!,
      kernel.strides[axis]!,
      kernel.dilations?.[axis] ?? 1,
    ];
    const span = rate * (window[axis]! - 1) + 1;
    const before = kernel.padding === 'SAME' ? samePads(span, stride, length).before : 0;
    return { length, window: window[axis]!, stride, rate, before, count: y[axis + 1]! };
  };
  return [along(0), along(1)];
};

/** How many pixels a window covers. */
const spanOf = ({ rate, window }: Along): number => rate * (window - 1) + 1;

/** From the first pixel of the first window to that of the last. */
const reachOf = ({ stride, count }: Along): number => stride * (count - 1) + 1;

/** What is to be put around a map so that it is what its windows see, and nothing else. */
export const seen = (axis: Along): Padding => [
  axis.before,
  reachOf(axis) + spanOf(axis) - 1 - axis.length - axis.before,
];

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

/** What is to be put around a map so that it is what its windows see, and as long as so many whole strides. */
export const wholeStrides = (axis: Along): Padding => {
  const length = axis.stride * (axis.count - 1 + Math.ceil(axis.window / axis.stride));
  return [axis.before, length - axis.length - axis.before];
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
