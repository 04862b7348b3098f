/** Strings between quotes that are not `"`. */
import { error, replace, type Edit, type Fix } from '../../../diagnostic/diagnostic.ts';
import { span } from '../../../syntax/source.ts';
import { patch, tell, type Scan } from './state.ts';
import { fancyQuotes, readStrange } from './strange.ts';

const lineEnds = '\r\n';
const endsFancyString = `"${fancyQuotes}${lineEnds}`;

/** Reads a string that begins with a quote of typography. */
export const readFancyString = (scan: Scan, start: number): number => {
  const { path, text } = scan;
  let end = start + 1;
  while (end < text.length && !endsFancyString.includes(text[end]!)) end++;
  const closed = end < text.length && !lineEnds.includes(text[end]!);
  const edits: Edit[] = [];
  const straighten = (at: number): void => {
    edits.push({ span: span(path, at, at + 1), newText: '"' });
    patch(scan, at, at + 1, '"');
  };
  straighten(start);
  if (closed && text[end] !== '"') straighten(end);
  const behind = closed ? end + 1 : end;
  const fixes: Fix[] = [{ title: 'write straight quotes', edits, applicability: 'likely' }];
  const message = 'a string is written in straight quotes, `"…"`';
  tell(scan, error('E0103', span(path, start, behind), message, { fixes }));
  return behind;
};

const quoted = /'([^'"\\\r\n]{1,200})'/y;

/** Is the quoted word the value of an argument behind a layer that has ended: `conv3-64, pad='same'`? */
const isStray = (text: string, start: number, end: number): boolean =>
  /^[^(\n]*[\w)][ \t]*,?[ \t]+\w+[ \t]*=[ \t]*$/.test(lineBefore(text, start)) &&
  /^[ \t]*(?:[;}\r\n]|$)/.test(text.slice(end, end + 80));

const lineBefore = (text: string, at: number): string =>
  text.slice(Math.max(text.lastIndexOf('\n', at - 1) + 1, at - 200), at);

/** Reads a word or string between single quotes, as in `pad='same'`. */
export const readSingleQuotes = (scan: Scan, start: number): number => {
  const { path, text } = scan;
  quoted.lastIndex = start;
  const content = quoted.exec(text)?.[1];
  if (content === undefined) return readStrange(scan, start);
  const end = start + content.length + 2;
  const imports = /(?:^|[^\w])import\s*$/.test(text.slice(Math.max(0, start - 20), start));
  const isWord = /^[A-Za-z_][A-Za-z0-9_]*$/.test(content) && !imports;
  const place = span(path, start, end);
  const by = isWord ? ' ' : '"';
  patch(scan, start, start + 1, by);
  patch(scan, end - 1, end, by);
  const straight = replace(`write \`"${content}"\``, place, `"${content}"`);
  const message = isWord
    ? `words are written without quotes: \`${content}\`; a string is written \`"…"\``
    : 'a string is written in straight quotes, `"…"`';
  const word = replace(`write \`${content}\``, place, content);
  // the argument of a named parameter is a word, never a string
  const isArgument = /[(,]\s*\w+\s*=\s*$/.test(text.slice(Math.max(0, start - 80), start));
  // the message about an argument behind its layer takes the quotes out, too
  if (isWord && scan.depth <= 1 && isStray(text, start, end)) return end;
  const fixes = isWord ? (isArgument ? [word] : [word, straight]) : [straight];
  tell(scan, error('E0103', place, message, { fixes }));
  return end;
};
