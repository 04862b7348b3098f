/** The summary of a net as text for the terminal. */
import { paint } from '../../diagnostic/terminal/paint.ts';
import { padEnd, widthOf, wrap } from '../../diagnostic/terminal/terminal-width.ts';
import { outputType } from '../../graph/graph.ts';
import { largest } from '../../numeric/figures.ts';
import { showType } from '../../ops/types.ts';
import { fitted, noRoomFor, text } from '../table.ts';
import { sumLines } from '../wrap-cells.ts';
import { columnsOf, nameOf } from './cells.ts';
import type { Row } from './fold.ts';
import { tableOf, type Summary, type Table } from './summary.ts';
import { totals, type Sum } from './totals.ts';

/** Each row with the name that the tree gives it. */
const listed = (
  rows: readonly Row[],
  stems = '',
): readonly { readonly name: string; readonly row: Row }[] =>
  rows.flatMap((row, i) => {
    const isLast = i === rows.length - 1;
    return [
      { name: `${stems}${isLast ? '└─ ' : '├─ '}${nameOf(row)}`, row },
      ...listed(row.below, stems + (isLast ? '   ' : '│  ')),
    ];
  });

/** Columns left out if there is no room, in this order. `in` goes first: it is the `out` of the line above. */
const dispensable = ['in', 'memory', 'sees', '%', 'MACs', 'layer'] as const;

/** The lines of the table; columns that say nothing of any row are not shown. */
const linesOf = (
  { rows, whole }: Table,
  full: boolean,
  width: number,
): { readonly lines: readonly string[]; readonly leftOut: readonly string[] } => {
  const all = listed(rows);
  const shown = columnsOf(full, whole)
    .map((column) => ({ ...column, cells: all.map(({ row }) => column.cell(row, whole)) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const head = ['', ...shown.map((c) => c.head)];
  const body = all.map(({ name }, i) => [name, ...shown.map((c) => c.cells[i]!)]);
  const aligns = shown.map(({ isNumber }) => (isNumber ? 'right' : 'left'));
  const { table, leftOut } = fitted([head, ...body], ['left', ...aligns], dispensable, width);
  return { lines: table, leftOut };
};

/** With every argument of every layer if there is room for that without `in`. */
const tableLines = (table: Table, width: number): readonly string[] => {
  const full = linesOf(table, true, width);
  const { lines, leftOut } = full.leftOut.every((name) => name === dispensable[0])
    ? full
    : linesOf(table, false, width);
  return [...lines, ...noRoomFor(leftOut, '--csv and --json have all', width)];
};

/** What is folded, and how to see it. */
export const foldedText = ({ depth, deepest }: Table): string =>
  depth === deepest ? '' : `folded at depth ${depth}; --depth ${deepest} shows every layer`;

/** The least width, in cells, of the meanings of numbers below the table. */
const leastMeaning = 20;

/** The numbers below the table. A formula stands below its meaning, because it is longer than a column. */
const totalLines = (sums: readonly Sum[], width: number): readonly string[] => {
  const names = largest(sums.map(({ name }) => widthOf(name)));
  const values = largest(sums.map(({ value }) => widthOf(value)));
  const room = Math.max(leastMeaning, width - names - values - 4);
  return sums.flatMap(({ name, value, meaning, formula }) =>
    [...wrap(meaning, room), ...(formula === undefined ? [] : sumLines(formula, room))].map(
      (line, i) => {
        const head = i === 0 ? [name, value] : ['', ''];
        return `${padEnd(head[0]!, names)}  ${padEnd(head[1]!, values)}  ${line}`.trimEnd();
      },
    ),
  );
};

/** A tree of layers down to `depth` with sums for folders, and the totals below it. */
export const showSummary = (
  summary: Summary,
  depth: number | undefined,
  colour: boolean,
  width: number,
): string => {
  const { net, graph } = summary;
  const table = tableOf(summary, depth);
  const notes = [table.legend.join(', '), foldedText(table)];
  const title = `${net.name} : ${showType(graph.input.type)} -> ${showType(outputType(graph))}`;
  return text([
    paint(colour)('strong', title),
    '',
    ...tableLines(table, width),
    ...notes.flatMap((note) => (note === '' ? [] : wrap(`(${note})`, width))),
    '',
    ...totalLines(totals(summary), width),
  ]);
};
