/** Columns of text for the terminal. */
import { padEnd, padStart, tame, widthOf } from '../diagnostic/cells.ts';
import { largest } from '../numeric/figures.ts';

/** On which side of its column a cell stands; left where nothing is said. */
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

/** A stranger's text in one line of at most so many characters. */
export const oneLine = (words: string, most: number): string =>
  tame(words.slice(0, most)).replaceAll(/\s/g, ' ') + (words.length > most ? '…' : '');

/** Lines of a text, each ended: as many as there are. */
export const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

/** A few lines of a text, each ended; of many, `text` takes a list. */
export const lines = (...all: readonly string[]): string => text(all);
