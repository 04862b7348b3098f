/**
 * The inner loops of a product of matrices, in WebAssembly.
 *
 * A tile is 4 × 8 numbers of the result: 8 vectors, which stay in registers while the products of a whole strip are
 * added up. Each step loads two vectors of b and four numbers of a, each spread over a vector, multiplies and adds
 * eight times. That is 14 registers of the 16 that x86 has, and 8 products and 8 sums for 6 loads: a core that does two
 * of each at once is kept busy. Larger tiles (6 × 8, 4 × 12) run over the registers and take half as long again.
 *
 * What a tile reads is packed first (Goto and van de Geijn 2008): strips of a have 4 numbers for each step, and strips
 * of b have 8, so that a strip is read from front to back.
 */
import {
  add,
  addFloats,
  advance,
  and,
  assemble,
  constant,
  either,
  func,
  get,
  greater,
  lesser,
  load,
  loadFloat,
  loadInt,
  loadSplat,
  multiplyFloats,
  repeat,
  sequence,
  set,
  shiftRight,
  shuffle,
  store,
  storeFloat,
  type Local,
} from './assembler.ts';

/** Rows of a tile, which is what a strip of a has for each step. */
export const tileRows = 4;
/** Columns of a tile, which is what a strip of b has for each step. */
export const tileColumns = 8;

const [float, vector] = [4, 16]; // bytes
const rows = [0, 1, 2, 3] as const;
const vectors = [0, 1] as const; // of a row

/** Words of the table for a tile: its strip of a, its rows, and how many runs follow. */
export const tileWords = 1 + tileRows + 1;
/** Words for a run: bytes to its first step in the strip of b, and its steps. */
export const runWords = 2;

/**
 * tiles(table, count, strip of b, bytes to the columns, start, bounds): tiles one below the other. Runs are the steps of
 * b that a tile takes, and a has those alone. Sums begin with the eight numbers at `start`, or with what is there if
 * `start` is 0, and are clamped to the two numbers at `bounds`.
 */
const tiles = func(
  'tiles',
  ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  ([table, count, strip, column, start, bounds], fresh) => {
    const [a, b, runs, steps] = [fresh('i32'), fresh('i32'), fresh('i32'), fresh('i32')];
    const row = rows.map(() => fresh('i32'));
    const sums = rows.map(() => vectors.map(() => fresh('v128')));
    const [one, ...right] = [fresh('v128'), fresh('v128'), fresh('v128')];
    const each = (
      f: (sum: Local<'v128'>, row: Local<'i32'>, j: number) => ReturnType<typeof set>,
    ) => sequence(...sums.flatMap((line, i) => line.map((sum, j) => f(sum, row[i]!, vector * j))));
    const step = sequence(
      ...right.map((b8, j) => set(b8, load(get(b), vector * j))),
      ...sums.flatMap((line, i) => [
        set(one, loadSplat(get(a), float * i)),
        ...line.map((sum, j) =>
          set(sum, addFloats(get(sum), multiplyFloats(get(one), get(right[j]!)))),
        ),
      ]),
      advance(a, constant(float * tileRows)),
      advance(b, constant(float * tileColumns)),
    );
    const run = sequence(
      set(b, add(get(strip), loadInt(get(table)))),
      set(steps, loadInt(get(table), 4)),
      advance(table, constant(4 * runWords)),
      repeat(steps, step),
    );
    const tile = sequence(
      set(a, loadInt(get(table))),
      ...row.map((line, i) => set(line, add(get(column), loadInt(get(table), 4 + 4 * i)))),
      set(runs, loadInt(get(table), 4 * (tileWords - 1))),
      advance(table, constant(4 * tileWords)),
      either(
        get(start),
        each((sum, _, offset) => set(sum, load(get(start), offset))),
        each((sum, line, offset) => set(sum, load(get(line), offset))),
      ),
      repeat(runs, run),
      each((sum, line, offset) =>
        store(
          get(line),
          lesser(greater(get(sum), loadSplat(get(bounds))), loadSplat(get(bounds), float)),
          offset,
        ),
      ),
    );
    return [repeat(count, tile)];
  },
);

/** packRows(to, bytes to the next step, four rows, steps): step i of the strip is number i of each row. */
const packRows = func(
  'packRows',
  ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  ([to, next, ...given], fresh) => {
    const [steps, from] = [given[4], given.slice(0, 4) as readonly Local<'i32'>[]];
    const count = fresh('i32');
    const lines = from.map(() => fresh('v128'));
    const pairs = from.map(() => fresh('v128'));
    const [l0, l1, l2, l3] = lines.map(get) as [Line, Line, Line, Line];
    const [p0, p1, p2, p3] = pairs.map(get) as [Line, Line, Line, Line];
    const [low, high] = [
      [0, 4, 1, 5],
      [2, 6, 3, 7],
    ];
    const [first, second] = [
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ];
    const columns = [
      shuffle(p0, p1, first!),
      shuffle(p0, p1, second!),
      shuffle(p2, p3, first!),
      shuffle(p2, p3, second!),
    ];
    const made = [
      shuffle(l0, l1, low!),
      shuffle(l2, l3, low!),
      shuffle(l0, l1, high!),
      shuffle(l2, l3, high!),
    ];
    return [
      set(count, shiftRight(get(steps), constant(2))),
      repeat(
        count,
        sequence(
          ...from.map((row, i) => set(lines[i]!, load(get(row)))),
          ...pairs.map((pair, i) => set(pair, made[i]!)),
          ...columns.flatMap((column) => [store(get(to), column), advance(to, get(next))]),
          ...from.map((row) => advance(row, constant(vector))),
        ),
      ),
      set(count, and(get(steps), constant(3))),
      repeat(
        count,
        sequence(
          ...from.map((row, i) => storeFloat(get(to), loadFloat(get(row)), float * i)),
          advance(to, get(next)),
          ...from.map((row) => advance(row, constant(float))),
        ),
      ),
    ];
  },
);
type Line = ReturnType<typeof get<'v128'>>;

/**
 * packColumns(to, bytes to the next strip, from, bytes to the next row, rows, strips): step i of a strip is so many
 * neighbours of row i, and the next strip has the next ones.
 */
const packColumns = (width: number) =>
  func(
    `packColumns${width}`,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    ([to, nextStrip, from, nextRow, steps, strips], fresh) => {
      const [target, source, count] = [fresh('i32'), fresh('i32'), fresh('i32')];
      const offsets = Array.from({ length: width / 4 }, (_, i) => vector * i);
      const row = sequence(
        ...[set(target, get(to)), set(source, get(from)), set(count, get(strips))],
        repeat(
          count,
          sequence(
            ...offsets.map((i) => store(get(target), load(get(source), i), i)),
            advance(target, get(nextStrip)),
            advance(source, constant(float * width)),
          ),
        ),
        ...[advance(to, constant(float * width)), advance(from, get(nextRow))],
      );
      return [repeat(steps, row)];
    },
  );

/** The module, 1 KiB: made in a millisecond, so nothing is to be built or read. */
export const moduleBytes = (): Uint8Array<ArrayBuffer> =>
  assemble([tiles, packRows, packColumns(tileRows), packColumns(tileColumns)]);
