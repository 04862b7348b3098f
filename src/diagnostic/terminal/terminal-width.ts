/** How text fills the cells of a terminal: tabs, wide characters, emoji. Control characters are made visible. */
import { lazy } from '../../syntax/memo.ts';

/** Tab stops of four cells, whatever the terminal's own are: tabs are written out as spaces. */
const tabWidth = 4;

/** East Asian wide and fullwidth ranges, as far as programs and their comments use them. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
const emoji = /\p{Emoji_Presentation}|\ufe0f|[\u{1f1e6}-\u{1f1ff}]{2}/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Control characters, line separators, and the marks of writing direction, which could hide code. */
const acting =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text in which every character that would control the terminal is made visible; tabs and line ends stay. */
export const tame = (text: string): string =>
  text.replace(acting, (c) => {
    const code = c.charCodeAt(0);
    return code < 32 ? String.fromCharCode(0x2400 + code) : code === 127 ? '\u2421' : '\ufffd';
  });

const plain = /^[\x20-\x7e]*$/;

/** Made when a line first needs it, because that takes 10 ms. */
const segmenter = lazy(() => new Intl.Segmenter('en', { granularity: 'grapheme' }));

const widthOfGrapheme = (g: string): number =>
  emoji.test(g) || wide.test(g) ? 2 : invisible.test(g) ? 0 : 1;

/** One line as shown; `columns[i]` is the cell where code unit i of the text begins, the last entry the end. */
export type Layout = { readonly shown: string; readonly columns: readonly number[] };

/** A line as a terminal shows it: tamed, with spaces for tabs. */
export const layOut = (line: string): Layout => {
  const text = tame(line);
  if (plain.test(text))
    return { shown: text, columns: Array.from({ length: text.length + 1 }, (_, i) => i) };
  const columns: number[] = [];
  let shown = '';
  let column = 0;
  for (const { segment } of segmenter().segment(text)) {
    const tab = tabWidth - (column % tabWidth);
    for (let i = 0; i < segment.length; i++) columns.push(column);
    shown += segment === '\t' ? ' '.repeat(tab) : segment;
    column += segment === '\t' ? tab : widthOfGrapheme(segment);
  }
  return { shown, columns: [...columns, column] };
};

/** The number of cells a line takes. */
export const widthOf = (line: string): number => {
  const { columns } = layOut(line);
  return columns[columns.length - 1]!;
};

/** A line in at most `width` cells, at least one: what is cut off leaves `…`. */
export const clipped = (line: string, width: number): string => {
  if (widthOf(line) <= width) return line;
  const { columns } = layOut(line);
  const fits = columns.findLastIndex((column) => column < Math.max(1, width));
  const end = columns.indexOf(columns[fits] ?? 0);
  return `${line.slice(0, end)}…`;
};

/** Fills up with spaces to `width` cells. */
export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));
/** Fills up with spaces on the left to `width` cells; wider text stays as it is. */
export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** Words, and code in backticks as one word where it fits into a line. */
const wordsOf = (line: string, width: number): readonly string[] =>
  (line.match(/(?:`[^`]*`|[^` ]|`)+|(?<= )(?= )/g) ?? []).flatMap((word) =>
    widthOf(word) > width ? word.split(' ') : [word],
  );

/** Breaks a line at spaces into lines of at most `width` cells; a longer word stays whole. */
export const wrap = (line: string, width: number): readonly string[] => {
  const lines: string[] = [];
  const indent = line.slice(0, line.length - line.trimStart().length);
  const room = Math.max(1, width - widthOf(indent));
  let current = '';
  for (const word of wordsOf(line.trimStart(), room)) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && widthOf(longer) > room) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current].map((text) => (text === '' ? '' : `${indent}${text}`));
};
