/** Tiles one below the other, and the product of their strips of a with strips of b. */
import { runWords, tileColumns, tileRows, tileWords } from './code.ts';
import type { Machine } from './machine.ts';

/**
 * A table that is being written: how many tiles it has, its next word, and the words that count the runs of the last
 * tile and of the one before.
 */
export type Table = { tiles: number; next: number; runs: number; before: number };

export const emptyTable = ({ at }: Machine): Table => ({
  tiles: 0,
  next: at.table / 4,
  runs: 0,
  before: 0,
});

/** Begins a tile with its strip of a and the addresses of its rows. */
export const addTile = (
  { words }: Machine,
  table: Table,
  strip: number,
  rows: Int32Array,
): void => {
  words[table.next] = strip;
  for (let i = 0; i < tileRows; i++) words[table.next + 1 + i] = rows[i]!;
  table.before = table.runs;
  table.runs = table.next + tileWords - 1;
  words[table.runs] = 0;
  table.next += tileWords;
  table.tiles++;
};

/** Adds steps of b to the last tile; they are one run with those before where they follow them. */
export const addRun = (
  { words }: Machine,
  table: Table,
  firstStep: number,
  steps: number,
): void => {
  const offset = 4 * tileColumns * firstStep;
  const last = table.next - runWords;
  if (words[table.runs]! > 0 && words[last]! + 4 * tileColumns * words[last + 1]! === offset) {
    words[last + 1]! += steps;
    return;
  }
  words[table.next] = offset;
  words[table.next + 1] = steps;
  words[table.runs]!++;
  table.next += runWords;
};

/** Gives the last tile the runs of the one before. */
export const addRunsAgain = ({ words }: Machine, table: Table): void => {
  const length = runWords * words[table.before]!;
  for (let i = 0; i <= length; i++) words[table.runs + i] = words[table.before + i]!;
  table.next += length;
};

/** What becomes of sums that are whole: see `tiles` in `code.ts`. */
export type End = {
  readonly scaled: boolean; // by the numbers at `gamma` and `beta`
  readonly apart: number; // bytes from the result to what is added to it; 0 for nothing
  readonly watched: boolean; // for NaN
};
const plainly: End = { scaled: false, apart: 0, watched: false };

/** Which columns of the result, and what its sums begin with and end in. */
export type Columns = {
  readonly count: number;
  readonly room: number; // of a strip of b, in steps
  readonly begins: boolean; // with the numbers at `start`, instead of what is there
  readonly end?: End;
};

/** Adds to each row of the tiles the products of its strip of a with all strips of b. */
export const multiplyTiles = (on: Machine, { tiles }: Table, columns: Columns): void => {
  const { at } = on;
  const { scaled, apart, watched } = columns.end ?? plainly;
  const nan = watched ? at.nan : 0;
  for (let first = 0; first < columns.count; first += tileColumns) {
    const width = Math.min(tileColumns, columns.count - first);
    const strip = at.b + 4 * first * columns.room;
    const start = columns.begins ? at.start + 4 * first : 0;
    const [gamma, beta] = [scaled ? at.gamma + 4 * first : 0, at.beta + 4 * first];
    const to = 4 * first;
    on.tiles[width]!(at.table, tiles, strip, to, start, gamma, beta, apart, at.bounds, nan);
  }
};

/** Some of a row of things. */
export type Part = { readonly first: number; readonly length: number };

/** Parts, one behind another, that are as alike as can be and at most `most` long. */
export const parts = (length: number, most: number): readonly Part[] => {
  const count = Math.ceil(length / most);
  const ends = Array.from({ length: count + 1 }, (_, i) => Math.floor((i * length) / count));
  return ends.slice(1).map((end, i) => ({ first: ends[i]!, length: end - ends[i]! }));
};

/** The same of a part. */
export const partsOf = ({ first, length }: Part, most: number): readonly Part[] =>
  parts(length, most).map((part) => ({ ...part, first: first + part.first }));

/** A block of the matrix that a task makes: tiles one below the other, and columns. */
export type Share = { readonly tiles: Part; readonly columns: Part };
