/** What was measured of a run after it was trained: a line of JSON for each evaluation, in its folder. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { textChunks } from '../data/bytes.ts';
import { aCount, aNumber, anObject, aText, decoded, listOf } from '../data/decode.ts';
import { writeFileAtomically } from '../disk/files.ts';
import { exists } from '../disk/folders.ts';
import { readText } from '../files/texts.ts';
import { malformedRun } from './record.ts';

/** One evaluation. */
export type Evaluated = {
  readonly name: string;
  /** ISO 8601 in UTC */
  readonly at: string;
  readonly data: string;
  /** as in the source: `dense; flip`, `256, 384` */
  readonly views: string;
  readonly scales: string;
  /** names of other evaluations that the posteriors were averaged with; none for one of this run alone */
  readonly with: readonly string[];
  readonly pictures: number;
  readonly top1: number;
  readonly top5: number;
  readonly loss: number;
  readonly calibrationError: number;
};

/** The name of the file. */
const evaluationsFile = 'evaluations.jsonl';

const evaluated = anObject<Evaluated>({
  name: aText,
  at: aText,
  data: aText,
  views: aText,
  scales: aText,
  with: listOf(aText),
  pictures: aCount,
  top1: aCount,
  top5: aCount,
  loss: aNumber,
  calibrationError: aNumber,
});

/** More than so many lines have. */
const mostBytes = 2 ** 26;

const linesIn = (folder: string): readonly string[] => {
  const path = `${folder}/${evaluationsFile}`;
  if (!exists(path)) return [];
  const text = readText(path, mostBytes, (what) => malformedRun(folder, what));
  return E.isLeft(text) ? [] : text.right.split('\n').filter((line) => line !== '');
};

/** The evaluations of a run, the oldest first; a damaged line is left out. */
export const evaluationsIn = (folder: string): readonly Evaluated[] =>
  linesIn(folder).flatMap((line) => {
    const one = decoded(line, evaluated);
    return E.isRight(one) ? [one.right] : [];
  });

/** Adds one; of the same name it takes the place of what was measured before (E0509). */
export const keepEvaluation = (folder: string, one: Evaluated): Either<Diagnostic, void> => {
  const others = evaluationsIn(folder).filter(({ name }) => name !== one.name);
  const all = [...others, one].map((e) => `${JSON.stringify(e)}\n`).join('');
  return writeFileAtomically(`${folder}/${evaluationsFile}`, textChunks(all));
};
