/**
 * The lines of one file that a diagnostic labels, with the labels under them:
 *
 *   8 │   conv3-256
 *     │   --------- 256 channels are made here
 *   9 │   batchnorm-128
 *     │   ^^^^^^^^^^^^^ expects [_, _, 128], gets [56, 56, 256]
 */
import { positionAt, type Source } from '../../syntax/source.ts';
import { layOut } from './terminal-width.ts';
import type { Paint, Style } from './paint.ts';
import { beside as besideOf, underlines, type Underline } from './underline.ts';

/** A label with offsets into its file; `style` is `secondary`, or the severity for the primary one. */
export type Mark = {
  readonly start: number;
  readonly end: number;
  readonly style: Style;
  readonly message: string;
};

/** A source with the offsets where its lines begin. */
export type Lines = { readonly source: Source; readonly starts: readonly number[] };

/** `width` is that of the terminal, `gutter` that of the widest line number. */
export type Look = { readonly paint: Paint; readonly width: number; readonly gutter: number };

/** A mark as it meets lines, counted from zero; `from` and `to` are code units of its first and last line. */
type PlacedMark = Mark & {
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
};

const textOf = ({ source, starts }: Lines, line: number): string =>
  source.text.slice(starts[line], starts[line + 1] ?? source.text.length).replace(/[\r\n]+$/, '');

/** An empty mark, or one of a line end, is seen as one cell. */
const place = (lines: Lines, mark: Mark): PlacedMark => {
  const length = lines.source.text.length;
  const start = Math.min(mark.start, length);
  const end = Math.min(Math.max(mark.end, start), length);
  const a = positionAt(lines.starts, start);
  const b = positionAt(lines.starts, Math.max(start, end - 1));
  return { ...mark, first: a.line, last: b.line, from: a.character, to: b.character + 1 };
};

/** The number, from 1, of the last line that a snippet with these marks shows. */
export const lastLine = (lines: Lines, marks: readonly Mark[]): number =>
  1 + Math.max(...marks.map((m) => place(lines, m).last));

/** A mark of several lines that begins its line is drawn at the margin and needs no row of its own. */
const opensAtMargin = (lines: Lines, m: PlacedMark): boolean => {
  const text = textOf(lines, m.first);
  return m.from <= text.length - text.trimStart().length;
};

/** A whole mark, or the beginning or end of one that spans several lines. */
type Note = {
  readonly kind: 'whole' | 'opens' | 'closes';
  readonly from: number;
  readonly to: number;
  readonly mark: PlacedMark;
};

const notesOn = (lines: Lines, marks: readonly PlacedMark[], line: number): readonly Note[] =>
  marks
    .filter(({ first, last }) => line === first || line === last)
    .flatMap((mark): readonly Note[] => {
      const { first, last, from, to } = mark;
      if (first === last) return line === first ? [{ kind: 'whole', from, to, mark }] : [];
      if (line === last) return [{ kind: 'closes', from: to - 1, to, mark }];
      return line === first && !opensAtMargin(lines, mark)
        ? [{ kind: 'opens', from, to: from + 1, mark }]
        : [];
    })
    .sort((a, b) => a.from - b.from || a.to - b.to);

/** A part of a long line, in code units, and the notes that fall into it. */
type Stretch = { readonly begin: number; readonly end: number; readonly notes: readonly Note[] };

/** How much of a clipped line is kept before its first note. */
const lead = 16;

const stretches = (length: number, notes: readonly Note[], room: number): readonly Stretch[] => {
  if (length <= room || notes.length === 0)
    return [{ begin: 0, end: Math.min(length, room), notes }];
  const found: { readonly begin: number; readonly notes: Note[] }[] = [];
  for (const note of notes) {
    const current = found[found.length - 1];
    if (current !== undefined && note.to <= current.begin + room) current.notes.push(note);
    else found.push({ begin: note.to <= room ? 0 : Math.max(0, note.from - lead), notes: [note] });
  }
  // a cell is taken by the sign that something is cut off before
  const after = (begin: number): number => begin + room - (begin > 0 ? 1 : 0);
  return found.map((s) => ({ ...s, end: Math.min(length, after(s.begin)) }));
};

/** The margin left of a line: one column for each mark of several lines that is open there. */
const margin = (
  lines: Lines,
  long: readonly PlacedMark[],
  line: number,
  below: boolean,
  paint: Paint,
): string =>
  long
    .map((m) => {
      const opens = line === m.first;
      if (line < m.first || line > m.last) return '  ';
      if (opens && !opensAtMargin(lines, m)) return '  ';
      return paint(m.style, opens && !below ? '╭ ' : '│ ');
    })
    .join('');

/** `╭──^` or `╰──^ message`, from the column of its mark in the margin to the cell `at` of `room`. */
const arm = (
  n: Note,
  index: number,
  count: number,
  at: number,
  room: number,
  paint: Paint,
): readonly string[] => {
  const sign = n.mark.style === 'secondary' ? '-' : '^';
  const corner = n.kind === 'opens' ? '╭' : '╰';
  const start =
    '  '.repeat(index) +
    paint(n.mark.style, corner + '─'.repeat(2 * (count - index) - 1 + at) + sign);
  if (n.kind !== 'closes' || n.mark.message === '') return [start];
  const end = 2 * count + at + 1;
  const { first, below, at: column } = besideOf(n.mark.message, end, end, room + 2 * count);
  return [
    first === undefined ? start : `${start} ${paint(n.mark.style, first)}`,
    ...below.map((line) => ' '.repeat(column) + paint(n.mark.style, line)),
  ];
};

const drawLine = (
  lines: Lines,
  long: readonly PlacedMark[],
  marks: readonly PlacedMark[],
  line: number,
  look: Look,
): readonly string[] => {
  const { paint, gutter } = look;
  const text = textOf(lines, line);
  const room = Math.max(24, look.width - gutter - 4 - 2 * long.length);
  const number = paint('frame', String(line + 1).padStart(gutter));
  const bar = paint('frame', '│');
  const blank = ' '.repeat(gutter);
  return stretches(text.length, notesOn(lines, marks, line), room).flatMap((s) => {
    const head = s.begin > 0 ? '…' : '';
    const tail = s.end < text.length ? '…' : '';
    const { shown, columns } = layOut(head + text.slice(s.begin, s.end) + tail);
    const end = columns[columns.length - 1]!;
    const cell = (unit: number): number => {
      const i = unit - s.begin + head.length;
      return columns[i] ?? end + Math.max(0, i - columns.length + 1);
    };
    const cellsOf = (n: Note): Underline => {
      const from = cell(n.from);
      const to = Math.max(from + 1, Math.min(cell(n.to), Math.max(end, from + 1)));
      return { from, to, style: n.mark.style, message: n.mark.message };
    };
    const whole = s.notes.filter((n) => n.kind === 'whole').map(cellsOf);
    const beside = margin(lines, long, line, true, paint);
    return [
      `${number} ${bar} ${margin(lines, long, line, false, paint)}${shown}`,
      ...underlines(whole, paint, room + 1).map((row) => `${blank} ${bar} ${beside}${row}`),
      ...s.notes
        .filter((n) => n.kind !== 'whole')
        .flatMap((n) => arm(n, long.indexOf(n.mark), long.length, cell(n.from), room + 1, paint))
        .map((row) => `${blank} ${bar} ${row}`),
    ].map((row) => row.trimEnd());
  });
};

/** The labelled lines, one line between two of them, and `·` for more. */
export const snippet = (lines: Lines, marks: readonly Mark[], look: Look): readonly string[] => {
  const placed = marks.map((m) => place(lines, m));
  // a mark that reaches further goes further left
  const long = placed
    .filter((m) => m.first !== m.last)
    .sort((a, b) => a.first - b.first || b.last - a.last);
  const wanted = [...new Set(placed.flatMap((m) => [m.first, m.last]))].sort((a, b) => a - b);
  return wanted.flatMap((line, i) => {
    const gap = i === 0 ? 1 : line - wanted[i - 1]!;
    const dots = `${' '.repeat(look.gutter)} ${look.paint('frame', '·')}`;
    const between = gap === 2 ? drawLine(lines, long, [], line - 1, look) : gap > 2 ? [dots] : [];
    return [...between, ...drawLine(lines, long, placed, line, look)];
  });
};
