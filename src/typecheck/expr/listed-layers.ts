/** Layers in a list, as a `Sequential` of Python has them: `[conv3-16, relu]`, and `[conv3-16, relu] * 3`. */
import { error, replace, type Diagnostic, type Edit } from '../../diagnostic/diagnostic.ts';
import type { Expr } from '../../syntax/tree.ts';
import { throughGroups } from '../../syntax/walk.ts';
import type { Context } from './context.ts';

type List = Extract<Expr, { readonly tag: 'list' }>;

/** What is not a layer wherever it stands. */
const plain: ReadonlySet<Expr['tag']> = new Set(['number', 'size', 'string', 'range', 'missing']);

/** The list that an expression is, unless it holds numbers. */
const listIn = (e: Expr | undefined): List | undefined => {
  const inner = e && throughGroups(e);
  if (inner?.tag !== 'list' || inner.items.length === 0) return undefined;
  return inner.items.some((item) => plain.has(throughGroups(item).tag)) ? undefined : inner;
};

/** The same in parentheses, with a `;` between layers; comments between them stay. */
const asSteps = (cx: Context, { items, span }: List): readonly Edit[] => {
  const first = items[0]!;
  const last = items[items.length - 1]!;
  const within = (start: number, end: number, newText: string): Edit => ({
    span: { ...span, start, end },
    newText,
  });
  const signs = items.slice(1).flatMap((item, i) => {
    const gap = { ...span, start: items[i]!.span.end, end: item.span.start };
    const at = cx.text(gap).indexOf(',');
    return at < 0 ? [] : [within(gap.start + at, gap.start + at + 1, ';')];
  });
  return [
    within(span.start, first.span.start, items.length === 1 ? '' : '('),
    ...signs,
    within(last.span.end, span.end, items.length === 1 ? '' : ')'),
  ];
};

const shown = (cx: Context, { items }: List): string => {
  const [first, second] = items.map(({ span }) => cx.text(span));
  return second === undefined ? first! : `(${first}; ${second}${items.length > 2 ? '; …' : ''})`;
};

/** The report for a list in the place of a layer; undefined for any other expression. */
export const listedLayers = (cx: Context, expr: Expr): Diagnostic | undefined => {
  const list = listIn(expr);
  return (
    list &&
    error('E0302', list.span, 'a layer is needed here, and this is a list', {
      label: 'layers stand between `;`',
      fixes: [
        {
          title: `write \`${shown(cx, list)}\``,
          edits: asSteps(cx, list),
          applicability: 'likely',
        },
      ],
    })
  );
};

/** The report for a list times a number, which repeats it in Python; undefined for any other expression. */
export const repeatedList = (
  cx: Context,
  { operands, signs, span }: Extract<Expr, { readonly tag: 'run' }>,
): Diagnostic | undefined => {
  const [first, second, third] = operands;
  const list = listIn(first) ?? listIn(second);
  const count = listIn(first) === undefined ? first : second;
  if (list === undefined || count === undefined || third !== undefined) return undefined;
  if (signs[0]?.sign !== '*' || count.tag !== 'number') return undefined;
  const items = list.items.map((item) => cx.text(item.span)).join('; ');
  const written = `${cx.text(count.span)}x ${list.items.length > 1 ? `(${items})` : items}`;
  return error('E0302', span, 'a repetition is a number, `x`, and then its layer', {
    label: `did you mean \`${written}\`?`,
    fixes: [replace(`write \`${written}\``, span, written)],
  });
};
