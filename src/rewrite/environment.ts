/** What a match has bound so far. Every step returns another environment, so that a match can go back. */
import type { GraphNode, ValueId } from '../lower/graph.ts';
import type { Args, ArgValue } from '../ops/params.ts';
import { rowOf } from '../ops/table.ts';
import type { Binding } from '../syntax/tree.ts';
import { lazily, type Context } from '../typecheck/context.ts';
import { evaluate } from '../typecheck/evaluate.ts';
import { inner, innerWithMore, type Scope } from '../typecheck/scope.ts';
import type { Value } from '../typecheck/values.ts';
import type { ArgPattern } from './pattern.ts';
import { valueOfArg } from './values.ts';

/** A part of the graph behind `..f`: nodes in order of execution, between a value and a value. */
export type Fragment = {
  readonly entry: ValueId;
  readonly exit: ValueId;
  readonly nodes: readonly GraphNode[];
};

/** A comparison that waits until all variables are bound. */
export type Pending = { readonly pattern: ArgPattern; readonly value: Value };

/** What a match has bound so far. It is not changed, so that a search can go back. */
export type Environment = {
  /** which value of the graph each node of the pattern stands for */
  readonly values: ReadonlyMap<number, ValueId>;
  readonly variables: ReadonlyMap<string, Value>;
  readonly rests: ReadonlyMap<string, Args>;
  readonly layers: ReadonlyMap<string, Fragment>;
  readonly pending: readonly Pending[];
  /** where the branches of the result lie among the inputs of a larger join */
  readonly window: { readonly from: number; readonly to: number } | undefined;
};

/** Before anything of a pattern has been matched. */
export const nothingBound: Environment = {
  values: new Map(),
  variables: new Map(),
  rests: new Map(),
  layers: new Map(),
  pending: [],
  window: undefined,
};

/** A copy of the map with one more entry; linear in its size, which patterns keep small. */
export const extended = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> =>
  new Map(map).set(key, value);

/** With one more argument behind `..rest`. */
export const withRest = (
  env: Environment,
  rest: string,
  parameter: string,
  value: ArgValue | undefined,
): Environment => {
  const before = env.rests.get(rest) ?? {};
  return { ...env, rests: extended(env.rests, rest, { ...before, [parameter]: value }) };
};

/**
 * What a rule's expressions see: the variables, the numbers after `where`, and the parameters of the
 * layers that have names, `bn.eps`.
 */
export const scopeOf = (
  cx: Context,
  env: Environment,
  std: Scope,
  bindings: readonly Binding[],
  named: readonly (readonly [string, GraphNode])[],
): Scope => {
  const scope = innerWithMore(std);
  for (const [name, node] of named) {
    const members = inner(undefined);
    for (const param of rowOf(node.op).params) {
      const arg = node.args[param.name];
      if (arg === undefined) continue;
      const value = valueOfArg(param, arg);
      members.names.set(param.name, { from: 'parameter', value: () => value });
    }
    scope.more.modules.set(name, members);
  }
  for (const [name, value] of env.variables)
    scope.names.set(name, { from: 'parameter', value: () => value });
  for (const b of bindings)
    if (b.tag === 'binding')
      scope.names.set(b.name.text, {
        from: 'where',
        span: b.name.span,
        value: lazily(cx, b.span, () => evaluate(cx, b.value, scope)),
      });
  return scope;
};
