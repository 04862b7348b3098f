/**
 * A definition tried without its arguments (DESIGN, decision 11): parameters are symbols, the input is
 * [h, w, c], and what must hold of them is collected here instead of being reported.
 */
import { isPolynomial, sameForm, showChannels, solve, type Channels } from './channels.ts';

export type Trial = {
  /** the symbol for the channels of the input, when no type names them */
  readonly input: string | undefined;
  /** what those channels must be: `4*c` behind a residual */
  solved: Channels | undefined;
  /** height and width must be fixed, for a vector is as long as the map is large */
  fixed: boolean;
  /** conditions that are left for each use, as they are shown: `size odd` */
  readonly conditions: Set<string>;
};

export const newTrial = (input: string | undefined): Trial => ({
  input,
  solved: undefined,
  fixed: false,
  conditions: new Set(),
});

/** Two numbers of channels that must be equal: solved for the input where that is possible. */
export const mustAgree = (trial: Trial, a: Channels, b: Channels): void => {
  if (a === 'unknown' || b === 'unknown' || sameForm(a, b)) return;
  const solution = trial.input === undefined ? undefined : solve(a, b, trial.input);
  if (solution !== undefined && trial.solved === undefined) trial.solved = solution;
  else if (solution === undefined && (isPolynomial(a) || isPolynomial(b)))
    trial.conditions.add(`${showChannels(a)} == ${showChannels(b)}`);
};
