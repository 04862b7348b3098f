/** The state of a check that applies expressions to inputs, on top of what they mean without one. */
import type { Limits } from '../../diagnostic/limits.ts';
import type { Span } from '../../syntax/source.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { newContext, type Context, type Above } from '../expr/context.ts';
import type { Reported } from '../expr/reports.ts';
import type { Scope, Value } from '../expr/values.ts';
import type { TensorType } from '../../ops/types.ts';
import type { AtSize } from '../net/at-size.ts';
import type { Typed, TypedNet } from '../net/typed.ts';
import type { ResolvedCall } from './resolved-call.ts';
import type { Incoming } from './incoming.ts';

/** The expression as a layer at a place. */
export type Apply = (cx: LayerContext, expr: Expr, at: Incoming) => Typed;

/** The layers of a net that passes make, in one call of it; undefined, with a report, after a fault. */
export type ApplyVariant = (
  cx: LayerContext,
  net: Definition,
  call: Scope,
  at: Incoming,
  span: Span,
) => Typed | undefined;

export type LayerContext = Context & {
  /** What `apply` does, for the parts that an expression is made of. */
  readonly apply: Apply;
  readonly applyVariant: ApplyVariant;
  /** Layers already checked: the same call with the same arguments and input. */
  readonly layers: Map<string, Reported<Typed>>;
  /** What chains mean in the scope that they stand in. */
  readonly bound: Map<string, Reported<ResolvedCall>>;
  /** Whether an expression applies a pass, by the id of its scope: nested nets ask this at every level. */
  readonly variants: Map<Expr, Map<number, boolean>>;
  /** Facts of typed layers that assertions have asked for, by name; undefined where it cannot be decided. */
  readonly facts: Map<Typed, Map<string, Value | undefined>>;
  /** Nets of free size on the latest image that was asked about. */
  readonly sized: Map<TypedNet, { readonly input: TensorType; readonly net: AtSize | undefined }>;
};

/** An empty memory of layers. */
export const nothingKnown = (): Known => ({
  layers: new Map(),
  bound: new Map(),
  variants: new Map(),
  facts: new Map(),
  sized: new Map(),
});

type Known = Pick<LayerContext, 'layers' | 'bound' | 'variants' | 'facts' | 'sized'>;

/** Forgets every result. What was made with it stays. */
export const forget = (cx: LayerContext): void => {
  for (const known of [cx.scopes, cx.values, cx.opened, cx.kinds, cx.layers, cx.bound, cx.variants])
    known.clear();
};

/** A check that has not begun. */
export const newLayerContext = (
  text: Context['text'],
  above: Above & Pick<LayerContext, 'apply' | 'applyVariant'>,
  limits?: Limits,
  meant?: Context['meant'],
): LayerContext => ({
  ...newContext(text, above, limits, meant),
  ...nothingKnown(),
  apply: above.apply,
  applyVariant: above.applyVariant,
});
