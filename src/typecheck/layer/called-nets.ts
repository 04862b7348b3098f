/** Nets that are named where a net is wanted, not a layer: `D` and `D(10)` in assertions, in passes. */
import { error } from '../../diagnostic/diagnostic.ts';
import type { Expr, Definition } from '../../syntax/tree.ts';
import { lacking } from '../expr/parameters.ts';
import { bind } from '../expr/bind.ts';
import { whereScope } from '../expr/bodies.ts';
import { evaluate } from '../expr/evaluate.ts';
import { callOf } from '../expr/fill.ts';
import { meaningOf } from '../expr/names.ts';
import type { TypedNet } from '../net/typed.ts';
import type { BoundArgument, Scope } from '../expr/values.ts';
import type { LayerContext } from './context.ts';

/** A net with these arguments; undefined when it lacks one, or when it cannot be checked at all. */
export type NetOf = (
  cx: LayerContext,
  definition: Definition,
  scope: Scope,
  given: readonly BoundArgument[],
) => TypedNet | undefined;

/** A net, the scope it is declared in, and the arguments it gets. */
export type CalledNet = {
  readonly definition: Definition;
  readonly scope: Scope;
  readonly given: readonly BoundArgument[];
};

/** An expression and the scope it is seen from. */
export type Seen = { readonly expr: Expr; readonly scope: Scope };

/**
 * Follows an expression to what it stands for before anything is applied: through groups and `where`, to the chosen
 * branch of an `if`, and from a parameter to its argument.
 */
export const settled = (cx: LayerContext, expr: Expr, scope: Scope): Seen => {
  switch (expr.tag) {
    case 'group':
      return settled(cx, expr.body, scope);
    case 'where':
      return settled(cx, expr.body, whereScope(cx, expr, scope));
    case 'if': {
      const chosen = evaluate(cx, expr.condition, scope);
      if (chosen.tag !== 'flag') return { expr, scope };
      return settled(cx, chosen.value ? expr.then : expr.else, scope);
    }
    case 'chain': {
      if (expr.links.length > 0) return { expr, scope };
      const { value, size } = meaningOf(cx, expr.word, scope);
      return value.tag === 'layer' && size === undefined
        ? settled(cx, value.expr, value.scope)
        : { expr, scope };
    }
    default:
      return { expr, scope };
  }
};

/** Undefined, without a report, when the settled expression does not name a net. */
export const calledNet = (cx: LayerContext, { expr, scope }: Seen): CalledNet | undefined => {
  if (expr.tag !== 'chain') return undefined;
  const meaning = meaningOf(cx, expr.word, scope);
  const callee = meaning.value.tag === 'callable' ? meaning.value.callee : undefined;
  if (callee?.tag !== 'definition' || callee.definition.tag !== 'net') return undefined;
  const alone = expr.links.length === 0 && meaning.size === undefined;
  const given = alone ? [] : bind(cx, callee, meaning.text, callOf(expr, meaning, scope));
  return { definition: callee.definition, scope: callee.scope, given };
};

/** The net on its declared input. An argument that neither the call nor a default gives is reported. */
export const netCalled = (
  cx: LayerContext,
  expr: Expr,
  { definition, scope, given }: CalledNet,
  netOf: NetOf,
): TypedNet | undefined => {
  const before = cx.quietly(() => netOf(cx, definition, scope, given));
  const net = cx.replay(before);
  if (net === undefined && before.reports.length === 0) reportLacking(cx, expr, definition, given);
  return net;
};

const reportLacking = (
  cx: LayerContext,
  expr: Expr,
  net: Definition,
  given: readonly BoundArgument[],
): void => {
  const [name] = lacking(cx, net, given);
  const parameter = net.parameters.find((p) => p.name.text === name);
  if (parameter === undefined) return;
  cx.report(
    error('E0304', expr.span, `\`${net.name.text}\` lacks \`${name}\``, {
      label: 'called with the defaults of its parameters',
      labels: [{ span: parameter.span, message: `\`${name}\` has no default` }],
    }),
  );
};
