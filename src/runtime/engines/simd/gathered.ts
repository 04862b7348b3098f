/**
 * Products whose rows are pixels: a convolution, and the gradient of one by its input. A row of the result is the sum,
 * over the places of the window, of a pixel that is read, times the filter there. Pixels that lie beside the map take no
 * part: rows are ordered by pixel before they are ordered by image, so that the rows of a tile mostly see the same ones.
 */
import { runWords, tileRows } from './code.ts';
import { mostColumns, mostSteps, mostTiles, roomFor, type Machine } from './machine.ts';
import {
  addRun,
  addRunsAgain,
  addTile,
  emptyTable,
  multiplyTiles,
  parts,
  partsOf,
  type Part,
  type Share,
  type Table,
} from './tiling.ts';
import type { Reach } from './convolved.ts';
import { keep, newCourse, type Course, type Room, type Stretches } from './course.ts';

/** A reach in bytes: from the address of an image, or of a line of it, to each pixel that is read, or -1. */
export type Lines = {
  readonly window: number;
  readonly bytes: Int32Array;
  /** for each pixel of the result, whether its window sees all of its pixels, one behind another */
  readonly whole: Uint8Array;
};

/** Pixels that are so many bytes apart. */
export const linesOf = ({ window, pixels }: Reach, each: number): Lines => ({
  window,
  bytes: pixels.map((pixel) => (pixel < 0 ? -1 : each * pixel)),
  whole: Uint8Array.from({ length: pixels.length / window }, (_, i) => {
    const seen = pixels.subarray(i * window, (i + 1) * window);
    return seen[0]! >= 0 && seen.every((pixel, j) => pixel === seen[0]! + j) ? 1 : 0;
  }),
});

/** A map [images, height, width, channels] at an address. */
export type MapAt = {
  readonly address: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
};

/** Packs the filter's numbers for a piece and these columns into strips with room for so many steps. */
export type PackFilter = (on: Machine, piece: Piece, columns: Part, room: number) => void;

/** What columns are normalised by: addresses of a number for each. */
export type Norm = {
  readonly gamma: number;
  readonly beta: number;
  readonly mean: number;
  readonly variance: number;
  readonly epsilon: number;
};

export type Gathered = {
  readonly images: number;
  readonly read: MapAt;
  readonly result: MapAt;
  readonly down: Lines;
  readonly across: Lines;
  readonly packFilter: PackFilter;
  /** the address of the numbers that sums begin with, for each column; 0 for zeros */
  readonly bias: number;
  readonly norm: Norm | undefined;
  /** the address of what is added to the result, which is as large; 0 for nothing */
  readonly plus: number;
  readonly bounds: readonly [low: number, high: number];
  /** whether no tile has rows of two pixels: zeros stand for what lies beside the map, and 0·∞ is NaN */
  readonly apart: boolean;
  readonly watched: boolean; // for NaN, see `End`
  /** of one image, what its tiles read, where it has been found before */
  readonly course: Course | undefined;
};

/** The course of a product of one image. */
export const courseOf = (
  {
    read,
    down,
    across,
    result,
  }: Pick<Gathered, 'down' | 'across'> & {
    readonly read: Pick<MapAt, 'channels'>;
    readonly result: Pick<MapAt, 'height' | 'width'>;
  },
  room: Room,
): Course => {
  const blocks = blocksOf(down.window * across.window, read.channels).length;
  return newCourse(blocks, Math.ceil((result.height * result.width) / tileRows), room);
};

/** Channels of a place of the window: steps of a product. */
export type Piece = Part & {
  readonly place: number; // `first` is a channel there
  readonly to: number; // its first step among those that are packed at once
};

/** What is packed at once: several places, or a part of one. */
const blocksOf = (places: number, channels: number): readonly (readonly Piece[])[] =>
  channels > mostSteps
    ? parts(places, 1).flatMap(({ first: place }) =>
        parts(channels, mostSteps).map((part) => [{ ...part, place, to: 0 }]),
      )
    : parts(places, Math.floor(mostSteps / channels)).map(({ first, length }) =>
        Array.from({ length }, (_, i) => ({
          ...{ place: first + i, to: i * channels, first: 0, length: channels },
        })),
      );

/** Rows of a pixel: its images, and to whole tiles if pixels are kept apart. */
export const rowsOf = (images: number, apart: boolean): number =>
  apart ? tileRows * Math.ceil(images / tileRows) : images;

/** Places of a row of the window, whose channels are steps one behind another. */
type Stride = {
  readonly line: number; // of the window
  readonly pieces: readonly Piece[];
  readonly steps: number;
};

/** What is packed at once, by rows of the window. */
const stridesOf = (pieces: readonly Piece[], window: number): readonly Stride[] => {
  const lines = new Map<number, Piece[]>();
  for (const piece of pieces) {
    const line = Math.floor(piece.place / window);
    const known = lines.get(line);
    if (known === undefined) lines.set(line, [piece]);
    else known.push(piece);
  }
  return Array.from(lines, ([line, of]) => ({
    ...{ line, pieces: of, steps: of.reduce((n, { length }) => n + length, 0) },
  }));
};

/** Writes what sums of these columns begin with, and what they are multiplied by. */
const begin = (on: Machine, { bias, norm }: Gathered, { first, length }: Part): void => {
  const { at, floats } = on;
  const number = (address: number, i: number): number => floats[address / 4 + first + i]!;
  for (let i = 0; i < length; i++) {
    const added = bias === 0 ? 0 : number(bias, i);
    floats[at.start / 4 + i] = norm === undefined ? added : added - number(norm.mean, i);
    if (norm === undefined) continue;
    const spread = Math.sqrt(number(norm.variance, i) + norm.epsilon);
    floats[at.gamma / 4 + i] = number(norm.gamma, i) / spread;
    floats[at.beta / 4 + i] = number(norm.beta, i);
  }
};

/** Writes a share of the products to the result. */
export const gather = (on: Machine, of: Gathered, share: Share): void => {
  const { down, across } = of;
  const blocks = blocksOf(down.window * across.window, of.read.channels);
  const strides = blocks.map((pieces) => stridesOf(pieces, across.window));
  const pack = packing(on, of);
  const end = {
    ...{ scaled: of.norm !== undefined, watched: of.watched },
    apart: of.plus === 0 ? 0 : of.plus - of.result.address,
  };
  for (const columns of partsOf(share.columns, mostColumns)) {
    begin(on, of, columns);
    blocks.forEach((pieces, block) => {
      const room = roomFor(pieces.reduce((steps, { length }) => steps + length, 0));
      for (const piece of pieces) of.packFilter(on, piece, columns, room);
      const last = block === blocks.length - 1;
      on.floats.set(last ? of.bounds : [-Infinity, Infinity], on.at.bounds / 4);
      for (const { first, length } of partsOf(share.tiles, mostTiles)) {
        const table = emptyTable(on);
        while (table.tiles < length)
          pack(table, {
            block,
            row: tileRows * (first + table.tiles),
            column: columns.first,
            most: length - table.tiles,
            strides: strides[block]!,
            room,
          });
        const begins = block === 0;
        multiplyTiles(on, table, {
          ...{ count: columns.length, room, begins },
          ...(last && { end }),
        });
      }
    });
  }
};

type Tiles = {
  readonly block: number;
  readonly row: number; // of the result, the first
  readonly column: number;
  readonly most: number;
  readonly strides: readonly Stride[];
  readonly room: number;
};

/** The rows of a tile: addresses in the result, images' addresses, and the pixels of the result that they are. */
type Rows = {
  readonly addresses: Int32Array;
  readonly images: Float64Array;
  readonly ys: Int32Array;
  readonly xs: Int32Array;
  /** goes to the rows from one on, and says whether all see whole rows of the window, where they see one */
  readonly locate: (first: number, column: number) => boolean;
};

/** Rows that are nobody's do what the row before them does. */
const rowsIn = ({ images, read, result, across, apart }: Gathered): Rows => {
  const [pixels, perPixel] = [result.height * result.width, rowsOf(images, apart)];
  const imageBytes = 4 * read.height * read.width * read.channels;
  const [addresses, begins] = [new Int32Array(tileRows), new Float64Array(tileRows)];
  const [ys, xs] = [new Int32Array(tileRows), new Int32Array(tileRows)];
  const locate = (first: number, column: number): boolean => {
    let isWhole = true;
    let [at, n] = [Math.floor(first / perPixel), first % perPixel];
    let y = Math.floor(at / result.width);
    let x = at - y * result.width;
    for (let i = 0; i < tileRows; i++) {
      const isThere = at < pixels && n < images;
      const number = (n * pixels + at) * result.channels + column;
      ys[i] = isThere ? y : ys[i - 1]!;
      xs[i] = isThere ? x : xs[i - 1]!;
      begins[i] = isThere ? read.address + n * imageBytes : begins[i - 1]!;
      addresses[i] = isThere ? result.address + 4 * number : addresses[i - 1]!;
      isWhole &&= !isThere || across.whole[x] === 1;
      if (++n < perPixel) continue;
      n = 0;
      at++;
      if (++x < result.width) continue;
      x = 0;
      y++;
    }
    return isWhole;
  };
  return { addresses, images: begins, ys, xs, locate };
};

/**
 * What a tile reads: numbers that lie one behind the other in each of its rows are packed by one call. Kept from task to
 * task, as this is written for each tile.
 */
const stretches: Stretches = {
  count: 0,
  from: new Float64Array(tileRows * mostSteps), // addresses, row by row
  steps: new Int32Array(mostSteps),
};

/** Finds what the rows of a tile read of rows of the window, and writes the runs into the table. */
const stretching = (on: Machine, { down, across }: Gathered, { images, ys, xs }: Rows) => {
  const { from, steps: lengths } = stretches;
  const { zeros } = on.at;
  /** as the next stretch, what each row reads from a channel of a place on; how many of them read something */
  const find = (line: number, place: number, channel: number): number => {
    const next = tileRows * stretches.count;
    let some = 0;
    for (let i = 0; i < tileRows; i++) {
      const start = down.bytes[ys[i]! * down.window + line]!;
      const along = across.bytes[xs[i]! * across.window + place]!;
      const isSeen = start >= 0 && along >= 0;
      from[next + i] = isSeen ? images[i]! + start + along + 4 * channel : zeros;
      if (isSeen) some++;
    }
    return some;
  };
  /** whether the next stretch begins where the last one ends */
  const goesOn = (): boolean => {
    const next = tileRows * stretches.count;
    if (next === 0) return false;
    const bytes = 4 * lengths[stretches.count - 1]!;
    for (let i = next; i < next + tileRows; i++) {
      const last = from[i - tileRows]!;
      if (from[i] !== (last === zeros ? zeros : last + bytes)) return false;
    }
    return true;
  };
  return (table: Table, strides: readonly Stride[], isWhole: boolean): void => {
    stretches.count = 0;
    for (let s = 0; s < strides.length; s++) {
      const { line, pieces, steps } = strides[s]!;
      const { place, first, to } = pieces[0]!;
      if (isWhole) {
        const some = find(line, place % across.window, first);
        if (some === 0) continue;
        if (some === tileRows) {
          addRun(on, table, to, steps);
          lengths[stretches.count++] = steps;
          continue;
        }
      }
      for (const piece of pieces) {
        if (find(line, piece.place % across.window, piece.first) === 0) continue;
        addRun(on, table, piece.to, piece.length);
        if (goesOn()) lengths[stretches.count - 1]! += piece.length;
        else lengths[stretches.count++] = piece.length;
      }
    }
  };
};

/** Does what is known of a tile; false if nothing is. */
const repeating = (on: Machine, { read, result, course }: Gathered) => {
  const rows = new Int32Array(tileRows);
  const { words: to, at } = on;
  return (table: Table, block: number, row: number, column: number, room: number): boolean => {
    const begin = course?.begins[block]![row / tileRows] ?? -1;
    if (course === undefined || begin < 0) return false;
    const { words } = course;
    const first = result.address + 4 * column;
    let next = begin;
    for (let i = 0; i < tileRows; i++) rows[i] = first + words[next++]!;
    const count = words[next++]!;
    const stripBytes = 4 * tileRows * room;
    let strip = at.a + table.tiles * stripBytes;
    addTile(on, table, strip, rows);
    const address = (distance: number): number =>
      distance < 0 ? at.zeros : read.address + distance;
    for (let s = 0; s < count; s++, next += tileRows + 1) {
      const [a, b] = [address(words[next]!), address(words[next + 1]!)];
      const [c, d] = [address(words[next + 2]!), address(words[next + 3]!)];
      const steps = words[next + 4]!;
      on.packRows(strip, 4 * tileRows, a, b, c, d, steps, 1, stripBytes, 0);
      strip += 4 * tileRows * steps;
    }
    const length = runWords * words[next]!;
    for (let i = 0; i <= length; i++) to[table.runs + i] = words[next + i]!;
    table.next += length;
    return true;
  };
};

/**
 * Writes a tile into the table, and packs what its rows read of the pieces; with it those that follow of the same pixel,
 * whose images see the same.
 */
const packing = (on: Machine, of: Gathered): ((table: Table, tiles: Tiles) => void) => {
  const { images, read, result } = of;
  const [pixels, perPixel] = [result.height * result.width, rowsOf(images, of.apart)];
  const imageBytes = 4 * read.height * read.width * read.channels;
  const seen = rowsIn(of);
  const { addresses: rows, locate } = seen;
  const stretch = stretching(on, of, seen);
  const again = repeating(on, of);
  return (table, { block, row, column, most, strides, room }) => {
    if (again(table, block, row, column, room)) return;
    const alike = Math.floor((images - (row % perPixel)) / tileRows);
    const tiles = Math.max(1, Math.min(most, alike));
    const stripBytes = 4 * tileRows * room;
    const first = on.at.a + table.tiles * stripBytes;
    const isWhole = locate(row, column);
    addTile(on, table, first, rows);
    stretch(table, strides, isWhole);
    if (of.course !== undefined)
      keep(on, of.course, block, row / tileRows, table, {
        ...{ map: read.address, result: result.address + 4 * column, rows, stretches },
      });
    let strip = first;
    const { count, from, steps } = stretches;
    const nextRows = tileRows * imageBytes;
    for (let s = 0; s < count; s++) {
      const [at, length] = [tileRows * s, steps[s]!];
      const [a, b, c, d] = [from[at]!, from[at + 1]!, from[at + 2]!, from[at + 3]!];
      on.packRows(strip, 4 * tileRows, a, b, c, d, length, tiles, stripBytes, nextRows);
      strip += 4 * tileRows * length;
    }
    for (let tile = 1; tile < tiles; tile++) {
      for (let i = 0; i < tileRows; i++) rows[i]! += 4 * tileRows * pixels * result.channels;
      addTile(on, table, first + tile * stripBytes, rows);
      addRunsAgain(on, table);
    }
  };
};
