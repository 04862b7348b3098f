/** How far a compilation goes. */

/** Bounds of one compilation, which source text cannot raise. */
export type Limits = {
  readonly repetitions: number; // of one `n x f`
  readonly layers: number; // of one net, written out
  readonly nodes: number; // of one net, written out: layers and what holds them
  readonly params: number;
  readonly elements: number; // of one tensor, and any dimension
  readonly calls: number; // nested in each other
  readonly depth: number; // of expressions within expressions, through all calls
  readonly steps: number; // of a whole check, whatever the machine: `stepCosts`
};

/** The bounds of every command. */
export const defaultLimits: Limits = {
  repetitions: 10_000,
  layers: 1_000_000,
  nodes: 4_000_000,
  params: 2 ** 33,
  elements: 2 ** 31 - 1,
  calls: 100,
  depth: 500, // overflows come from 1,000 on, with the stack that Node has by itself
  steps: 500_000,
};

/**
 * What the work of a check costs, in steps. One step is an expression that the check visits, some ten microseconds;
 * other work counts in proportion.
 */
export const stepCosts = {
  /** a fault that is reported */
  reported: 10,
  /** a copy of a layer that is repeated */
  copy: 1 / 32,
  /** a part of a net that is followed for its admissible sizes and its lints */
  part: 1 / 4,
  /** a part of a net of which an assertion asks a number */
  asked: 1 / 2,
  /** an entry of a table or of a set of sizes, where that has to be computed and kept */
  entry: 1 / 8,
  /** what one pixel sees, where that has to be computed and kept */
  hull: 1 / 4,
  /** a layer of a rule, which is proved or tried on nets */
  ofRule: 20,
  /** a layer of a net to which a pass is applied */
  rewritten: 4,
} as const;
