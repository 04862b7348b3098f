/** The shapes that data files state: sizes that strangers wrote. */

/** The limit of SAFETY for a dimension and for the elements of a tensor. */
const mostElements = 2 ** 31 - 1;

/**
 * The product of a shape, if every dimension and the product is within the limit. A zero does not excuse
 * the other dimensions. The product never leaves the integers that float64 holds, as it is looked at
 * after each step.
 */
export const countOf = (shape: readonly number[]): number | undefined => {
  let count = 1;
  for (const n of shape) {
    if (!Number.isInteger(n) || n < 0 || n > mostElements) return undefined;
    count *= n;
    if (count > mostElements) return undefined;
  }
  return count;
};

/** `[3, 3, 64, 64]` */
export const showShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
