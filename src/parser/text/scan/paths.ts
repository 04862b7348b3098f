/** Paths without quotes, `data imagefolder(./data)`, and shares in per cent, `validation = 20%`. */
import { error, replace } from '../../../diagnostic/diagnostic.ts';
import { span } from '../../../syntax/source.ts';
import { patch, tell, type Scan } from './state.ts';
import { readStrange } from './strange.ts';

const path = /(?:\.{1,2}|~)?[/\\][^\s,()"';{}[\]]+/y;

/** What stands before a value: a bracket, a comma, a `=`, or a clause that takes a path. */
const beforeValue = /(?:[(,=]|(?:^|[{;\r\n])[ \t]*(?:data|init[ \t]+from|from)[ \t])[ \t]*$/;

/** Where a path begins that reaches the offset; undefined where none does. A drive, `C:`, stands before it. */
const beginning = (text: string, at: number): number | undefined => {
  const before = text.slice(Math.max(0, at - 80), at);
  const start = at - (/(?<!\w)[A-Za-z]:$/.test(before) ? 2 : 0);
  return beforeValue.test(text.slice(Math.max(0, start - 80), start)) ? start : undefined;
};

/** Reads a path that begins with `./`, `../`, `~/`, `/` or `C:\`; undefined where none is. */
export const readPath = (scan: Scan, at: number): number | undefined => {
  const start = beginning(scan.text, at);
  path.lastIndex = at;
  // a text of nothing but `/` is not searched from each of them
  const found = start === undefined ? undefined : path.exec(scan.text)?.[0];
  if (start === undefined || found === undefined || /^\/[/*]/.test(found)) return undefined;
  const end = at + found.length;
  const written = scan.text.slice(start, end);
  const text = `"${written.replaceAll('\\', '/')}"`;
  // data is told by what the path leads to
  const isAlone = /(?:^|[{;\r\n])[ \t]*data[ \t]+$/.test(
    scan.text.slice(Math.max(0, start - 80), start),
  );
  const quoted = isAlone ? `imagefolder(${text})` : text;
  const place = span(scan.path, start, end);
  const fault = written.startsWith('~')
    ? error('E0103', place, 'a path is written in quotes, and `~` stands for nothing in it', {
        notes: ['write the path out, or relative to the project'],
      })
    : error('E0103', place, `a path is written in quotes; write \`${quoted}\``, {
        fixes: [replace(`write \`${quoted}\``, place, quoted, 'certain')],
      });
  tell(scan, fault);
  // a string as long, whatever it says
  patch(scan, start, end, `"${'p'.repeat(end - start - 2)}"`);
  return end;
};

/** Reads a `%`, and the number before it as a share of 1. */
export const readPercent = (scan: Scan, at: number): number => {
  const { text } = scan;
  const [, blank = '', number] =
    /([ \t]?)(?<![\w.])(\d+(?:\.\d+)?)$/.exec(text.slice(Math.max(0, at - 24), at)) ?? [];
  if (number === undefined || /\w/.test(text[at + 1] ?? '')) return readStrange(scan, at);
  const share = String(Number(number) / 100);
  const start = at - number.length;
  const place = span(scan.path, start, at + 1);
  const fixes = [replace(`write \`${share}\``, place, share)];
  tell(
    scan,
    error('E0103', place, `a share is written from 0 to 1; write \`${share}\``, { fixes }),
  );
  // a number as long, which is this share where there is room for it
  const room = blank.length + number.length + 1;
  const by = share.length <= room ? share : '0.1';
  if (by.length <= room) patch(scan, at + 1 - room, at + 1, by.padStart(room));
  else patch(scan, at, at + 1, ' ');
  return at + 1;
};
