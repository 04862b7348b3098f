/** The most likely classes. */
import type { HostTensor } from '../lower/weight-part.ts';
import { largest, type Guess } from '../numeric/largest.ts';
import { columns, lines, oneLine } from './table.ts';

/** Some names of ImageNet's list all the words of a species. */
const longestName = 100;

/** How a table of numbers is labelled. */
export type Labels = {
  readonly head?: string; // of the places in the output: `class` unless given
  readonly names?: readonly string[] | undefined;
};

/** A table for each image of the batch, of some of its numbers. */
const tables = (
  { shape, data }: HostTensor,
  chosen: (row: Float32Array) => readonly Guess[],
  { head: place = 'class', names = [] }: Labels,
): string => {
  const [batch = 0, length = 0] = shape;
  const head = [place, 'value', ...(names.length > 0 ? ['name'] : [])];
  return Array.from({ length: batch }, (_, i) => {
    const rows = chosen(data.subarray(i * length, (i + 1) * length)).map(({ index, value }) => [
      String(index),
      value.toPrecision(6),
      ...names.slice(index, index + 1).map((name) => oneLine(name, longestName)),
    ]);
    const title = batch === 1 ? [] : [`image ${i + 1}`];
    return lines(...title, ...columns([head, ...rows], ['right', 'right']));
  }).join('\n');
};

/** The largest numbers of each image, with the names of the classes if they are known. */
export const showTop = (t: HostTensor, count: number, labels: Labels = {}): string =>
  tables(t, (row) => largest(row, count), labels);

/** All numbers of each image, as they come. */
export const showInOrder = (t: HostTensor): string =>
  tables(t, (row) => Array.from(row, (value, index) => ({ index, value })), { head: 'place' });
