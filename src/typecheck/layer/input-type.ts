/** Types as they are written: binding the names of an input, and building an output. */
import { error } from '../../diagnostic/diagnostic.ts';
import {
  fixedAxis,
  freeAxis,
  mapType,
  shapeOf,
  showType,
  unknownType,
  vectorType,
  extentOf,
  type Axis,
  type Channels,
  type MapType,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, TypeExpr, Definition } from '../../syntax/tree.ts';
import { affineInverse, agrees, partValue } from './solve-size.ts';
import { plus, symbol, times } from '../../size/channels.ts';
import type { Context } from '../expr/context.ts';
import { evaluateNumber } from '../expr/evaluate.ts';
import { kindOf } from '../expr/kind.ts';
import { resolve, sizeNames } from '../expr/names.ts';
import type { Incoming } from './incoming.ts';
import { inner, lookup } from '../expr/scope.ts';
import { affine } from '../../size/sizes.ts';
import { stepBefore, traceOf } from '../net/trail.ts';
import { countValue, unknown, type Value, type Scope } from '../expr/values.ts';

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
const patternOf = (cx: Context, axis: Expr, scope: Scope): Pattern => {
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

/** The declared input of a net: new names are sizes that stay free. */
export const declaredInput = (
  cx: Context,
  written: TypeExpr,
  scope: Scope,
): { readonly type: TensorType; readonly scope: Scope } => {
  const names = inner(scope);
  if (written.tag === 'any') {
    cx.report(
      error(
        'E0207',
        written.span,
        'a net must state its input type, as in `[224, 224, 3]` or `[h, w, 3]`',
      ),
    );
    return { type: unknownType, scope: names };
  }
  const taken = new Set(sizeNames(written));
  const axis = (e: Expr, fallback: string): MaybeAxis => {
    const pattern = patternOf(cx, e, names);
    if (pattern.tag === 'any') return freeAxis(taken.has(fallback) ? `${fallback}_` : fallback);
    if (pattern.tag === 'linear') {
      const free = freeAxis(pattern.name);
      const bound: Value = { tag: 'pixels', axis: free };
      names.names.set(pattern.name, { from: 'size', span: pattern.span, value: () => bound });
      return { variable: pattern.name, size: affine(pattern.a, pattern.b) };
    }
    return axisOf(cx, pattern.value, e.span);
  };
  const channels = (e: Expr): Channels => {
    const pattern = patternOf(cx, e, names);
    if (pattern.tag === 'value') return channelsOf(cx, pattern.value, e.span);
    if (cx.trial !== undefined && pattern.tag === 'linear') {
      const { name, span, a, b } = pattern;
      names.names.set(name, { from: 'size', span, value: () => countValue(symbol(name)) });
      return plus(times(a, symbol(name)), b);
    }
    cx.report(
      error('E0207', e.span, 'the channels of an input must be a number', {
        notes: ['weights depend on them, so they cannot stay free'],
      }),
    );
    return 'unknown';
  };
  const type = typeFrom(cx, written, axis, channels);
  // the names of a malformed type are still sizes
  if (type.tag === 'unknown') for (const e of written.axes) bindUnknown(cx, e, names);
  if (type.tag === 'map' && sharesVariable(type)) {
    cx.report(
      error('E0207', written.span, 'height and width of a net must be independent of each other', {
        label: 'names one size twice',
        notes: ['use two names, as in `[h, w, 3]`, or fix the size, as in `[224, 224, 3]`'],
      }),
    );
    return { type: unknownType, scope: names };
  }
  const size = (shapeOf(type, 1) ?? []).reduce((n, m) => n * m, 1);
  if (size <= cx.limits.elements) return { type, scope: names };
  cx.report(
    error(
      'E0213',
      written.span,
      `\`${showType(type)}\` is more than ${cx.limits.elements} numbers`,
      {
        label: 'too large for one tensor',
      },
    ),
  );
  return { type: unknownType, scope: names };
};

const sharesVariable = ({ h, w }: MapType): boolean =>
  h !== 'unknown' && w !== 'unknown' && extentOf(h) === undefined && h.variable === w.variable;

/**
 * The input of a definition or an ascription: names are bound to what arrives, numbers are compared.
 * Undefined when they differ, which is reported at the call or, for an ascription, at the type.
 */
export const bindInput = (
  cx: Context,
  written: TypeExpr,
  at: Incoming,
  definition?: Definition,
  call?: Span,
): Scope | undefined => {
  const names = inner(at.scope);
  const found = at.input;
  if (written.tag === 'any' || found.tag === 'unknown') {
    if (written.tag === 'tensor') for (const e of written.axes) bindUnknown(cx, e, names);
    return names;
  }
  const arrived: readonly (MaybeAxis | Channels)[] =
    found.tag === 'map' ? [found.h, found.w, found.c] : [found.c];
  if (arrived.length !== written.axes.length) {
    reportInput(cx, written, [], at, definition, call);
    return undefined;
  }
  const differ: { readonly axis: Expr; readonly index: number }[] = [];
  written.axes.forEach((axis, index) => {
    const value = partValue(arrived[index]!);
    const pattern = patternOf(cx, axis, names);
    if (pattern.tag === 'any') return;
    if (pattern.tag === 'linear') {
      const solved = affineInverse(pattern.a, pattern.b, value);
      if (solved === undefined) differ.push({ axis, index });
      const bound = solved ?? unknown;
      names.names.set(pattern.name, { from: 'size', span: pattern.span, value: () => bound });
    } else if (!agrees(cx, pattern.value, value)) differ.push({ axis, index });
  });
  if (differ.length === 0) return names;
  reportInput(cx, written, differ, at, definition, call);
  return undefined;
};

const reportInput = (
  cx: Context,
  written: Extract<TypeExpr, { tag: 'tensor' }>,
  differ: readonly { readonly axis: Expr; readonly index: number }[],
  at: Incoming,
  definition: Definition | undefined,
  call: Span | undefined,
): void => {
  const found = showType(at.input);
  const takes = cx.text(written.span);
  const [first] = differ;
  const last = differ[differ.length - 1];
  const place =
    first === undefined || last === undefined
      ? written.span
      : { ...first.axis.span, end: last.axis.span.end };
  const parts = found.slice(1, -1).split(', ');
  const fixes =
    definition === undefined
      ? [
          {
            title: `write \`${found}\``,
            applicability: 'likely' as const,
            edits:
              differ.length === 0
                ? [{ span: written.span, newText: found }]
                : differ.map((d) => ({ span: d.axis.span, newText: parts[d.index] ?? '_' })),
          },
        ]
      : [];
  const made = stepBefore(at.trail);
  const labels =
    made === undefined ? [] : [{ span: made.span, message: `gives \`${showType(made.output)}\`` }];
  const notes = traceOf(at.trail, cx.text);
  cx.report(
    definition === undefined || call === undefined
      ? error('E0207', place, `the type says \`${takes}\`, and the input is \`${found}\``, {
          label: `gets \`${found}\``,
          labels,
          notes,
          fixes,
        })
      : error(
          'E0207',
          call,
          `\`${definition.name.text}\` takes \`${takes}\`, and its input is \`${found}\``,
          {
            label: `gets \`${found}\``,
            labels: [{ span: place, message: 'declared here' }, ...labels],
            notes,
          },
        ),
  );
};

const bindUnknown = (cx: Context, e: Expr, names: Scope): void => {
  const pattern = cx.quietly(() => patternOf(cx, e, names)).value;
  if (pattern.tag === 'linear')
    names.names.set(pattern.name, { from: 'size', span: pattern.span, value: () => unknown });
};

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

const typeFrom = (
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

const axisOf = (cx: Context, value: Value, span: Span): MaybeAxis => {
  if (value.tag === 'pixels') return value.axis satisfies Axis;
  if (value.tag !== 'number' || !inBounds(cx, value, span)) return 'unknown';
  return fixedAxis(value.value);
};

const channelsOf = (cx: Context, value: Value, span: Span): Channels => {
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
