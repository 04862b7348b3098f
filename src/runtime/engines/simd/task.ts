/**
 * Work on a memory as data, so that any thread can do any part of it. A part is a block of the result, and each number of
 * the result is computed in one way wherever its block ends: so the bits do not depend on who does what.
 */
import { asProduct, seeing, seenBy, type Convolved, type Reach } from './convolved.ts';
import { tileColumns, tileRows } from './code.ts';
import type { Room } from './course.ts';
import { courseOf, gather, linesOf, rowsOf, type MapAt, type PackFilter } from './gathered.ts';
import type { Machine } from './machine.ts';
import { packColumnsAcross, packColumnsAlong } from './strips.ts';
import { sum } from './summed.ts';
import { parts, type Share } from './tiling.ts';

/** Convolutions in their three directions. */
export type Work =
  | {
      readonly tag: 'forward';
      readonly of: Convolved;
      /** of a batch norm behind it, whose other numbers have addresses; null for none */
      readonly epsilon: number | null;
      /** what results are clamped to, on either side */
      readonly low: number | null;
      readonly high: number | null;
      readonly apart: boolean; // see `Gathered`
    }
  | { readonly tag: 'by input'; readonly of: Convolved; readonly apart: boolean }
  | { readonly tag: 'by filter'; readonly of: Convolved };

/** What has an address, if it is there. */
export const operands = [
  ...(['x', 'filter', 'y', 'bias'] as const),
  ...(['gamma', 'beta', 'mean', 'variance', 'plus'] as const),
];
export type Addresses = { readonly [name in (typeof operands)[number]]: number };

/** The addresses of these, and 0 for what is not there. */
export const addresses = (some: Partial<Addresses>): Addresses => ({
  ...{ x: 0, filter: 0, y: 0, bias: 0, gamma: 0, beta: 0, mean: 0, variance: 0, plus: 0 },
  ...some,
});

export type Task = { readonly work: Work; readonly at: Addresses };

const mapAt = (address: number, [, height, width, channels]: readonly number[]): MapAt => ({
  ...{ address, height: height!, width: width!, channels: channels! },
});

/** How the filter is packed: by rows as it lies there, or turned and by columns. */
const packsFilter = (
  tag: Work['tag'],
  begin: number,
  [rows, width, inner, outer]: readonly number[],
): PackFilter => {
  const place = (of: number, channel: number): number =>
    begin + 4 * (of * inner! + channel) * outer!;
  return tag === 'forward'
    ? (on, piece, columns, room) =>
        packColumnsAlong(on, {
          from: place(piece.place, piece.first) + 4 * columns.first,
          ...{ next: 4 * outer!, steps: piece.length, columns: columns.length },
          ...{ to: piece.to, room },
        })
    : (on, piece, columns, room) =>
        packColumnsAcross(on, {
          from: place(rows! * width! - 1 - piece.place, columns.first) + 4 * piece.first,
          ...{ next: 4 * outer!, steps: piece.length, columns: columns.length },
          ...{ to: piece.to, room },
        });
};

/** Does a share of work on operands at these addresses. */
type Do = (on: Machine, at: Addresses, share: Share) => void;

/** Work whose rows are pixels. */
type OfPixels = Exclude<Work, { readonly tag: 'by filter' }>;

/** What a pixel of the result sees, along both axes. */
const reachOf = ({ tag, of }: OfPixels): readonly [Reach, Reach] => {
  const { axes } = asProduct(of);
  const along = tag === 'forward' ? seenBy : seeing;
  return [along(axes[0]), along(axes[1])];
};

const gathering = (work: OfPixels, watched: boolean, room: Room): Do => {
  const { x, filter, y } = asProduct(work.of);
  const [from, to] = work.tag === 'forward' ? [x, y] : [y, x];
  const [, , width, channels] = from;
  const [down, across] = reachOf(work);
  const reach = {
    down: linesOf(down, 4 * width! * channels!),
    across: linesOf(across, 4 * channels!),
  };
  const sized = { read: { channels: channels! }, result: { height: to[1]!, width: to[2]! } };
  const fixed = {
    ...{ images: x[0]!, apart: work.apart, watched, ...reach },
    course: x[0] === 1 && !work.apart ? courseOf({ ...reach, ...sized }, room) : undefined,
  };
  const packFilter = (at: Addresses) => packsFilter(work.tag, at.filter, filter);
  if (work.tag === 'by input')
    return (on, at, share) =>
      gather(
        on,
        {
          ...fixed,
          ...{ packFilter: packFilter(at), read: mapAt(at.y, from), result: mapAt(at.x, to) },
          ...{ bias: 0, norm: undefined, plus: 0, bounds: [-Infinity, Infinity] },
        },
        share,
      );
  const { epsilon } = work;
  return (on, at, share) =>
    gather(
      on,
      {
        ...fixed,
        ...{ packFilter: packFilter(at), read: mapAt(at.x, from), result: mapAt(at.y, to) },
        ...{ bias: at.bias, norm: epsilon === null ? undefined : { ...at, epsilon } },
        ...{ plus: at.plus, bounds: [work.low ?? -Infinity, work.high ?? Infinity] },
      },
      share,
    );
};

const summing = ({ of }: Extract<Work, { tag: 'by filter' }>): Do => {
  const { x, y, axes } = asProduct(of);
  const fixed = { images: x[0]!, down: seenBy(axes[0]), across: seenBy(axes[1]) };
  return (on, at, share) =>
    sum(on, { ...fixed, read: mapAt(at.x, x), gradient: mapAt(at.y, y), result: at.filter }, share);
};

/** A matrix that a task makes, in tiles, of which each is a sum of so many products. */
type Extent = { readonly tiles: number; readonly columns: number; readonly steps: number };

const extentOf = (task: Work): Extent => {
  const { x, filter, y } = asProduct(task.of);
  const [rows, width, inner, outer] = filter;
  const places = rows! * width!;
  if (task.tag === 'by filter')
    return {
      ...{ tiles: places * Math.ceil(inner! / tileRows), columns: outer! },
      steps: y[0]! * y[1]! * y[2]!,
    };
  const [result, columns, depth] =
    task.tag === 'forward' ? [y, outer!, inner!] : [x, inner!, outer!];
  const images = rowsOf(result[0]!, task.apart);
  return {
    tiles: Math.ceil((images * result[1]! * result[2]!) / tileRows),
    ...{ columns, steps: places * depth },
  };
};

/** To pack a number takes as long as so many products. */
const packing = 8;
/** Columns beyond which a strip is packed once more anyway. */
const mostAtOnce = 256;

/**
 * Where to cut: rows into so many parts and columns into so many. A thread packs what it reads by itself, so narrow parts
 * cost more; of more parts than threads a thread that is held up does fewer.
 */
const cutFor = ({ tiles, columns }: Extent, threads: number): readonly [number, number] => {
  let best: readonly [number, number] = [1, 1];
  let least = Infinity;
  const strips = Math.ceil(columns / tileColumns);
  for (const count of [1, threads, 2 * threads, 4 * threads])
    for (let down = 1; down <= count; down++) {
      const across = count / down;
      if (!Number.isInteger(across) || down > tiles || across > strips) continue;
      const height = tileRows * Math.ceil(tiles / down);
      const width = tileColumns * Math.ceil(strips / across);
      const each = height * width * (1 + packing / height + packing / Math.min(width, mostAtOnce));
      const time = each * Math.ceil(count / threads) * (1 + 0.1 / Math.ceil(count / threads));
      if (time < least) [best, least] = [[down, across], time];
    }
  return best;
};

/** The parts of a matrix for so many threads. */
const sharesOf = (extent: Extent, threads: number): readonly Share[] => {
  const [down, across] = threads === 1 ? [1, 1] : cutFor(extent, threads);
  const strips = Math.ceil(extent.columns / tileColumns);
  const cut = (length: number, count: number) => parts(length, Math.ceil(length / count));
  return cut(extent.tiles, down).flatMap((tiles) =>
    cut(strips, across).map(({ first, length }) => {
      const begin = tileColumns * first;
      const end = Math.min(extent.columns, begin + tileColumns * length);
      return { tiles, columns: { first: begin, length: end - begin } };
    }),
  );
};

/** Work that may be done at once, on whatever operands. */
export type Ready = {
  readonly shares: readonly Share[]; // for all threads
  readonly whole: readonly Share[]; // for one
  /** products of two numbers that are added up, at most */
  readonly products: number;
  /** whether tiles have rows of several pixels, of which some see less than others */
  readonly mixes: boolean;
  readonly does: Do;
};

/** Makes work ready for so many threads; `room` is what it shares with other work. */
export const readyFor = (work: Work, threads: number, room: Room): Ready => {
  const extent = extentOf(work);
  const mixes =
    work.tag !== 'by filter' &&
    !work.apart &&
    work.of.x[0]! % tileRows > 0 &&
    reachOf(work).some(({ pixels }) => pixels.includes(-1));
  return {
    shares: sharesOf(extent, threads),
    whole: sharesOf(extent, 1),
    products: tileRows * extent.tiles * extent.columns * extent.steps,
    mixes,
    does: work.tag === 'by filter' ? summing(work) : gathering(work, mixes, room),
  };
};
