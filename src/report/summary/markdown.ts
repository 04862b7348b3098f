/** The summary of a net as Markdown, for a README or a pull request. */
import { outputType } from '../../graph/graph.ts';
import { showAxis, showType, type TensorType } from '../../ops/types.ts';
import { text } from '../table.ts';
import { columnsOf, nameOf } from './cells.ts';
import type { Row } from './fold.ts';
import { tableOf, type Summary } from './summary.ts';
import { foldedText } from './text.ts';
import { totals, type Sum } from './totals.ts';

/** Escapes stars, which begin italics, and bars, which begin a cell. */
const escaped = (words: string): string => words.replaceAll(/[*|]/g, '\\$&');

/** A row of a table of Markdown. */
export const tableRow = (cells: readonly string[]): string =>
  `| ${cells.map(escaped).join(' | ')} |`;

/** `- MACs at h × w: …` where there is a formula. */
const item =
  (input: TensorType) =>
  ({ name, value, meaning, formula }: Sum): string => {
    const parts = [value, meaning].filter((part) => part !== '').map(escaped);
    if (formula === undefined || input.tag !== 'map') return `- ${[name, ...parts].join(' · ')}`;
    const size = escaped(`${showAxis(input.h)} × ${showAxis(input.w)}`);
    return `- ${name} at ${size}: \`${formula}\` · ${parts.join(' · ')}`;
  };

/** A tree of layers down to `depth`, and the totals below it. */
export const markdownSummary = (summary: Summary, depth: number | undefined): string => {
  const { net, graph } = summary;
  const { type } = graph.input;
  const table = tableOf(summary, depth);
  const columns = columnsOf(true, table.whole);
  const lines = (rows: readonly Row[], level: number): readonly string[] =>
    rows.flatMap((row) => [
      tableRow([
        `${'&emsp;'.repeat(level)}${nameOf(row)}`,
        ...columns.map((column) => column.cell(row, table.whole)),
      ]),
      ...lines(row.below, level + 1),
    ]);
  const notes = [table.legend.join(', '), foldedText(table)].filter((note) => note !== '');
  return text([
    escaped(`### ${net.name} : ${showType(type)} → ${showType(outputType(graph))}`),
    '',
    tableRow(['', ...columns.map(({ head }) => head)]),
    tableRow(['---', ...columns.map(({ isNumber }) => (isNumber ? '---:' : '---'))]),
    ...lines(table.rows, 0),
    '',
    ...notes.flatMap((note) => [note, '']),
    ...totals(summary).map(item(type)),
  ]);
};
