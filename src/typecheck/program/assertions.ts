/** `params(D)`, `receptive(2x std.conv(3, 1))`: facts about nets and layers, as numbers to compare. */
import * as E from 'fp-ts/lib/Either.js';
import { error } from '../../diagnostic/diagnostic.ts';
import { extentOf, sameType, unknownType, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Argument, Expr } from '../../syntax/tree.ts';
import { admissibleOf } from '../net/admissible.ts';
import { apply } from '../layer/apply.ts';
import { atSize, type AtSize } from '../net/at-size.ts';
import { calledNet, netCalled, settled, type NetOf } from '../layer/called-nets.ts';
import type { Channels } from '../../size/channels.ts';
import type { Sight } from '../../size/views.ts';
import { evaluate } from '../expr/evaluate.ts';
import type { FactName } from '../expr/fact-names.ts';
import { bytesForAll, flopsForAll, flopsOf, macsForAll, totalOver } from '../net/costs.ts';
import { bytesOf } from '../net/costs.ts';
import { lastFieldOf } from '../net/receptive.ts';
import { withOutput } from '../layer/output-type.ts';
import type { Incoming } from '../layer/incoming.ts';
import { isVariant, nameless } from '../layer/variant.ts';
import { stepCosts } from '../../diagnostic/limits.ts';
import { countParts, isFaulty } from '../net/flow.ts';
import { freshFrame } from '../expr/scope.ts';
import type { Admissible, Typed, TypedNet } from '../net/typed.ts';
import {
  countValue,
  integer,
  isLayer,
  kindName,
  ratio,
  unknown,
  type Value,
  type Scope,
} from '../expr/values.ts';
import { declaredInput } from '../layer/input-type.ts';
import { throughGroups } from '../../syntax/walk.ts';
import type { LayerContext } from '../layer/context.ts';

/** What is asked about: a net, or a layer on an input. */
type Subject = Pick<TypedNet, 'input' | 'output' | 'body'> & {
  /** its value, if it is known already */
  readonly admissible?: Admissible | undefined;
};

/** The value of a fact, asked with the arguments `given`; unknown, with a report, where it has none. */
export const factValue = (
  cx: LayerContext,
  netOf: NetOf,
  ...[name, given, scope, span]: Parameters<LayerContext['fact']>
): Value => {
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
  cx: LayerContext,
  argument: Extract<Argument, { tag: 'positional' }>,
  scope: Scope,
  netOf: NetOf,
): Subject | undefined => {
  const expr = throughGroups(argument.value);
  if (isVariant(cx, expr, scope)) return netOf(cx, nameless(expr), scope, []);
  const called = calledNet(cx, settled(cx, expr, scope));
  if (called !== undefined) return netCalled(cx, expr, called, netOf);
  const sized = netOnImage(cx, expr, scope, netOf);
  if (sized !== undefined) return sized;
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

/** `D : [224, 224, 3]` of a net of free size, which is checked already. Undefined where a check is needed. */
const netOnImage = (
  cx: LayerContext,
  expr: Expr,
  scope: Scope,
  netOf: NetOf,
): Subject | undefined => {
  if (expr.tag !== 'ascribe' || (expr.output?.tag ?? 'any') !== 'any') return undefined;
  const { value, reports } = cx.quietly(() => {
    const called = calledNet(cx, settled(cx, expr.body, scope));
    const net = called && netOf(cx, called.definition, called.scope, called.given);
    const input = net && declaredInput(cx, expr.input, freshFrame(scope)).type;
    return input && sized(cx, net, input, expr.span);
  });
  return reports.length > 0 ? undefined : value;
};

/** The latest image that was asked about is remembered for each net: the next question is mostly about the same. */
const sized = (
  cx: LayerContext,
  net: TypedNet,
  input: TensorType,
  span: Span,
): AtSize | undefined => {
  const last = cx.sized.get(net);
  if (last !== undefined && sameType(last.input, input)) return last.net;
  if (!cx.spend(span, countParts(net.body) * stepCosts.asked)) return undefined;
  const at = atSize(net, input, cx.limits.elements);
  cx.sized.set(net, { input, net: at });
  return at;
};

/** Undefined when the layer has faults of its own, which are reported. */
const layerAsNet = (cx: LayerContext, expr: Expr, scope: Scope): Subject | undefined => {
  const { value: net, reports } = cx.quietly(() => onOwnInput(cx, expr, freshFrame(scope)));
  cx.replay({ value: net, reports });
  return reports.length > 0 || isFaulty(net.body) ? undefined : net;
};

const onOwnInput = (cx: LayerContext, expr: Expr, scope: Scope): Subject => {
  const declared =
    expr.tag === 'ascribe' ? declaredInput(cx, expr.input, scope) : { type: unknownType, scope };
  const input = declared.type;
  const place: Incoming = { scope: declared.scope, input, trail: { start: input } };
  const applied = apply(cx, expr.tag === 'ascribe' ? expr.body : expr, place);
  const body =
    expr.tag === 'ascribe' ? withOutput(cx, applied, expr, declared.scope, place) : applied;
  return { input, output: body.output, body };
};

const fact = (cx: LayerContext, name: FactName, net: Subject, span: Span): Value => {
  if (net.output.tag === 'unknown' && net.input.tag !== 'unknown') return unknown; // its faults are reported
  const value = known(cx, name, net, span);
  if (value === undefined) undecided(cx, name, net, span);
  return value ?? unknown;
};

/** A fact of the layers of a net is found once; unknown when that takes too long, and undefined when there is none. */
const known = (cx: LayerContext, name: FactName, net: Subject, span: Span): Value | undefined => {
  const layers = inFolders(net.body);
  const before = cx.facts.get(layers) ?? new Map<string, Value | undefined>();
  if (before.has(name)) return before.get(name);
  const mayAsk = cx.spend(span, countParts(net.body) * stepCosts.asked);
  const sight: Sight = (hulls) => cx.spend(span, hulls * stepCosts.hull);
  const value = mayAsk ? facts[name](net, sight) : unknown;
  before.set(name, value);
  cx.facts.set(layers, before);
  return value;
};

/** What a call or a label holds: the same call has one body, and a folder for each place. */
const inFolders = (typed: Typed): Typed => (typed.tag === 'folder' ? inFolders(typed.body) : typed);

const counted =
  (of: (net: Subject) => number | undefined, forAll?: (body: Subject['body']) => Channels) =>
  (net: Subject): Value | undefined => {
    if (net.output.tag === 'unknown') return undefined;
    const n = of(net) ?? forAll?.(net.body) ?? 'unknown';
    return n === 'unknown' ? undefined : countValue(n);
  };

/** How each fact of a net is computed. Sums over a net of free size are polynomials in the sizes of the image. */
const facts: { readonly [name in FactName]: (net: Subject, sight: Sight) => Value | undefined } = {
  params: counted((net) => net.body.totals.params),
  macs: counted((net) => net.body.totals.macs, macsForAll),
  flops: counted((net) => totalOver(net.body, flopsOf), flopsForAll),
  receptive: receptiveField,
  stride: (net, sight) => {
    const { h, w } = lastFieldOf(net.body, sight);
    const [a, b] = [h.stride.over / h.stride.under, w.stride.over / w.stride.under];
    return a === b ? ratio(h.stride) : { tag: 'extent', h: a, w: b };
  },
  bytes: counted((net) => totalOver(net.body, bytesOf), bytesForAll),
  admissible: (net) => {
    const sets = net.admissible ?? admissionOf(net);
    return sets && { tag: 'sizes', h: sets.h, w: sets.w };
  },
};

const admissionOf = (net: Subject): Admissible | undefined => {
  const admission = admissibleOf(net);
  return admission === undefined || E.isLeft(admission) ? undefined : admission.right;
};

const undecided = (cx: LayerContext, name: FactName, net: Subject, span: Span): void => {
  const { h, w } = lastFieldOf(net.body);
  const seesAll = name === 'receptive' && (h.span === Infinity || w.span === Infinity);
  const isUnknown = net.input.tag === 'unknown';
  const size = seesAll ? '64, 64' : 'h, w';
  cx.report(
    error('E0602', span, `\`${name}\` cannot be decided here`, {
      notes: [
        ...(seesAll
          ? [
              'each output pixel sees the whole image, through a mean over the map or a gate made of it',
            ]
          : []),
        isUnknown
          ? `state the input type of the whole: \`${name}((f) : [${size}, 64])\``
          : 'it depends on the size of the image; fix the size of the input',
      ],
    }),
  );
};

/** Behind a gate or a normalisation over the map every pixel is seen: as many as the image has. */
function receptiveField(net: Subject, sight: Sight): Value | undefined {
  const last = lastFieldOf(net.body, sight);
  const pixels = (axis: 'h' | 'w'): number | undefined => {
    const { span } = last[axis];
    if (Number.isFinite(span)) return span;
    return span === Infinity && net.input.tag === 'map' ? extentOf(net.input[axis]) : undefined;
  };
  const [h, w] = [pixels('h'), pixels('w')];
  if (h === undefined || w === undefined) return undefined;
  return h === w ? integer(h) : { tag: 'extent', h, w };
}
