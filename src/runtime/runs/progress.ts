/** How far a training is. */
import { aCount, aNumber, anObject, aText, perhaps, recordOf } from '../data/decode.ts';

/** The best value of a metric so far, and the epoch after which it was measured. */
export type Best = { readonly metric: string; readonly value: number; readonly epoch: number };

/** How far training is. */
export type Progress = {
  /** steps that are done */
  readonly step: number;
  /** epochs that are done, and batches of the next one that are */
  readonly epoch: number;
  readonly position: number;
  /** what the schedule keeps, such as the patience of a plateau; finite numbers */
  readonly schedule: { readonly [name: string]: number };
  readonly best: Best | undefined;
};

/** Readers of these from JSON. */
export const best = anObject<Best>({ metric: aText, value: aNumber, epoch: aCount });
export const progress = anObject<Progress>({
  step: aCount,
  epoch: aCount,
  position: aCount,
  schedule: recordOf(aNumber),
  best: perhaps(best),
});
