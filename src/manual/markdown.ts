/** Pages of the documentation, which are Markdown, as text for a terminal. */
import type { Paint } from '../diagnostic/terminal/paint.ts';
import { padEnd, widthOf, wrap } from '../diagnostic/terminal/terminal-width.ts';
import { largest } from '../numeric/figures.ts';
import { lines } from '../report/table.ts';

const isRow = (line: string): boolean => line.startsWith('|');

/** Joins the lines of each paragraph; headings, list items, rows of tables and fenced blocks stay separate. */
const paragraphs = (page: string): readonly string[] => {
  const joined: string[] = [];
  let fenced = false;
  for (const line of page.trimEnd().split('\n')) {
    const last = joined.at(-1) ?? '';
    const alone = [line, last].some((text) => text === '' || /^(#|```|!\[|<!--)/.test(text));
    if (fenced || alone || /^([-|]|\d+\.) /.test(line)) joined.push(line);
    else joined[joined.length - 1] = `${last} ${line.trimStart()}`;
    if (line.startsWith('```')) fenced = !fenced;
  }
  return joined;
};

/** A link by its words; bold as plain text. */
const plain = (text: string): string =>
  text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('**', '');

const cellsOf = (row: string): readonly string[] =>
  row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => plain(cell.trim().replaceAll('\\|', '|')));

/** A table without its head: the first cell in a column, the others as text beside it. */
const tableLines = (rows: readonly string[], width: number): readonly string[] => {
  const body = rows.slice(2).map(cellsOf);
  const names = largest(body.map(([name = '']) => widthOf(name))) + 4;
  return body.flatMap(([name = '', ...others]) =>
    wrap(others.filter((cell) => cell !== '').join('; '), Math.max(20, width - names)).map(
      (line, i) => `  ${padEnd(i === 0 ? name : '', names - 2)}${line}`.trimEnd(),
    ),
  );
};

const itemLines = (text: string, width: number): readonly string[] =>
  wrap(text, width - 2).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`);

/** For a terminal of this width: headings stand out, fenced blocks are indented, drawings are left out. */
export const readable = (page: string, colours: Paint, width: number): string => {
  const shown: string[] = [];
  let fenced = false;
  let table: string[] = [];
  const push = (...more: readonly string[]): void => {
    // what is left out leaves one empty line
    for (const line of more) if (line !== '' || fenced || shown.at(-1) !== '') shown.push(line);
  };
  for (const line of [...paragraphs(page), '```']) {
    if (!fenced && isRow(line)) {
      table.push(line);
      continue;
    }
    push(...tableLines(table, width));
    table = [];
    if (line.startsWith('```')) fenced = !fenced;
    else if (fenced) push(line === '' ? '' : `    ${line}`);
    else if (line.startsWith('#'))
      push(...wrap(plain(line.replace(/^#+ /, '')), width).map((l) => colours('strong', l)));
    else if (line.startsWith('- ')) push(...itemLines(plain(line.slice(2)), width));
    else if (!/^(!\[|<!--)/.test(line)) push(...wrap(plain(line), width));
  }
  return lines(...shown);
};
