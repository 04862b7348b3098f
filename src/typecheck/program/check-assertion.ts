/** Assertions of a program: whether they hold, and what their sides are. */
import { error, replace, type Fix, type Label } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import { largestInteger, type Expr } from '../../syntax/tree.ts';
import { evaluate, evaluateFlag } from '../expr/evaluate.ts';
import { freshFrame } from '../expr/scope.ts';
import { showValue, type Scope, type Value } from '../expr/values.ts';
import type { LayerContext } from '../layer/context.ts';
import { numeral } from '../net/formulas.ts';

/** Reports an assertion that does not hold (E0601). */
export const checkAssertion = (cx: LayerContext, condition: Expr, scope: Scope): void => {
  const holds = evaluateFlag(cx, condition, freshFrame(scope));
  if (holds !== false) return;
  const sides =
    condition.tag === 'compare'
      ? [
          ...sideOf(cx, condition.left, condition.right, scope),
          ...sideOf(cx, condition.right, condition.left, scope),
        ]
      : [];
  cx.report(
    error('E0601', condition.span, 'this assertion does not hold', {
      label: 'false',
      labels: sides,
      fixes: asItIs(cx, condition, sides),
    }),
  );
};

/** Fixes an expected number or set: that may be the mistake itself. */
const asItIs = (cx: LayerContext, condition: Expr, sides: readonly Label[]): readonly Fix[] => {
  if (condition.tag !== 'compare' || condition.comparator !== '==') return [];
  const value = /^this is ([\d_./]+|"[^"]+")$/.exec(sides[0]?.message ?? '')?.[1];
  const written = [condition.left, condition.right].find(({ tag }) =>
    value?.startsWith('"') === true ? tag === 'range' || tag === 'string' : tag === 'number',
  );
  return written === undefined || value === undefined || !isWhole(cx, written.span)
    ? []
    : [replace(`write \`${value}\``, written.span, value)];
};

/** Whether a number ends where it was read to the end: not so in `1 000` and `1'000`. */
const isWhole = (cx: LayerContext, { path, end }: Span): boolean =>
  !/^(?:[\w.,']| *\d)/.test(cx.text({ path, start: end, end: end + 8 }));

/** Whether a label should give the value: a literal shows it already. */
const isComputed = (e: Expr): boolean => !['number', 'range', 'size', 'string'].includes(e.tag);

/** What one side of a comparison is; nothing where the text shows it, as `1/2` beside a number that is not rounded. */
const sideOf = (
  cx: LayerContext,
  side: Expr,
  other: Expr,
  scope: Scope,
): readonly { readonly span: Span; readonly message: string }[] => {
  if (!isComputed(side)) return [];
  const [value, beside] = [evaluate(cx, side, scope), evaluate(cx, other, scope)];
  const isExact = beside.tag === 'number' && (!beside.integer || beside.ratio !== undefined);
  return value.tag === 'number' && value.dropped !== undefined && isExact
    ? []
    : [{ span: side.span, message: `this is ${shown(value)}` }];
};

const shown = (value: Value): string => {
  // a set of sizes has no other form than a string
  if (value.tag === 'sizes') return `"${showValue(value)}"`;
  if (value.tag !== 'number') return showValue(value);
  if (!Number.isInteger(value.value)) return showValue(value);
  // a larger integer is written with a point, as E0107 says
  const isWritten = Math.abs(value.value) <= largestInteger;
  return isWritten ? numeral(value.value) : `${numeral(value.value)}.0`;
};
