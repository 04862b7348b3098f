/** Texts as an editor has them: versions, changes, and positions in the units that were agreed on. */
import type {
  Position,
  Range,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver-protocol';
import { lineStarts, positionAt } from '../syntax/source.ts';

/** What `character` of a position counts: bytes, UTF-16 code units, or code points. */
export type Encoding = 'utf-8' | 'utf-16' | 'utf-32';

/** A text with the beginnings of its lines. Offsets count UTF-16 code units, as everywhere in netc. */
export type Text = {
  readonly text: string;
  readonly starts: readonly number[];
  readonly encoding: Encoding;
};

export const textOf = (text: string, encoding: Encoding): Text => ({
  text,
  starts: lineStarts(text),
  encoding,
});

/** The units that a code point takes. */
const unitsOf = (point: number, encoding: Encoding): number => {
  if (encoding === 'utf-32') return 1;
  if (encoding === 'utf-16') return point > 0xffff ? 2 : 1;
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
};

const widthOf = (point: number): number => (point > 0xffff ? 2 : 1);

/** Where the text of a line ends, before its line break. */
const endOfLine = ({ text, starts }: Text, line: number): number => {
  const start = starts[line]!;
  let end = starts[line + 1] ?? text.length;
  while (end > start && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--;
  return end;
};

/** The offset of a position. One behind its line is at the end of it, one behind the text at the end of that. */
export const offsetAt = (text: Text, { line, character }: Position): number => {
  const start = text.starts[line];
  if (start === undefined) return text.text.length;
  const end = endOfLine(text, line);
  if (text.encoding === 'utf-16') return Math.min(start + character, end);
  let at = start;
  for (let units = 0; at < end;) {
    const point = text.text.codePointAt(at)!;
    units += unitsOf(point, text.encoding);
    if (units > character) break;
    at += widthOf(point);
  }
  return at;
};

/** So many units of the agreed encoding lie between two offsets. */
const unitsBetween = ({ text, encoding }: Text, from: number, to: number): number => {
  if (encoding === 'utf-16') return to - from;
  let units = 0;
  for (let at = from; at < to;) {
    const point = text.codePointAt(at)!;
    units += unitsOf(point, encoding);
    at += widthOf(point);
  }
  return units;
};

/** The position of an offset. */
export const positionOf = (text: Text, offset: number): Position => {
  const { line } = positionAt(text.starts, offset);
  return { line, character: unitsBetween(text, text.starts[line]!, offset) };
};

/** From `start` up to `end`, which is not part of it. */
export const rangeOf = (text: Text, start: number, end: number): Range => ({
  start: positionOf(text, start),
  end: positionOf(text, end),
});

/** The text after changes, each of which is of the text that the ones before it left. */
export const changed = (before: Text, changes: readonly TextDocumentContentChangeEvent[]): Text => {
  let text = before;
  for (const change of changes) {
    if (!('range' in change)) {
      text = textOf(change.text, text.encoding);
      continue;
    }
    const a = offsetAt(text, change.range.start);
    const b = offsetAt(text, change.range.end);
    const [from, to] = a <= b ? [a, b] : [b, a];
    text = textOf(text.text.slice(0, from) + change.text + text.text.slice(to), text.encoding);
  }
  return text;
};
