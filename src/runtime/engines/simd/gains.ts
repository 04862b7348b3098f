/**
 * What it has gained of late to share tasks. Threads that have to be woken, or that wait for a core, cost more than they
 * help where a task is soon done; how much that is only this machine at this time can tell.
 */

/** Tasks of a size that are done alone once sharing has lost time; then it is tried again. */
export const rest = 64;
/** How much the newest task counts. */
const weight = 0.2;

/** The tasks of a size, which is that of the products to a factor of two. */
type Size = { gain: number; resting: number };

export type Gains = {
  /** whether a task of so many products is to be shared */
  readonly isWorth: (products: number) => boolean;
  /** hears how many milliseconds it would have taken alone, and how many it has */
  readonly note: (products: number, alone: number, shared: number) => void;
};

export const newGains = (): Gains => {
  const sizes = new Map<number, Size>();
  const sizeOf = (products: number): Size => {
    const key = Math.floor(Math.log2(products));
    const known = sizes.get(key) ?? { gain: 0, resting: 0 };
    sizes.set(key, known);
    return known;
  };
  return {
    isWorth: (products) => {
      const size = sizeOf(products);
      if (size.resting === 0) return true;
      size.resting--;
      return false;
    },
    note: (products, alone, shared) => {
      const size = sizeOf(products);
      // a thread that is woken late, as after a pause of the program, counts no more than the task itself
      const gain = Math.max(-alone, alone - shared);
      size.gain += weight * (gain - size.gain);
      if (size.gain < 0) size.resting = rest;
    },
  };
};
