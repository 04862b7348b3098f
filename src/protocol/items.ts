/** The values of a clause as they stand between `;`. */
import { error, replace } from '../diagnostic/diagnostic.ts';
import type { ClauseValue, Expr } from '../syntax/tree.ts';
import type { Context } from '../typecheck/expr/context.ts';
import type { Reading } from './reading.ts';

/** The expression that a value between two `;` is; `forms` are those that it may be. */
export const itemOf = (
  { cx, word }: Reading,
  { items, span }: ClauseValue,
  forms: readonly string[] = [],
): Expr | undefined => {
  const [first, second] = items;
  if (second === undefined) return first;
  const meant = separated(cx, items, forms);
  const isCall = meant !== undefined && !isForm(second, forms);
  cx.report(
    error(
      'E0923',
      second.span,
      isCall
        ? `the arguments of \`${cx.text(first!.span)}\` stand in parentheses`
        : `\`;\` stands between the values of \`${word}\``,
      {
        label: isCall ? 'an argument' : 'a second value',
        fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, span, meant)],
      },
    ),
  );
  return undefined;
};

/** Whether an expression begins with the name of a form. */
const isForm = (e: Expr, forms: readonly string[]): boolean =>
  e.tag === 'chain' && e.word.parts.length === 1 && forms.includes(e.word.parts[0]!.text);

/** `cosine warmup 5` as it is meant, `cosine; warmup(5)`; undefined where it does not begin with a form. */
const separated = (
  cx: Context,
  items: readonly Expr[],
  forms: readonly string[],
): string | undefined => {
  const [first] = items;
  if (first === undefined || !isForm(first, forms)) return undefined;
  const groups: { readonly head: Expr; readonly args: string[] }[] = [];
  for (const item of items)
    if (isForm(item, forms)) groups.push({ head: item, args: [] });
    else groups[groups.length - 1]!.args.push(cx.text(item.span));
  const isPlain = groups.every(
    ({ head, args }) => args.length === 0 || (head.tag === 'chain' && head.links.length === 0),
  );
  return isPlain
    ? groups
        .map(
          ({ head, args }) => cx.text(head.span) + (args.length > 0 ? `(${args.join(', ')})` : ''),
        )
        .join('; ')
    : undefined;
};

/** The values of a clause, without the holes that the parser has reported. */
export const valuesOf = ({ clause }: Reading): readonly ClauseValue[] =>
  clause.values.filter(({ items }) => items[0]?.tag !== 'missing');

/** The only value of a clause. */
export const soleItem = (r: Reading, forms: readonly string[] = []): Expr | undefined => {
  const [first, second] = valuesOf(r);
  if (first === undefined) {
    r.cx.report(error('E0923', r.clause.span, `\`${r.word}\` needs a value`));
    return undefined;
  }
  if (second !== undefined)
    r.cx.report(
      error('E0923', second.span, `\`${r.word}\` takes one value`, { label: 'one too many' }),
    );
  return itemOf(r, first, forms);
};
