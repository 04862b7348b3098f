/**
 * netc's own convolutions in WebAssembly, in all three directions, against the float64 reference of the kernels. All of
 * the memory beside operands is NaN: what reads too far is seen in the result, and what writes too far in the fences.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import type { Convolution } from '../../../src/kernel/rows/products.ts';
import { windowsOver } from '../../../src/kernel/loops.ts';
import { kernelRow } from '../../../src/kernel/table.ts';
import { zeros, type Tensor } from '../../../src/numeric/tensor.ts';
import { maxPoolGradLoop } from '../../../src/runtime/engines/loops.ts';
import type { Ending } from '../../../src/runtime/engines/simd/products.ts';
import { windowsDownAndAcross } from '../../../src/runtime/engines/windows.ts';
import { bench, numbers } from './memory.ts';

type Size = {
  readonly images: number;
  readonly map: readonly [height: number, width: number];
  readonly channels: readonly [from: number, to: number];
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: 'SAME' | 'VALID';
};

const expectClose = (found: Float32Array, kernel: Kernel, operands: readonly Tensor[]): void => {
  const [expected] = kernelRow(kernel).reference(kernel, operands, []);
  const largest = Math.max(1e-3, ...expected!.data.map(Math.abs));
  const off = Math.max(...expected!.data.map((x, i) => Math.abs(x - found[i]!)));
  // 1e-4 is what is asked for; sums of a few thousand numbers of float32 are far within
  expect(off / largest, JSON.stringify(kernel)).toBeLessThan(1e-5);
};

type Direction = 'forward' | 'by input' | 'by filter';

/** Compares all directions of a convolution with the reference; undefined where no window fits. */
const compare = (size: Size, directions: readonly Direction[] = all): void => {
  const { images, map, channels, window, strides, dilations, padding } = size;
  const kernel: Convolution = { strides, dilations, padding };
  const x = numbers([images, ...map, channels[0]], 'x');
  const filter = numbers([...window, ...channels], 'filter');
  const over = windowsOver({ window, ...kernel }, x.shape);
  if (over.some((n) => n < 1)) return;
  const dy = numbers([images, ...over, channels[1]], 'dy');
  const { products, put, made } = bench();
  const axes = windowsDownAndAcross(kernel, filter.shape, x.shape, dy.shape);
  const of = { x: x.shape, filter: filter.shape, y: dy.shape, axes };
  const [from, weights, gradient] = [put(x), put(filter), put(dy)];
  const ending: Ending = { bias: undefined, bounds: [-Infinity, Infinity] };
  if (directions.includes('forward'))
    expectClose(
      made(of.y, (out) => products.forward(of, out, from(), weights(), ending)),
      { op: 'Conv2D', ...kernel },
      [x, filter],
    );
  if (directions.includes('by input'))
    expectClose(
      made(of.x, (out) => products.byInput(of, out, weights(), gradient())),
      { op: 'Conv2DBackpropInputV2', ...kernel },
      [x, filter, dy],
    );
  if (directions.includes('by filter'))
    expectClose(
      made(of.filter, (out) => products.byFilter(of, out, from(), gradient())),
      { op: 'Conv2DBackpropFilterV2', ...kernel },
      [x, filter, dy],
    );
};
const all: readonly Direction[] = ['forward', 'by input', 'by filter'];

const plain: Size = {
  images: 2,
  map: [5, 3],
  channels: [5, 6],
  window: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  padding: 'SAME',
};

describe('own convolutions', () => {
  it.each(Array.from({ length: 17 }, (_, i) => i + 1))('with %i channels on either side', (n) => {
    for (const images of [1, 2, 3]) {
      compare({ ...plain, images, channels: [n, 9] });
      compare({ ...plain, images, channels: [7, n] });
    }
  });

  it.each<readonly [string, Partial<Size>]>([
    ['more channels than are packed at once', { channels: [1030, 3], map: [2, 2] }],
    ['more columns than are packed at once', { channels: [3, 1030], map: [2, 2] }],
    ['more images than are packed at once', { images: 1030, map: [2, 1], channels: [3, 2] }],
    ['more pixels than tiles at once', { images: 1, map: [33, 37], channels: [1, 1] }],
    ['images in fours', { images: 12, map: [3, 3] }],
    ['images in fours and one', { images: 13, map: [3, 2] }],
    ['a window larger than the map', { map: [2, 2], window: [5, 5] }],
    ['a window of one pixel', { window: [1, 1] }],
    ['strides', { strides: [2, 3], map: [7, 8] }],
    ['strides that leave pixels out', { strides: [3, 3], window: [1, 1], map: [7, 8] }],
    ['dilations', { dilations: [2, 3], map: [7, 9], padding: 'VALID' }],
  ])('with %s', (_, size) => compare({ ...plain, ...size }));

  it('of any sizes', () => {
    const pair = (most: number) =>
      fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }));
    const sizes = fc.record<Size>({
      images: fc.integer({ min: 1, max: 9 }),
      map: pair(9),
      channels: pair(21),
      window: pair(4),
      strides: pair(3),
      dilations: pair(2),
      padding: fc.constantFrom('SAME', 'VALID'),
    });
    const numRuns = process.env['NETC_DEEP'] === undefined ? 150 : 3000;
    fc.assert(
      fc.property(sizes, (size) => compare(size)),
      { numRuns },
    );
  });

  it.each(Array.from({ length: 9 }, (_, i) => [i + 1, 9 - i] as const))(
    'reads nothing behind its operands, of %i and %i channels',
    (from, to) => {
      const windows = { strides: [1, 1], padding: 'SAME' } as const;
      const [x, filter] = [numbers([3, 2, 3, from], 'x'), numbers([3, 2, from, to], 'filter')];
      const y = numbers([3, 2, 3, to], 'y');
      const axes = windowsDownAndAcross(windows, filter.shape, x.shape, y.shape);
      const of = { x: x.shape, filter: filter.shape, y: y.shape, axes };
      const ending: Ending = { bias: undefined, bounds: [-Infinity, Infinity] };
      const results = [undefined, x, filter, y].map((last) => {
        const { products, put, putLast } = bench();
        const out = [y, x, filter].map(({ shape }) => put(zeros(shape)));
        const [a, b, c] = [x, filter, y].map((t) => (t === last ? undefined : put(t)));
        const behind = last && putLast(last);
        const [input, weights, made] = [a, b, c].map((array) => (array ?? behind)!());
        products.forward(of, out[0]!(), input!, weights!, ending);
        products.byInput(of, out[1]!(), weights!, made!);
        products.byFilter(of, out[2]!(), input!, made!);
        return out.map((array) => array().slice());
      });
      for (const result of results) expect(result).toEqual(results[0]);
    },
  );

  it('adds a bias, clamps, and keeps NaN', () => {
    const { products, put, made } = bench();
    const x = numbers([4, 2, 2, 3], 'x');
    const filter = numbers([1, 1, 3, 10], 'filter');
    x.data[0] = NaN;
    const bias = numbers([10], 'bias');
    const y = [4, 2, 2, 10];
    const windows = { strides: [1, 1], padding: 'SAME' } as const;
    const axes = windowsDownAndAcross(windows, filter.shape, x.shape, y);
    const [from, weights, added] = [put(x), put(filter), put(bias)];
    const found = made(y, (out) =>
      products.forward({ x: x.shape, filter: filter.shape, y, axes }, out, from(), weights(), {
        ...{ bias: added(), bounds: [0, 0.5] },
      }),
    );
    const sum = (i: number): number =>
      [0, 1, 2].reduce(
        (all, c) => all + x.data[3 * Math.floor(i / 10) + c]! * filter.data[10 * c + (i % 10)]!,
        bias.data[i % 10]!,
      );
    found.forEach((number, i) => {
      if (i < 10) expect(number).toBeNaN();
      else expect(number).toBeCloseTo(Math.min(0.5, Math.max(0, sum(i))), 5);
    });
  });

  it.each([NaN, Infinity, -Infinity])(
    'lets %d of a filter be where it sees the map alone',
    (weight) => {
      for (const images of [1, 2, 5]) {
        const { products, put, made } = bench();
        const kernel = { strides: [2, 1], dilations: [1, 1], padding: 'SAME' } as const;
        const [x, filter] = [numbers([images, 5, 3, 3], 'x'), numbers([3, 3, 3, 9], 'filter')];
        const dy = numbers([images, 3, 3, 9], 'dy');
        filter.data[1] = weight; // the first place of the window, beside the map in the first row and column
        const axes = windowsDownAndAcross(kernel, filter.shape, x.shape, dy.shape);
        const of = { x: x.shape, filter: filter.shape, y: dy.shape, axes };
        const ending: Ending = { bias: undefined, bounds: [-Infinity, Infinity] };
        const [from, weights, gradient] = [put(x), put(filter), put(dy)];
        const kinds = (all: ArrayLike<number>): readonly number[] =>
          Array.from(all, (number) => (Number.isFinite(number) ? 0 : number));
        const expected = (op: 'Conv2D' | 'Conv2DBackpropInputV2', ...operands: readonly Tensor[]) =>
          kinds(kernelRow({ op, ...kernel }).reference({ op, ...kernel }, operands, [])[0]!.data);
        const forward = made(of.y, (out) => products.forward(of, out, from(), weights(), ending));
        expect(kinds(forward)).toEqual(expected('Conv2D', x, filter));
        const byInput = made(of.x, (out) => products.byInput(of, out, weights(), gradient()));
        expect(kinds(byInput)).toEqual(expected('Conv2DBackpropInputV2', x, filter, dy));
      }
    },
  );

  it('gives gradients of windows to the largest numbers as the plain loop does', () => {
    for (const channels of [1, 3, 4, 6, 8, 11])
      for (const [window, stride] of [
        [2, 2],
        [3, 2],
        [3, 1],
      ] as const) {
        const { products, put, made } = bench();
        // few different numbers, so many are equal, and some that are NaN
        const x = numbers([2, 7, 6, channels], 'x');
        x.data.forEach((number, i) => (x.data[i] = i % 13 === 5 ? NaN : Math.round(2 * number)));
        const windows = { strides: [stride, stride], padding: 'SAME' } as const;
        const dilations = [1, 1] as const;
        const over = windowsOver({ ...windows, dilations, window: [window, window] }, x.shape);
        const dy = numbers([2, ...over, channels], 'dy');
        const kernel = { op: 'MaxPoolGrad', window: [window, window], ...windows } as const;
        const [from, gradient] = [put(x), put(dy)];
        const by = (given?: typeof products): Float32Array =>
          made(x.shape, (out) =>
            maxPoolGradLoop(kernel, x.shape, dy.shape, given)(out, from(), gradient()),
          );
        expect(by(products)).toEqual(by());
      }
  });

  it('gives the same bits each time, when memory has grown too', () => {
    const { products, grow, put, made } = bench();
    const [x, filter] = [numbers([3, 5, 5, 13], 'x'), numbers([3, 3, 13, 11], 'filter')];
    const dy = numbers([3, 5, 5, 11], 'dy');
    const axes = windowsDownAndAcross(
      { strides: [1, 1], padding: 'SAME' },
      filter.shape,
      x.shape,
      dy.shape,
    );
    const of = { x: x.shape, filter: filter.shape, y: dy.shape, axes };
    const [from, weights, gradient] = [put(x), put(filter), put(dy)];
    const results = (): readonly Float32Array[] => [
      made(of.y, (out) =>
        products.forward(of, out, from(), weights(), { bias: undefined, bounds: [0, Infinity] }),
      ),
      made(of.x, (out) => products.byInput(of, out, weights(), gradient())),
      made(of.filter, (out) => products.byFilter(of, out, from(), gradient())),
    ];
    const first = results();
    for (let i = 0; i < 20; i++) {
      grow(1);
      expect(results()).toEqual(first);
    }
  });
});
