/** `netc explain NAME`: the page of an operator, a pass, a keyword or a code, or the list of all. */
import { readFileSync } from 'node:fs';
import { near } from '../../diagnostic/suggest.ts';
import { clipped } from '../../diagnostic/terminal/terminal-width.ts';
import { paint } from '../../diagnostic/terminal/paint.ts';
import { readable } from '../../manual/markdown.ts';
import { calledIn, chapters, topicsOf, type Chapter } from '../../manual/topics.ts';
import { columns, lines, text } from '../../report/table.ts';
import { exit, type Exit } from '../host/exit.ts';
import { inHome } from '../host/home.ts';
import type { Io } from '../host/io.ts';

/** A line for each topic, one chapter after the other. */
const listing = (all: readonly Chapter[], io: Io): string => {
  const colours = paint(io.colour.out);
  return all
    .map(({ title, topics }) => {
      const rows = columns(topics.map(({ names, about }) => [names.join(' '), about()]));
      return text([colours('strong', title), ...rows.map((row) => clipped(row, io.room)), '']);
    })
    .join('');
};

export const explain = async (asked: string | undefined, io: Io): Promise<Exit> => {
  const all = chapters((path) => readFileSync(inHome(...path.split('/')), 'utf8'));
  if (asked === undefined) {
    io.out(`${listing(all, io)}${lines('`netc explain NAME` prints the page of one')}`);
    return exit.fine;
  }
  const found = topicsOf(all, asked);
  if (found.length === 0) {
    const names = all.flatMap(({ topics }) => topics.flatMap(calledIn));
    const [close] = near(asked, names);
    const meant = close === undefined ? '' : `; did you mean \`${close}\`?`;
    io.err(lines(`error: netc has no \`${asked}\` to explain${meant}`, '`netc explain` lists all'));
    return exit.usage;
  }
  const pages = found.map(({ page }) => readable(page(), paint(io.colour.out), io.width));
  io.out(pages.join('\n'));
  return exit.fine;
};
