/** The largest numbers of a row. */

/** A class by its place in the output, and the number that the net gives it. */
export type Guess = { readonly index: number; readonly value: number };

/** The `count` largest numbers of a row, the largest first, equal ones in their order; NaN comes last. */
export const largest = (row: Float32Array, count: number): readonly Guess[] => {
  const rank = (x: number): number => (Number.isNaN(x) ? -Infinity : x);
  return Array.from(row, (value, index) => ({ index, value }))
    .sort((a, b) => rank(b.value) - rank(a.value) || a.index - b.index)
    .slice(0, count);
};
