/** Calls of number functions, and the reports when they have no number. */
import * as E from 'fp-ts/lib/Either.js';
import { error } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Argument, Expr } from '../../syntax/tree.ts';
import { numberFunctions } from './arithmetic.ts';
import type { Context } from './context.ts';
import { kindName, unknown, type Value } from './values.ts';

/** E0302: a value of another kind than is needed. */
export const wrongKind = (cx: Context, span: Span, needed: string, found: Value): void =>
  cx.report(
    error('E0302', span, `${needed} is needed here, and this is ${kindName(found)}`, {
      label: kindName(found),
    }),
  );

/** The value of a computation; a fault is reported and unknown. */
export const reported = (
  cx: Context,
  span: Span,
  result: E.Either<string, Value>,
  label?: string,
): Value => {
  if (E.isRight(result)) return result.right;
  cx.report(error('E0315', span, result.left, label === undefined ? {} : { label }));
  return unknown;
};

/** `min(a, b)`: numbers only, in a row. */
export const callFunction = (
  cx: Context,
  name: string,
  span: Span,
  given: readonly Argument[],
  evaluateNumber: (e: Expr) => Value,
): Value => {
  const compute = numberFunctions.get(name);
  if (compute === undefined) {
    cx.report(error('E0302', span, `\`${name}\` is not a function and cannot be called`));
    return unknown;
  }
  const odd = given.find((a) => a.tag !== 'positional');
  if (odd !== undefined) {
    cx.report(
      odd.tag === 'named'
        ? error('E0305', odd.name.span, `\`${name}\` has no parameter \`${odd.name.text}\``, {
            label: 'its arguments have no names',
          })
        : error('E0303', odd.span, `\`${name}\` takes numbers only`),
    );
    return unknown;
  }
  const values = given.flatMap((a) => (a.tag === 'positional' ? [evaluateNumber(a.value)] : []));
  const numbers = values.flatMap((v) => (v.tag === 'number' ? [v] : []));
  if (numbers.length < values.length) {
    if (values.some((v) => v.tag === 'pixels'))
      cx.report(error('E0315', span, `\`${name}\` takes numbers only, not a size of the image`));
    return unknown;
  }
  return reported(cx, span, compute(numbers));
};
