/** Convolutions and their gradients, on the memory of the backend. */
import type { Convolved } from './convolved.ts';
import { alone, type Crew } from './crew.ts';
import { addressesIn, machineOn, mostPixels } from './machine.ts';
import { passesOn, type Passes } from './passes.ts';
import { addresses, type Work } from './task.ts';
import type { Memory } from './web-assembly.ts';

type Numbers = Float32Array;

/** What becomes of the sums of products. */
export type Ending = {
  /** is added to each channel */
  readonly bias?: Numbers | undefined;
  /** each channel is normalised by these */
  readonly norm?: {
    readonly gamma: Numbers;
    readonly beta: Numbers;
    readonly mean: Numbers;
    readonly variance: Numbers;
    readonly epsilon: number;
  };
  /** is added, number by number */
  readonly plus?: Numbers | undefined;
  /** what results are clamped to at last */
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
  /** a map as sums of products end */
  readonly end: (out: Numbers, x: Numbers, channels: number, ending: Ending) => void;
  /** gives gradients of windows to their largest numbers, for as many channels as fit: see `GiveLargest` */
  readonly giveLargest: (out: Numbers, x: Numbers, dy: Numbers) => GiveLargest;
};

/** Work whose rows are pixels. */
type OfPixels = Extract<Work, { readonly apart: boolean }>;

/** No bound is written as null, as in JSON. */
const bound = (of: number): number | null => (Number.isFinite(of) ? of : null);

/** The products on this memory, with work room from `begin` on. */
export const productsOn = (memory: Memory, begin: number, crew: Crew = alone()): Products => {
  const machine = machineOn(memory, begin);
  const address = addressesIn(memory);
  const passes = passesOn(memory, machine);
  /**
   * Products whose tiles have rows of several pixels, and once more without such tiles if that has made NaN: zeros stand
   * there for what lies beside the map, and 0·∞ is NaN. No filter is searched for ∞, which may be larger than the result.
   */
  const gathered = (work: OfPixels, some: Parameters<typeof addresses>[0]): void => {
    const at = addresses(some);
    if (crew(machine(), { work, at })) crew(machine(), { work: { ...work, apart: true }, at });
  };
  return {
    ...passes,
    forward: (of, out, from, weights, { bias, norm, plus, bounds: [low, high] }) => {
      const clamp = { low: bound(low), high: bound(high) };
      const epsilon = norm?.epsilon ?? null;
      gathered(
        { tag: 'forward', of, epsilon, ...clamp, apart: false },
        {
          ...{ x: address(from), filter: address(weights), y: address(out) },
          ...(bias && { bias: address(bias) }),
          ...(norm && { gamma: address(norm.gamma), beta: address(norm.beta) }),
          ...(norm && { mean: address(norm.mean), variance: address(norm.variance) }),
          ...(plus && { plus: address(plus) }),
        },
      );
    },
    byInput: (of, out, weights, dy) =>
      gathered(
        { tag: 'by input', of, apart: false },
        { x: address(out), filter: address(weights), y: address(dy) },
      ),
    end: (out, from, channels, { norm, plus, bounds }) => {
      const { at, floats, endMaps } = machine();
      floats.set(bounds, at.bounds / 4);
      const common = [address(from), address(out), plus === undefined ? 0 : address(plus)] as const;
      const rows = norm === undefined ? 1 : from.length / channels;
      const length = norm === undefined ? from.length : channels;
      const along = [rows, Math.floor(length / 4), length % 4, at.bounds] as const;
      if (norm === undefined) return endMaps(...common, 0, 0, 0, ...along);
      const { gamma, beta, mean, variance, epsilon } = norm;
      const slope = at.table / 4; // room for more channels than there ever are
      for (let i = 0; i < channels; i++)
        floats[slope + i] = gamma[i]! / Math.sqrt(variance[i]! + epsilon);
      endMaps(...common, address(mean), at.table, address(beta), ...along);
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
      const at = addresses({ x: address(from), filter: address(out), y: address(dy) });
      crew(machine(), { work: { tag: 'by filter', of }, at });
    },
  };
};
