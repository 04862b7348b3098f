/** How far a training is. */
import { aCount, aNumber, anObject, anyObject, aText, perhaps } from '../data/decode.ts';
import type { JsonObject } from '../data/json.ts';

/** The best value of a metric so far, and the epoch after which it was measured. */
export type Best = { readonly metric: string; readonly value: number; readonly epoch: number };

/** How far training is. */
export type Progress = {
  /** steps that are done */
  readonly step: number;
  /** epochs that are done, and batches of the next one that are */
  readonly epoch: number;
  readonly position: number;
  /** what else the loop of training goes on from, such as the patience of a plateau: JSON, whose numbers are finite */
  readonly kept: JsonObject;
  readonly best: Best | undefined;
};

/** Readers of these from JSON. */
export const best = anObject<Best>({ metric: aText, value: aNumber, epoch: aCount });
export const progress = anObject<Progress>({
  step: aCount,
  epoch: aCount,
  position: aCount,
  kept: anyObject,
  best: perhaps(best),
});
