/** Nets that are named where a net is wanted, not a layer: `D` and `D(10)` in assertions, in passes. */
import { error } from '../../diagnostic/diagnostic.ts';
import type { Expr } from '../../syntax/tree.ts';
import { bind, lacking } from '../expr/arguments.ts';
import type { Context } from '../expr/context.ts';
import { whereScope } from '../expr/bodies.ts';
import { callOf, evaluate } from '../expr/evaluate.ts';
import type { Given } from '../expr/filling.ts';
import { resolve } from '../expr/names.ts';
import type { Scope } from '../expr/scope.ts';
import type { TypedNet } from '../net/typed.ts';
import type { Definition } from '../expr/values.ts';

/** A net with these arguments; undefined when it lacks one, or when it cannot be checked at all. */
export type NetOf = (
  cx: Context,
  definition: Definition,
  scope: Scope,
  given: readonly Given[],
) => TypedNet | undefined;

/** A net, the scope it is declared in, and the arguments it gets. */
export type CalledNet = {
  readonly definition: Definition;
  readonly scope: Scope;
  readonly given: readonly Given[];
};

/** An expression and the scope it is seen from. */
export type Seen = { readonly expr: Expr; readonly scope: Scope };

/**
 * What an expression comes to before anything is applied: through groups and `where`, to the chosen branch
 * of an `if`, and from a parameter to what was handed over for it.
 */
export const settled = (cx: Context, expr: Expr, scope: Scope): Seen => {
  switch (expr.tag) {
    case 'group':
      return settled(cx, expr.body, scope);
    case 'where':
      return settled(cx, expr.body, whereScope(cx, expr, scope, evaluate));
    case 'if': {
      const chosen = evaluate(cx, expr.condition, scope);
      if (chosen.tag !== 'flag') return { expr, scope };
      return settled(cx, chosen.value ? expr.then : expr.else, scope);
    }
    case 'chain': {
      if (expr.links.length > 0) return { expr, scope };
      const { value, size } = cx.heard(() => resolve(cx, expr.word, scope)).value;
      return value.tag === 'layer' && size === undefined
        ? settled(cx, value.expr, value.scope)
        : { expr, scope };
    }
    default:
      return { expr, scope };
  }
};

/** Undefined when the settled expression names no net; nobody hears why. */
export const calledNet = (cx: Context, { expr, scope }: Seen): CalledNet | undefined => {
  if (expr.tag !== 'chain') return undefined;
  const meaning = cx.heard(() => resolve(cx, expr.word, scope)).value;
  const callee = meaning.value.tag === 'callable' ? meaning.value.callee : undefined;
  if (callee?.tag !== 'definition' || callee.definition.tag !== 'net') return undefined;
  const alone = expr.links.length === 0 && meaning.size === undefined;
  const given = alone ? [] : bind(cx, callee, meaning.text, callOf(expr, meaning, scope), evaluate);
  return { definition: callee.definition, scope: callee.scope, given };
};

/** The net on its declared input. An argument that neither the call nor a default gives is reported. */
export const netCalled = (
  cx: Context,
  expr: Expr,
  { definition, scope, given }: CalledNet,
  netOf: NetOf,
): TypedNet | undefined => {
  const before = cx.heard(() => netOf(cx, definition, scope, given));
  const net = cx.tell(before);
  if (net === undefined && before.heard.length === 0) reportLacking(cx, expr, definition, given);
  return net;
};

const reportLacking = (cx: Context, expr: Expr, net: Definition, given: readonly Given[]): void => {
  const [name] = lacking(cx, net, given);
  const parameter = net.parameters.find((p) => p.name.text === name);
  if (parameter === undefined) return;
  cx.report(
    error('E0304', expr.span, `\`${net.name.text}\` lacks \`${name}\``, {
      label: 'a net means its defaults here',
      labels: [{ span: parameter.span, message: `\`${name}\` has no default` }],
    }),
  );
};
