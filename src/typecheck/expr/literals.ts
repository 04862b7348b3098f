/** Numbers as they are written; one out of range, which the parser has reported, is unknown. */
import type { Span } from '../../syntax/source.ts';
import { largestInteger, type Expr } from '../../syntax/tree.ts';
import type { Context } from './context.ts';
import { unknown, type Value } from './values.ts';

export const numberIn = (
  cx: Context,
  { value, integer, span }: Extract<Expr, { tag: 'number' }>,
): Value => (isWritten(cx, span, [value]) ? { tag: 'number', value, integer } : unknown);

export const sizeIn = (cx: Context, { h, w, span }: Extract<Expr, { tag: 'size' }>): Value =>
  isWritten(cx, span, [h, w]) ? { tag: 'extent', h, w } : unknown;

/** Whether the text has this number: for a number out of range the parser reports a fault and writes the largest. */
const isWritten = (cx: Context, span: Span, numbers: readonly number[]): boolean => {
  if (numbers.every((n) => n < largestInteger)) return true;
  const written = cx.text(span).replaceAll('_', '').split('x').map(Number);
  return numbers.every((n, i) => n === written[i]);
};
