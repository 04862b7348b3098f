/** Sizes of inputs as they are written, which may bind a name. */
import { error } from '../../diagnostic/diagnostic.ts';
import { freeAxis } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr } from '../../syntax/tree.ts';
import type { Context } from '../expr/context.ts';
import { evaluateNumber } from '../expr/evaluate.ts';
import { kindOf } from '../expr/kind.ts';
import { inner, lookup } from '../expr/scope.ts';
import { unknown, type Scope, type Value } from '../expr/values.ts';

/** The names that a pattern of an input binds: `h`, or the `n` of `16*n` and `2*n + 1`. */
type Pattern =
  | { readonly tag: 'any' }
  | {
      readonly tag: 'linear';
      readonly name: string;
      readonly span: Span;
      readonly a: number;
      readonly b: number;
    }
  | { readonly tag: 'value'; readonly value: Value };

/** `a*n + b` with one new name, else an expression of known ones. */
export const patternOf = (cx: Context, axis: Expr, scope: Scope): Pattern => {
  if (axis.tag === 'any') return { tag: 'any' };
  const linear = linearIn(cx, axis, scope);
  return linear ?? { tag: 'value', value: evaluateNumber(cx, axis, scope) };
};

const linearIn = (cx: Context, axis: Expr, scope: Scope): Pattern | undefined => {
  const name = freshNames(cx, axis, scope);
  if (name.length === 0) return undefined;
  if (name.length > 1) return notLinear(cx, axis);
  const [{ text, span }] = name as [{ text: string; span: Span }];
  // as a size of the image, the name shows what the expression makes of it
  const trial = inner(scope);
  const free: Value = { tag: 'pixels', axis: freeAxis(text) };
  trial.names.set(text, { from: 'size', value: () => free });
  const { value } = cx.quietly(() => evaluateNumber(cx, axis, trial));
  if (value.tag !== 'pixels') return notLinear(cx, axis);
  const { size } = value.axis;
  if (size.tag !== 'floor' || size.d !== 1 || size.a < 1) return notLinear(cx, axis);
  return { tag: 'linear', name: text, span, a: size.a, b: size.b };
};

const notLinear = (cx: Context, axis: Expr): Pattern => {
  cx.report(
    error('E0207', axis.span, 'an input size is a name, or a number times a name plus a number', {
      label: 'has another form',
      notes: ['such as `h`, `16*n` or `2*n + 1`'],
    }),
  );
  return { tag: 'any' };
};

const freshNames = (
  cx: Context,
  axis: Expr,
  scope: Scope,
): readonly { readonly text: string; readonly span: Span }[] => {
  const seen = new Map<string, { text: string; span: Span }>();
  const visit = (e: Expr): void => {
    if (e.tag === 'chain') {
      const [name] = e.word.parts;
      const fresh = e.word.parts.length === 1 && isFresh(scope, name!.text);
      if (fresh && !isConstant(cx, e, scope)) seen.set(name!.text, name!);
      e.links.forEach((l) => l.tag !== 'call' && visit(l.argument));
    } else if (e.tag === 'run') e.operands.forEach(visit);
    else if (e.tag === 'group') visit(e.body);
  };
  visit(axis);
  return [...seen.values()];
};

/** A name is new unless it is a number in scope: a layer of that name has no use in a type. */
const isFresh = (scope: Scope, name: string): boolean => {
  const found = lookup(scope, name);
  if (found === undefined) return true;
  if (found.tag !== 'entry') return found.tag === 'lost';
  return (
    found.entry.from === 'declaration' ||
    found.entry.from === 'import' ||
    found.entry.from === 'std'
  );
};

/** `def width = 64` is a number too. */
const isConstant = (cx: Context, e: Extract<Expr, { tag: 'chain' }>, scope: Scope): boolean =>
  lookup(scope, e.word.parts[0]!.text) !== undefined &&
  kindOf(cx, { ...e, links: [] }, scope) === 'number';

/** Binds the names of a size to what is not known, and reports nothing. */
export const bindUnknown = (cx: Context, e: Expr, names: Scope): void => {
  const pattern = cx.quietly(() => patternOf(cx, e, names)).value;
  if (pattern.tag === 'linear')
    names.names.set(pattern.name, { from: 'size', span: pattern.span, value: () => unknown });
};
