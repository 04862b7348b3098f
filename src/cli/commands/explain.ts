/** `netc explain CODE`: the page of a code, or the list of all. */
import { readFileSync } from 'node:fs';
import { codes } from '../../diagnostic/codes.ts';
import { wrap } from '../../diagnostic/terminal/terminal-width.ts';
import { near } from '../../diagnostic/suggest.ts';
import { paint, type Paint } from '../../diagnostic/terminal/paint.ts';
import { exit, type Exit } from '../host/exit.ts';
import { inHome } from '../host/home.ts';
import type { Io } from '../host/io.ts';
import { columns, lines } from '../../report/table.ts';

/** Joins the lines of each paragraph; headings, list items and fenced blocks stay separate. */
const paragraphs = (page: string): readonly string[] => {
  const joined: string[] = [];
  let fenced = false;
  for (const line of page.trimEnd().split('\n')) {
    const last = joined.at(-1) ?? '';
    const alone = [line, last].some((text) => text === '' || /^(#|```)/.test(text));
    if (fenced || alone || /^([-|]|\d+\.) /.test(line)) joined.push(line);
    else joined[joined.length - 1] = `${last} ${line.trimStart()}`;
    if (line.startsWith('```')) fenced = !fenced;
  }
  return joined;
};

/** Markdown for a terminal of this width: headings stand out, fenced blocks are indented. */
export const readable = (page: string, colours: Paint, width: number): string => {
  let fenced = false;
  const shown = paragraphs(page).flatMap((line) => {
    if (line.startsWith('```')) {
      fenced = !fenced;
      return [];
    }
    if (fenced) return [line === '' ? '' : `    ${line}`];
    if (line.startsWith('#')) return [colours('strong', line.replace(/^#+ /, ''))];
    return wrap(line, width);
  });
  return lines(...shown);
};

const listing = (): string => lines(...columns(Object.entries(codes)));

const isCode = (text: string): text is keyof typeof codes => Object.hasOwn(codes, text);

export const explain = async (asked: string | undefined, io: Io): Promise<Exit> => {
  if (asked === undefined) {
    io.out(listing());
    return exit.fine;
  }
  const code = asked.toUpperCase();
  if (!isCode(code)) {
    const [close] = near(code, Object.keys(codes));
    const meant = close === undefined ? '' : `; did you mean ${close}?`;
    io.err(lines(`error: there is no code '${asked}'${meant}`, '`netc explain` lists them all'));
    return exit.usage;
  }
  const page = readFileSync(inHome('docs', 'errors', `${code}.md`), 'utf8');
  io.out(readable(page, paint(io.colour.out), io.width));
  return exit.fine;
};
