/** What a file is made of: links, symbols, folds, and selections that grow. */
import type {
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Range,
  SelectionRange,
  SymbolInformation,
  SymbolKind,
} from 'vscode-languageserver-protocol';
import * as E from 'fp-ts/lib/Either.js';
import type { Declaration, Expr, Name } from '../../syntax/tree.ts';
import { partsOf } from '../../syntax/walk.ts';
import { at } from '../client.ts';
import { invalid, ofFile, offsetIn, groundOf, type Feature } from '../feature.ts';
import { rangeIn, treeOf, type Ground } from '../ground.ts';
import { importsOf } from '../imports.ts';
import { pathAt } from '../tree-at.ts';
import { lexemesOf } from '../lexemes.ts';
import { positionOf } from '../text.ts';

export const links: Feature = ofFile(
  {
    method: 'textDocument/documentLink',
    name: 'Links',
    doc: 'from imports to their files',
    offers: () => ({ documentLinkProvider: {} }),
  },
  (ground): readonly DocumentLink[] =>
    importsOf(ground).map(({ place, path }) => ({
      range: rangeIn(ground, place),
      target: ground.uriOf(path),
    })),
);

// ----------------------------------------------------------------------------------------------------- symbols

const symbolKinds: { readonly [Tag in Declaration['tag']]: SymbolKind } = {
  def: 12, // function
  net: 5, // class
  import: 3, // namespace
  assert: 17, // boolean
  rewrite: 6, // method
  train: 24, // event
  eval: 24,
};

const FIELD: SymbolKind = 8;
const RULE: SymbolKind = 10;

/** Blocks, labels, side outputs and local definitions of a body, as far as they have names. */
const partsWithNames = (ground: Ground, expr: Expr): readonly DocumentSymbol[] => {
  if (expr.tag === 'sequence')
    return [
      ...expr.defs.flatMap((d) => symbolOf(ground, d) ?? []),
      ...expr.steps.flatMap((step) => partsWithNames(ground, step)),
    ];
  const inside = partsOf(expr).flatMap((part) => partsWithNames(ground, part));
  const name =
    expr.tag === 'block' || expr.tag === 'label' || expr.tag === 'also' ? expr.name : undefined;
  if (name === undefined || name.text === '') return inside;
  return [{ ...placed(ground, name, expr), name: name.text, kind: FIELD, children: [...inside] }];
};

const placed = (
  ground: Ground,
  name: Name,
  whole: { readonly span: Expr['span'] },
): { readonly range: Range; readonly selectionRange: Range } => {
  const own = ground.view.locate(name.span);
  const { start, end } = ground.view.locate(whole.span);
  // a range holds its selection, whatever the parser has mended
  const range = { start: Math.min(start, own.start), end: Math.max(end, own.end) };
  return { range: rangeIn(ground, range), selectionRange: rangeIn(ground, own) };
};

const typeOf = ({ view }: Ground, d: Declaration): string | undefined => {
  if (d.tag !== 'def' && d.tag !== 'net') return undefined;
  const { signature } = d;
  if (signature === undefined) return undefined;
  const { path, start, end } = view.locate(signature.span);
  return view.sources
    .get(path)
    ?.text.slice(start, end)
    .replace(/^:\s*/, '')
    .replaceAll(/\s+/g, ' ');
};

const childrenOf = (ground: Ground, d: Declaration): readonly DocumentSymbol[] => {
  if (d.tag === 'def' || d.tag === 'net') return partsWithNames(ground, d.body);
  if (d.tag === 'rewrite')
    return d.rules
      .filter(({ name }) => name.text !== '')
      .map((rule) => ({ ...placed(ground, rule.name, rule), name: rule.name.text, kind: RULE }));
  return [];
};

const symbolOf = (ground: Ground, d: Declaration): DocumentSymbol | undefined => {
  if (!('name' in d) || d.name.text === '') return undefined;
  const detail = typeOf(ground, d) ?? d.tag;
  const children = childrenOf(ground, d);
  return {
    ...placed(ground, d.name, d),
    name: d.name.text,
    detail,
    kind: symbolKinds[d.tag],
    ...(children.length === 0 ? {} : { children: [...children] }),
  };
};

const symbolsOf = (ground: Ground): readonly DocumentSymbol[] =>
  (treeOf(ground)?.declarations ?? []).flatMap((d) => symbolOf(ground, d) ?? []);

const flat = (
  ground: Ground,
  symbols: readonly DocumentSymbol[],
  containerName?: string,
): readonly SymbolInformation[] =>
  symbols.flatMap(({ name, kind, selectionRange, children }) => [
    {
      name,
      kind,
      location: { uri: ground.document.uri, range: selectionRange },
      ...(containerName === undefined ? {} : { containerName }),
    },
    ...flat(ground, children ?? [], name),
  ]);

export const documentSymbols: Feature = ofFile(
  {
    method: 'textDocument/documentSymbol',
    name: 'Symbols of a file',
    doc: 'declarations, with the blocks, labels, side outputs and rules in them',
    offers: () => ({ documentSymbolProvider: true }),
  },
  (ground) => {
    const symbols = symbolsOf(ground);
    return ground.client.can.nestedSymbols ? symbols : flat(ground, symbols);
  },
);

// ----------------------------------------------------------------------------------------------- folds, selections

const folds = (ground: Ground): readonly FoldingRange[] => {
  const { text } = ground;
  const found: FoldingRange[] = [];
  const fold = (start: number, end: number, kind?: 'comment' | 'imports'): void => {
    const [a, b] = [positionOf(text, start), positionOf(text, end)];
    // a closing bracket stays in sight
    const last = kind === undefined ? b.line - 1 : b.line;
    if (last > a.line)
      found.push({ startLine: a.line, endLine: last, ...(kind === undefined ? {} : { kind }) });
  };
  const open: number[] = [];
  let comments: [start: number, end: number] | undefined;
  const all = lexemesOf(text);
  for (const { kind, start, text: word } of all) {
    const isComment = kind === 'comment';
    const follows =
      comments !== undefined && /^\r?\n[ \t]*$/.test(text.text.slice(comments[1], start));
    if (isComment && follows && comments !== undefined) comments[1] = start + word.length;
    else {
      if (comments !== undefined) fold(...comments, 'comment');
      comments = isComment ? [start, start + word.length] : undefined;
    }
    if (/^(\(|\[|.*\{|call)$/.test(kind)) open.push(start);
    else if (/^[)\]}]$/.test(kind)) {
      const begin = open.pop();
      if (begin !== undefined) fold(begin, start);
    }
  }
  if (comments !== undefined) fold(...comments, 'comment');
  const imports = (treeOf(ground)?.declarations ?? []).filter((d) => d.tag === 'import');
  const [first, last] = [imports[0], imports.at(-1)];
  if (first !== undefined && last !== undefined)
    fold(ground.view.locate(first.span).start, ground.view.locate(last.span).end, 'imports');
  return found;
};

export const folding: Feature = ofFile(
  {
    method: 'textDocument/foldingRange',
    name: 'Folding',
    doc: 'brackets, comments of several lines, and imports',
    offers: () => ({ foldingRangeProvider: true }),
  },
  folds,
);

/** What grows from a place: the word, then each expression around it, the declaration, the file. */
const selectionAt = (ground: Ground, offset: number): SelectionRange => {
  const { text } = ground.text;
  const ranges: { start: number; end: number }[] = [{ start: 0, end: text.length }];
  const add = (start: number, end: number): void => {
    const last = ranges.at(-1)!;
    const isInside = last.start <= start && end <= last.end;
    if (isInside && (last.start !== start || last.end !== end)) ranges.push({ start, end });
  };
  for (const { it } of pathAt(ground, offset)) {
    const { start, end } = ground.view.locate(it.span);
    add(start, end);
    if ('word' in it) {
      const word = ground.view.locate(it.word.span);
      if (word.start <= offset && offset <= word.end) add(word.start, word.end);
    }
  }
  return ranges.reduce<SelectionRange | undefined>(
    (parent, range) => ({
      range: rangeIn(ground, range),
      ...(parent === undefined ? {} : { parent }),
    }),
    undefined,
  )!;
};

export const selectionRanges: Feature = {
  method: 'textDocument/selectionRange',
  name: 'Selections',
  doc: 'that grow from a word to the layer, its expression, the declaration',
  offers: () => ({ selectionRangeProvider: true }),
  answer: (session, params) =>
    E.chain((ground: Ground) => {
      const positions = at(params, 'positions');
      if (!Array.isArray(positions)) return invalid('`positions` must be a list');
      const offsets = positions.map((position) => offsetIn(ground, position));
      const wrong = offsets.find(E.isLeft);
      if (wrong !== undefined) return wrong;
      return E.right(offsets.flatMap((o) => (E.isRight(o) ? [selectionAt(ground, o.right)] : [])));
    })(groundOf(session, params)),
};
