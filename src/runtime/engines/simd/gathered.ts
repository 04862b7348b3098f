/**
 * Products whose rows are pixels: a convolution, and the gradient of one by its input. A row of the result is the sum,
 * over the places of the window, of a pixel that is read, times the filter there. Pixels that lie beside the map take no
 * part: rows are ordered by pixel before they are ordered by image, so that the rows of a tile mostly see the same ones.
 */
import { tileRows } from './code.ts';
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

/** A map [images, height, width, channels] at an address. */
export type MapAt = {
  readonly address: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
};

/** Packs the filter's numbers for a piece and these columns into strips with room for so many steps. */
export type PackFilter = (on: Machine, piece: Piece, columns: Part, room: number) => void;

export type Gathered = {
  readonly images: number;
  readonly read: MapAt;
  readonly result: MapAt;
  readonly down: Reach;
  readonly across: Reach;
  readonly packFilter: PackFilter;
  /** the address of the numbers that sums begin with, for each column; 0 for zeros */
  readonly bias: number;
  readonly bounds: readonly [low: number, high: number];
  /** whether no tile has rows of two pixels: zeros stand for what lies beside the map, and 0·∞ is NaN */
  readonly apart: boolean;
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

/** Pixels of the result, in order. */
type Pixels = { readonly first: number; readonly end: number };

/** For each of the pixels and each place: the bytes from the address of an image to the pixel there, or -1. */
const offsetsOf = (
  { read, result, down, across }: Gathered,
  { first, end }: Pixels,
): Int32Array => {
  const places = down.window * across.window;
  const offsets = new Int32Array((end - first) * places);
  let at = 0;
  for (let pixel = first; pixel < end; pixel++) {
    const [y, x] = [Math.floor(pixel / result.width), pixel % result.width];
    for (let i = 0; i < down.window; i++) {
      const line = down.pixels[y * down.window + i]!;
      for (let j = 0; j < across.window; j++, at++) {
        const column = across.pixels[x * across.window + j]!;
        offsets[at] =
          line < 0 || column < 0 ? -1 : 4 * (line * read.width + column) * read.channels;
      }
    }
  }
  return offsets;
};

/** Rows of a pixel: its images, and to whole tiles if pixels are kept apart. */
export const rowsOf = (images: number, apart: boolean): number =>
  apart ? tileRows * Math.ceil(images / tileRows) : images;

/** The pixels whose rows lie in these tiles. */
const pixelsIn = ({ images, apart, result }: Gathered, { first, length }: Part): Pixels => {
  const perPixel = rowsOf(images, apart);
  const end = Math.ceil((tileRows * (first + length)) / perPixel);
  return {
    first: Math.floor((tileRows * first) / perPixel),
    end: Math.min(result.height * result.width, end),
  };
};

/** Writes a share of the products to the result. */
export const gather = (on: Machine, of: Gathered, share: Share): void => {
  const { down, across } = of;
  const places = down.window * across.window;
  const blocks = blocksOf(places, of.read.channels);
  const pixels = pixelsIn(of, share.tiles);
  const pack = packing(on, of, offsetsOf(of, pixels), pixels, places);
  for (const columns of partsOf(share.columns, mostColumns)) {
    const bias = of.bias / 4 + columns.first;
    for (let i = 0; i < columns.length; i++)
      on.floats[on.at.start / 4 + i] = of.bias === 0 ? 0 : on.floats[bias + i]!;
    blocks.forEach((pieces, block) => {
      const room = roomFor(pieces.reduce((steps, { length }) => steps + length, 0));
      for (const piece of pieces) of.packFilter(on, piece, columns, room);
      const last = block === blocks.length - 1;
      on.floats.set(last ? of.bounds : [-Infinity, Infinity], on.at.bounds / 4);
      for (const { first, length } of partsOf(share.tiles, mostTiles)) {
        const table = emptyTable(on);
        while (table.tiles < length)
          pack(table, {
            row: tileRows * (first + table.tiles),
            column: columns.first,
            most: length - table.tiles,
            pieces,
            room,
          });
        multiplyTiles(on, table, { count: columns.length, room, begins: block === 0 });
      }
    });
  }
};

type Tiles = {
  readonly row: number; // of the result, the first
  readonly column: number;
  readonly most: number;
  readonly pieces: readonly Piece[];
  readonly room: number;
};

/** Numbers that lie one behind the other in each row that a tile reads: steps that are packed by one call. */
type Stretch = { readonly from: Float64Array; steps: number }; // addresses

/**
 * Writes a tile into the table, and packs what its rows read of the pieces; with it those that follow of the same pixel,
 * whose images see the same.
 */
const packing = (
  on: Machine,
  of: Gathered,
  offsets: Int32Array,
  seen: Pixels, // which have offsets
  places: number,
): ((table: Table, tiles: Tiles) => void) => {
  const { images, read, result } = of;
  const [pixels, perPixel] = [result.height * result.width, rowsOf(images, of.apart)];
  const imageBytes = 4 * read.height * read.width * read.channels;
  const rows = new Int32Array(tileRows); // addresses
  const pixel = new Int32Array(tileRows); // whose row it is; -1 if it is nobody's
  const image = new Float64Array(tileRows); // addresses
  const source = new Float64Array(tileRows); // addresses
  const stretches: Stretch[] = []; // those of the tile, and some that are not in use
  let count = 0;
  const locate = (first: number, column: number): void => {
    for (let i = 0; i < tileRows; i++) {
      const [at, n] = [Math.floor((first + i) / perPixel), (first + i) % perPixel];
      const isThere = at < pixels && n < images;
      pixel[i] = isThere ? at : -1;
      image[i] = read.address + n * imageBytes;
      const number = (n * pixels + at) * result.channels + column;
      rows[i] = isThere ? result.address + 4 * number : on.at.spare;
    }
  };
  /** finds what each row reads of a piece; false if it is nothing for all of them */
  const find = ({ place, first }: Piece): boolean => {
    let some = false;
    for (let i = 0; i < tileRows; i++) {
      const offset = pixel[i]! < 0 ? -1 : offsets[(pixel[i]! - seen.first) * places + place]!;
      source[i] = offset < 0 ? on.at.zeros : image[i]! + offset + 4 * first;
      some ||= offset >= 0;
    }
    return some;
  };
  const goesOn = ({ from, steps }: Stretch): boolean => {
    for (let i = 0; i < tileRows; i++)
      if (source[i] !== from[i]! + (from[i] === on.at.zeros ? 0 : 4 * steps)) return false;
    return true;
  };
  const stretch = (table: Table, pieces: readonly Piece[]): void => {
    count = 0;
    for (const piece of pieces) {
      if (!find(piece)) continue;
      addRun(on, table, piece.to, piece.length);
      if (count > 0 && goesOn(stretches[count - 1]!)) stretches[count - 1]!.steps += piece.length;
      else {
        const next = (stretches[count++] ??= { from: new Float64Array(tileRows), steps: 0 });
        for (let i = 0; i < tileRows; i++) next.from[i] = source[i]!;
        next.steps = piece.length;
      }
    }
  };
  return (table, { row, column, most, pieces, room }) => {
    const alike = Math.floor((images - (row % perPixel)) / tileRows);
    const tiles = Math.max(1, Math.min(most, alike));
    const stripBytes = 4 * tileRows * room;
    const first = on.at.a + table.tiles * stripBytes;
    locate(row, column);
    addTile(on, table, first, rows);
    stretch(table, pieces);
    let strip = first;
    for (let s = 0; s < count; s++) {
      const { from, steps } = stretches[s]!;
      const [a, b, c, d] = [from[0]!, from[1]!, from[2]!, from[3]!];
      const nextRows = tileRows * imageBytes;
      on.packRows(strip, 4 * tileRows, a, b, c, d, steps, tiles, stripBytes, nextRows);
      strip += 4 * tileRows * steps;
    }
    for (let tile = 1; tile < tiles; tile++) {
      for (let i = 0; i < tileRows; i++) rows[i]! += 4 * tileRows * pixels * result.channels;
      addTile(on, table, first + tile * stripBytes, rows);
      addRunsAgain(on, table);
    }
  };
};
