/** What reading the trainings and evaluations of a program needs, and the nets that they name. */
import { error } from '../diagnostic/diagnostic.ts';
import { Bug } from '../diagnostic/bug.ts';
import { fileOf, type Span } from '../syntax/source.ts';
import type { Expr } from '../syntax/tree.ts';
import { evaluate } from '../typecheck/expr/evaluate.ts';
import { kindName, type Scope } from '../typecheck/expr/values.ts';
import { calledNet, netCalled, settled, type NetOf } from '../typecheck/layer/called-nets.ts';
import type { LayerContext } from '../typecheck/layer/context.ts';
import { isVariant, nameless } from '../typecheck/layer/variant.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';

/** A program that is being read. */
export type Env = {
  readonly cx: LayerContext;
  readonly netOf: NetOf;
  /** the names that a file sees */
  readonly scopeOf: (path: string) => Scope;
};

/** The net of a declaration. */
export type Named = {
  readonly net: TypedNet;
  readonly at: Span; // of the name
  readonly parameters: readonly string[];
};

/** For a program whose files have these scopes. */
export const envOf = (cx: LayerContext, netOf: NetOf, scopes: ReadonlyMap<string, Scope>): Env => ({
  cx,
  netOf,
  scopeOf: (path) => {
    const scope = scopes.get(fileOf(path));
    if (scope === undefined) throw new Bug(`${path} is not a file of the program`);
    return scope;
  },
});

/** The net that a declaration names; anything else is reported (E0938). */
export const netIn = ({ cx, netOf, scopeOf }: Env, expr: Expr): Named | undefined => {
  const scope = scopeOf(expr.span.path);
  const at = expr.span;
  if (isVariant(cx, expr, scope)) {
    const net = netOf(cx, nameless(expr), scope, []);
    return net && { net, at, parameters: [] };
  }
  const called = calledNet(cx, settled(cx, expr, scope));
  if (called !== undefined) {
    const net = netCalled(cx, expr, called, netOf);
    const parameters = called.definition.parameters.map((p) => p.name.text);
    return net && { net, at, parameters };
  }
  const value = evaluate(cx, expr, scope);
  if (value.tag !== 'unknown')
    cx.report(
      error('E0938', at, `a net is needed here, and this is ${kindName(value)}`, {
        label: kindName(value),
      }),
    );
  return undefined;
};
