/**
 * Diagnostics as a terminal shows them:
 *
 *   error[E0210]: `batchnorm` expects 128 channels, but its input has 256
 *     ┌─ examples/broken.net:9:3
 *     │
 *   9 │   batchnorm-128
 *     │   ^^^^^^^^^^^^^ expects [_, _, 128], gets [56, 56, 256]
 *     │
 *     = size trace: input [224, 224, 3] → conv3-256 [56, 56, 256]
 *     = fix: write `batchnorm-256`
 */
import { lineStarts, positionAt, type Source, type Span } from '../../syntax/source.ts';
import { tame, wrap } from './terminal-width.ts';
import type { Diagnostic, Label } from '../diagnostic.ts';
import { inOrder } from '../order.ts';
import { paint, type Paint, type Style } from './paint.ts';
import { lastLine, snippet, type Lines, type Mark } from './snippet.ts';

/** How messages may look; `width` is in columns of the terminal. */
export type Options = { readonly colour: boolean; readonly width: number };

/** The most diagnostics of one file that are worth showing. */
const mostPerFile = 100;

type Lookup = (path: string) => Lines | undefined;

const lookup = (sources: ReadonlyMap<string, Source>): Lookup => {
  const known = new Map<string, Lines>();
  return (path) => {
    const source = sources.get(path);
    if (source === undefined || known.has(path)) return known.get(path);
    const lines = { source, starts: lineStarts(source.text) };
    known.set(path, lines);
    return lines;
  };
};

const markOf = ({ span, message }: Label, style: Style): Mark => ({
  start: span.start,
  end: span.end,
  style,
  message: tame(message).replaceAll('\n', ' '),
});

/** `path:line:column`, both from 1 as editors have them; only the path when the text is not at hand. */
const showPlace = (span: Span, lines: Lines | undefined): string => {
  if (lines === undefined) return tame(span.path);
  const { line, character } = positionAt(lines.starts, span.start);
  return `${tame(span.path)}:${line + 1}:${character + 1}`;
};

/** Labels of one file, the file of the primary label first. */
type Group = { readonly at: Span; readonly marks: readonly Mark[] };

const groupsOf = (d: Diagnostic): readonly Group[] => {
  const groups = new Map<string, { readonly at: Span; readonly marks: Mark[] }>();
  const add = (label: Label, style: Style): void => {
    const group = groups.get(label.span.path) ?? { at: label.span, marks: [] };
    group.marks.push(markOf(label, style));
    groups.set(label.span.path, group);
  };
  // a label that repeats the message adds nothing to the frame
  add(d.primary.message === d.message ? { ...d.primary, message: '' } : d.primary, d.severity);
  for (const label of d.labels) add(label, 'secondary');
  return [...groups.values()];
};

const renderOne = (d: Diagnostic, find: Lookup, colours: Paint, width: number): string => {
  const groups = groupsOf(d);
  const numbers = groups.flatMap(({ at, marks }) => {
    const lines = find(at.path);
    return lines === undefined ? [] : [lastLine(lines, marks)];
  });
  const gutter = String(Math.max(1, ...numbers)).length;
  const blank = ' '.repeat(gutter);
  const bar = `${blank} ${colours('frame', '│')}`;
  const frames = groups.flatMap(({ at, marks }) => {
    const lines = find(at.path);
    const head = `${blank} ${colours('frame', '┌─')} ${showPlace(at, lines)}`;
    const said = marks
      .filter((m) => m.message !== '')
      .flatMap((m) => wrap(m.message, width - gutter - 3).map((line) => `${bar} ${line}`));
    if (lines === undefined) {
      // the message mostly names a file that has no text, such as one of weights
      const known = said.length === 0 && d.message.includes(at.path);
      return known ? [] : [head, ...said, bar];
    }
    return [head, bar, ...snippet(lines, marks, { paint: colours, width, gutter }), bar];
  });
  const item = (text: string, style: Style): readonly string[] =>
    tame(text)
      .split('\n')
      .flatMap((line) => wrap(line, width - gutter - 3))
      .map(
        (line, i) => `${blank} ${i === 0 ? colours('frame', '=') : ' '} ${colours(style, line)}`,
      );
  const title = `${colours(d.severity, `${d.severity}[${d.code}]`)}${colours('strong', `: ${tame(d.message)}`)}`;
  const extras = [
    ...d.notes.flatMap((note) => item(note, 'plain')),
    ...d.fixes.flatMap((fix) => item(`fix: ${fix.title}`, 'fix')),
  ];
  // the last bar leads to the notes, so it is left out without notes
  return [title, ...(extras.length > 0 ? frames : frames.slice(0, -1)), ...extras].join('\n');
};

/** Every diagnostic in order, with an empty line between two. Ends with a line end unless it is empty. */
export const renderDiagnostics = (
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, Source>,
  { colour, width }: Options,
): string => {
  const find = lookup(sources);
  const colours = paint(colour);
  const told = new Map<string, number>();
  const parts: string[] = [];
  for (const d of inOrder(diagnostics)) {
    const { path } = d.primary.span;
    const count = (told.get(path) ?? 0) + 1;
    told.set(path, count);
    if (count <= mostPerFile) parts.push(renderOne(d, find, colours, width));
  }
  for (const [path, count] of told)
    if (count > mostPerFile) parts.push(`… and ${count - mostPerFile} more in ${tame(path)}`);
  return parts.map((part) => `${part}\n`).join('\n');
};
