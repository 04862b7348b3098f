/**
 * Products whose steps are pixels: the gradient of a convolution by its filter. A row of the result is a channel of the
 * input at a place of the window, a column is a channel of the output, and what is summed are the pixels of all images
 * that the place sees.
 */
import { tileRows } from './code.ts';
import type { Reach } from './convolved.ts';
import type { MapAt } from './gathered.ts';
import { mostColumns, mostSteps, mostTiles, roomFor, type Machine } from './machine.ts';
import { packColumnsAlong, packRowsAlong } from './strips.ts';
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

export type Summed = {
  readonly images: number;
  readonly read: MapAt;
  readonly gradient: MapAt;
  readonly down: Reach; // from pixels of the gradient to those that are read
  readonly across: Reach;
  readonly result: number; // the address of [places, channels of `read`, channels of `gradient`]
};

/** Images of a pixel of the gradient: steps of a product. */
type Span = {
  readonly y: number;
  readonly x: number;
  readonly image: number; // the first
  readonly length: number;
  readonly to: number; // its first step among those that are packed at once
};

/** What is packed at once: all images of several pixels, or some of one. */
const blocksOf = (images: number, { height, width }: MapAt): readonly (readonly Span[])[] => {
  const span = (pixel: number, image: number, length: number, to: number): Span => ({
    ...{ y: Math.floor(pixel / width), x: pixel % width, image, length, to },
  });
  if (images > mostSteps)
    return Array.from({ length: height * width }, (_, pixel) =>
      parts(images, mostSteps).map(({ first, length }) => [span(pixel, first, length, 0)]),
    ).flat();
  return parts(height * width, Math.floor(mostSteps / images)).map(({ first, length }) =>
    Array.from({ length }, (_, i) => span(first + i, 0, images, i * images)),
  );
};

/** The channels at each place of the window whose rows lie in these tiles, of which a place has whole ones. */
const channelsIn = (
  { first, length }: Part,
  channels: number,
): readonly (Part & { readonly place: number })[] => {
  const perPlace = Math.ceil(channels / tileRows);
  const [begin, end] = [Math.floor(first / perPlace), Math.ceil((first + length) / perPlace)];
  return Array.from({ length: end - begin }, (_, i) => {
    const place = begin + i;
    const from = Math.max(0, tileRows * (first - place * perPlace));
    const to = Math.min(channels, tileRows * (first + length - place * perPlace));
    return { place, first: from, length: to - from };
  });
};

/** Writes a share of the sums to the result: tiles are counted from place to place. */
export const sum = (on: Machine, of: Summed, share: Share): void => {
  const { images, read, gradient } = of;
  const blocks = blocksOf(images, gradient);
  on.floats.fill(0, on.at.start / 4, on.at.start / 4 + mostColumns);
  on.floats.set([-Infinity, Infinity], on.at.bounds / 4);
  const seen = channelsIn(share.tiles, read.channels);
  for (const columns of partsOf(share.columns, mostColumns))
    blocks.forEach((spans, block) => {
      const room = roomFor(spans.reduce((steps, { length }) => steps + length, 0));
      packGradient(on, of, columns, spans, room);
      for (const channels of seen)
        for (const rows of partsOf(channels, tileRows * mostTiles)) {
          const table = emptyTable(on);
          packPlace(on, of, { place: channels.place, rows, columns, spans, room, table });
          multiplyTiles(on, table, { count: columns.length, room, begins: block === 0 });
        }
    });
};

/** Bytes from a number of an image to that of the next one. */
const imageBytes = ({ height, width, channels }: MapAt): number => 4 * height * width * channels;

/** The address of a channel of a pixel. */
const addressIn = (map: MapAt, image: number, y: number, x: number, channel: number): number =>
  map.address + 4 * (((image * map.height + y) * map.width + x) * map.channels + channel);

const packGradient = (
  on: Machine,
  { gradient }: Summed,
  columns: Part,
  spans: readonly Span[],
  room: number,
): void => {
  for (const { y, x, image, length, to } of spans)
    packColumnsAlong(on, {
      from: addressIn(gradient, image, y, x, columns.first),
      next: imageBytes(gradient),
      ...{ steps: length, columns: columns.length, to, room },
    });
};

type Place = {
  readonly place: number;
  readonly rows: Part; // channels of `read`
  readonly columns: Part;
  readonly spans: readonly Span[];
  readonly room: number;
  readonly table: Table;
};

/** Writes the tiles of channels at a place of the window, and packs what the place sees of them. */
const packPlace = (on: Machine, of: Summed, at: Place): void => {
  const { read, gradient, down, across } = of;
  const { place, rows, columns, spans, room, table } = at;
  const [i, j] = [Math.floor(place / across.window), place % across.window];
  const seen: Span[] = [];
  let to = 0;
  for (const span of spans) {
    const y = down.pixels[span.y * down.window + i]!;
    const x = across.pixels[span.x * across.window + j]!;
    if (y < 0 || x < 0) continue;
    packRowsAlong(on, {
      from: addressIn(read, span.image, y, x, rows.first),
      next: imageBytes(read),
      ...{ steps: span.length, columns: rows.length, to, room },
    });
    seen.push(span);
    to += span.length;
  }
  const lines = new Int32Array(tileRows);
  const line = (row: number): number =>
    of.result +
    4 * ((place * read.channels + rows.first + row) * gradient.channels + columns.first);
  for (let first = 0; first < rows.length; first += tileRows) {
    for (let r = 0; r < tileRows; r++)
      lines[r] = first + r < rows.length ? line(first + r) : on.at.spare;
    addTile(on, table, on.at.a + 4 * first * room, lines);
    if (first > 0) addRunsAgain(on, table);
    else for (const span of seen) addRun(on, table, span.to, span.length);
  }
};
