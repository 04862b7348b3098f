/**
 * Threads on one memory: whoever does which part of a convolution, the bits are those of one thread. Tasks are shared
 * however small they are.
 */
import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Convolution } from '../../../src/kernel/rows/products.ts';
import { windowsOver } from '../../../src/kernel/loops.ts';
import { elements } from '../../../src/numeric/tensor.ts';
import { crewOf, endCrew, helpedOn, newBoard } from '../../../src/runtime/engines/simd/crew.ts';
import { workBytes } from '../../../src/runtime/engines/simd/machine.ts';
import { productsOn, type Products } from '../../../src/runtime/engines/simd/products.ts';
import { Memory, mostPages } from '../../../src/runtime/engines/simd/web-assembly.ts';
import { windowsDownAndAcross } from '../../../src/runtime/engines/windows.ts';
import { startHelpers } from '../../../src/runtime/node/wasm/helpers.ts';
import { numbers } from './memory.ts';

type Shape = readonly number[];
/** Of each result: to compare millions of numbers one by one takes longer than to compute them. */
type Digests = {
  readonly [Direction in 'forward' | 'joined' | 'byInput' | 'byFilter']: string;
};

const page = 2 ** 16;

/** A memory that grows, where arrays are put one behind the other, with products on it. */
type Place = { readonly memory: Memory; readonly products: Products; readonly first: number };

/** All directions of a convolution. */
const directions = (
  { memory, products, first }: Place,
  windows: Convolution,
  xShape: Shape,
  filterShape: Shape,
): Digests => {
  const over = windowsOver({ window: [filterShape[0]!, filterShape[1]!], ...windows }, xShape);
  const yShape = [xShape[0]!, ...over, filterShape[3]!];
  const axes = windowsDownAndAcross(windows, filterShape, xShape, yShape);
  const of = { x: xShape, filter: filterShape, y: yShape, axes };
  let end = first;
  const room = (shape: Shape): (() => Float32Array) => {
    const address = end;
    end += 4 * elements(shape) + 64;
    const missing = Math.ceil((end - memory.buffer.byteLength) / page);
    if (missing > 0) memory.grow(missing);
    return () => new Float32Array(memory.buffer, address, elements(shape));
  };
  const put = (shape: Shape, name: string): (() => Float32Array) => {
    const array = room(shape);
    array().set(numbers(shape, name).data);
    return array;
  };
  const [x, filter, dy] = [put(xShape, 'x'), put(filterShape, 'filter'), put(yShape, 'dy')];
  const channels = (name: string) => put([filterShape[3]!], name);
  const [bias, gamma, beta, mean, variance] = [
    ...[channels('bias'), channels('gamma'), channels('beta'), channels('mean')],
    channels('variance'),
  ] as const;
  variance().forEach((x, i, all) => (all[i] = x * x));
  const made = (shape: Shape, write: (out: Float32Array) => void): string => {
    const out = room(shape);
    out().fill(NaN);
    write(out());
    return createHash('sha256').update(Buffer.from(out().slice().buffer)).digest('hex');
  };
  return {
    forward: made(yShape, (out) =>
      products.forward(of, out, x(), filter(), { bias: bias(), bounds: [0, Infinity] }),
    ),
    joined: made(yShape, (out) =>
      products.forward(of, out, x(), filter(), {
        ...{ plus: dy(), bounds: [0, 6] },
        norm: {
          ...{ gamma: gamma(), beta: beta(), mean: mean(), variance: variance() },
          epsilon: 1e-3,
        },
      }),
    ),
    byInput: made(xShape, (out) => products.byInput(of, out, filter(), dy())),
    byFilter: made(filterShape, (out) => products.byFilter(of, out, x(), dy())),
  };
};

const single = (): Place => {
  const memory = new Memory({ initial: Math.ceil(workBytes / page) + 2 });
  return { memory, products: productsOn(memory, 1024), first: 1024 + workBytes };
};

describe.each([2, 3])('on %i threads', (threads) => {
  const board = newBoard();
  let shared: Place;
  let one: Place;
  beforeAll(async () => {
    const first = 1024 + threads * workBytes;
    const memory = new Memory({
      ...{ initial: Math.ceil(first / page) + 1, maximum: mostPages, shared: true },
    });
    const helpers = startHelpers(threads - 1, 30_000);
    const each = Array.from({ length: threads - 1 }, (_, i) => ({
      ...{ board, memory, begin: 1024 + (i + 1) * workBytes },
    }));
    expect(await helpers.join(each)).toEqual(E.right(undefined));
    shared = { memory, products: productsOn(memory, 1024, crewOf(board, threads, 0)), first };
    one = single();
  });
  afterAll(() => endCrew(board));

  const plain = { strides: [1, 1], dilations: [1, 1], padding: 'SAME' } as const;
  it.each([
    ['a few channels', plain, [2, 5, 3, 5], [3, 3, 5, 6]],
    ['one row and one column', plain, [1, 1, 1, 1], [1, 1, 1, 1]],
    ['many pixels of one image', plain, [1, 33, 37, 3], [3, 3, 3, 70]],
    ['many images', plain, [33, 4, 4, 8], [3, 3, 8, 9]],
    ['few pixels and many channels', plain, [1, 3, 3, 130], [1, 1, 130, 520]],
    ['more channels than are packed at once', plain, [1, 2, 2, 1030], [2, 2, 1030, 20]],
    ['a filter of one number', plain, [5, 7, 7, 1], [1, 1, 1, 1]],
    ['strides', { ...plain, strides: [2, 3] }, [3, 9, 8, 7], [3, 3, 7, 17]],
    ['dilations', { ...plain, dilations: [2, 2], padding: 'VALID' }, [2, 9, 9, 6], [3, 3, 6, 12]],
  ] as const)('computes %s as one thread does', (_, windows, x, filter) => {
    for (let times = 0; times < 3; times++)
      expect(directions(shared, windows, x, filter)).toEqual(directions(one, windows, x, filter));
  });

  it('has others do some of it', () => {
    const before = helpedOn(board);
    // a helper may be held up by other programs, so some tries are given
    for (let i = 0; i < 100 && helpedOn(board) === before; i++)
      directions(shared, plain, [4, 16, 16, 32], [3, 3, 32, 32]);
    expect(helpedOn(board)).toBeGreaterThan(before);
  });
});
