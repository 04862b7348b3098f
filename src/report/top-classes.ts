/** The most likely classes. */
import type { HostTensor } from '../lower/weight-expr.ts';
import { columns, lines, oneLine } from './table.ts';

/** Some names of ImageNet's list all the words of a species. */
const longestName = 100;

/** A class by its place in the output, and the number that the net gives it. */
export type Guess = { readonly index: number; readonly value: number };

/** The `count` largest numbers of a row, the largest first, equal ones in their order; NaN comes last. */
export const largest = (row: Float32Array, count: number): readonly Guess[] => {
  const rank = (x: number): number => (Number.isNaN(x) ? -Infinity : x);
  return Array.from(row, (value, index) => ({ index, value }))
    .sort((a, b) => rank(b.value) - rank(a.value) || a.index - b.index)
    .slice(0, count);
};

/** A table for each image of the batch, with the names of the classes if they are known. */
export const showTop = (
  { shape, data }: HostTensor,
  count: number,
  names: readonly string[] = [],
): string => {
  const [batch = 0, classes = 0] = shape;
  const head = ['class', 'value', ...(names.length > 0 ? ['name'] : [])];
  return Array.from({ length: batch }, (_, i) => {
    const guesses = largest(data.subarray(i * classes, (i + 1) * classes), count);
    const rows = guesses.map(({ index, value }) => [
      String(index),
      value.toPrecision(6),
      ...names.slice(index, index + 1).map((name) => oneLine(name, longestName)),
    ]);
    const title = batch === 1 ? [] : [`image ${i + 1}`];
    return lines(...title, ...columns([head, ...rows], ['right', 'right']));
  }).join('\n');
};
