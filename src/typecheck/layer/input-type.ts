/** Inputs as they are written: declared by a net, or bound to what comes in. */
import { error } from '../../diagnostic/diagnostic.ts';
import {
  extentOf,
  freeAxis,
  shapeOf,
  showType,
  unknownType,
  type Channels,
  type MapType,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';
import { plus, symbol, times } from '../../size/channels.ts';
import { affine } from '../../size/sizes.ts';
import type { Span } from '../../syntax/source.ts';
import type { Definition, Expr, TypeExpr } from '../../syntax/tree.ts';
import type { Context } from '../expr/context.ts';
import { sizeNames } from '../expr/names.ts';
import { inner } from '../expr/scope.ts';
import { countValue, unknown, type Scope, type Value } from '../expr/values.ts';
import { stepBefore, traceOf } from '../net/trail.ts';
import type { Incoming } from './incoming.ts';
import { bindUnknown, patternOf } from './size-pattern.ts';
import { affineInverse, agrees, partValue } from './solve-size.ts';
import { axisOf, channelsOf, typeFrom } from './written-type.ts';

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
