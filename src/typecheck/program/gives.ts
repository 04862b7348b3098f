/** What a layer would give, for those who offer layers: asked of a program when it has been checked. */
import { isKnown, showType, type TensorType } from '../../ops/types.ts';
import type { Expr } from '../../syntax/tree.ts';
import { freshFrame } from '../expr/scope.ts';
import type { Scope } from '../expr/values.ts';
import { apply } from '../layer/apply.ts';
import type { LayerContext } from '../layer/context.ts';
import { foundAlone, type Ask } from './memory.ts';
import type { GivenCall } from './program.ts';

/** Steps that the answer to one question about a layer may take. */
const MOST_ASKED = 4_000;

/** Calls of a definition that are kept with what they give. */
const MOST_GIVEN = 64;

/** What a layer gives on an input in a scope; of a call it is known as long as its definition stays the same. */
export const outputOf = (
  { cx, ask }: { readonly cx: LayerContext; readonly ask: Ask },
  scope: Scope,
  layer: () => Expr | undefined,
  input: TensorType,
  call: GivenCall | undefined,
): TensorType | undefined => {
  const find = (): TensorType | undefined => {
    const expr = layer();
    return expr && triedOn(cx, scope, expr, input);
  };
  if (call === undefined) return find();
  const { value: known } = ask('given', call.definition, () => new Map());
  const key = `${call.written} on ${showType(input)}`;
  if (!known.has(key)) {
    if (known.size >= MOST_GIVEN) known.clear();
    known.set(key, find());
  }
  return known.get(key);
};

/** Applies a layer to an input; undefined where that is a mistake. It costs the check nothing. */
const triedOn = (
  cx: LayerContext,
  scope: Scope,
  layer: Expr,
  input: TensorType,
): TensorType | undefined => {
  const before = cx.cost();
  const spare = cx.limits.steps - before.steps - MOST_ASKED;
  cx.charge(layer.span, { steps: Math.max(0, spare), compared: 0 });
  const at = { scope: freshFrame(scope), input, trail: { start: input } };
  const { value, reports } = foundAlone(cx, () => apply(cx, layer, at));
  const after = cx.cost();
  cx.charge(layer.span, {
    steps: before.steps - after.steps,
    compared: before.compared - after.compared,
  });
  const isFault = reports.some(({ severity }) => severity === 'error');
  return isFault || !isKnown(value.output) ? undefined : value.output;
};
