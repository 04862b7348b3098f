/** Answers at the marks of sources, as text. */
import { offsetAt } from '../../src/server/text.ts';
import { deskFor, editedFiles, uriOf, type Desk } from './desk.ts';
import { marked, positionIn, type Mark, type Marked } from './marks.ts';

export type Kind = (source: string) => string;

export type AtMark = {
  readonly desk: Desk;
  readonly files: Marked['files'];
  readonly mark: Mark;
  /** the document and the position, as requests have them */
  readonly place: { readonly textDocument: object; readonly position: object };
};

/** One answer for each mark. */
export const atMarks =
  (show: (at: AtMark) => string): Kind =>
  (source) => {
    const { files, marks } = marked(source);
    const desk = deskFor(files);
    return marks
      .map((mark) => {
        const position = positionIn(files, mark.path, mark.start);
        const place = { textDocument: { uri: uriOf(mark.path) }, position };
        const line = files.get(mark.path)!.split('\n')[(position as { line: number }).line];
        return `── ${line?.trim()}\n${show({ desk, files, mark, place }).trimEnd()}\n`;
      })
      .join('\n');
  };

export const textAt = (files: Marked['files'], uri: string, range: any): string => {
  const path = uri.replace('mem:///', '');
  const text = deskFor(files).text(path);
  return text.text.slice(offsetAt(text, range.start), offsetAt(text, range.end));
};

/** What changed, line by line: both texts without the lines that begin and end them alike. */
const difference = (before: string, after: string): string => {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (
    end < Math.min(a.length, b.length) - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  )
    end++;
  const lines = (all: string[], sign: string): string[] =>
    all.slice(start, all.length - end).map((line) => `${sign} ${line}`);
  return [...lines(a, '-'), ...lines(b, '+')].join('\n');
};

export const changesIn = (files: Marked['files'], edit: object): string =>
  [...editedFiles(files, edit)]
    .flatMap(([path, text]) => {
      const before = files.get(path) ?? '';
      if (text === before) return [];
      return [`${files.size > 1 ? `${path}:\n` : ''}${difference(before, text)}`];
    })
    .join('\n');
