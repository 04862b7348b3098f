/** What the last validation of a run found, for its report. */
import { aCount, aNumber, anObject, aText, listOf, perhaps } from '../data/decode.ts';

/** A picture that the net took for something else, or barely for what it is. */
export type Worst = {
  /** a path, or a file with a number */
  readonly name: string;
  readonly label: number;
  readonly guess: number;
  /** what the net gave the label, from 0 to 1 */
  readonly probability: number;
  /** as a PNG in base64, if there is one */
  readonly png: string | undefined;
};

/** Of the checkpoint that is the best, or else of the last. */
export type Findings = {
  readonly epoch: number;
  /** pictures of each class, in rows, by what they were taken for, in columns */
  readonly confusion: readonly (readonly number[])[];
  readonly worst: readonly Worst[];
};

/** The name of the file. */
export const findingsFile = 'findings.json';

/** The reader of findings from JSON. */
export const findings = anObject<Findings>({
  epoch: aCount,
  confusion: listOf(listOf(aCount)),
  worst: listOf(
    anObject<Worst>({
      name: aText,
      label: aCount,
      guess: aCount,
      probability: aNumber,
      png: perhaps(aText),
    }),
  ),
});
