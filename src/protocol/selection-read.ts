/** Reads which layers are chosen: `first 4 conv; within "block3"; all but last 1 fc`. */
import { error, replace, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/suggest.ts';
import { table } from '../ops/table.ts';
import { across, type Span } from '../syntax/source.ts';
import type { Clause, ClauseValue, Expr, Name } from '../syntax/tree.ts';
import { readItem } from './read.ts';
import type { Reading } from './reading.ts';
import type { Read } from './row.ts';
import type { Selection } from './selection.ts';
import { integer, path } from './takes.ts';

/** What stands between two `;`: words, numbers, strings. */
export type Picked = { readonly items: readonly Item[]; readonly span: Span };
type Item = {
  readonly word: string | undefined;
  readonly expr: Expr | undefined;
  readonly span: Span;
};

const itemOfName = ({ text, span }: Name): Item => ({ word: text, expr: undefined, span });

const itemOfExpr = (expr: Expr): Item => ({ word: wordOf(expr), expr, span: expr.span });

const wordOf = (expr: Expr): string | undefined =>
  expr.tag === 'chain' && expr.links.length === 0 && expr.word.parts.length === 1
    ? expr.word.parts[0]!.text
    : undefined;

const pickedValue = ({ items, span }: ClauseValue): Picked => ({
  items: items.map(itemOfExpr),
  span,
});

/** Of the clauses in braces, in one line or in several. */
export const pickedInside = (inner: readonly Clause[]): readonly Picked[] =>
  inner.flatMap(({ words, values, span }): readonly Picked[] => {
    const [first, ...others] = values;
    const [word] = words;
    if (word === undefined) return [];
    return [
      {
        items: [itemOfName(word), ...(first?.items ?? []).map(itemOfExpr)],
        span: across(word.span, first === undefined ? span : first.span),
      },
      ...others.map(pickedValue),
    ];
  });

/** Of the values of a clause. */
export const pickedValues = (values: readonly ClauseValue[]): readonly Picked[] =>
  values.map(pickedValue);

/** The selections with the places of each, `selection 0` and so on; undefined after a fault, which is reported. */
export const selectionsIn = (
  r: Reading,
  picked: readonly Picked[],
): Pick<Read<readonly Selection[]>, 'value' | 'parts'> | undefined => {
  const read = picked.map((p) => selectionIn(r, p));
  const value = read.flatMap((selection) => selection ?? []);
  if (value.length < picked.length) return undefined;
  return {
    value,
    parts: new Map(picked.map(({ span }, i) => [`selection ${i}`, span] as const)),
  };
};

const selectionIn = (r: Reading, { items, span }: Picked): Selection | undefined => {
  const others = items[0]?.word === 'all' && items[1]?.word === 'but';
  const [head, ...rest] = others ? items.slice(2) : items;
  const [one, two] = rest;
  const end = head?.word;
  if (end === 'within' && one?.expr !== undefined && two === undefined) {
    const read = readItem({ ...r, word: end }, path, one.expr);
    return read && { others, tag: 'path', path: read.value };
  }
  if ((end !== 'first' && end !== 'last') || two?.word === undefined || rest.length > 2) {
    r.cx.report(otherwise(r, { others, items: head === undefined ? [] : [head, ...rest], span }));
    return undefined;
  }
  const read = one?.expr && readItem({ ...r, word: end }, integer(1), one.expr);
  if (!table.has(two.word)) {
    r.cx.report(unknownOperator(two.word, two.span));
    return undefined;
  }
  return read && { others, tag: 'count', end, count: read.value, operator: two.word };
};

/** What is no selection, with the one that is meant if it can be told. */
const otherwise = (
  r: Reading,
  { others, items, span }: Picked & { readonly others: boolean },
): Diagnostic => {
  const named = meantBy(r, items);
  const meant = named === undefined || !others ? named : `all but ${named}`;
  return error(
    'E0923',
    span,
    'layers are chosen as in `first 4 conv`, `within "block3"` or `all but last 1 fc`',
    {
      label: 'chooses no layers',
      fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, span, meant)],
    },
  );
};

/** `first conv` is the first one, and a path alone is what is within it. */
const meantBy = ({ cx }: Reading, items: readonly Item[]): string | undefined => {
  const [head, operator, more] = items;
  if (head === undefined || more !== undefined) return undefined;
  if (head.word === 'first' || head.word === 'last')
    return operator?.word !== undefined && table.has(operator.word)
      ? `${head.word} 1 ${operator.word}`
      : undefined;
  const written = cx.text(head.span).replace(/^"(.*)"$/, '$1');
  const isPath = operator === undefined && /^[a-z_]\w*(\/\w+)*$/i.test(written);
  return isPath && !['within', 'all', 'but'].includes(written) ? `within "${written}"` : undefined;
};

const unknownOperator = (name: string, span: Span): Diagnostic => {
  const [meant] = near(name, table.keys());
  return error('E0301', span, `no operator is called \`${name}\``, {
    label: meant === undefined ? 'unknown here' : `did you mean \`${meant}\`?`,
    notes: ['layers are counted by their operators, whatever definitions they are in'],
    fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, span, meant)],
  });
};
