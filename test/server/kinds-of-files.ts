/** What a user sees of names and of whole files. */
import { deskFor, edited, pathOf, uriOf } from './desk.ts';
import { main, marked, positionIn } from './marks.ts';
import { atMarks, changesIn, textAt, type Kind } from './shown.ts';

const lineOf = (range: any): string => `${range.start.line + 1}:${range.start.character + 1}`;

/** Definition, references and highlights at each mark. */
export const names: Kind = atMarks(({ desk, files, place }) => {
  const definition = desk.ask('textDocument/definition', place);
  const references = desk.ask('textDocument/references', {
    ...place,
    context: { includeDeclaration: true },
  });
  const highlights = desk.ask('textDocument/documentHighlight', place);
  const shown = ({ uri, range }: any): string =>
    `${pathOf(uri)}:${lineOf(range)} ${textAt(files, uri, range)}`;
  return [
    `defined at ${definition === undefined ? 'no place' : shown(definition)}`,
    ...references.map((r: any) => `  ${shown(r)}`),
    `in this file ${highlights.map((h: any) => `${lineOf(h.range)}${h.kind === 3 ? '!' : ''}`).join(', ')}`,
  ].join('\n');
});

/** The name that a line asks for in a comment at its end, `-- → cell2`; `other` where it has none. */
const newNameIn = (line: string): string => /-- → (\S+)$/.exec(line)?.[1] ?? 'other';

export const rename: Kind = atMarks(({ desk, files, mark, place }) => {
  const before = files.get(mark.path)!.slice(0, mark.start).split('\n').length - 1;
  const newName = newNameIn(files.get(mark.path)!.split('\n')[before]!);
  try {
    const { placeholder } = desk.ask('textDocument/prepareRename', place);
    const edit = desk.ask('textDocument/rename', { ...place, newName });
    return `${placeholder} → ${newName}\n${changesIn(files, edit)}`;
  } catch (refused) {
    return String(refused);
  }
});

/** Symbols, folds. */
export const outline: Kind = (source) => {
  const { files } = marked(source);
  const desk = deskFor(files);
  const textDocument = { uri: uriOf(main) };
  const show = (symbols: readonly any[], indent: string): string[] =>
    symbols.flatMap((s: any) => [
      `${indent}${s.name}  ${s.detail ?? ''}  ${lineOf(s.range)}–${lineOf({ start: s.range.end })}`,
      ...show(s.children ?? [], `${indent}  `),
    ]);
  const folds = desk.ask('textDocument/foldingRange', { textDocument });
  const all = desk.ask('workspace/symbol', { query: 'un' });
  return [
    ...show(desk.ask('textDocument/documentSymbol', { textDocument }), ''),
    `folds ${folds.map((f: any) => `${f.startLine + 1}–${f.endLine + 1}${f.kind ? ` ${f.kind}` : ''}`).join(', ')}`,
    `like \`un\`: ${all.map((s: any) => `${s.name} in ${s.containerName}`).join(', ')}`,
    '',
  ].join('\n');
};

/** A line of the text, and below it a letter for each token: its type, large where it is declared. */
export const tokens: Kind = (source) => {
  const { files } = marked(source);
  const desk = deskFor(files);
  const textDocument = { uri: uriOf(main) };
  const { data } = desk.ask('textDocument/semanticTokens/full', { textDocument });
  const lines = files.get(main)!.split('\n');
  const marks = lines.map(() => '');
  let [line, column] = [0, 0];
  const letters = 'fcpvtnmelk#"-*';
  for (let i = 0; i < data.length; i += 5) {
    column = data[i] > 0 ? data[i + 1] : column + data[i + 1];
    line += data[i];
    const letter = letters[data[i + 3]]!;
    const shown =
      (data[i + 4] & 1) > 0 ? letter.toUpperCase() : (data[i + 4] & 2) > 0 ? '·' : letter;
    marks[line] = marks[line]!.padEnd(column) + shown.repeat(data[i + 2]);
  }
  return lines.map((l, i) => `${l}\n${marks[i]}`).join('\n');
};

export const selections: Kind = atMarks(({ desk, files, mark, place }) => {
  const asked = { ...place, positions: [place.position] };
  const [first] = desk.ask('textDocument/selectionRange', asked);
  const texts: string[] = [];
  for (let at = first; at.parent !== undefined; at = at.parent)
    texts.push(textAt(files, uriOf(mark.path), at.range).replaceAll(/\s+/g, ' '));
  return texts.join('\n');
});

/** The whole file; then what each mark asks for: a stretch, or, behind `}` or a line break, what was typed. */
export const formatting: Kind = (source) => {
  const { files } = marked(source);
  const desk = deskFor(files);
  const textDocument = { uri: uriOf(main) };
  const whole = edited(desk.text(main), desk.ask('textDocument/formatting', { textDocument }));
  const rest = atMarks(({ files: all, mark, place }) => {
    const text = all.get(mark.path)!;
    const range = { start: place.position, end: positionIn(all, mark.path, mark.end) };
    const ch = text[mark.start - 1];
    const edits =
      mark.start < mark.end
        ? desk.ask('textDocument/rangeFormatting', { ...place, range })
        : desk.ask('textDocument/onTypeFormatting', { ...place, ch });
    return changesIn(all, { changes: { [uriOf(mark.path)]: edits } }) || 'nothing';
  })(source);
  return `${whole}\n${rest}`;
};

export const links: Kind = (source) => {
  const { files } = marked(source);
  const all = deskFor(files).ask('textDocument/documentLink', {
    textDocument: { uri: uriOf(main) },
  });
  return all.map((l: any) => `${textAt(files, uriOf(main), l.range)} → ${l.target}\n`).join('');
};

export const calls: Kind = atMarks(({ desk, place }) => {
  const items = desk.ask('textDocument/prepareCallHierarchy', place);
  if (items === undefined) return 'nothing';
  const [item] = items;
  const shown = (i: any, ranges: readonly any[]): string =>
    `${i.detail} ${i.name} in ${pathOf(i.uri)} at ${ranges.map(lineOf).join(', ')}`;
  return [
    `${item.detail} ${item.name}`,
    ...desk
      .ask('callHierarchy/incomingCalls', { item })
      .map((c: any) => `  called by ${shown(c.from, c.fromRanges)}`),
    ...desk
      .ask('callHierarchy/outgoingCalls', { item })
      .map((c: any) => `  calls ${shown(c.to, c.fromRanges)}`),
  ].join('\n');
});

/** The graph, its kernels and the summary of the net `N`. */
export const virtual: Kind = (source) => {
  const { files } = marked(source);
  const desk = deskFor(files);
  const asked = { textDocument: { uri: uriOf(main) }, net: 'N' };
  const of = (method: string, more: object = {}): string =>
    desk.ask(method, { ...asked, ...more }).text;
  const svg = of('netc/diagram').split('\n')[0]!.slice(0, 40);
  return [
    of('netc/graph'),
    of('netc/graph', { after: 'kernels' }),
    of('netc/summary', { batch: 8 }),
    svg,
    '',
  ].join('\n');
};
