/** Trials of layers: a check within a check; only its outcome counts. */
import { MOST_STEPS, type Trial } from '../expr/trial.ts';
import { nothingKnown, type LayerContext } from './context.ts';

/** A check for a trial. Its memory starts empty: remembered results do not hold the conditions of a trial. */
export const trying = (cx: LayerContext, trial: Trial): LayerContext => ({
  ...cx,
  ...nothingKnown(),
  trial,
  scopes: new Map(),
  values: new Map(),
  opened: new Map(),
  kinds: new Map(),
  within: (place, step) => (trial.steps++ < MOST_STEPS ? cx.within(place, step) : undefined),
});
