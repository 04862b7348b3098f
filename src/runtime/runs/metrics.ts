/** `metrics.csv`: a row for each epoch, made of the log. */
import type { Entry } from './log.ts';

/** The columns that every table begins with. */
const first = ['epoch', 'step', 'seconds'];

/** The table of these entries. A figure that an epoch does not have is empty. */
export const metricsCsv = (entries: readonly Entry[]): string => {
  const rows = entries.flatMap((entry) => (entry.event === 'epoch' ? [entry] : []));
  const figures = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  const lines = rows.map(({ epoch, step, seconds, figures: own }) => [
    ...[epoch, step, Number(seconds.toFixed(3))],
    ...figures.map((name) => own[name] ?? ''),
  ]);
  return [[...first, ...figures], ...lines].map((line) => `${line.join(',')}\n`).join('');
};
