/**
 * Sums over many numbers are taken in parts. Some engines add in float32 one number after the other: of 0.1 four million
 * times over they make a mean of 0.096. So every target takes a mean axis by axis, and where an axis is long it adds the
 * mean of what is left of the numbers without the first mean, which is small.
 */

/** As many numbers may be added one after the other: the last bits are lost, and no more. */
const MOST = 256;

/** Whether the mean of what is left is worth another look at all numbers. */
export const isLong = (length: number): boolean => length > MOST;

/** The first mean is cut off here: ∞ − ∞ would not be ∞, and sums of what is left must stay finite where they are. */
export const LARGEST = 1e30;

/** Axes in the order in which they are summed: the last first, so that the others keep their numbers. */
export const oneByOne = (axes: readonly number[]): readonly number[] =>
  [...axes].sort((a, b) => b - a);

/** The windows of an average pool as those of several, one for each axis, where one of them would be large. */
export const windowsByAxis = (
  [rows, columns]: readonly [number, number],
  [down, across]: readonly [number, number],
): readonly {
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
}[] =>
  rows * columns <= MOST || rows === 1 || columns === 1
    ? [{ window: [rows, columns], strides: [down, across] }]
    : [
        { window: [1, columns], strides: [1, across] },
        { window: [rows, 1], strides: [down, 1] },
      ];
