/** Convolutions and their gradients, on the memory of the backend. */
import type { Shape } from '../../../kernel/shape.ts';
import type { Along } from '../windows.ts';
import { tileRows } from './code.ts';
import { gather, type Gathered, type MapAt, type Reach } from './gathered.ts';
import { addressesIn, machineOn, mostPixels } from './machine.ts';
import { passesOn, type Passes } from './passes.ts';
import { packColumnsAcross, packColumnsAlong } from './strips.ts';
import { sum } from './summed.ts';
import type { Memory } from './web-assembly.ts';

/** A convolution of x [n, h, w, in] with a filter [rows, columns, in, out]: y [n, down, across, out]. */
export type Convolved = {
  readonly x: Shape;
  readonly filter: Shape;
  readonly y: Shape;
  readonly axes: readonly [down: Along, across: Along];
};

type Numbers = Float32Array;

/** What is added to each channel, and what results are clamped to. */
export type Ending = {
  readonly bias: Numbers | undefined;
  readonly bounds: readonly [low: number, high: number];
};

/**
 * Adds the gradient of a window, numbers of dy from index `window` on, to the largest numbers among its pixels, of which
 * the indices of the first channels are given. It returns how many channels are done.
 */
export type GiveLargest = (
  pixels: Int32Array,
  count: number,
  window: number,
  channels: number,
) => number;

/** Each writes its result to `out`; all arrays lie in the memory. */
export type Products = Passes & {
  readonly forward: (
    of: Convolved,
    out: Numbers,
    x: Numbers,
    filter: Numbers,
    ending: Ending,
  ) => void;
  readonly byInput: (of: Convolved, out: Numbers, filter: Numbers, dy: Numbers) => void;
  readonly byFilter: (of: Convolved, out: Numbers, x: Numbers, dy: Numbers) => void;
  /** gives gradients of windows to their largest numbers, for as many channels as fit: see `GiveLargest` */
  readonly giveLargest: (out: Numbers, x: Numbers, dy: Numbers) => GiveLargest;
};

/** From windows to the pixels that they see. */
const seenBy = ({ window, count, stride, rate, before, length }: Along): Reach => ({
  window,
  pixels: Int32Array.from({ length: count * window }, (_, i) => {
    const pixel = Math.floor(i / window) * stride + (i % window) * rate - before;
    return pixel >= 0 && pixel < length ? pixel : -1;
  }),
});

/** From pixels to the windows that see them, by places from the last to the first: windows that follow one another. */
const seeing = ({ window, count, stride, rate, before, length }: Along): Reach => ({
  window,
  pixels: Int32Array.from({ length: length * window }, (_, i) => {
    const place = window - 1 - (i % window);
    const index = (Math.floor(i / window) + before - place * rate) / stride;
    return Number.isInteger(index) && index >= 0 && index < count ? index : -1;
  }),
});

/** Windows of one pixel that leave none out make a product of matrices: then all pixels are images of one. */
const asProduct = (of: Convolved): Convolved => {
  const single = of.axes.every(({ window, count, length }) => window === 1 && count === length);
  if (!single) return of;
  const pixels = ([n, h, w, channels]: Shape): Shape => [n! * h! * w!, 1, 1, channels!];
  const axes = [
    { ...of.axes[0], length: 1, count: 1 },
    { ...of.axes[1], length: 1, count: 1 },
  ] as const;
  return { ...of, axes, x: pixels(of.x), y: pixels(of.y) };
};

const everything: readonly [number, number] = [-Infinity, Infinity];

/** The products on this memory, with work room from `begin` on. */
export const productsOn = (memory: Memory, begin: number): Products => {
  const machine = machineOn(memory, begin);
  const address = addressesIn(memory);
  const passes = passesOn(memory, machine);
  /**
   * Products whose tiles have rows of several pixels, and once more without such tiles if that has made NaN: zeros stand
   * there for what lies beside the map, and 0·∞ is NaN. No filter is searched for ∞, which may be larger than the result.
   */
  const gathered = (out: Numbers, of: Omit<Gathered, 'apart'>): void => {
    const on = machine();
    gather(on, { ...of, apart: false });
    const seesBeside = [of.down, of.across].some(({ pixels }) => pixels.includes(-1));
    const mixes = of.images % tileRows > 0;
    // squares of floats do not overflow in float64, so their sum is NaN where a number is
    if (seesBeside && mixes && Number.isNaN(passes.sumOfSquares(out)))
      gather(on, { ...of, apart: true });
  };
  const map = (numbers: Numbers, [, height, width, channels]: Shape): MapAt => ({
    ...{ address: address(numbers), height: height!, width: width!, channels: channels! },
  });
  return {
    ...passes,
    forward: (of, out, from, weights, ending) => {
      const { x, filter, y, axes } = asProduct(of);
      const on = machine();
      const [, , inner, outer] = filter;
      const begins = address(weights);
      const [down, across] = [seenBy(axes[0]), seenBy(axes[1])];
      gathered(out, {
        ...{ images: x[0]!, read: map(from, x), result: map(out, y), down, across, ...ending },
        packFilter: ({ place, first, length, to }, columns, room) => {
          packColumnsAlong(on, {
            from: begins + 4 * ((place * inner! + first) * outer! + columns.first),
            ...{ next: 4 * outer!, steps: length, columns: columns.length, to, room },
          });
        },
      });
    },
    byInput: (of, out, weights, dy) => {
      const { x, filter, y, axes } = asProduct(of);
      const on = machine();
      const [rows, width, inner, outer] = filter;
      const begins = address(weights);
      const [down, across] = [seeing(axes[0]), seeing(axes[1])];
      gathered(out, {
        ...{ images: x[0]!, read: map(dy, y), result: map(out, x), down, across },
        ...{ bias: undefined, bounds: everything },
        packFilter: ({ place, first, length, to }, columns, room) => {
          const turned = rows! * width! - 1 - place;
          packColumnsAcross(on, {
            from: begins + 4 * ((turned * inner! + columns.first) * outer! + first),
            ...{ next: 4 * outer!, steps: length, columns: columns.length, to, room },
          });
        },
      });
    },
    giveLargest: (out, from, dy) => {
      const { words, at, giveLargest } = machine();
      const [begin, gradient] = [address(from), address(dy)];
      const apart = address(out) - begin;
      return (pixels, count, window, channels) => {
        if (count > mostPixels || channels < 4) return 0;
        for (let i = 0; i < count; i++) words[at.table / 4 + i] = begin + 4 * pixels[i]!;
        const vectors = Math.floor(channels / 4);
        giveLargest(at.table, count, gradient + 4 * window, vectors, apart);
        return 4 * vectors;
      };
    },
    byFilter: (of, out, from, dy) => {
      const { x, y, axes } = asProduct(of);
      sum(machine(), {
        ...{ images: x[0]!, read: map(from, x), gradient: map(dy, y) },
        ...{ down: seenBy(axes[0]), across: seenBy(axes[1]), result: address(out) },
      });
    },
  };
};
