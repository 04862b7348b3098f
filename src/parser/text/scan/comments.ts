/** Comments of other languages, which begin with `//`, `#` or a slash and a star. One message for all of a file. */
import { error, type Edit, type Fix } from '../../../diagnostic/diagnostic.ts';
import { span } from '../../../syntax/source.ts';
import { lineEndFrom, patch, type Scan } from './state.ts';

/** Blanks a comment. The edits make it a comment of this language. */
const comment = (scan: Scan, start: number, end: number, edits: readonly Edit[]): number => {
  patch(scan, start, end, scan.text.slice(start, end).replaceAll(/[^\r\n]/g, ' '));
  if (scan.tooDeepFrom >= 0) return end;
  scan.comments ??= { first: edits[0]!.span, edits: [] };
  for (const edit of edits) scan.comments.edits.push(edit);
  return end;
};

/** Reads a comment to the end of its line. Its sign has `sign` characters. */
const lineComment = (scan: Scan, start: number, sign: number): number => {
  const edit: Edit = { span: span(scan.path, start, start + sign), newText: '--' };
  return comment(scan, start, lineEndFrom(scan.text, start), [edit]);
};

const behindSpace = (text: string, start: number): number => {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
};
const breaksAt = (text: string, at: number): boolean => text[at] === '\r' || text[at] === '\n';

/** The edits for the lines of a comment after its first: a `*` that begins a line becomes the sign. */
const innerLines = ({ path, text }: Scan, start: number, stop: number): readonly Edit[] => {
  const edits: Edit[] = [];
  for (let broke = lineEndFrom(text, start, stop); broke < stop;) {
    const line = broke + 1;
    const at = behindSpace(text, line);
    broke = lineEndFrom(text, line, stop);
    if (at >= stop || breaksAt(text, at)) continue;
    const starred = text[at] === '*';
    edits.push({ span: span(path, at, starred ? at + 1 : at), newText: starred ? '--' : '-- ' });
  }
  return edits;
};

const blockComment = (scan: Scan, start: number): number => {
  const { path, text } = scan;
  const stop = scan.noEndOfComment ? -1 : text.indexOf('*/', start + 2);
  scan.noEndOfComment = stop < 0;
  if (stop < 0) return lineComment(scan, start, 2);
  const end = stop + 2;
  const behind = behindSpace(text, end);
  const endsLine = behind === text.length || breaksAt(text, behind);
  return comment(scan, start, end, [
    { span: span(path, start, start + 2), newText: '--' },
    ...innerLines(scan, start, stop),
    { span: span(path, stop, end), newText: endsLine ? '' : '\n' },
  ]);
};

/** `(c // 2)`: alone in its parentheses, where a comment would leave them open. */
const dividesApart = (text: string, start: number, end: number): boolean =>
  /\(\s*[\w.]+[ \t]+$/.test(text.slice(Math.max(0, start - 60), start)) &&
  /^[ \t]+[\w.]+[ \t]*\)/.test(text.slice(end, end + 60));

/** Reads what begins with `/`. */
export const readSlashes = (scan: Scan, start: number): number => {
  const { text } = scan;
  if (text[start + 1] === '*') return blockComment(scan, start);
  let end = start + 1;
  while (text[end] === '/') end++;
  // `c//2` divides
  const divides = start > 0 && /[\w)]/.test(text[start - 1]!) && /[\w(]/.test(text[end] ?? '');
  return end === start + 1 || divides || dividesApart(text, start, end)
    ? end
    : lineComment(scan, start, end - start);
};

/** Reads a comment that begins with `#`. */
export const readHashes = (scan: Scan, start: number): number => {
  let end = start + 1;
  while (scan.text[end] === '#') end++;
  return lineComment(scan, start, end - start);
};

/** Reports the comments of the whole file. */
export const tellComments = ({ comments, report }: Scan): void => {
  if (comments === undefined) return;
  const { first, edits } = comments;
  const fixes: Fix[] = [{ title: 'begin comments with `--`', edits, applicability: 'likely' }];
  report(error('E0103', first, 'a comment begins with `--`', { fixes }));
};
