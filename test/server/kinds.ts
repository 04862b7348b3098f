/** What a user sees of each feature, as text: the kinds of cases, each a folder of `cases`. */
import { offsetAt } from '../../src/server/text.ts';
import { deskFor, edited, editedFiles, uriOf, type Desk } from './desk.ts';
import { main, marked, positionIn, type Mark, type Marked } from './marks.ts';

export type Kind = (source: string) => string;

type AtMark = {
  readonly desk: Desk;
  readonly files: Marked['files'];
  readonly mark: Mark;
  /** the document and the position, as requests have them */
  readonly place: { readonly textDocument: object; readonly position: object };
};

/** One answer for each mark. */
const atMarks =
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

const textAt = (files: Marked['files'], uri: string, range: any): string => {
  const path = uri.replace('mem:///', '');
  const text = deskFor(files).text(path);
  return text.text.slice(offsetAt(text, range.start), offsetAt(text, range.end));
};

const inlayHints: Kind = (source) => {
  const { files } = marked(source);
  const desk = deskFor(files);
  const text = desk.text(main);
  const range = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
  const hints = desk.ask('textDocument/inlayHint', { textDocument: { uri: uriOf(main) }, range });
  const seen = edited(
    text,
    hints.map((h: any) => ({
      range: { start: h.position, end: h.position },
      newText: ` ⟦${h.label[0].value}⟧`,
    })),
  );
  const told = hints
    .filter((h: any) => /\n/.test(h.tooltip.value))
    .map((h: any) => `${h.label[0].value}: ${h.tooltip.value}\n`);
  const accepted = edited(
    text,
    hints.flatMap((h: any) => h.textEdits ?? []),
  );
  return [seen, ...told, '── accepted', accepted].join('\n');
};

const hover: Kind = atMarks(({ desk, files, mark, place }) => {
  const answer = desk.ask('textDocument/hover', place);
  if (answer === undefined) return 'nothing';
  return `${textAt(files, uriOf(mark.path), answer.range)}\n${answer.contents.value}`;
});

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

const changesIn = (files: Marked['files'], edit: object): string =>
  [...editedFiles(files, edit)]
    .flatMap(([path, text]) => {
      const before = files.get(path) ?? '';
      if (text === before) return [];
      return [`${files.size > 1 ? `${path}:\n` : ''}${difference(before, text)}`];
    })
    .join('\n');

const codeActions: Kind = atMarks(({ desk, files, mark, place }) => {
  const range = { start: place.position, end: positionIn(files, mark.path, mark.end) };
  const context = { diagnostics: [] };
  const actions = desk.ask('textDocument/codeAction', { ...place, range, context });
  return actions
    .map((action: any) => {
      const mends = action.diagnostics?.map((d: any) => ` ${d.code}`).join('') ?? '';
      const preferred = action.isPreferred === true ? ', preferred' : '';
      const head = `${action.title} (${action.kind}${mends}${preferred})`;
      return `${head}\n${changesIn(files, action.edit)}`;
    })
    .join('\n\n');
});

const codeLenses: Kind = (source) => {
  const { files } = marked(source);
  const desk = deskFor(files);
  const lenses = desk.ask('textDocument/codeLens', { textDocument: { uri: uriOf(main) } });
  return lenses
    .map((lens: any) => {
      const { command } = lens.command ? lens : desk.ask('codeLens/resolve', lens);
      const given = JSON.stringify(command.arguments[0]);
      return `${textAt(files, uriOf(main), lens.range)}: ${command.title} → ${command.command} ${given}\n`;
    })
    .join('');
};

/** To add a kind, add a row here and a folder of its name. */
export const kinds: { readonly [kind: string]: Kind } = {
  'inlay-hints': inlayHints,
  hover,
  'code-actions': codeActions,
  'code-lenses': codeLenses,
};
