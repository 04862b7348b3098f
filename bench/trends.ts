/**
 * The tables of docs/trends.md: what `scripts/trends.mjs` measured of examples/trends.net, with several seeds, beside
 * tables 3 to 6 of the VGG paper (Simonyan and Zisserman 2015), and which of the paper's trends show.
 */
import { withParts } from './page.ts';

/** What was found with a seed: the share of pictures that were right, by the name of the evaluation. */
export type Found = {
  readonly seed: number;
  readonly engine: string;
  readonly pictures: number;
  readonly seconds: { readonly training: number; readonly evaluation: number };
  readonly top1: { readonly [evaluation: string]: number };
};

/** A row: an evaluation, how it is read, and the paper's top-1 error of the same in per cent. */
export type Row = {
  readonly name: string;
  readonly says: string;
  readonly paper: number | undefined;
};

const row = (name: string, says: string, paper?: number): Row => ({ name, says, paper });

/** By the markers of the page. */
export const tables: { readonly [marker: string]: readonly Row[] } = {
  table3: [
    row('T3_A', 'A, S = 40, Q = 40', 29.6),
    row('T3_A_LRN', 'A-LRN, S = 40, Q = 40', 29.7),
    row('T3_B', 'B, S = 40, Q = 40', 28.7),
    row('T3_C_40', 'C, S = 40, Q = 40', 28.1),
    row('T3_C_48', 'C, S = 48, Q = 48', 28.1),
    row('T3_C', 'C, S in 40..56, Q = 48', 27.3),
    row('T3_D_40', 'D, S = 40, Q = 40', 27.0),
    row('T3_D_48', 'D, S = 48, Q = 48', 26.8),
    row('T3_D', 'D, S in 40..56, Q = 48', 25.6),
    row('T3_D_alone', 'D, S = 40, Q = 40, begun with random weights'),
    row('T3_A_longer', 'A, S = 40, Q = 40, begun with A and trained again'),
    row('T3_D_longer', 'D, S = 48, Q = 48, as long as with 40..56'),
  ],
  view: [
    row('T3_A_center', 'A'),
    row('T3_A_LRN_center', 'A-LRN'),
    row('T3_B_center', 'B'),
    row('T3_C_40_center', 'C'),
    row('T3_D_40_center', 'D'),
    row('T3_D_alone_center', 'D, begun with random weights'),
    row('T3_A_longer_center', 'A, begun with A and trained again'),
  ],
  table4: [
    row('T4_B', 'B, S = 40, Q = 32, 40, 48', 28.2),
    row('T4_C_40', 'C, S = 40, Q = 32, 40, 48', 27.7),
    row('T4_C_48', 'C, S = 48, Q = 40, 48, 56', 27.8),
    row('T4_C', 'C, S in 40..56, Q = 40, 48, 56', 26.3),
    row('T4_D_40', 'D, S = 40, Q = 32, 40, 48', 26.6),
    row('T4_D_48', 'D, S = 48, Q = 40, 48, 56', 26.5),
    row('T4_D', 'D, S in 40..56, Q = 40, 48, 56', 24.8),
  ],
  table5: [
    row('T5_C_center', 'C, one view: the middle of Q = 40'),
    row('T4_C', 'C, dense'),
    row('T5_C_crops', 'C, crops'),
    row('T5_C_both', 'C, dense and crops'),
    row('T5_D_center', 'D, one view: the middle of Q = 40'),
    row('T4_D', 'D, dense', 24.8),
    row('T5_D_crops', 'D, crops', 24.6),
    row('T5_D_both', 'D, dense and crops', 24.4),
  ],
  table6: [
    row('T6_dense', 'C and D, dense', 24.0),
    row('T6_crops', 'C and D, crops', 23.9),
    row('T6_both', 'C and D, dense and crops', 23.7),
  ],
};

/** A trend: the error of `worse` is above that of `better` in the paper, or, where they are `equal`, it is not. */
export type Trend = {
  readonly says: string;
  readonly worse: string;
  readonly better: string;
  readonly equal?: true;
};

const trend = (says: string, worse: string, better: string): Trend => ({ says, worse, better });

export const trends: readonly Trend[] = [
  trend('depth helps: B is better than A', 'T3_A', 'T3_B'),
  trend('depth helps: D is better than B', 'T3_B', 'T3_D_40'),
  trend('B is better than A trained as long', 'T3_A_longer', 'T3_B'),
  trend('D is better than A trained as long', 'T3_A_longer', 'T3_D_40'),
  { ...trend('LRN does not help', 'T3_A', 'T3_A_LRN'), equal: true },
  trend('C, with 1×1, is better than A', 'T3_A', 'T3_C_40'),
  trend('C, with 1×1, is better than B', 'T3_B', 'T3_C_40'),
  trend('C, with 1×1, is worse than D', 'T3_C_40', 'T3_D_40'),
  trend('by one view, B is better than A', 'T3_A_center', 'T3_B_center'),
  trend('by one view, D is better than B', 'T3_B_center', 'T3_D_40_center'),
  { ...trend('by one view, LRN does not help', 'T3_A_center', 'T3_A_LRN_center'), equal: true },
  trend('by one view, C is better than B', 'T3_B_center', 'T3_C_40_center'),
  trend('by one view, C is worse than D', 'T3_C_40_center', 'T3_D_40_center'),
  trend('scale jitter helps C', 'T3_C_48', 'T3_C'),
  trend('scale jitter helps D', 'T3_D_48', 'T3_D'),
  trend('it is not that D was trained longer', 'T3_D_longer', 'T3_D'),
  trend('three scales are better than one: D, S = 40', 'T3_D_40', 'T4_D_40'),
  trend('three scales are better than one: D, S = 48', 'T3_D_48', 'T4_D_48'),
  trend('three scales are better than one: D, jitter', 'T3_D', 'T4_D'),
  trend('dense at three scales is better than one view: D', 'T5_D_center', 'T4_D'),
  trend('dense and crops are better than dense', 'T4_D', 'T5_D_both'),
  trend('dense and crops are better than crops', 'T5_D_crops', 'T5_D_both'),
  trend('two nets are better than C', 'T5_C_both', 'T6_both'),
  trend('two nets are better than D', 'T5_D_both', 'T6_both'),
  trend('D begins better with layers of A', 'T3_D_alone', 'T3_D_40'),
];

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

/** The deviation of a sample; undefined of a single number. */
const deviation = (numbers: readonly number[]): number | undefined => {
  if (numbers.length < 2) return undefined;
  const middle = mean(numbers);
  return Math.sqrt(numbers.reduce((sum, n) => sum + (n - middle) ** 2, 0) / (numbers.length - 1));
};

/** Rounded to tenths, without a zero that is negative. */
const tenths = (n: number): string => (Math.round(n * 10) / 10 + 0).toFixed(1);

/** `27.4 ± 0.6`, or `27.4` of one seed. */
const withSpread = (numbers: readonly number[], sign = ''): string => {
  const spread = deviation(numbers);
  const middle = mean(numbers);
  const shown = `${middle > 0 ? sign : ''}${tenths(middle)}`;
  return spread === undefined ? shown : `${shown} ± ${tenths(spread)}`;
};

/** What a cell has that was not measured. */
const none = '–';

/** The error in per cent; undefined where a seed does not have it yet. */
const errorIn = (name: string, { top1 }: Found): number | undefined => {
  const share = top1[name];
  return share === undefined ? undefined : 100 * (1 - share);
};

const isThere = (n: number | undefined): n is number => n !== undefined;

const meanOf = (numbers: readonly (number | undefined)[], sign?: string): string => {
  const known = numbers.filter(isThere);
  return known.length === 0 ? none : withSpread(known, sign);
};

const lined = (rows: readonly (readonly string[])[]): string => {
  const [head = []] = rows;
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [head, rule, ...rows.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

const tableOf = (rows: readonly Row[], all: readonly Found[]): string =>
  lined([
    ['net', 'evaluation', 'paper', 'here', ...all.map(({ seed }) => `seed ${seed}`)],
    ...rows.map(({ name, says, paper }) => {
      const errors = all.map((found) => errorIn(name, found));
      const given = paper === undefined ? '' : tenths(paper);
      const cells = errors.map((n) => (n === undefined ? none : tenths(n)));
      return [says, `\`${name}\``, given, meanOf(errors), ...cells];
    }),
  ]);

/** How much of the error goes, in points, and with how many seeds the trend is as the paper has it. */
const trendsOf = (all: readonly Found[]): string => {
  const rows = Object.values(tables).flat();
  const paperOf = (name: string): number | undefined => rows.find((r) => r.name === name)?.paper;
  return lined([
    ['trend', 'difference', 'paper', 'here', 'shows'],
    ...trends.map(({ says, worse, better, equal }) => {
      const less = all.flatMap((found) => {
        const [high, low] = [errorIn(worse, found), errorIn(better, found)];
        return high === undefined || low === undefined ? [] : [high - low];
      });
      const [before, after] = [paperOf(worse), paperOf(better)];
      const paper = before === undefined || after === undefined ? '' : tenths(before - after);
      const shown = less.filter((n) => (equal ? n <= 0 : n > 0)).length;
      const which = `\`${worse}\` − \`${better}\``;
      return [
        says,
        which,
        paper,
        meanOf(less, '+'),
        less.length === 0 ? none : `${shown} of ${less.length}`,
      ];
    }),
  ]);
};

const minutes = (seconds: number): string => `${(seconds / 60).toFixed(1)} min`;

const measuredOf = (all: readonly Found[]): string =>
  lined([
    ['seed', 'engine', 'training', 'evaluation', 'pictures'],
    ...all.map(({ seed, engine, pictures, seconds }) => [
      String(seed),
      engine,
      minutes(seconds.training),
      minutes(seconds.evaluation),
      String(pictures),
    ]),
  ]);

/** The page with its tables made anew, each behind its marker; what a person wrote stays. */
export const withTrends = (page: string, all: readonly Found[]): string => {
  const parts = {
    measured: measuredOf(all),
    trends: trendsOf(all),
    ...Object.fromEntries(
      Object.entries(tables).map(([marker, rows]) => [marker, tableOf(rows, all)]),
    ),
  };
  return withParts(page, parts);
};
