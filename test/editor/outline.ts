/**
 * What the compiler's tree and that of tree-sitter have in common, as lines: for each node what it is and where, what is
 * inside of it indented below.
 */
import type { Node } from 'web-tree-sitter';
import type { Tree } from '../../src/syntax/tree.ts';

type Place = { readonly start: number; readonly end: number };
type Entry = Place & { readonly tag: string; readonly inside: readonly Entry[] };

const inOrder = (entries: readonly Entry[]): readonly Entry[] =>
  [...entries].sort((a, b) => a.start - b.start || b.end - a.end);

/** Several in a line are one node for tree-sitter, and a balanced tree for the compiler. */
const chains = new Set(['and', 'or']);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const placeIn = (value: Readonly<Record<string, unknown>>): Place | undefined => {
  const { span } = value;
  if (!isObject(span) || typeof span['start'] !== 'number' || typeof span['end'] !== 'number')
    return undefined;
  return { start: span['start'], end: span['end'] };
};

/** Tags of the compiler that tree-sitter has under another name, or, where empty, only the insides of. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['positional', ''],
  ['-', 'link'],
  ['/', 'link'],
  ['binding', 'binding'],
]);

/** What a part without a tag is, by the field that holds it. */
const byField: ReadonlyMap<string, string> = new Map([
  ['entries', 'entry'],
  ['clauses', 'clause'],
  ['inner', 'clause'],
  ['values', 'value'],
  ['rules', 'rule'],
  ['signature', 'signature'],
  ['path', 'string'],
  ['tolerance', 'number'],
]);

const tagOf = (value: Readonly<Record<string, unknown>>, field: string): string => {
  const { tag, text } = value;
  if (field === 'arguments' && tag === 'rest') return 'spread';
  if (typeof tag === 'string') return renamed.get(tag) ?? tag;
  const other = byField.get(field);
  if (other !== undefined) return other;
  return typeof text === 'string' && text.includes('.') ? 'qualified' : 'name';
};

const entriesIn = (value: unknown, field: string): readonly Entry[] => {
  if (Array.isArray(value)) return value.flatMap((one) => entriesIn(one, field));
  if (!isObject(value)) return [];
  const place = placeIn(value);
  // a word is one name or two
  const { parts } = value;
  if (Array.isArray(parts) && place !== undefined)
    return [{ ...place, tag: parts.length > 1 ? 'qualified' : 'name', inside: [] }];
  const fields = Object.entries(value).filter(([name]) => name !== 'span' && name !== 'signs');
  const inside = inOrder(fields.flatMap(([name, part]) => entriesIn(part, name)));
  if (place === undefined) return inside;
  const tag = tagOf(value, field);
  if (tag === '') return inside;
  const flat = chains.has(tag) ? inside.flatMap((e) => (e.tag === tag ? e.inside : [e])) : inside;
  return [{ ...place, tag, inside: flat }];
};

const linesOf = (entries: readonly Entry[], text: string, depth: number): readonly string[] =>
  entries.flatMap(({ tag, start, end, inside }) => [
    `${'  '.repeat(depth)}${tag} ${start}-${end}${inside.length === 0 ? ` ${text.slice(start, end)}` : ''}`,
    ...linesOf(inside, text, depth + 1),
  ]);

export const compilerOutline = (tree: Tree, text: string): string =>
  linesOf(entriesIn(tree.declarations, 'declarations'), text, 0).join('\n');

/** Nodes that only group what is inside of them. */
const grouping = new Set(['parameters', 'clauses', 'soundness']);

const entriesOf = (node: Node): readonly Entry[] =>
  node.namedChildren.flatMap((child): readonly Entry[] => {
    if (child === null || child.type === 'comment') return [];
    if (grouping.has(child.type)) return entriesOf(child);
    const { type, startIndex: start, endIndex: end } = child;
    return [{ tag: type, start, end, inside: entriesOf(child) }];
  });

export const treeSitterOutline = (root: Node, text: string): string =>
  linesOf(entriesOf(root), text, 0).join('\n');
