/**
 * Work on a memory as data, so that any thread can do any part of it. A part is a block of the result, and each number of
 * the result is computed in one way wherever its block ends: so the bits do not depend on who does what.
 */
import { asProduct, seeing, seenBy, type Convolved } from './convolved.ts';
import { tileColumns, tileRows } from './code.ts';
import { gather, rowsOf, type Gathered, type MapAt, type PackFilter } from './gathered.ts';
import type { Machine } from './machine.ts';
import { packColumnsAcross, packColumnsAlong } from './strips.ts';
import { sum, type Summed } from './summed.ts';
import { parts, type Share } from './tiling.ts';

/** Convolutions in their three directions; `at` has addresses. */
export type Task =
  | {
      readonly tag: 'forward';
      readonly of: Convolved;
      readonly at: {
        readonly x: number;
        readonly filter: number;
        readonly bias: number; // 0 for none
        readonly y: number;
      };
      /** what results are clamped to, on either side */
      readonly low: number | null;
      readonly high: number | null;
      readonly apart: boolean; // see `Gathered`
    }
  | {
      readonly tag: 'by input';
      readonly of: Convolved;
      readonly at: { readonly x: number; readonly filter: number; readonly y: number };
      readonly apart: boolean;
    }
  | {
      readonly tag: 'by filter';
      readonly of: Convolved;
      readonly at: { readonly x: number; readonly filter: number; readonly y: number };
    };

const mapAt = (address: number, [, height, width, channels]: readonly number[]): MapAt => ({
  ...{ address, height: height!, width: width!, channels: channels! },
});

/** How the filter is packed: by rows as it lies there, or turned and by columns. */
const packsFilter = (task: Task, [rows, width, inner, outer]: readonly number[]): PackFilter => {
  const begin = task.at.filter;
  const place = (of: number, channel: number): number =>
    begin + 4 * (of * inner! + channel) * outer!;
  return task.tag === 'forward'
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

const gathered = (task: Exclude<Task, { tag: 'by filter' }>): Gathered => {
  const { x, filter, y, axes } = asProduct(task.of);
  const packFilter = packsFilter(task, filter);
  const shared = { images: x[0]!, packFilter, apart: task.apart };
  if (task.tag === 'forward')
    return {
      ...shared,
      ...{ read: mapAt(task.at.x, x), result: mapAt(task.at.y, y) },
      ...{ down: seenBy(axes[0]), across: seenBy(axes[1]), bias: task.at.bias },
      bounds: [task.low ?? -Infinity, task.high ?? Infinity],
    };
  return {
    ...shared,
    ...{ read: mapAt(task.at.y, y), result: mapAt(task.at.x, x) },
    ...{ down: seeing(axes[0]), across: seeing(axes[1]), bias: 0 },
    bounds: [-Infinity, Infinity],
  };
};

const summed = ({ of, at }: Extract<Task, { tag: 'by filter' }>): Summed => {
  const { x, y, axes } = asProduct(of);
  return {
    ...{ images: x[0]!, read: mapAt(at.x, x), gradient: mapAt(at.y, y) },
    ...{ down: seenBy(axes[0]), across: seenBy(axes[1]), result: at.filter },
  };
};

/** A matrix that a task makes, in tiles, of which each is a sum of so many products. */
type Extent = { readonly tiles: number; readonly columns: number; readonly steps: number };

const extentOf = (task: Task): Extent => {
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

/** Products of two numbers that a task adds up, at most. */
export const productsIn = (task: Task): number => {
  const { tiles, columns, steps } = extentOf(task);
  return tileRows * tiles * columns * steps;
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

/** The parts of a task for so many threads. */
export const sharesOf = (task: Task, threads: number): readonly Share[] => {
  const extent = extentOf(task);
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

/** Does a part of a task. */
export const doShare = (on: Machine, task: Task, share: Share): void =>
  task.tag === 'by filter' ? sum(on, summed(task), share) : gather(on, gathered(task), share);
