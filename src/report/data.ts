/** What is said of a data set: counts, sizes, mean and deviation, and what cannot be read. */
import { thousands, plural } from '../numeric/figures.ts';
import { oneLine, ruled } from './table.ts';

/** A set as it was found. */
export type DataReport = {
  readonly data: string;
  /** with the pictures of each that can be read */
  readonly classes: readonly {
    readonly name: string;
    readonly train: number;
    readonly validation?: number;
  }[];
  /** how many pictures have each size, the most frequent first */
  readonly sizes: readonly { readonly h: number; readonly w: number; readonly count: number }[];
  /** of each channel; `order` says which these are */
  readonly order: 'rgb' | 'bgr' | 'grey';
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly broken: readonly { readonly name: string; readonly reason: string }[];
  /** what a training refuses */
  readonly faults: readonly {
    readonly code: string;
    readonly message: string;
    readonly notes: readonly string[];
  }[];
};

const longestName = 60;

/** Classes that are shown; the others are in `--json`. */
const mostClasses = 40;
const mostSizes = 5;
const mostBroken = 20;

const total = (counts: readonly (number | undefined)[]): number =>
  counts.reduce((sum: number, n) => sum + (n ?? 0), 0);

const classTable = ({ classes }: DataReport): readonly string[] => {
  const apart = classes.some(({ validation }) => validation !== undefined);
  const shown = classes.slice(0, mostClasses);
  const rows = shown.map(({ name, train, validation }) => [
    oneLine(name, longestName),
    thousands(train),
    ...(apart ? [thousands(validation ?? 0)] : []),
  ]);
  const head = ['class', 'train', ...(apart ? ['validation'] : [])];
  const table = ruled([head, ...rows], ['left', 'right', 'right']);
  const more = classes.length - shown.length;
  return more === 0 ? table : [...table, `and ${thousands(more)} more; --json prints all`];
};

/** `375x500 (1,010), 500x375 (190)`, and how far the others reach. */
const sizeLine = ({ sizes }: DataReport): readonly string[] => {
  const [first] = sizes;
  if (first === undefined) return [];
  const size = ({ h, w }: { readonly h: number; readonly w: number }): string => `${h}x${w}`;
  if (sizes.length === 1) return [`size: ${size(first)}, all of them`];
  const shown = sizes.slice(0, mostSizes).map((s) => `${size(s)} (${thousands(s.count)})`);
  const more = sizes.length - shown.length;
  const ends = (side: 'h' | 'w'): string => {
    const all = sizes.map((s) => s[side]);
    const [least, most] = all.reduce(
      ([a, b], n) => [Math.min(a, n), Math.max(b, n)],
      [Infinity, 0],
    );
    return `${least} to ${most}`;
  };
  return [
    `sizes, height x width: ${shown.join(', ')}${more === 0 ? '' : `, and ${thousands(more)} others`}`,
    `heights ${ends('h')}, widths ${ends('w')}`,
  ];
};

/** Channels of an array that are shown. */
const mostChannels = 4;

const numbers = (all: readonly number[]): string =>
  all
    .slice(0, mostChannels)
    .map((n) => n.toPrecision(4))
    .join(' ') + (all.length > mostChannels ? ' …' : '');

const measuredLine = ({ order, mean, std }: DataReport): readonly string[] =>
  mean.length === 0 ? [] : [`mean ${numbers(mean)}, deviation ${numbers(std)} (${order})`];

/** Each picture that cannot be read, with the reason. */
export const brokenLines = ({ broken }: DataReport): readonly string[] => {
  if (broken.length === 0) return [];
  const shown = broken.slice(0, mostBroken);
  const more = broken.length - shown.length;
  return [
    `${plural(broken.length, 'picture')} cannot be read:`,
    ...shown.map(({ name, reason }) => `  ${oneLine(name, 200)}: ${oneLine(reason, 200)}`),
    ...(more === 0 ? [] : [`  and ${thousands(more)} more; --json prints all`]),
  ];
};

/** All but what cannot be read. */
export const showData = (report: DataReport): readonly string[] => {
  const { data, classes, broken } = report;
  const apart = total(classes.map(({ validation }) => validation));
  const counts = [
    plural(classes.length, 'class', 'classes'),
    `${plural(total(classes.map(({ train }) => train)), 'picture')} to train on`,
    ...(apart === 0 ? [] : [`${thousands(apart)} to validate with`]),
    ...(broken.length === 0 ? [] : [`${thousands(broken.length)} that cannot be read`]),
  ];
  return [
    `${data}: ${counts.join(', ')}`,
    '',
    ...classTable(report),
    '',
    ...sizeLine(report),
    ...measuredLine(report),
  ];
};
