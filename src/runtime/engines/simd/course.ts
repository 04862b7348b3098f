/**
 * What tiles of one image read: it is the same each time, so it is found once. Addresses are kept as distances from those of
 * the map and of the result.
 */
import { runWords, tileRows } from './code.ts';
import type { Machine } from './machine.ts';
import type { Table } from './tiling.ts';

/** Numbers that lie one behind the other in each row of a tile: `from` has the addresses, row by row. */
export type Stretches = { count: number; readonly from: Float64Array; readonly steps: Int32Array };

/** How many words courses may take in all, which are kept together. */
export type Room = { words: number };

/** 16 MiB. */
export const newRoom = (): Room => ({ words: 2 ** 22 });

/** What is kept of tiles, by block and tile. */
export type Course = {
  /** where the words of each tile begin, or -1 */
  readonly begins: readonly Int32Array[];
  words: Int32Array;
  end: number;
  readonly room: Room;
};

export const newCourse = (blocks: number, tiles: number, room: Room): Course => ({
  begins: Array.from({ length: blocks }, () => new Int32Array(tiles).fill(-1)),
  ...{ words: new Int32Array(256), end: 0, room },
});

/** Of a tile: where its map and its result begin, and the rows and stretches that it has. */
export type Tile = {
  readonly map: number;
  readonly result: number;
  readonly rows: Int32Array;
  readonly stretches: Stretches;
};

/** Keeps what a tile reads, whose runs are the last of the table, while there is room. */
export const keep = (
  { words: table, at }: Machine,
  course: Course,
  block: number,
  tile: number,
  { runs }: Table,
  { map, result, rows, stretches: { count, from, steps } }: Tile,
): void => {
  const runsLength = 1 + runWords * table[runs]!;
  const length = tileRows + 1 + (tileRows + 1) * count + runsLength;
  if (length > course.room.words) return;
  course.room.words -= length;
  if (course.end + length > course.words.length) {
    const larger = new Int32Array(2 * (course.words.length + length));
    larger.set(course.words);
    course.words = larger;
  }
  const { words } = course;
  let to = course.end;
  course.begins[block]![tile] = to;
  for (let i = 0; i < tileRows; i++) words[to++] = rows[i]! - result;
  words[to++] = count;
  for (let s = 0; s < count; s++) {
    for (let i = 0; i < tileRows; i++) {
      const source = from[tileRows * s + i]!;
      words[to++] = source === at.zeros ? -1 : source - map;
    }
    words[to++] = steps[s]!;
  }
  for (let i = 0; i < runsLength; i++) words[to++] = table[runs + i]!;
  course.end = to;
};
