/** A net that passes make, as a layer: the layers that they leave replace the call. */
import * as E from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { isKnown, extentOf, sameAxis, showType, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import { seenAtEnd } from '../expr/bodies.ts';
import { isPolynomial } from '../../size/channels.ts';
import { withOutput } from './output-type.ts';
import { hole } from './stand-in.ts';
import type { Incoming } from './incoming.ts';
import { admittedBy, isHoldable, type VariantNet } from './variant.ts';
import { freshFrame } from '../expr/scope.ts';
import { stepBefore, traceOf } from '../net/trail.ts';
import type { Typed } from '../net/typed.ts';
import { mustAgree, type Trial } from '../expr/trial.ts';
import type { Scope } from '../expr/values.ts';
import { bindInput } from './input-type.ts';
import type { Definition } from '../../syntax/tree.ts';
import type { ApplyVariant, LayerContext } from './context.ts';

/** What passes make of a net in one call of it; undefined after a fault. */
export type VariantOf = (net: Definition, call: Scope) => VariantNet | undefined;

/** The layers for an input: the declared input of the net, or one that the passes have opened. */
export const variantLayers =
  (variantOf: VariantOf): ApplyVariant =>
  (cx, net, call, place, span) => {
    const variant = variantOf(net, call);
    if (variant === undefined) return undefined;
    const at = cx.trial === undefined ? place : asWeighted(cx.trial, variant.net.input, place);
    if (!isKnown(at.input)) return hole(span, at, variant.net.output);
    const { signature } = net;
    if (signature === undefined && !takes(variant.net.input, at.input))
      return refuse(cx, net, variant, at, span, []);
    const scope = freshFrame(call);
    const seen =
      signature === undefined ? scope : bindInput(cx, signature.input, { ...at, scope }, net, span);
    if (seen === undefined) return undefined;
    const fitting = variant.on(at.input);
    if (E.isLeft(fitting)) return refuse(cx, net, variant, at, span, [fitting.left]);
    const { body } = fitting.right;
    if (!isHoldable(cx, body, span)) return undefined;
    const typed: Typed = {
      ...body,
      tag: 'variant',
      variant: variant.variant,
      body,
      span: net.name.span,
    };
    return signature === undefined
      ? typed
      : withOutput(cx, typed, signature, seenAtEnd(cx, net.body, seen), at);
  };

/** In a trial, each use must bring the channels that the weights are made for. */
const asWeighted = (trial: Trial, own: TensorType, at: Incoming): Incoming => {
  const { input } = at;
  if (own.tag === 'unknown' || input.tag === 'unknown' || !isPolynomial(input.c)) return at;
  mustAgree(trial, input.c, own.c);
  return { ...at, input: { ...input, c: own.c } };
};

/** A size that the passes leave fixed must be the declared one; the layers check any other. */
const takes = (own: TensorType, found: TensorType): boolean =>
  own.tag !== 'map' ||
  found.tag !== 'map' ||
  [own.h, own.w].every((a, i) => {
    const arrived = i === 0 ? found.h : found.w;
    return extentOf(a) === undefined || sameAxis(a, arrived);
  });

const refuse = (
  cx: LayerContext,
  { name }: Definition,
  { net }: VariantNet,
  at: Incoming,
  span: Span,
  why: readonly Diagnostic[],
): undefined => {
  const [own, found] = [showType(net.input), showType(at.input)];
  const before = stepBefore(at.trail);
  cx.report(
    error('E0207', span, `\`${name.text}\` takes \`${own}\`, and its input is \`${found}\``, {
      label: `gets \`${found}\``,
      labels: [
        { span: name.span, message: `after the passes this net takes \`${own}\`` },
        ...(before === undefined
          ? []
          : [{ span: before.span, message: `gives \`${showType(before.output)}\`` }]),
      ].filter((label) => label.span !== span),
      notes: [...traceOf(at.trail, cx.text), ...why.map((d) => d.message), ...admittedBy(net)],
    }),
  );
};
