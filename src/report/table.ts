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

/** Two spaces between columns, none at the end of a line. Rows may be shorter than the widest. */
export const columns = (
  rows: readonly (readonly string[])[],
  aligns: readonly Align[] = [],
): readonly string[] => {
  const tamed = rows.map((row) => row.map(tame));
  const count = largest(tamed.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    largest(tamed.map((row) => widthOf(row[i] ?? ''))),
  );
  return tamed.map((row) =>
    widths
      .map((width, i) =>
        aligns[i] === 'right' ? padStart(row[i] ?? '', width) : padEnd(row[i] ?? '', width),
      )
      .join('  ')
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
 * their order. If that does not suffice, the cells of the first column are cut.
 */
export const fitted = (
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
  dispensable: readonly string[],
  width: number,
): { readonly table: readonly string[]; readonly leftOut: readonly string[] } => {
  const head = rows[0] ?? [];
  const present = dispensable.filter((name) => head.includes(name));
  const without = (leftOut: readonly string[], all = rows): readonly string[] => {
    const kept = head.flatMap((name, i) => (leftOut.includes(name) ? [] : [i]));
    const only = all.map((row) => kept.map((i) => row[i] ?? ''));
    return ruled(
      only,
      kept.map((i) => aligns[i] ?? 'left'),
    );
  };
  for (let n = 0; n < present.length; n++) {
    const leftOut = present.slice(0, n);
    const table = without(leftOut);
    if (table.every((line) => widthOf(line) <= width)) return { table, leftOut };
  }
  const table = without(present);
  const excess = largest(table.map(widthOf)) - width;
  const names = largest(rows.map((row) => widthOf(row[0] ?? ''))) - Math.max(0, excess);
  const cut = rows.map(([name = '', ...rest]) => [clipped(name, names), ...rest]);
  return { table: excess > 0 ? without(present, cut) : table, leftOut: present };
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
