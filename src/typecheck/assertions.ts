/** `params(D)`, `receptive(2x std.conv(3, 1))`: facts about nets and layers, as numbers to compare. */
import { error } from '../diagnostic/diagnostic.ts';
import { unknownType } from '../ops/types.ts';
import { startOf, type Span } from '../syntax/source.ts';
import type { Argument, Expr } from '../syntax/tree.ts';
import { apply } from './apply.ts';
import type { Context } from './context.ts';
import { evaluate } from './evaluate.ts';
import { bytesOf, fieldsOf, flopsOf, macsOf, total, type AxisField, type Field } from './facts.ts';
import { placesOf } from './places.ts';
import { inner, type Scope } from './scope.ts';
import type { TypedNet } from './typed.ts';
import { integer, isLayer, kindName, unknown, type Definition, type Value } from './values.ts';
import { declaredInput } from './written.ts';

type NetOf = (definition: Definition, scope: Scope) => TypedNet | undefined;

export const factOf =
  (cx: Context, netOf: NetOf): Context['fact'] =>
  (name, given, scope, span) => {
    const [argument] = given;
    if (given.length !== 1 || argument?.tag !== 'positional') {
      cx.report(error('E0304', span, `\`${name}\` takes one net or layer`));
      return unknown;
    }
    const net = subject(cx, argument, scope, netOf);
    return net === undefined ? unknown : fact(cx, name, net, span);
  };

/** A net means its declared input and its defaults; a layer may say its input, `f : [h, w, 64]`. */
const subject = (
  cx: Context,
  argument: Extract<Argument, { tag: 'positional' }>,
  scope: Scope,
  netOf: NetOf,
): TypedNet | undefined => {
  const expr = throughGroups(argument.value);
  const value = evaluate(cx, expr, scope);
  if (value.tag === 'unknown') return undefined;
  if (
    value.tag === 'callable' &&
    value.callee.tag === 'definition' &&
    value.callee.definition.tag === 'net'
  )
    return netOf(value.callee.definition, value.callee.scope);
  if (!isLayer(value)) {
    cx.report(
      error('E0302', expr.span, `a net or a layer is needed here, and this is ${kindName(value)}`),
    );
    return undefined;
  }
  return layerAsNet(cx, expr, scope);
};

const throughGroups = (e: Expr): Expr => (e.tag === 'group' ? throughGroups(e.body) : e);

/** Undefined when the layer has faults of its own, which are reported. */
const layerAsNet = (cx: Context, expr: Expr, scope: Scope): TypedNet | undefined => {
  const before = cx.found().length;
  const fresh = inner(scope, { frame: 'fresh' });
  const declared =
    expr.tag === 'ascribe'
      ? declaredInput(cx, expr.input, fresh)
      : { type: unknownType, scope: fresh };
  const body = apply(cx, expr.tag === 'ascribe' ? expr.body : expr, {
    scope: declared.scope,
    input: declared.type,
    trail: { start: declared.type },
  });
  if (cx.found().length > before) return undefined;
  return {
    name: 'layer',
    doc: '',
    span: startOf(expr.span.path),
    input: declared.type,
    output: body.output,
    extras: [],
    body,
    admissible: undefined,
  };
};

const fact = (cx: Context, name: string, net: TypedNet, span: Span): Value => {
  const placed = placesOf(net);
  if (net.output.tag === 'unknown' && net.input.tag !== 'unknown') return unknown; // its faults are reported
  const known = (n: number | undefined): Value => {
    if (n !== undefined && net.output.tag !== 'unknown') return integer(n);
    undecided(cx, name, net, span);
    return unknown;
  };
  switch (name) {
    case 'params':
      return known(net.body.totals.params);
    case 'macs':
      return known(total(placed, macsOf));
    case 'flops':
      return known(total(placed, flopsOf));
    case 'bytes':
      return known(total(placed, bytesOf));
    case 'receptive':
      return lastField(net, (f) => f.span);
    case 'stride':
      return lastField(net, (f) => f.stride);
    default:
      if (net.admissible !== undefined)
        return { tag: 'sizes', h: net.admissible.h, w: net.admissible.w };
      undecided(cx, name, net, span);
      return unknown;
  }
};

const undecided = (cx: Context, name: string, net: TypedNet, span: Span): void =>
  cx.report(
    error('E0602', span, `\`${name}\` cannot be decided here`, {
      notes: [
        net.input.tag === 'unknown'
          ? 'say what comes in: `params(f : [h, w, 64])`'
          : 'it depends on the size of the image; fix the size of the input',
      ],
    }),
  );

/** Of the last map: behind it a head sees the whole image. */
const lastField = (net: TypedNet, of: (f: AxisField) => number): Value => {
  const last = [...fieldsOf(placesOf(net))]
    .reverse()
    .find((f): f is Exclude<Field, 'whole'> => f !== 'whole');
  if (last === undefined) return unknown;
  const [h, w] = [of(last.h), of(last.w)];
  if (h === w) return { tag: 'number', value: h, integer: Number.isInteger(h) };
  return { tag: 'extent', h, w };
};
