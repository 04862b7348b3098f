/** Types of outputs as they are written, and of what any written type is made. */
import { error } from '../../diagnostic/diagnostic.ts';
import {
  fixedAxis,
  mapType,
  unknownType,
  vectorType,
  type Axis,
  type Channels,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, TypeExpr } from '../../syntax/tree.ts';
import type { Context } from '../expr/context.ts';
import { evaluateNumber } from '../expr/evaluate.ts';
import { resolve } from '../expr/names.ts';
import type { Scope, Value } from '../expr/values.ts';

/** An output as written; every name must be known. `_` is taken from what was found. */
export const writtenOutput = (
  cx: Context,
  written: TypeExpr,
  found: TensorType,
  scope: Scope,
): TensorType => {
  if (written.tag === 'any') return found;
  const of = found.tag === 'map' ? [found.h, found.w] : [];
  let at = 0;
  const axis = (e: Expr): MaybeAxis => {
    const here = of[at++];
    if (e.tag === 'any') return here ?? 'unknown';
    checkNames(cx, e, scope);
    return axisOf(cx, evaluateNumber(cx, e, scope), e.span);
  };
  const channels = (e: Expr): Channels => {
    if (e.tag === 'any') return found.tag === 'unknown' ? 'unknown' : found.c;
    checkNames(cx, e, scope);
    return channelsOf(cx, evaluateNumber(cx, e, scope), e.span);
  };
  return typeFrom(cx, written, axis, channels);
};

/** Looks up a word as a whole: an unknown name in an output is not a layer with a size at its end. */
const checkNames = (cx: Context, e: Expr, scope: Scope): void => {
  if (e.tag === 'chain' && e.links.length === 0) resolve(cx, e, scope);
};

/** The type of these axes; `axis` and `channels` say what each means. */
export const typeFrom = (
  cx: Context,
  written: Extract<TypeExpr, { tag: 'tensor' }>,
  axis: (e: Expr, variable: string) => MaybeAxis,
  channels: (e: Expr) => Channels,
): TensorType => {
  const [a, b, c] = written.axes;
  if (written.axes.length === 1) return vectorType(channels(a!));
  if (written.axes.length === 3) {
    const h = axis(a!, 'h');
    const w = axis(b!, 'w');
    return mapType(h, w, channels(c!));
  }
  cx.report(
    error('E0207', written.span, 'a type has three sizes, `[h, w, c]`, or one, `[c]`', {
      notes: ['the batch is not written, and channels come last'],
    }),
  );
  return unknownType;
};

/** The size that a value is (E0307). */
export const axisOf = (cx: Context, value: Value, span: Span): MaybeAxis => {
  if (value.tag === 'pixels') return value.axis satisfies Axis;
  if (value.tag !== 'number' || !inBounds(cx, value, span)) return 'unknown';
  return fixedAxis(value.value);
};

/** The channels that a value is (E0208, E0307). */
export const channelsOf = (cx: Context, value: Value, span: Span): Channels => {
  if (value.tag === 'pixels') {
    cx.report(error('E0208', span, 'the number of channels cannot depend on the image'));
    return 'unknown';
  }
  if (value.tag === 'count') return value.count;
  return value.tag === 'number' && inBounds(cx, value, span) ? value.value : 'unknown';
};

const inBounds = (cx: Context, v: Extract<Value, { tag: 'number' }>, span: Span): boolean => {
  const fine = v.integer && v.value >= 1 && v.value <= cx.limits.elements;
  if (!fine)
    cx.report(
      error(
        'E0307',
        span,
        `a size is an integer from 1 to ${cx.limits.elements}, and this is ${v.value}`,
      ),
    );
  return fine;
};
