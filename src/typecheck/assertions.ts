/** `params(D)`, `receptive(2x std.conv(3, 1))`: facts about nets and layers, as numbers to compare. */
import * as E from 'fp-ts/lib/Either.js';
import { error } from '../diagnostic/diagnostic.ts';
import { unknownType } from '../ops/types.ts';
import { startOf, type Span } from '../syntax/source.ts';
import type { Argument, Expr } from '../syntax/tree.ts';
import { admissibleOf } from './admissible.ts';
import { apply } from './apply.ts';
import type { Context } from './context.ts';
import { callOf, evaluate } from './evaluate.ts';
import { bytesOf, fieldsOf, flopsOf, macsOf, total, type AxisField, type Field } from './facts.ts';
import { placesOf } from './places.ts';
import { bind, type Given } from './arguments.ts';
import { resolve } from './names.ts';
import { withOutput } from './outputs.ts';
import { isFaulty, throughGroups, type Place } from './place.ts';
import { freshFrame, type Scope } from './scope.ts';
import type { TypedNet } from './typed.ts';
import { integer, isLayer, kindName, unknown, type Definition, type Value } from './values.ts';
import { declaredInput } from './written.ts';

/** A net with these arguments; undefined when it lacks one, or when it cannot be checked at all. */
export type NetOf = (
  cx: Context,
  definition: Definition,
  scope: Scope,
  given: readonly Given[],
) => TypedNet | undefined;

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
  const called = calledNet(cx, expr, scope);
  if (called !== undefined) {
    const { definition, scope: around, given } = called;
    const before = cx.heard(() => netOf(cx, definition, around, given));
    const net = cx.tell(before);
    if (net === undefined && before.heard.length === 0) reportLacking(cx, expr, definition, given);
    return net;
  }
  const value = evaluate(cx, expr, scope);
  if (value.tag === 'unknown') return undefined;
  if (!isLayer(value)) {
    cx.report(
      error('E0302', expr.span, `a net or a layer is needed here, and this is ${kindName(value)}`, {
        label: kindName(value),
      }),
    );
    return undefined;
  }
  return layerAsNet(cx, expr, scope);
};

/** `D` or `D(10)`: a net, with the arguments it gets. */
const calledNet = (
  cx: Context,
  expr: Expr,
  scope: Scope,
):
  | {
      readonly definition: Definition;
      readonly scope: Scope;
      readonly given: readonly Given[];
    }
  | undefined => {
  if (expr.tag !== 'chain') return undefined;
  const meaning = cx.heard(() => resolve(cx, expr.word, scope)).value;
  const callee = meaning.value.tag === 'callable' ? meaning.value.callee : undefined;
  if (callee?.tag !== 'definition' || callee.definition.tag !== 'net') return undefined;
  const alone = expr.links.length === 0 && meaning.size === undefined;
  const given = alone ? [] : bind(cx, callee, meaning.text, callOf(expr, meaning, scope), evaluate);
  return { definition: callee.definition, scope: callee.scope, given };
};

const reportLacking = (cx: Context, expr: Expr, net: Definition, given: readonly Given[]): void => {
  const lacking = net.parameters.find(
    (p) =>
      p.tag === 'parameter' &&
      p.default === undefined &&
      !given.some((g) => g.parameter === p.name.text),
  );
  if (lacking === undefined) return;
  const name = lacking.name.text;
  cx.report(
    error('E0304', expr.span, `\`${net.name.text}\` lacks \`${name}\``, {
      label: 'a net means its defaults here',
      labels: [{ span: lacking.span, message: `\`${name}\` has no default` }],
    }),
  );
};

/** Undefined when the layer has faults of its own, which are reported. */
const layerAsNet = (cx: Context, expr: Expr, scope: Scope): TypedNet | undefined => {
  const { value: net, heard } = cx.heard(() => onOwnInput(cx, expr, freshFrame(scope)));
  cx.tell({ value: net, heard });
  return heard.length > 0 || isFaulty(net.body) ? undefined : net;
};

const onOwnInput = (cx: Context, expr: Expr, scope: Scope): TypedNet => {
  const declared =
    expr.tag === 'ascribe' ? declaredInput(cx, expr.input, scope) : { type: unknownType, scope };
  const input = declared.type;
  const place: Place = { scope: declared.scope, input, trail: { start: input } };
  const applied = apply(cx, expr.tag === 'ascribe' ? expr.body : expr, place);
  const body =
    expr.tag === 'ascribe' ? withOutput(cx, applied, expr, declared.scope, place) : applied;
  const net = {
    name: 'layer',
    doc: '',
    span: startOf(expr.span.path),
    input,
    output: body.output,
    extras: [],
    body,
  };
  const admission = body.output.tag === 'unknown' ? undefined : admissibleOf(net);
  const admissible = admission === undefined || E.isLeft(admission) ? undefined : admission.right;
  return { ...net, admissible };
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
