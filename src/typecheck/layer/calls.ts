/** Words applied: operators, definitions, and layers passed as arguments. */
import { error } from '../../diagnostic/diagnostic.ts';
import type { Args } from '../../ops/params.ts';
import type { Row } from '../../ops/table.ts';
import { showType, unknownType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, Definition } from '../../syntax/tree.ts';
import { bind } from '../expr/bind.ts';
import { closureKey, callScope, recalls, seenAtEnd } from '../expr/bodies.ts';
import { argsOf } from '../expr/coerce.ts';
import { once } from '../expr/context.ts';
import { evaluate } from '../expr/evaluate.ts';
import { callOf } from '../expr/fill.ts';
import { layer } from './layers.ts';
import { resolve } from '../expr/names.ts';
import { withOutput } from './output-type.ts';
import { folder, hole, notALayer } from './stand-in.ts';
import type { Incoming } from './incoming.ts';
import { isVariant, nameless } from './variant.ts';
import { freshFrame, inFolder, innerFrame } from '../expr/scope.ts';
import { blurred, withStandIns } from '../expr/stand-ins.ts';
import type { Naming, Typed } from '../net/typed.ts';
import type { Value, Scope } from '../expr/values.ts';
import { bindInput } from './input-type.ts';
import { throughGroups } from '../../syntax/walk.ts';
import type { ResolvedCall } from './resolved-call.ts';
import type { LayerContext } from './context.ts';

type Chain = Extract<Expr, { readonly tag: 'chain' }>;

/** A word applied; a label takes the place of its name. */
export const applyChain = (cx: LayerContext, chain: Chain, at: Incoming, label?: Naming): Typed => {
  const bound = boundIn(cx, chain, at.scope);
  const text = bound.tag === 'other' ? bound.meaning.text : bound.text;
  const naming: Naming = label ?? { tag: 'word', text };
  if (bound.tag === 'operator') {
    const { row, args, standing } = bound;
    const typed = operator(cx, row, args, naming, chain.span, at);
    return cx.trial === undefined || args === undefined || standing === undefined
      ? typed
      : { ...typed, output: blurred(cx.trial, row, args, standing, typed.output) };
  }
  if (bound.tag === 'definition') return applyDefinition(cx, bound, naming, chain.span, at);
  const { meaning } = bound;
  const { value } = meaning;
  if (value.tag === 'rewrite' && chain.links.length > 0) return applyPass(cx, chain, naming, at);
  // a parameter without a value may be a definition, and so take any arguments
  if (value.tag === 'count' && cx.trial !== undefined) return hole(chain.span, at, unknownType);
  if (value.tag !== 'layer')
    return notALayer(cx, chain, at, evaluate(cx, chain, at.scope), meaning.entry?.given);
  if (chain.links.length > 0 || meaning.size !== undefined) {
    cx.report(
      error('E0303', chain.span, `\`${text}\` has its arguments already`, {
        label: 'takes no further argument',
        labels:
          meaning.entry?.given === undefined
            ? []
            : [{ span: meaning.entry.given, message: 'given here' }],
      }),
    );
    return hole(chain.span, at, unknownType);
  }
  return applyThunk(cx, value, naming, chain.span, at);
};

/** A layer passed as an argument; the word that applies it names it. */
const applyThunk = (
  cx: LayerContext,
  thunk: Extract<Value, { tag: 'layer' }>,
  naming: Naming,
  span: Span,
  at: Incoming,
): Typed => {
  const expr = throughGroups(thunk.expr);
  const key = `${closureKey(expr, thunk.scope)} ${showType(at.input)}`;
  const typed = cx.calling(span, () =>
    once(cx, cx.layers, key, () => {
      const there = { ...at, scope: inFolder(innerFrame(thunk.scope)) };
      return expr.tag === 'chain'
        ? applyChain(cx, expr, there, naming)
        : folder(cx, 'call', naming, expr, span, there);
    }),
  );
  if (typed === undefined) return hole(span, at, unknownType);
  // it may have been checked under another name
  if (typed.tag === 'op') return { ...typed, naming, span, handed: typed.handed ?? typed.span };
  return 'naming' in typed ? { ...typed, naming, span } : { ...typed, span };
};

/** A body that is applied to one input after the other means the same each time. */
const boundIn = (cx: LayerContext, chain: Chain, scope: Scope): ResolvedCall =>
  recalls(chain)
    ? bindChain(cx, chain, scope)
    : once(cx, cx.bound, closureKey(chain, scope), () => bindChain(cx, chain, scope));

const bindChain = (cx: LayerContext, chain: Chain, scope: Scope): ResolvedCall => {
  const meaning = resolve(cx, chain, scope, 'layer');
  if (meaning.value.tag !== 'callable') return { tag: 'other', meaning };
  const { text } = meaning;
  const { callee } = meaning.value;
  const given = bind(cx, callee, text, callOf(chain, meaning, scope));
  if (callee.tag === 'definition')
    return {
      tag: 'definition',
      text,
      definition: callee.definition,
      call: callScope(cx, callee, given, chain.span),
    };
  const { row } = callee;
  const standing = cx.trial === undefined ? undefined : withStandIns(row, given);
  const args = argsOf(cx, row, standing?.given ?? given, scope, chain.span);
  return { tag: 'operator', text, row, args, standing };
};

const operator = (
  cx: LayerContext,
  row: Row,
  args: Args | undefined,
  naming: Naming,
  span: Span,
  at: Incoming,
): Typed => {
  const site = { row, span, inputs: [at.input], branches: [{ span }], trail: at.trail };
  if (args === undefined) return hole(span, at, unknownType);
  const { output, totals } = layer(cx, site, args);
  return {
    tag: 'op',
    op: row.name,
    args,
    naming,
    input: at.input,
    output,
    span,
    totals,
  };
};

const applyDefinition = (
  cx: LayerContext,
  { definition, call }: Extract<ResolvedCall, { tag: 'definition' }>,
  naming: Naming,
  span: Span,
  at: Incoming,
): Typed => {
  if (call === undefined) return hole(span, at, unknownType);
  const of = definition.tag === 'net' ? 'net' : 'call';
  const key = `${call.id} ${showType(at.input)}`;
  const body = cx.calling(span, () =>
    once(cx, cx.layers, key, () =>
      pointingAt(cx, { span, definition }, () => applyBody(cx, definition, call, at)),
    ),
  );
  if (body === undefined) return hole(span, at, unknownType);
  const common = { input: at.input, output: body.output, span, totals: body.totals };
  return { tag: 'folder', of, naming, body, ...common };
};

/** `fc_to_conv(D)` among layers: a net named by the word of its pass. */
const applyPass = (cx: LayerContext, chain: Chain, naming: Naming, at: Incoming): Typed => {
  const { span } = chain;
  const body = pointingAt(cx, { span, definition: undefined }, () =>
    cx.applyVariant(cx, nameless(chain), at.scope, at, span),
  );
  if (body === undefined) return hole(span, at, unknownType);
  const common = { input: at.input, output: body.output, span, totals: body.totals };
  return { tag: 'folder', of: 'net', naming, body, ...common };
};

/** Faults found on the way point at this call. */
const pointingAt = <A>(
  cx: LayerContext,
  call: LayerContext['calls'][number],
  check: () => A,
): A => {
  cx.calls.push(call);
  try {
    return check();
  } finally {
    cx.calls.pop();
  }
};

/** A body in the scope of its call, with the sizes that its signature names. */
const applyBody = (cx: LayerContext, definition: Definition, call: Scope, at: Incoming): Typed => {
  if (definition.tag === 'net' && isVariant(cx, definition.body, call)) {
    const span = cx.calls[cx.calls.length - 1]?.span ?? definition.name.span;
    return cx.applyVariant(cx, definition, call, at, span) ?? hole(span, at, unknownType);
  }
  const { signature } = definition;
  const around = freshFrame(call);
  const place = { ...at, scope: around };
  const caller = cx.calls[cx.calls.length - 1]?.span;
  const scope =
    signature === undefined ? around : bindInput(cx, signature.input, place, definition, caller);
  if (scope === undefined) return hole(definition.body.span, at, unknownType);
  const body = cx.apply(cx, definition.body, { ...at, scope });
  return signature === undefined
    ? body
    : withOutput(cx, body, signature, seenAtEnd(cx, definition.body, scope), at);
};
