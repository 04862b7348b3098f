/** What an evaluation found, as text for a person. */
import { plural } from '../numeric/figures.ts';
import { ruled, text } from './table.ts';
import { figure, percent } from './training.ts';

/** Of one class, or of all. */
type Counts = { readonly pictures: number; readonly top1: number; readonly top5: number };

/** What is shown of an evaluation. */
export type Shown = Counts & {
  readonly name: string;
  readonly loss: number;
  /** the expected calibration error, and with a temperature the one that it leaves */
  readonly calibrationError: number;
  readonly calibrated: { readonly temperature: number; readonly error: number } | undefined;
  readonly classes: readonly string[];
  readonly byClass: readonly Counts[];
  readonly confusion: readonly (readonly number[])[];
  /** the evaluations that a mean is of, with their own results */
  readonly of: readonly (Counts & { readonly name: string; readonly loss: number })[];
};

/** Classes that are all listed; of more, those that are told worst. */
const mostClasses = 12;
/** Mistakes that are listed. */
const mostMistakes = 5;

/** Of fewer classes the right one is always among five. */
const hasTop5 = ({ classes }: Shown): boolean => classes.length > 5;

/** The heads of the columns that `rates` fills. */
const rateHeads = (shown: Shown): readonly string[] =>
  hasTop5(shown) ? ['top-1', 'top-5'] : ['top-1'];

const rates = (shown: Shown, { pictures, top1, top5 }: Counts): readonly string[] =>
  (hasTop5(shown) ? [top1, top5] : [top1]).map((right) => percent(right / pictures));

/** The whole of it: the figures first, then classes and mistakes. */
export const showEvaluation = (shown: Shown): string =>
  text([
    ...figures(shown),
    ...parts(shown),
    ...(shown.pictures === 0 ? [] : ['', ...classTable(shown), ...mistakes(shown)]),
  ]);

const figures = (shown: Shown): readonly string[] => {
  const { name, pictures, loss, calibrationError, calibrated } = shown;
  const values = rates(shown, shown);
  const all = [
    ...rateHeads(shown).map((head, i) => `${head} ${values[i]}`),
    `loss ${figure(loss)}`,
    `calibration error ${percent(calibrationError)}`,
  ];
  const more =
    calibrated === undefined
      ? []
      : [
          `at temperature ${figure(calibrated.temperature)} the calibration error is ${percent(calibrated.error)} ` +
            '(each half of the pictures at the temperature of the other)',
        ];
  return [`${name}: ${plural(pictures, 'picture')}  ${all.join('  ')}`, ...more];
};

const parts = (shown: Shown): readonly string[] => {
  const { of, top1, pictures } = shown;
  if (of.length === 0) return [];
  const rows = of.map((p) => [p.name, ...rates(shown, p), figure(p.loss)]);
  const best = of.reduce((a, b) => (b.top1 > a.top1 ? b : a));
  const gain = 100 * (top1 / pictures - best.top1 / best.pictures);
  const compared =
    gain === 0
      ? `that of \`${best.name}\``
      : `${Math.abs(gain).toFixed(1)} points ${gain < 0 ? 'below' : 'above'} that of \`${best.name}\``;
  return [
    '',
    ...ruled(
      [['mean of', ...rateHeads(shown), 'loss'], ...rows],
      ['left', 'right', 'right', 'right'],
    ),
    `top-1 of the mean is ${compared}, the best of them`,
  ];
};

const classTable = (shown: Shown): readonly string[] => {
  const { classes, byClass } = shown;
  const rows = byClass
    .map((counts, i) => ({ name: classes[i] ?? String(i), counts }))
    .filter(({ counts }) => counts.pictures > 0);
  const share = ({ counts: c }: (typeof rows)[number]): number => c.top1 / c.pictures;
  const isWhole = rows.length <= mostClasses;
  const listed = isWhole
    ? rows
    : [...rows].sort((a, b) => share(a) - share(b)).slice(0, mostClasses);
  const head = [isWhole ? 'class' : 'worst classes', 'pictures', ...rateHeads(shown)];
  const row = ({ name, counts }: (typeof rows)[number]): readonly string[] => [
    ...[name, String(counts.pictures)],
    ...rates(shown, counts),
  ];
  return ruled([head, ...listed.map(row)], ['left', 'right', 'right', 'right']);
};

const mistakes = ({ classes, confusion, byClass }: Shown): readonly string[] => {
  const all = confusion.flatMap((row, i) =>
    row.flatMap((n, j) => (i === j || n === 0 ? [] : [{ i, j, n }])),
  );
  if (all.length === 0) return [];
  const most = all.sort((a, b) => b.n - a.n).slice(0, mostMistakes);
  return [
    '',
    'taken for another most often:',
    ...most.map(
      ({ i, j, n }) => `  ${classes[i]} for ${classes[j]}: ${n} of ${byClass[i]?.pictures ?? 0}`,
    ),
  ];
};

/** An evaluation in one line. */
export type SummaryRow = Counts & {
  readonly name: string;
  readonly of: string;
  readonly loss: number;
};

/** All evaluations of a command, a line each. */
export const showSummary = (rows: readonly SummaryRow[]): string =>
  text(
    ruled(
      [
        ['evaluation', 'measured', 'top-1', 'top-5', 'loss'],
        ...rows.map(({ name, of, pictures, top1, top5, loss }) => [
          ...[name, of, percent(top1 / pictures), percent(top5 / pictures), figure(loss)],
        ]),
      ],
      ['left', 'left', 'right', 'right', 'right'],
    ),
  );
