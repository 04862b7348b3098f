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

/** Strips of so many columns from a matrix [steps, columns]; for columns that a last strip lacks it has zeros. */
const along = (
  pack: Machine['packFours'],
  begin: number,
  { from, next, steps, columns, to, room }: Strips,
): void => {
  const width = pack.length - 1;
  const strips = Math.floor(columns / width);
  const first = begin + 4 * width * to;
  pack[width]!(first, 4 * width * room, from, next, steps, strips);
  const rest = columns - strips * width;
  if (rest > 0)
    pack[rest]!(first + 4 * width * room * strips, 0, from + 4 * width * strips, next, steps, 1);
};

/** Strips of a from a matrix [steps, rows of the result]. */
export const packRowsAlong = (on: Machine, strips: Strips): void =>
  along(on.packFours, on.at.a, strips);

/** Strips of b from a matrix [steps, columns]. */
export const packColumnsAlong = (on: Machine, strips: Strips): void =>
  along(on.packEights, on.at.b, strips);

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
    on.packRows(begin, 4 * tileColumns, a, b, c, d, steps, 1, 0, 0);
  }
};
