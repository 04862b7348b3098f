/** Convolutions and their gradients, on the memory of the backend. */
import { tileRows } from './code.ts';
import { asProduct, seeing, seenBy, type Convolved } from './convolved.ts';
import { alone, type Crew } from './crew.ts';
import { addressesIn, machineOn, mostPixels } from './machine.ts';
import { passesOn, type Passes } from './passes.ts';
import type { Task } from './task.ts';
import type { Memory } from './web-assembly.ts';

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

/** A product whose rows are pixels. */
type OfPixels = Extract<Task, { readonly apart: boolean }>;

/** Whether tiles have rows of several pixels, of which some see less than others. */
const mixes = ({ tag, of }: OfPixels): boolean => {
  const { x, axes } = asProduct(of);
  const reach = tag === 'forward' ? seenBy : seeing;
  return x[0]! % tileRows > 0 && axes.some((axis) => reach(axis).pixels.includes(-1));
};

/** No bound is written as null, as in JSON. */
const bound = (of: number): number | null => (Number.isFinite(of) ? of : null);

/** The products on this memory, with work room from `begin` on. */
export const productsOn = (memory: Memory, begin: number, crew: Crew = alone): Products => {
  const machine = machineOn(memory, begin);
  const address = addressesIn(memory);
  const passes = passesOn(memory, machine);
  const work = (task: Task): void => crew(machine(), task);
  /**
   * Products whose tiles have rows of several pixels, and once more without such tiles if that has made NaN: zeros stand
   * there for what lies beside the map, and 0·∞ is NaN. No filter is searched for ∞, which may be larger than the result.
   */
  const gathered = (out: Numbers, task: OfPixels): void => {
    work(task);
    // squares of floats do not overflow in float64, so their sum is NaN where a number is
    if (mixes(task) && Number.isNaN(passes.sumOfSquares(out))) work({ ...task, apart: true });
  };
  return {
    ...passes,
    forward: (of, out, from, weights, { bias, bounds: [low, high] }) => {
      const [x, filter, y] = [address(from), address(weights), address(out)];
      const at = { x, filter, y, bias: bias === undefined ? 0 : address(bias) };
      const clamp = { low: bound(low), high: bound(high) };
      gathered(out, { tag: 'forward', of, at, ...clamp, apart: false });
    },
    byInput: (of, out, weights, dy) => {
      const at = { x: address(out), filter: address(weights), y: address(dy) };
      gathered(out, { tag: 'by input', of, at, apart: false });
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
      const at = { x: address(from), filter: address(out), y: address(dy) };
      work({ tag: 'by filter', of, at });
    },
  };
};
