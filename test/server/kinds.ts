/** What a user sees of each feature, as text: the kinds of cases, each a folder of `cases`. */
import { deskFor, edited, uriOf } from './desk.ts';
import {
  calls,
  formatting,
  links,
  names,
  outline,
  rename,
  selections,
  tokens,
  virtual,
} from './kinds-of-files.ts';
import { main, marked, positionIn } from './marks.ts';
import { atMarks, changesIn, textAt, type Kind } from './shown.ts';

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

/** The first offers, as lists show them, and the text after the first is taken. */
const completion: Kind = atMarks(({ desk, files, mark, place }) => {
  const { items } = desk.ask('textDocument/completion', place);
  const sorted = [...items].sort((a: any, b: any) => (a.sortText < b.sortText ? -1 : 1));
  const rows = sorted.slice(0, 60).map((i: any) => {
    const text = i.textEdit.newText === i.label ? '' : `  ← ${JSON.stringify(i.textEdit.newText)}`;
    return `${i.label}${i.detail === undefined ? '' : `  ${i.detail}`}${text}`;
  });
  const more = sorted.length > 60 ? [`and ${sorted.length - 60} more`] : [];
  const [first] = sorted;
  const taken =
    first === undefined
      ? []
      : [changesIn(files, { changes: { [uriOf(mark.path)]: [first.textEdit] } })];
  return [...rows, ...more, ...taken].join('\n');
});

const signatures: Kind = atMarks(({ desk, place }) => {
  const help = desk.ask('textDocument/signatureHelp', place);
  if (help === undefined) return 'nothing';
  const [shown] = help.signatures;
  const parameter = shown.parameters[help.activeParameter];
  const [start, end] = parameter?.label ?? [0, 0];
  return `${shown.label}\n${' '.repeat(start)}${'^'.repeat(end - start)} ${parameter?.documentation ?? ''}`;
});

/** To add a kind, add a row here and a folder of its name. */
export const kinds: { readonly [kind: string]: Kind } = {
  'inlay-hints': inlayHints,
  hover,
  'code-actions': codeActions,
  'code-lenses': codeLenses,
  completion,
  signatures,
  names,
  rename,
  outline,
  tokens,
  selections,
  formatting,
  links,
  calls,
  virtual,
};
