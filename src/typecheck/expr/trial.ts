/**
 * A definition tried without its arguments : parameters are symbols, the input is [h, w, c], and what must hold of them is collected here instead of being reported.
 */
import { isPolynomial, sameForm, solveFor, type Channels } from '../../size/channels.ts';

/** The state of a trial. */
export type Trial = {
  /** the symbol for the channels of the input, when no type names them */
  readonly input: string | undefined;
  /** what those channels must be: `4*c` behind a residual */
  solved: Channels | undefined;
  /** height and width must be fixed, because the length of a vector depends on them */
  fixed: boolean;
  /** expressions looked at; a tree of calls may have any number of them */
  steps: number;
  /** conditions that each use must fulfil */
  readonly conditions: Obligation[];
};

export type Obligation =
  | { readonly tag: 'equal'; readonly left: Channels; readonly right: Channels }
  | { readonly tag: 'odd'; readonly of: Channels }
  /** sizes of branches, of which one is unknown */
  | { readonly tag: 'fit' }
  /** groups that must divide the channels */
  | { readonly tag: 'groups' };

/** The state before the trial has asked anything. */
export const newTrial = (input: string | undefined): Trial => ({
  input,
  solved: undefined,
  fixed: false,
  steps: 0,
  conditions: [],
});

/** The most expressions that a trial visits before it gives up. */
export const MOST_STEPS = 20_000;

/** Two numbers of channels that must be equal: solved for the input where that is possible. */
export const mustAgree = (trial: Trial, a: Channels, b: Channels): void => {
  if (a === 'unknown' || b === 'unknown' || sameForm(a, b)) return;
  const solution = trial.input === undefined ? undefined : solveFor(a, b, trial.input);
  if (solution !== undefined && trial.solved === undefined) trial.solved = solution;
  else if (solution === undefined && (isPolynomial(a) || isPolynomial(b)))
    trial.conditions.push({ tag: 'equal', left: a, right: b });
};
