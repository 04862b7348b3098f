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
  andBits,
  assemble,
  choose,
  constant,
  differs,
  either,
  exceeds,
  func,
  get,
  greater,
  lesser,
  load,
  loadFloat,
  loadInt,
  loadSome,
  loadSplat,
  multiplyFloats,
  orBits,
  repeat,
  same,
  sequence,
  set,
  shiftRight,
  shuffle,
  splat,
  store,
  storeFloat,
  storeSome,
  type Local,
} from './assembler.ts';
import { endMaps, sumOfSquares } from './pass-code.ts';

/** Rows of a tile, which is what a strip of a has for each step. */
export const tileRows = 4;
/** Columns of a tile, which is what a strip of b has for each step. */
export const tileColumns = 8;

const [float, vector] = [4, 16]; // bytes
const rows = [0, 1, 2, 3] as const;

/** Words of the table for a tile: its strip of a, its rows, and how many runs follow. */
export const tileWords = 1 + tileRows + 1;
/** Words for a run: bytes to its first step in the strip of b, and its steps. */
export const runWords = 2;

type Set = ReturnType<typeof set>;

/** The vectors of so many floats, by number. */
const parts = (width: number): readonly number[] => (width > 4 ? [0, 1] : [0]);

/** How many of the first `width` floats of a row lie in its vector j. */
const inVector = (width: number, j: number): number => Math.max(0, Math.min(4, width - 4 * j));

const unlessZero = (local: Local<'i32'>, body: Set): Set => either(get(local), body, sequence());

/** Of each vector of a tile, with the address of its row and its place there. */
type Each = (f: (sum: Local<'v128'>, row: Local<'i32'>, j: number) => Set) => Set;

/** What becomes of the sums of a tile, as `tiles` says, and the store of them. */
const endOf = (
  width: number,
  each: Each,
  locals: {
    readonly [name in 'gamma' | 'beta' | 'apart' | 'bounds' | 'nan']: Local<'i32'>;
  } & { readonly wrong: Local<'v128'> },
): Set => {
  const { gamma, beta, apart, bounds, nan, wrong } = locals;
  const some = (row: Line32, j: number) => loadSome(inVector(width, j), row, vector * j);
  const scaled = (sum: Line, j: number) =>
    addFloats(multiplyFloats(sum, load(get(gamma), vector * j)), load(get(beta), vector * j));
  const clamped = (sum: Line) =>
    lesser(greater(sum, loadSplat(get(bounds))), loadSplat(get(bounds), float));
  return sequence(
    unlessZero(
      gamma,
      each((sum, _, j) => set(sum, scaled(get(sum), j))),
    ),
    unlessZero(
      apart,
      each((sum, row, j) => set(sum, addFloats(get(sum), some(add(get(row), get(apart)), j)))),
    ),
    unlessZero(
      nan,
      each((sum) => set(wrong, orBits(get(wrong), differs(get(sum), get(sum))))),
    ),
    each((sum, row, j) => storeSome(inVector(width, j), get(row), clamped(get(sum)), vector * j)),
  );
};
type Line32 = ReturnType<typeof get<'i32'>>;

/**
 * tiles(table, count, strip of b, bytes to the columns, start, gamma, beta, apart, bounds, nan): tiles one below the other,
 * of which so many columns are there. Runs are the steps of b that a tile takes, and a has those alone. Sums begin with the
 * eight numbers at `start`, or with what is there if `start` is 0. They are multiplied by the eight at `gamma` and those at
 * `beta` are added, unless `gamma` is 0; then what lies `apart` bytes from the result is added, unless that is 0; and they
 * are clamped to the two numbers at `bounds`. The vector at `nan`, unless that is 0, gets bits where one is no number.
 */
const tiles = (width: number) =>
  func(
    `tiles${width}`,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    ([table, count, strip, column, start, gamma, beta, apart, bounds, nan], fresh) => {
      const wrong = fresh('v128');
      const [a, b, runs, steps] = [fresh('i32'), fresh('i32'), fresh('i32'), fresh('i32')];
      const row = rows.map(() => fresh('i32'));
      const sums = rows.map(() => parts(width).map(() => fresh('v128')));
      const [one, right] = [fresh('v128'), parts(width).map(() => fresh('v128'))];
      const each = (f: (sum: Local<'v128'>, row: Local<'i32'>, j: number) => Set) =>
        sequence(...sums.flatMap((line, i) => line.map((sum, j) => f(sum, row[i]!, j))));
      const step = sequence(
        ...right.map((numbers, j) => set(numbers, load(get(b), vector * j))),
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
      const ended = endOf(width, each, { gamma, beta, apart, bounds, nan, wrong });
      const tile = sequence(
        set(a, loadInt(get(table))),
        ...row.map((line, i) => set(line, add(get(column), loadInt(get(table), 4 + 4 * i)))),
        set(runs, loadInt(get(table), 4 * (tileWords - 1))),
        advance(table, constant(4 * tileWords)),
        either(
          get(start),
          each((sum, _, j) => set(sum, load(get(start), vector * j))),
          each((sum, line, j) => set(sum, loadSome(inVector(width, j), get(line), vector * j))),
        ),
        repeat(runs, run),
        ended,
      );
      const told = unlessZero(nan, store(get(nan), orBits(get(wrong), load(get(nan)))));
      return [repeat(count, tile), told];
    },
  );

/**
 * packRows(to, bytes to the next step, four rows, steps, strips, bytes to the next strip, bytes to its rows): step i of
 * the strip is number i of each row.
 */
const packRows = func(
  'packRows',
  ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  ([to, next, row0, row1, row2, row3, steps, strips, nextStrip, nextRows], fresh) => {
    const [count, target] = [fresh('i32'), fresh('i32')];
    const given = [row0, row1, row2, row3] as const;
    const from = given.map(() => fresh('i32'));
    const lines = from.map(() => fresh('v128'));
    const pairs = from.map(() => fresh('v128'));
    const [l0, l1, l2, l3] = lines.map(get) as [Line, Line, Line, Line];
    const [p0, p1, p2, p3] = pairs.map(get) as [Line, Line, Line, Line];
    const [low, high] = [[0, 4, 1, 5] as const, [2, 6, 3, 7] as const];
    const [first, second] = [[0, 1, 4, 5] as const, [2, 3, 6, 7] as const];
    const paired = [
      ...[shuffle(l0, l1, low), shuffle(l2, l3, low)],
      ...[shuffle(l0, l1, high), shuffle(l2, l3, high)],
    ];
    const columns = [
      ...[shuffle(p0, p1, first), shuffle(p0, p1, second)],
      ...[shuffle(p2, p3, first), shuffle(p2, p3, second)],
    ];
    const four = sequence(
      ...from.map((row, i) => set(lines[i]!, load(get(row)))),
      ...pairs.map((pair, i) => set(pair, paired[i]!)),
      ...columns.flatMap((column) => [store(get(target), column), advance(target, get(next))]),
      ...from.map((row) => advance(row, constant(vector))),
    );
    const single = sequence(
      ...from.map((row, i) => storeFloat(get(target), loadFloat(get(row)), float * i)),
      advance(target, get(next)),
      ...from.map((row) => advance(row, constant(float))),
    );
    const strip = sequence(
      ...[set(target, get(to)), ...from.map((row, i) => set(row, get(given[i]!)))],
      ...[set(count, shiftRight(get(steps), constant(2))), repeat(count, four)],
      ...[set(count, and(get(steps), constant(3))), repeat(count, single)],
      ...[advance(to, get(nextStrip)), ...given.map((row) => advance(row, get(nextRows)))],
    );
    return [repeat(strips, strip)];
  },
);
type Line = ReturnType<typeof get<'v128'>>;

/**
 * packColumns(to, bytes to the next strip, from, bytes to the next row, rows, strips): step i of a strip is `width`
 * neighbours of row i, and the next strip has the next ones. Where fewer of them are there, the others are zeros.
 */
const packColumns = (width: number, there: number) =>
  func(
    `packColumns${width}of${there}`,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    ([to, nextStrip, from, nextRow, steps, strips], fresh) => {
      const [target, source, count] = [fresh('i32'), fresh('i32'), fresh('i32')];
      const numbers = (j: number) => loadSome(inVector(there, j), get(source), vector * j);
      const row = sequence(
        ...[set(target, get(to)), set(source, get(from)), set(count, get(strips))],
        repeat(
          count,
          sequence(
            ...parts(width).map((j) => store(get(target), numbers(j), vector * j)),
            advance(target, get(nextStrip)),
            advance(source, constant(float * width)),
          ),
        ),
        ...[advance(to, constant(float * width)), advance(from, get(nextRow))],
      );
      return [repeat(steps, row)];
    },
  );

/**
 * giveLargest(addresses, pixels, gradient, vectors, bytes from what was read to the result): adds the gradient of a window
 * to the pixel with its largest number, of several to the first, for each channel. What is not larger than the number
 * before, as NaN is not, gets nothing.
 */
const giveLargest = func(
  'giveLargest',
  ['i32', 'i32', 'i32', 'i32', 'i32'],
  ([addresses, pixels, gradient, count, apart], fresh) => {
    const [offset, at, number, left] = [fresh('i32'), fresh('i32'), fresh('i32'), fresh('i32')];
    const [largest, first, read] = [fresh('v128'), fresh('v128'), fresh('v128')];
    const address = add(loadInt(get(at)), get(offset));
    /** for each pixel, whose number is `number` */
    const each = (...body: readonly Set[]) =>
      sequence(
        ...[set(at, get(addresses)), set(number, constant(0)), set(left, get(pixels))],
        repeat(left, sequence(...body, advance(at, constant(4)), advance(number, constant(1)))),
      );
    return [
      repeat(
        count,
        sequence(
          set(largest, load(add(loadInt(get(addresses)), get(offset)))),
          set(first, splat(constant(0))),
          each(
            set(read, load(address)),
            set(first, choose(splat(get(number)), get(first), exceeds(get(read), get(largest)))),
            set(largest, choose(get(read), get(largest), exceeds(get(read), get(largest)))),
          ),
          set(read, load(add(get(gradient), get(offset)))),
          each(
            store(
              add(address, get(apart)),
              addFloats(
                load(add(address, get(apart))),
                andBits(get(read), same(get(first), splat(get(number)))),
              ),
            ),
          ),
          advance(offset, constant(vector)),
        ),
      ),
    ];
  },
);

const upTo = (width: number): readonly number[] => Array.from({ length: width }, (_, i) => i + 1);

/** The module, 6 KiB: made in a few milliseconds, so nothing is to be built or read. */
export const moduleBytes = (shared: boolean): Uint8Array<ArrayBuffer> =>
  assemble(
    [
      ...upTo(tileColumns).map(tiles),
      ...[tileRows, tileColumns].flatMap((width) => upTo(width).map((n) => packColumns(width, n))),
      ...[packRows, giveLargest, endMaps, sumOfSquares],
    ],
    shared,
  );
