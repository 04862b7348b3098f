/** Where windows lie along the axes of a map. */
import type { WindowPadding } from '../../kernel/kernel.ts';
import { samePads, type Padding, type Shape } from '../../kernel/shape.ts';

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
export const spanOf = ({ rate, window }: Along): number => rate * (window - 1) + 1;

/** From the first pixel of the first window to that of the last. */
export const reachOf = ({ stride, count }: Along): number => stride * (count - 1) + 1;

/** What is to be put around a map so that it is what its windows see, and nothing else. */
export const seen = (axis: Along): Padding => [
  axis.before,
  reachOf(axis) + spanOf(axis) - 1 - axis.length - axis.before,
];

/** What is to be put around a map so that it is what its windows see, and as long as so many whole strides. */
export const wholeStrides = (axis: Along): Padding => {
  const length = axis.stride * (axis.count - 1 + Math.ceil(axis.window / axis.stride));
  return [axis.before, length - axis.length - axis.before];
};
