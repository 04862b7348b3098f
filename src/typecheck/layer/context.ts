/** The state of a check that applies expressions to inputs, on top of what they mean without one. */
import type { Limits } from '../../diagnostic/limits.ts';
import type { Span } from '../../syntax/source.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { newContext, type Context, type Above } from '../expr/context.ts';
import type { Reported } from '../expr/reports.ts';
import type { Scope } from '../expr/values.ts';
import type { Typed } from '../net/typed.ts';
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
};

/** An empty memory of layers. */
export const nothingKnown = (): Pick<LayerContext, 'layers' | 'bound' | 'variants'> => ({
  layers: new Map(),
  bound: new Map(),
  variants: new Map(),
});

/** A check that has not begun. */
export const newLayerContext = (
  text: Context['text'],
  above: Above & Pick<LayerContext, 'apply' | 'applyVariant'>,
  limits?: Limits,
): LayerContext => ({
  ...newContext(text, above, limits),
  ...nothingKnown(),
  apply: above.apply,
  applyVariant: above.applyVariant,
});
