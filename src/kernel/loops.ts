/** The loops that references are made of: float64, as near to the formula as they can be. */
import { zeros, type Tensor } from '../numeric/tensor.ts';
import type { WindowPadding } from './kernel.ts';
import { samePads, windowsAlong, type Shape } from './shape.ts';

/** The number of `t` at a place; the axes of `t` are the last of the place, and one of length 1 is the same all along. */
export const at = (t: Tensor, place: readonly number[]): number => {
  const lead = place.length - t.shape.length;
  const index = t.shape.reduce((sum, n, axis) => sum * n + (n === 1 ? 0 : place[lead + axis]), 0);
  return t.data[index];
};

/** The tensor whose number at every place is `number` of it. The place is only lent. */
export const filled = (shape: Shape, number: (place: readonly number[]) => number): Tensor => {
  const out = zeros(shape);
  const place = shape.map(() => 0);
  for (let i = 0; i < out.data.length; i++) {
    out.data[i] = number(place);
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis] === shape[axis]; axis--)
      place[axis] = 0;
  }
  return out;
};

/** The same shape with `f` of every number. */
export const each =
  (f: (x: number) => number) =>
  ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map(f) });

/** Windows along height and width. */
export type Windows = {
  readonly window: readonly [h: number, w: number];
  readonly strides: readonly [h: number, w: number];
  readonly dilations: readonly [h: number, w: number];
  readonly padding: WindowPadding;
};

/** A tap of a window along an axis: window `to` sees pixel `from` through its place `by`. */
type Tap = { readonly to: number; readonly from: number; readonly by: number };

const taps = (windows: Windows, axis: 0 | 1, length: number): readonly Tap[] => {
  const [size, stride, rate] = [
    windows.window[axis],
    windows.strides[axis],
    windows.dilations[axis],
  ];
  const span = rate * (size - 1) + 1;
  const before = windows.padding === 'SAME' ? samePads(span, stride, length).before : 0;
  const found: Tap[] = [];
  for (let to = 0; to < windowsAlong(length, span, stride, windows.padding); to++)
    for (let by = 0; by < size; by++) {
      const from = to * stride + by * rate - before;
      if (from >= 0 && from < length) found.push({ to, from, by });
    }
  return found;
};

/** How many windows there are, down and across a map. */
export const windowsOver = (windows: Windows, [, h, w]: Shape): readonly [number, number] => {
  const along = (axis: 0 | 1, length: number): number =>
    windowsAlong(
      length,
      windows.dilations[axis] * (windows.window[axis] - 1) + 1,
      windows.strides[axis],
      windows.padding,
    );
  return [along(0, h), along(1, w)];
};

/**
 * Visits every pixel of a map that a window sees: `to` counts windows, `from` pixels, `by` places of the window,
 * each row by row, and image by image.
 */
export const eachTap = (
  windows: Windows,
  map: Shape,
  visit: (to: number, from: number, by: number) => void,
): void => {
  const [batch, h, w] = map;
  const [rows, columns] = [taps(windows, 0, h), taps(windows, 1, w)];
  const [down, across] = windowsOver(windows, map);
  for (let image = 0; image < batch; image++)
    for (const row of rows)
      for (const column of columns)
        visit(
          (image * down + row.to) * across + column.to,
          (image * h + row.from) * w + column.from,
          row.by * windows.window[1] + column.by,
        );
};
