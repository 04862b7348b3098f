/**
 * Nets that passes make of other nets: `net D_dense = fc_to_conv(D)`. The rewriter is above the checker, so the
 * checker gets a function that applies passes.
 */
import * as E from 'fp-ts/lib/Either.js';
import { diagnosticsOf, hasErrors, resultOf, type Checked } from '../../diagnostic/checked.ts';
import { stepCosts } from '../../diagnostic/limits.ts';
import { error, isUnread, replace, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { isKnown, showType, type TensorType } from '../../ops/types.ts';
import { freshId } from '../../syntax/memo.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, Signature, Definition, Rewrite } from '../../syntax/tree.ts';
import { admissibleOf } from '../net/admissible.ts';
import { callScope, seenAtEnd } from '../expr/bodies.ts';
import { calledNet, netCalled, settled, type CalledNet, type NetOf } from './called-nets.ts';
import { evaluate } from '../expr/evaluate.ts';
import { elementsOf } from '../net/costs.ts';
import { eachNode, isFaulty } from '../net/flow.ts';
import { meaningOf } from '../expr/names.ts';
import { withOutput } from './output-type.ts';
import { hasMisfit } from './stand-in.ts';
import type { Incoming } from './incoming.ts';
import { freshFrame } from '../expr/scope.ts';
import { showSizes } from '../../size/sizes.ts';
import type { Variant, Typed, TypedNet } from '../net/typed.ts';
import { isLayer, kindName, type Scope } from '../expr/values.ts';
import { declaredInput } from './input-type.ts';
import type { LayerContext } from './context.ts';

/** A net after its passes. */
export type VariantBody = Pick<TypedNet, 'input' | 'output' | 'extras' | 'body'>;

/**
 * `own` has the input that the passes leave, open where they have opened it; `on` gives the same for an
 * input that is written (E0207).
 */
type VariantForms = Pick<Variant, 'graph' | 'trace'> & {
  readonly own: VariantBody;
  readonly on: (input: TensorType) => E.Either<Diagnostic, VariantBody>;
};

/** Applies passes to a net without faults. The keys of remembered values must be unique in the program. */
export type ApplyPasses = (
  asked: Pick<Variant, 'name' | 'source' | 'passes'>,
  freshKey: () => number,
) => Checked<VariantForms>;

type Chain = Extract<Expr, { readonly tag: 'chain' }>;

/** Whether the body of a net applies a pass, or calls such a net. Reports nothing. */
export const isVariant = (cx: LayerContext, expr: Expr, scope: Scope): boolean => {
  const before = cx.variants.get(expr)?.get(scope.id);
  if (before !== undefined) return before;
  const found = cx.quietly(() => comesToAPass(cx, expr, scope)).value;
  if (found === undefined) return false;
  cx.variants.set(expr, (cx.variants.get(expr) ?? new Map()).set(scope.id, found));
  return found;
};

/** Undefined when nets nest too deeply to follow. */
const comesToAPass = (cx: LayerContext, expr: Expr, around: Scope): boolean | undefined => {
  const { expr: body, scope } = settled(cx, expr, around);
  if (body.tag !== 'chain') return false;
  const { value } = meaningOf(cx, body.word, scope);
  if (value.tag === 'rewrite') return body.links.length > 0;
  const called = calledNet(cx, { expr: body, scope });
  if (called === undefined) return false;
  const { definition, given } = called;
  const callee = { tag: 'definition', definition, scope: called.scope } as const;
  // its arguments may say which branch it takes
  const call = callScope(cx, callee, given, body.span);
  if (call === undefined) return false;
  return cx.calling(body.span, () => isVariant(cx, definition.body, call));
};

/** A net that passes make, and what they make of it for another input. */
export type VariantNet = Pick<VariantForms, 'on'> & {
  readonly net: TypedNet;
  readonly variant: Variant;
};

/** A pass applied in an assertion or among layers, as the declaration of a net. */
export const nameless = (body: Expr): Definition => ({
  tag: 'net',
  name: { text: body.tag === 'chain' ? body.word.parts.at(-1)!.text : 'net', span: body.span },
  parameters: [],
  body,
  doc: '',
  span: body.span,
});

/** The net of a declaration for which `isVariant` holds; undefined after a fault. */
export const variantNet = (
  cx: LayerContext,
  applyPasses: ApplyPasses,
  netOf: NetOf,
  net: Definition,
  call: Scope,
): VariantNet | undefined => {
  const wanted = askedIn(cx, net.body, call);
  const source = wanted && netCalled(cx, wanted.expr, wanted.net, netOf);
  // faults have been reported at their places
  if (wanted === undefined || source === undefined) return undefined;
  if (!isKnown(source.output) || isFaulty(source.body) || hasMisfit(source.body)) return undefined;
  const rewritten = wanted.passes.length * source.body.totals.layers;
  if (!cx.spend(net.body.span, rewritten * stepCosts.rewritten)) return undefined;
  if (wanted.passes.some((pass) => isUnread(cx.found(), pass.span))) return undefined;
  const name = net.name.text;
  const named = { name, source, passes: wanted.passes };
  const done = applyPasses(named, freshId);
  const applied = { span: net.body.span, message: 'applied here' };
  for (const d of diagnosticsOf(done)) cx.report({ ...d, labels: [...d.labels, applied] });
  const made = resultOf(done);
  if (made === undefined || hasErrors(done)) return undefined;
  const variant = { ...named, graph: made.graph, trace: made.trace };
  const left =
    net.signature === undefined
      ? made.own
      : asDeclared(cx, variant, net, net.signature, made, call);
  if (left === undefined || !isHoldable(cx, left.body, net.body.span)) return undefined;
  const { doc } = net;
  const { span } = net.name;
  return {
    net: { ...left, name, doc, span, admissible: undefined, variant },
    variant,
    on: made.on,
  };
};

// ------------------------------------------------------------------------------------- what is asked

/** A net and the passes to apply to it, the first pass first. */
type Asked = {
  readonly net: CalledNet;
  readonly expr: Expr; // that names the net
  readonly passes: readonly Rewrite[];
};

const askedIn = (cx: LayerContext, expr: Expr, around: Scope): Asked | undefined => {
  const { expr: body, scope } = settled(cx, expr, around);
  const pass = body.tag === 'chain' ? passIn(cx, body, scope) : undefined;
  if (body.tag === 'chain' && pass !== undefined) {
    const argument = argumentOf(cx, body, pass);
    const asked = argument && askedIn(cx, argument, scope);
    return asked && { ...asked, passes: [...asked.passes, pass] };
  }
  const net = calledNet(cx, { expr: body, scope });
  if (net === undefined) reportNoNet(cx, body, scope);
  return net && { net, expr: body, passes: [] };
};

const passIn = (cx: LayerContext, chain: Chain, scope: Scope): Rewrite | undefined => {
  const { value, size, text } = meaningOf(cx, chain.word, scope);
  if (value.tag !== 'rewrite') return undefined;
  if (size !== undefined)
    cx.report(
      error('E0301', chain.word.span, `nothing is called \`${text}${cx.text(size.span)}\``, {
        label: `\`${text}\` is a rewrite pass, which has no size`,
        fixes: [replace('leave the size out', size.span, '')],
      }),
    );
  return value.pass;
};

/** `fc_to_conv(D)`: one net, in parentheses. */
const argumentOf = (cx: LayerContext, chain: Chain, pass: Rewrite): Expr | undefined => {
  const [link, second] = chain.links;
  const [argument, more] = link?.tag === 'call' ? link.arguments : [];
  if (second === undefined && more === undefined && argument?.tag === 'positional')
    return argument.value;
  const { text } = pass.name;
  const odd = second ?? more ?? argument ?? chain;
  cx.report(
    error('E0802', odd.span, `the pass \`${text}\` takes one net in parentheses`, {
      label:
        argument === undefined && second === undefined
          ? 'no net is given'
          : more === undefined
            ? 'not a net in parentheses'
            : 'one net too many',
      labels: [{ span: pass.name.span, message: 'the pass is declared here' }],
      notes: [`as in \`net Dense = ${text}(D)\`, or \`${text}(D(10))\` with arguments of the net`],
    }),
  );
  return undefined;
};

const reportNoNet = (cx: LayerContext, expr: Expr, scope: Scope): void => {
  const value = evaluate(cx, expr, scope);
  if (value.tag === 'unknown') return;
  cx.report(
    error('E0802', expr.span, `a pass rewrites a net, and this is ${kindName(value)}`, {
      label: kindName(value),
      notes: isLayer(value)
        ? ['declare a net with its input type, `net N : [224, 224, 3] -> _ = …`, and rewrite that']
        : [],
    }),
  );
};

// ------------------------------------------------------------------------------------ what is declared

/** The type that is written, compared with what the passes give. */
const asDeclared = (
  cx: LayerContext,
  variant: Variant,
  net: Definition,
  signature: Signature,
  { own, on }: VariantForms,
  call: Scope,
): VariantBody | undefined => {
  const { type: input, scope: names } = declaredInput(cx, signature.input, freshFrame(call));
  if (input.tag === 'unknown') return undefined;
  const fitting = on(input);
  if (E.isLeft(fitting)) {
    reportInput(cx, net, signature, input, own, fitting.left);
    return undefined;
  }
  const scope = freshFrame(names);
  const place: Incoming = { scope, input, trail: { start: input } };
  const seen = seenAtEnd(cx, net.body, scope);
  const { body } = fitting.right;
  // its layers are those of another net, so the fault is in the pass or in the written type
  const step: Typed = { ...body, tag: 'variant', variant, body, span: net.body.span };
  const { output } = withOutput(cx, step, signature, seen, place);
  return { ...fitting.right, body: { ...body, output }, output };
};

/** Whether the outputs of layers fit into tensors, for an input on which they were not checked (E0213). */
export const isHoldable = (cx: LayerContext, body: Typed, span: Span): boolean => {
  const most = cx.limits.elements;
  let large: Typed | undefined;
  eachNode(body, (node) => {
    if (large === undefined && (elementsOf(node.output) ?? 0) > most) large = node;
  });
  if (large === undefined) return true;
  const given = `gives \`${showType(large.output)}\`, more than ${most} numbers`;
  cx.report(
    error('E0213', span, `after the passes, a layer ${given}`, {
      label: 'too large for one tensor',
      labels: [{ span: large.span, message: 'made from this layer' }],
    }),
  );
  return false;
};

/** A note on the images that passes leave possible. */
export const admittedBy = (own: VariantBody): readonly string[] => {
  const admission = admissibleOf(own);
  if (admission === undefined || E.isLeft(admission)) return [];
  const { h, w } = admission.right;
  return [`admissible with these weights: height ${showSizes(h)}, width ${showSizes(w)}`];
};

const reportInput = (
  cx: LayerContext,
  net: Definition,
  signature: Signature,
  input: TensorType,
  own: VariantBody,
  why: Diagnostic,
): void => {
  const name = net.name.text;
  const shown = showType(own.input);
  cx.report(
    error('E0207', signature.input.span, `\`${name}\` does not take \`${showType(input)}\``, {
      label: `after the passes it takes \`${shown}\``,
      labels: [{ span: net.body.span, message: 'applied here' }],
      notes: [why.message, ...admittedBy(own)],
      fixes: [replace(`write \`${shown}\``, signature.input.span, shown)],
    }),
  );
};
