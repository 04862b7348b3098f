/** What an evaluation found, for a person, for a machine, and for the folders of the runs that it measured. */
import { dirname } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { measuredIn, type Evaluation, type Measured } from '../../../protocol/evaluation.ts';
import { measureTexts } from '../../../protocol/write.ts';
import { showEvaluation, type Shown, type SummaryRow } from '../../../report/evaluation.ts';
import { calibrated, calibrationOf } from '../../../runtime/evaluate/calibration.ts';
import { metricsOf, type Metrics } from '../../../runtime/evaluate/metrics.ts';
import type { Posteriors } from '../../../runtime/evaluate/posteriors.ts';
import type { Broken } from '../../../runtime/batches/dataset.ts';
import { asOwn, exists } from '../../../runtime/disk/folders.ts';
import { keepEvaluation, type Evaluated } from '../../../runtime/runs/evaluations.ts';
import { recordFile } from '../../../runtime/runs/record.ts';
import { writeReport } from '../run-report.ts';
import { dataText } from '../training/describe.ts';

/** Of one net: what it was measured with, and what came of it. */
export type Single = {
  readonly evaluation: Measured;
  readonly posteriors: Posteriors;
  readonly labels: Uint32Array;
  readonly classes: readonly string[];
  /** the file of the weights */
  readonly weights: string;
  readonly engine: string;
  readonly broken: readonly Broken[];
  readonly seconds: number;
};

/** Of an evaluation: that of its net, or the mean of several. */
export type Outcome = {
  readonly evaluation: Evaluation;
  readonly posteriors: Posteriors;
  /** one for each net */
  readonly singles: readonly Single[];
  /** what the evaluations gave that it is a mean of; none for one of a net */
  readonly of: readonly Outcome[];
};

/** With what was computed of it. */
export type Judged = Outcome & {
  readonly metrics: Metrics;
  readonly calibrated: { readonly temperature: number; readonly error: number } | undefined;
};

const labelsOf = ({ singles }: Outcome): Uint32Array => singles[0]?.labels ?? new Uint32Array();
const classesOf = ({ singles }: Outcome): readonly string[] => singles[0]?.classes ?? [];

/** Computes the metrics; a temperature where it is asked for. */
export const judged = (outcome: Outcome, calibrate: boolean): Judged => {
  const labels = labelsOf(outcome);
  const better = calibrate ? calibrated(outcome.posteriors, labels) : undefined;
  return {
    ...outcome,
    metrics: metricsOf(outcome.posteriors, labels),
    calibrated: better && {
      temperature: better.temperature,
      error: calibrationOf(better.posteriors, labels).error,
    },
  };
};

/** For a person. */
export const foundText = (found: Judged): string => {
  const { metrics, evaluation } = found;
  const shown: Shown = {
    ...metrics,
    name: evaluation.name,
    calibrationError: metrics.calibration.error,
    calibrated: found.calibrated,
    classes: classesOf(found),
    of: found.of.map((one) => ({
      name: one.evaluation.name,
      ...metricsOf(one.posteriors, labelsOf(one)),
    })),
  };
  return showEvaluation(shown);
};

/** In one line: a net with what it looks at, or the names of a mean. */
export const summaryRow = ({ evaluation, metrics }: Judged): SummaryRow => ({
  ...metrics,
  name: evaluation.name,
  of: evaluation.tag === 'mean' ? partsText(evaluation.of) : measuredText(evaluation),
});

const partsText = (of: readonly Evaluation[]): string =>
  `mean of ${of.map((e) => e.name).join(', ')}`;

const measuredText = ({ called, measure }: Measured): string => {
  const { views, scales } = measureTexts(measure);
  return `${called}, ${views}${scales === undefined ? '' : ` at ${scales}`}`;
};

/** For a machine. */
export const foundJson = (found: Judged): unknown => {
  const { evaluation, metrics, singles } = found;
  const classes = classesOf(found);
  const { pictures, top1, top5, loss, byClass, confusion, calibration } = metrics;
  return {
    name: evaluation.name,
    pictures,
    top1: top1 / pictures,
    top5: top5 / pictures,
    loss,
    calibrationError: calibration.error,
    ...(found.calibrated === undefined ? {} : { calibrated: found.calibrated }),
    bins: calibration.bins,
    classes: byClass.map((counts, i) => ({
      name: classes[i],
      pictures: counts.pictures,
      top1: counts.top1 / counts.pictures,
      top5: counts.top5 / counts.pictures,
    })),
    confusion,
    ...(evaluation.tag === 'mean' ? { of: evaluation.of.map((e) => e.name) } : {}),
    measured: singles.map((single) => ({
      name: single.evaluation.name,
      net: single.evaluation.called,
      weights: single.weights,
      ...measureTexts(single.evaluation.measure),
      engine: single.engine,
      seconds: single.seconds,
      broken: single.broken,
    })),
  };
};

/** Keeps what was found in the folder of each run that was measured, and writes its report anew (E0509, E0944). */
export const keepFound = (found: Judged, warn: (w: Diagnostic) => void): readonly string[] => {
  const { evaluation, metrics, singles } = found;
  const names = measuredIn(evaluation).map((e) => e.name);
  const kept: string[] = [];
  for (const { evaluation: own, weights } of singles) {
    const folder = dirname(weights);
    if (!exists(`${folder}/${recordFile}`) || kept.includes(folder)) continue;
    const texts = measureTexts(own.measure);
    const one: Evaluated = {
      name: evaluation.name,
      at: new Date().toISOString(),
      data: dataText(own.measure),
      views: texts['views'] ?? '',
      scales: texts['scales'] ?? '',
      with: evaluation.tag === 'mean' ? names.filter((name) => name !== own.name) : [],
      ...{ pictures: metrics.pictures, top1: metrics.top1, top5: metrics.top5 },
      ...{ loss: metrics.loss, calibrationError: metrics.calibration.error },
    };
    const done = asOwn(folder, () =>
      Either.chain(() => writeReport(folder))(keepEvaluation(folder, one)),
    );
    if (Either.isLeft(done)) warn({ ...done.left, severity: 'warning' });
    else kept.push(folder);
  }
  return kept;
};
