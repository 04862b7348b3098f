/** What a file declares, with what has a name in it. */
import type {
  DocumentSymbol,
  Range,
  SymbolInformation,
  SymbolKind,
} from 'vscode-languageserver-protocol';
import type { Declaration, Expr, Name } from '../../syntax/tree.ts';
import { partsOf } from '../../syntax/walk.ts';
import { ofFile, type Feature } from '../feature.ts';
import { rangeIn, treeOf, type Ground } from '../ground.ts';

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
