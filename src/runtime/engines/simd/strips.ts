/** Packs strips: numbers in the order in which tiles read them. */
import { tileColumns, tileRows } from './code.ts';
import type { Machine } from './machine.ts';

/** What to pack: a matrix of so many steps, and where its first step is to lie in strips that have room for `room`. */
export type Strips = {
  readonly from: number; // an address
  readonly next: number; // bytes to the next row of the matrix
  readonly steps: number;
  readonly columns: number;
  readonly to: number;
  readonly room: number;
};

/** Strips of so many columns from a matrix [steps, columns]; of columns that a last strip lacks it has zeros. */
const along = (
  on: Machine,
  begin: number,
  width: typeof tileRows | typeof tileColumns,
  { from, next, steps, columns, to, room }: Strips,
): void => {
  const strips = Math.floor(columns / width);
  const first = begin + 4 * width * to;
  const pack = width === tileRows ? on.packColumns4 : on.packColumns8;
  pack(first, 4 * width * room, from, next, steps, strips);
  const missing = columns - strips * width;
  if (missing === 0) return;
  for (let step = 0; step < steps; step++) {
    const line = (from + step * next) / 4 + strips * width;
    const last = (first + 4 * width * (room * strips + step)) / 4;
    for (let i = 0; i < width; i++) on.floats[last + i] = i < missing ? on.floats[line + i]! : 0;
  }
};

/** Strips of a from a matrix [steps, rows of the result]. */
export const packRowsAlong = (on: Machine, strips: Strips): void =>
  along(on, on.at.a, tileRows, strips);

/** Strips of b from a matrix [steps, columns]. */
export const packColumnsAlong = (on: Machine, strips: Strips): void =>
  along(on, on.at.b, tileColumns, strips);

/** Strips of b from a matrix [columns, steps]. */
export const packColumnsAcross = (
  on: Machine,
  { from, next, steps, columns, to, room }: Strips,
): void => {
  const line = (column: number): number => (column < columns ? from + column * next : on.at.zeros);
  for (let column = 0; column < columns; column += tileRows) {
    const strip = on.at.b + 4 * tileColumns * room * Math.floor(column / tileColumns);
    const begin = strip + 4 * (tileColumns * to + (column % tileColumns));
    const [a, b, c, d] = [line(column), line(column + 1), line(column + 2), line(column + 3)];
    on.packRows(begin, 4 * tileColumns, a, b, c, d, steps);
  }
};
