/** The shapes that data files state. They are not to be trusted. */

/** The limit of SAFETY for a dimension and for the elements of a tensor. */
const mostElements = 2 ** 31 - 1;

/**
 * The product of a shape, if every dimension and the product is within the limit; with a zero, the other dimensions
 * must be too. The product never leaves the integers that float64 holds, because it is checked after each step.
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
