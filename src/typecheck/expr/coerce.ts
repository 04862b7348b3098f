/** From the value of an argument to what a parameter of an operator takes. */
import * as E from 'fp-ts/lib/Either.js';
import { error, replace, type Diagnostic, type Fix } from '../../diagnostic/diagnostic.ts';
import { defaultOf, within } from '../../ops/parts/args.ts';
import type { ArgValue, Args, OpParam, Sides } from '../../ops/params.ts';
import type { Row } from '../../ops/table.ts';
import { showBounds, showKind } from '../../ops/show.ts';
import type { Span } from '../../syntax/source.ts';
import { rowParameters } from './parameters.ts';
import { callLabels, type Context } from './context.ts';
import { lookup } from './scope.ts';
import { usage } from './fill.ts';
import { hasTooMany } from '../../ops/elsewhere/orders.ts';
import { meantCalls } from './foreign-arguments.ts';
import {
  isLayer,
  kindName,
  showValue,
  type Value,
  type BoundArgument,
  type Scope,
} from './values.ts';

type Coerced = E.Either<Diagnostic, ArgValue>;

/**
 * All arguments of an operator, defaults filled in; undefined when one does not fit, which is reported, with what the
 * names of `scope` stand for, and how the `call` was meant.
 */
export const argsOf = (
  cx: Context,
  row: Row,
  given: readonly BoundArgument[],
  scope?: Scope,
  call?: Span,
): Args | undefined => {
  const args: { [name: string]: ArgValue | undefined } = {};
  // what is one too many, which is reported, may have put others into wrong places
  const isMisplaced = call !== undefined && hasTooMany(row, cx.text(call));
  let complete = !isMisplaced;
  for (const p of row.params) {
    const g = given.find((x) => x.parameter === p.name);
    if (g === undefined) {
      args[p.name] = defaultOf(p, args);
      if (p.default === undefined) complete = false;
      continue;
    }
    const value = g.value();
    if (value.tag === 'unknown') {
      complete = false;
      continue;
    }
    const coerced = coerce(cx, row, p, value, g.span, scope);
    if (E.isRight(coerced)) args[p.name] = coerced.right;
    else {
      if (!isMisplaced) {
        const misread = isLayer(value) ? undefined : call;
        cx.report(reordered(cx, row, coerced.left, misread));
      }
      complete = false;
    }
  }
  return complete ? args : undefined;
};

/** The report for a value of another kind, with the call as it was meant in the order of another framework. */
const reordered = (cx: Context, row: Row, fault: Diagnostic, call: Span | undefined): Diagnostic =>
  call === undefined || fault.code !== 'E0302' || fault.fixes.length > 0
    ? fault
    : { ...fault, fixes: meantCalls(row, call, cx.text) };

/** `c is 8 and r is 16`: the numbers behind the names of an argument. */
const numbersIn = (written: string, scope: Scope | undefined): readonly string[] => {
  if (scope === undefined) return [];
  const names = new Set(written.replace(/^\w+\s*=\s*/, '').match(/[A-Za-z_]\w*/g) ?? []);
  const known = [...names].flatMap((name) => {
    const found = lookup(scope, name);
    const value = found?.tag === 'entry' ? found.entry.value() : undefined;
    return value?.tag === 'number' ? [`\`${name}\` is ${value.value}`] : [];
  });
  return known.length === 0 ? [] : [`here ${known.join(' and ')}`];
};

/** A value that a parameter does not take, with what the names behind it stand for, and the calls that gave it. */
const outOfBounds = (
  cx: Context,
  named: string,
  kind: OpParam['kind'],
  value: Value,
  span: Span,
  scope: Scope | undefined,
): Diagnostic => {
  const bounds = showBounds(kind) ?? '';
  return error('E0307', span, `${named} must be ${bounds}, and this is ${showValue(value)}`, {
    label: bounds,
    labels: callLabels(cx),
    notes: numbersIn(cx.text(span), scope),
  });
};

const coerce = (
  cx: Context,
  row: Row,
  p: OpParam,
  value: Value,
  span: Span,
  scope: Scope | undefined,
): Coerced => {
  const named = `\`${p.name}\` of \`${row.name}\``;
  const { kind } = p;
  if (value.tag === 'pixels')
    return E.left(
      error('E0208', span, `${named} depends on the image: it would be \`${showValue(value)}\``, {
        notes: [
          'a layer is the same for every image; fix the size of the input, or take another number',
        ],
      }),
    );
  const bounded = (...numbers: readonly number[]): boolean => numbers.every((n) => within(kind, n));
  const wrong = (): Coerced =>
    E.left(
      error('E0302', span, `${named} must be ${showKind(kind)}, and this is ${kindName(value)}`, {
        label: `${showKind(kind)} is needed`,
        notes: [usage(row.name, rowParameters(row))],
        fixes: unquoted(cx, kind, value, span),
      }),
    );
  const out = (): Coerced => E.left(outOfBounds(cx, named, kind, value, span, scope));
  switch (kind.tag) {
    case 'integer':
      if (value.tag === 'count' && kind.counts === true && cx.trial !== undefined)
        return E.right(value.count);
      if (value.tag !== 'number' || !value.integer) return wrong();
      return bounded(value.value) ? E.right(value.value) : out();
    case 'real':
      if (value.tag !== 'number') return wrong();
      if (value.dropped !== undefined)
        return E.left(realNeeded(cx, value.value, value.dropped.place));
      return bounded(value.value) ? E.right(value.value) : out();
    case 'flag':
      return value.tag === 'flag' ? E.right(value.value) : wrong();
    case 'extent': {
      const extent =
        value.tag === 'extent' && Number.isInteger(value.h) && Number.isInteger(value.w)
          ? { h: value.h, w: value.w }
          : value.tag === 'number' && value.integer
            ? { h: value.value, w: value.value }
            : undefined;
      if (extent === undefined) return wrong();
      return bounded(extent.h, extent.w) ? E.right(extent) : out();
    }
    case 'padding':
      if (value.tag === 'builtin')
        return kind.words.includes(value.name) ? E.right(value.name) : wrong();
      return fromSides(value, bounded, wrong, out);
    case 'sides':
      return fromSides(value, bounded, wrong, out);
    case 'range':
      if (value.tag !== 'range') return wrong();
      return Number.isInteger(value.from) && Number.isInteger(value.to)
        ? E.right({ from: value.from, to: value.to })
        : wrong();
    case 'word':
      return value.tag === 'builtin' && kind.words.includes(value.name)
        ? E.right(value.name)
        : wrong();
  }
};

/** A word that was written as a string: `same` for `"same"`. */
const unquoted = (cx: Context, kind: OpParam['kind'], value: Value, span: Span): readonly Fix[] => {
  if (value.tag !== 'string' || !('words' in kind) || !kind.words.includes(value.value)) return [];
  const written = cx.text(span);
  const changed = written.replace(`"${value.value}"`, value.value);
  return changed === written
    ? []
    : [replace(`write \`${value.value}\`, without quotes`, span, changed, 'certain')];
};

/** The report for a quotient of integers that was rounded down to `value` where a real number is needed. */
export const realNeeded = (cx: Context, value: number, place: Span): Diagnostic =>
  error('E0314', place, 'between integers `/` rounds down, and a real number is needed', {
    label: `this is ${value}`,
    fixes: realDivision(cx.text(place), place),
  });

/** `1/255` becomes `1.0/255`, and anything else is multiplied by a real. */
const realDivision = (written: string, division: Span): readonly Fix[] => {
  const real = /^\d+\s*\//.test(written) ? written.replace(/^\d+/, '$&.0') : `1.0*${written}`;
  return [replace(`write \`${real}\``, division, real)];
};

const fromSides = (
  value: Value,
  bounded: (...numbers: readonly number[]) => boolean,
  wrong: () => Coerced,
  out: () => Coerced,
): Coerced => {
  const numbers =
    value.tag === 'number' && value.integer
      ? [value.value]
      : value.tag === 'list'
        ? value.items.flatMap((v) => (v.tag === 'number' && v.integer ? [v.value] : []))
        : [];
  const count = value.tag === 'list' ? value.items.length : 1;
  const sides = numbers.length === count ? sidesOf(numbers) : undefined;
  if (sides === undefined) return wrong();
  return bounded(...numbers) ? E.right(sides) : out();
};

/** One number for all sides, two for before and after, four for top, bottom, left and right. */
const sidesOf = (n: readonly number[]): Sides | undefined => {
  const [a, b, c, d] = n;
  if (n.length === 1) return { top: a!, bottom: a!, left: a!, right: a! };
  if (n.length === 2) return { top: a!, bottom: b!, left: a!, right: b! };
  return n.length === 4 ? { top: a!, bottom: b!, left: c!, right: d! } : undefined;
};
