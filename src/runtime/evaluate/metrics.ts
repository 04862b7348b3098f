/** How well posteriors tell the classes of pictures. */
import { calibrationOf, type Calibration } from './calibration.ts';
import type { Posteriors } from './posteriors.ts';

/** Of one class, or of all. */
export type Counts = {
  readonly pictures: number;
  /** pictures whose class is the first, or among the first five; of equal posteriors the class that is numbered lower */
  readonly top1: number;
  readonly top5: number;
};

/** What is measured. */
export type Metrics = Counts & {
  /** the mean of −ln of what the class of a picture is given */
  readonly loss: number;
  readonly byClass: readonly Counts[];
  /** pictures of each class, in rows, by what they were taken for, in columns */
  readonly confusion: readonly (readonly number[])[];
  readonly calibration: Calibration;
};

const none: Counts = { pictures: 0, top1: 0, top5: 0 };

/** The metrics of the pictures that could be read; `labels` are in the order of the posteriors. */
export const metricsOf = (posteriors: Posteriors, labels: Uint32Array): Metrics => {
  const { classes, data, isSeen } = posteriors;
  const byClass = Array.from({ length: classes }, () => ({ ...none }));
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let loss = 0;
  labels.forEach((label, row) => {
    if (isSeen[row] === 0) return;
    const { best, rank, own } = rankingOf(data.subarray(row * classes, (row + 1) * classes), label);
    const counts = byClass[label]!;
    counts.pictures++;
    if (rank === 0) counts.top1++;
    if (rank < 5) counts.top5++;
    confusion[label]![best]!++;
    // a posterior that is 0 in float64 is one that is very small
    loss -= Math.log(Math.max(own, Number.MIN_VALUE));
  });
  const all = byClass.reduce(
    (a, b): Counts => ({
      pictures: a.pictures + b.pictures,
      top1: a.top1 + b.top1,
      top5: a.top5 + b.top5,
    }),
    none,
  );
  return {
    ...all,
    loss: loss / all.pictures,
    byClass,
    confusion,
    calibration: calibrationOf(posteriors, labels),
  };
};

type Ranking = {
  /** the class with the largest posterior */
  readonly best: number;
  /** the classes that come before the label */
  readonly rank: number;
  /** the posterior of the label */
  readonly own: number;
};

const rankingOf = (row: Float64Array, label: number): Ranking => {
  const own = row[label]!;
  let best = 0;
  let rank = 0;
  for (let c = 0; c < row.length; c++) {
    if (row[c]! > row[best]!) best = c;
    if (row[c]! > own || (row[c] === own && c < label)) rank++;
  }
  return { best, rank, own };
};
