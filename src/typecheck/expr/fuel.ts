/** How far a check goes: how deep calls and expressions nest, and how much work it does in all. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Limits } from '../../diagnostic/limits.ts';
import { thousands } from '../../numeric/figures.ts';
import type { Span } from '../../syntax/source.ts';
import type { AllReports } from './reports.ts';

/** What work has cost: steps, and names that were compared with mistyped ones. */
export type Cost = { readonly steps: number; readonly compared: number };

/** What is left of the limits, asked before each step. */
export type Fuel = {
  /** Takes a step inside a call, or an argument that a call waits for; undefined, with a report, when too deep. */
  readonly calling: <A>(place: Span, step: () => A) => A | undefined;
  /** Takes a step inside an expression; undefined, with a report, when they nest too deep or no steps are left. */
  readonly within: <A>(place: Span, step: () => A) => A | undefined;
  /** Counts work as so many steps. False, with a report, when that exceeds the limit (E0403). */
  readonly spend: (place: Span, steps: number) => boolean;
  /** Whether more names may be compared with a mistyped one: many names and many mistakes would take too long. */
  readonly mayCompare: (names: number) => boolean;
  /** What the check has cost so far. */
  readonly cost: () => Cost;
  /** Counts work that was done before as if it were done now. */
  readonly charge: (place: Span, cost: Cost) => void;
};

type Report = Pick<AllReports, 'report' | 'insist'>;

/** Names compared in search of near ones, in one check. */
const MOST_COMPARED = 1_000_000;

/**
 * A full tank. The report that ends the check cannot be held back; calls that nest too deeply are a mistake like
 * others.
 */
export const newFuel = (limits: Limits, reports: Report): Fuel => {
  const cost = { steps: 0, compared: 0 };
  const spend: Fuel['spend'] = (place, steps) => {
    const before = cost.steps;
    cost.steps += steps;
    // once: whatever is given up after it is the same mistake
    if (cost.steps > limits.steps && before <= limits.steps)
      reports.insist(tooManySteps(place, limits.steps));
    return cost.steps <= limits.steps;
  };
  return {
    calling: caller(limits, reports),
    within: nester(limits, reports, spend),
    spend,
    mayCompare: (names) => (cost.compared += names) <= MOST_COMPARED,
    cost: () => ({ ...cost }),
    charge: (place, { steps, compared }) => {
      spend(place, steps);
      cost.compared += compared;
    },
  };
};

/** The report that ends a check. */
export const tooManySteps = (place: Span, most: number): Diagnostic =>
  error('E0403', place, `this takes more than ${thousands(most)} steps to check`);

const caller = (limits: Limits, { report }: Report): Fuel['calling'] => {
  let waiting = 0; // calls, and arguments that calls wait for
  return (place, step) => {
    if (waiting >= limits.calls) {
      report(callsTooDeep(place, limits.calls));
      return undefined;
    }
    waiting++;
    try {
      return step();
    } finally {
      waiting--;
    }
  };
};

const callsTooDeep = (place: Span, calls: number): Diagnostic =>
  error('E0308', place, `calls nest more than ${calls} deep here`, {
    notes: ['a layer that is passed to itself never ends'],
  });

const nester = (limits: Limits, { insist }: Report, spend: Fuel['spend']): Fuel['within'] => {
  let depth = 0;
  let isTold = false;
  return (place, step) => {
    if (depth >= limits.depth) {
      // what is given up on the way out is the same mistake
      if (!isTold) insist(error('E0104', place, 'definitions and brackets nest too deeply here'));
      isTold = true;
      return undefined;
    }
    if (!spend(place, 1)) return undefined;
    depth++;
    try {
      return step();
    } finally {
      depth--;
    }
  };
};
