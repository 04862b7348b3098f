/** The environment of a match: the values, variables and layers that it binds. */
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import type { Args, ArgValue } from '../../ops/params.ts';
import { rowOf } from '../../ops/table.ts';
import type { Binding } from '../../syntax/tree.ts';
import { lazily, type Context } from '../../typecheck/expr/context.ts';
import { evaluate } from '../../typecheck/expr/evaluate.ts';
import { inner, innerWithMore } from '../../typecheck/expr/scope.ts';
import type { Value, Scope } from '../../typecheck/expr/values.ts';
import type { ArgPattern } from '../rule/pattern.ts';
import { valueOfArg } from './arg-values.ts';

/** The part of the graph that `..f` stands for: nodes in order of execution, between two values. */
export type Fragment = {
  readonly entry: ValueId;
  readonly exit: ValueId;
  readonly nodes: readonly GraphNode[];
};

/** A comparison that waits until all variables are bound. */
export type Pending = { readonly pattern: ArgPattern; readonly value: Value };

/** The bindings of a complete match. */
export type Environment = {
  /** which value of the graph each node of the pattern stands for */
  readonly values: ReadonlyMap<number, ValueId>;
  readonly variables: ReadonlyMap<string, Value>;
  readonly rests: ReadonlyMap<string, Args>;
  readonly layers: ReadonlyMap<string, Fragment>;
  readonly pending: readonly Pending[];
  /** where the branches of the result lie among the inputs of a join, which may have more */
  readonly chosen: readonly number[] | undefined;
};

/** Bindings as a linked list, the latest first: adding one costs one step, and backtracking keeps the shorter list. */
export type Linked<K, V> =
  { readonly key: K; readonly value: V; readonly before: Linked<K, V> } | undefined;

/** The bindings of a match so far. They are never changed in place, so that the search can backtrack. */
export type PartialMatch = {
  readonly values: Linked<number, ValueId>;
  readonly variables: Linked<string, Value>;
  readonly rests: Linked<string, Args>;
  readonly layers: Linked<string, Fragment>;
  readonly pending: readonly Pending[];
  readonly chosen: Environment['chosen'];
  /** the values of its branches, by the number of a join */
  readonly joins: Linked<number, readonly ValueId[]>;
};

/** Before anything of a pattern has been matched. */
export const nothingBound: PartialMatch = {
  values: undefined,
  variables: undefined,
  rests: undefined,
  layers: undefined,
  pending: [],
  chosen: undefined,
  joins: undefined,
};

/** With one more entry. */
export const extended = <K, V>(before: Linked<K, V>, key: K, value: V): Linked<K, V> => ({
  key,
  value,
  before,
});

/** The latest value of this key. */
export const latest = <K, V>(trail: Linked<K, V>, key: K): V | undefined => {
  for (let at = trail; at !== undefined; at = at.before) if (at.key === key) return at.value;
  return undefined;
};

/** The bindings as a map, in the order in which they were made. */
const mapOf = <K, V>(trail: Linked<K, V>): ReadonlyMap<K, V> => {
  const entries: (readonly [K, V])[] = [];
  for (let at = trail; at !== undefined; at = at.before) entries.push([at.key, at.value]);
  return new Map(entries.reverse());
};

export const environmentOf = (b: PartialMatch): Environment => ({
  values: mapOf(b.values),
  variables: mapOf(b.variables),
  rests: mapOf(b.rests),
  layers: mapOf(b.layers),
  pending: b.pending,
  chosen: b.chosen,
});

/** With one more argument behind `..rest`. */
export const withRest = (
  b: PartialMatch,
  rest: string,
  parameter: string,
  value: ArgValue | undefined,
): PartialMatch => {
  const before = latest(b.rests, rest) ?? {};
  return { ...b, rests: extended(b.rests, rest, { ...before, [parameter]: value }) };
};

/**
 * The scope of a rule's expressions: the variables, the numbers after `where`, and the parameters of named layers,
 * `bn.eps`.
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
