/**
 * Columns: where lines that follow each other have the same parts, these stand below each other, as in
 *
 *     block 2x conv3-64;  maxpool
 *     block 2x conv3-128; maxpool
 */
import type { Lexeme } from '../parser/lexemes.ts';
import { closes, depths, isComment, opens, type Line, type Words } from './line.ts';
import { spaceBetween } from './spaces.ts';
import { stopsIn, type Stop } from './stops.ts';

/** A line to be set. */
type Row = {
  /** without a comment behind them */
  readonly words: readonly Lexeme[];
  readonly comment: Lexeme | undefined;
  /** before which words a column may stand, from left to right */
  readonly stops: readonly Stop[];
  /** the space before each word, the comment included */
  readonly gaps: number[];
};

/** No column is made where a line would need more spaces than this. */
const widest = 24;

const widthBefore = ({ words, gaps }: Row, word: number): number => {
  let width = 0;
  for (let i = 0; i < word; i++) width += gaps[i]! + words[i]!.text.length;
  return width;
};

/** Moves the words at a stop into one column, if no line is moved too far. */
const align = (
  rows: readonly Row[],
  places: readonly number[],
  space: number,
  indents?: readonly number[],
): void => {
  const widths = rows.map((row, i) => (indents?.[i] ?? 0) + widthBefore(row, places[i]!));
  const column = Math.max(...widths) + space;
  if (rows.length < 2 || column - Math.min(...widths) > widest) return;
  rows.forEach((row, i) => (row.gaps[places[i]!] = column - widths[i]!));
};

/** Runs of neighbours with the same key; those without one stand in none. */
const runs = <A>(
  all: readonly A[],
  keyOf: (a: A) => string | undefined,
): readonly (readonly A[])[] => {
  const found: A[][] = [];
  let latest: string | undefined;
  for (const a of all) {
    const key = keyOf(a);
    if (key !== undefined && key === latest) found.at(-1)!.push(a);
    else if (key !== undefined) found.push([a]);
    latest = key;
  }
  return found;
};

/** The first parts of lines: lines agree on a column when they agree on all that stand before it. */
const alignParts = (rows: readonly Row[]): void => {
  const most = Math.max(0, ...rows.map(({ stops }) => stops.length));
  for (let n = 1; n <= most; n++) {
    const key = ({ stops }: Row): string | undefined =>
      stops.length < n
        ? undefined
        : stops
            .slice(0, n)
            .map(({ name }) => name)
            .join();
    for (const run of runs(rows, key))
      align(
        run,
        run.map(({ stops }) => stops[n - 1]!.word),
        1,
      );
  }
};

/** The words that the last layers of a line begin with, the last first; not its first layer. */
const lastLayers = ({
  words,
}: Row): readonly { readonly text: string; readonly word: number }[] => {
  const depth = depths(words);
  return words
    .flatMap(({ kind }, i) => (kind === ';' && depth[i] === 0 ? [i + 1] : []))
    .map((word) => ({ text: words[word]?.text ?? '', word }))
    .reverse();
};

/** The layers that neighbours have in common at their ends, such as `norm; maxpool`: the most first. */
const alignLasts = (rows: readonly Row[]): void => {
  const lasts = new Map(rows.map((row) => [row, lastLayers(row)]));
  for (let n = Math.max(0, ...[...lasts.values()].map((l) => l.length)); n > 0; n--) {
    const key = (row: Row): string | undefined => {
      const own = lasts.get(row)!;
      return own.length < n
        ? undefined
        : own
            .slice(0, n)
            .map(({ text }) => text)
            .join(';');
    };
    for (const run of runs(rows, key))
      align(
        run,
        run.map((row) => lasts.get(row)![n - 1]!.word),
        1,
      );
  }
};

const isWhole = (words: readonly Lexeme[]): boolean =>
  !closes(words[0]!) && words.reduce((d, w) => d + (opens(w) ? 1 : closes(w) ? -1 : 0), 0) === 0;

const rowOf = ({ words, begins }: Words, holder: string | undefined): Row => {
  const last = words.at(-1)!;
  const comment = words.length > 1 && last.kind === 'comment' ? last : undefined;
  const code = comment === undefined ? words : words.slice(0, -1);
  return {
    ...{ words: code, comment },
    stops: begins && isWhole(code) ? stopsIn(holder, code) : [],
    gaps: words.map((word, i) =>
      i === 0 ? 0 : word === comment ? 2 : spaceBetween(words[i - 1]!, word).length,
    ),
  };
};

/** Comments behind lines stand in a column of their own. */
const alignComments = (rows: readonly (Row | undefined)[], indents: readonly number[]): void => {
  const placed = rows.map((row, i) => ({ row, indent: indents[i]! }));
  for (const run of runs(placed, ({ row }) =>
    row?.comment === undefined ? undefined : 'comment',
  )) {
    const rows = run.map(({ row }) => row!);
    align(
      rows,
      rows.map(({ words }) => words.length),
      2,
      run.map(({ indent }) => indent),
    );
  }
};

/** The bracket that holds each line; undefined in none. */
const holdersOf = (lines: readonly Line[]): readonly (string | undefined)[] => {
  const open: string[] = [];
  return lines.map((line) => {
    if (line.tag === 'verbatim') open.length = 0;
    const holder = open.at(-1);
    if (line.tag === 'words')
      for (const word of line.words) {
        if (opens(word)) open.push(word.kind);
        if (closes(word)) open.pop();
      }
    return holder;
  });
};

/** The texts of the lines, without their indents. */
export const setColumns = (
  lines: readonly Line[],
  indents: readonly number[],
): readonly string[] => {
  const holders = holdersOf(lines);
  const rows = lines.map((line, i) => (line.tag === 'words' ? rowOf(line, holders[i]) : undefined));
  // several lines of one layer, an empty line or another indent part what could stand in columns; a comment does not
  const inColumns = rows
    .map((row, i) => ({ row, line: lines[i]!, indent: indents[i]!, holder: holders[i] }))
    .filter(({ line }) => line.tag !== 'words' || !isComment(line));
  const goesOn = (line: Line | undefined): boolean =>
    line?.tag === 'words' && !line.begins && !closes(line.words[0]!);
  const alone = new Set(
    inColumns.filter(({ line }, i) => !goesOn(line) && !goesOn(inColumns[i + 1]?.line)),
  );
  const keyOf = (l: (typeof inColumns)[number]): string | undefined =>
    l.row !== undefined && alone.has(l) && isWhole(l.row.words)
      ? `${l.indent} ${l.holder}`
      : undefined;
  for (const run of runs(inColumns, keyOf)) {
    const own = run.map(({ row }) => row!);
    if (run[0]!.holder === '{') alignLasts(own);
    alignParts(own);
  }
  alignComments(rows, indents);
  return rows.map((row, i) => {
    const line = lines[i]!;
    return row === undefined ? (line.tag === 'verbatim' ? line.text : '') : textOf(row);
  });
};

const textOf = ({ words, comment, gaps }: Row): string =>
  [...words, ...(comment === undefined ? [] : [comment])]
    .map((word, i) => ' '.repeat(gaps[i]!) + word.text)
    .join('');
