/** Columns of text for the terminal. */
import {
  clipped,
  padEnd,
  padStart,
  tame,
  widthOf,
  wrap,
} from '../diagnostic/terminal/terminal-width.ts';
import { largest } from '../numeric/figures.ts';

/** The side of its column on which a cell stands; left by default. */
export type Align = 'left' | 'right';

/** The width of each column. Rows may be shorter than the widest. */
const widthsOf = (rows: readonly (readonly string[])[]): readonly number[] => {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
    });
  return widths;
};

const between = 2; // spaces between columns

/** Spaces between columns, none at the end of a line. */
export const columns = (
  rows: readonly (readonly string[])[],
  aligns: readonly Align[] = [],
): readonly string[] => {
  const tamed = rows.map((row) => row.map(tame));
  const widths = widthsOf(tamed);
  return tamed.map((row) =>
    widths
      .map((width, i) =>
        aligns[i] === 'right' ? padStart(row[i] ?? '', width) : padEnd(row[i] ?? '', width),
      )
      .join(' '.repeat(between))
      .trimEnd(),
  );
};

/** The first row is the head; a rule stands below it. */
export const ruled = (
  rows: readonly (readonly string[])[],
  aligns: readonly Align[] = [],
): readonly string[] => {
  const [head, ...body] = columns(rows, aligns);
  if (head === undefined) return [];
  const width = largest([head, ...body].map(widthOf));
  return [head, '─'.repeat(width), ...body];
};

/**
 * A ruled table with as many columns as fit, and the names of the others. The `dispensable` columns may be left out, in
 * their order, unless a later one leaves them room. If that does not suffice, the cells of the first column are cut.
 */
export const fitted = (
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
  dispensable: readonly string[],
  width: number,
): { readonly table: readonly string[]; readonly leftOut: readonly string[] } => {
  const head = rows[0] ?? [];
  const present = dispensable.filter((name) => head.includes(name));
  const widths = widthsOf(rows.map((row) => row.map(tame)));
  const keptWithout = (names: readonly string[]): readonly number[] =>
    head.flatMap((name, i) => (names.includes(name) ? [] : [i]));
  const excessWithout = (names: readonly string[]): number => {
    const kept = keptWithout(names);
    return kept.reduce((sum, i) => sum + widths[i]! + between, -between) - width;
  };
  const enough =
    present.map((_, n) => present.slice(0, n)).find((names) => excessWithout(names) <= 0) ??
    present;
  // the last one may have left room for others before it
  const leftOut = enough.reduceRight((names, name) => {
    const fewer = names.filter((n) => n !== name);
    return excessWithout(fewer) <= 0 ? fewer : names;
  }, enough);
  const excess = excessWithout(leftOut);
  const named = widths[0]! - excess;
  const kept = keptWithout(leftOut);
  const only = rows.map((row) =>
    kept.map((i) => (i === 0 && excess > 0 ? clipped(row[0] ?? '', named) : (row[i] ?? ''))),
  );
  const table = ruled(
    only,
    kept.map((i) => aligns[i] ?? 'left'),
  );
  return { table, leftOut };
};

/** Names the columns that `fitted` left out; `instead` says where to find them. */
export const noRoomFor = (
  leftOut: readonly string[],
  instead: string,
  width: number,
): readonly string[] =>
  leftOut.length === 0
    ? []
    : wrap(`(no room for ${leftOut.map((name) => `\`${name}\``).join(', ')}; ${instead})`, width);

/** A foreign text in one line of at most so many characters. */
export const oneLine = (words: string, most: number): string =>
  tame(words.slice(0, most)).replaceAll(/\s/g, ' ') + (words.length > most ? '…' : '');

/** Joins any number of lines, each with a line break. */
export const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

/** Joins a few lines, each with a line break; `text` takes a list of any length. */
export const lines = (...all: readonly string[]): string => text(all);
