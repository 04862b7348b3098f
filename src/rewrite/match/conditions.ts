/** What a rule asks of a match beside its shape: types, arguments that are expressions, and guards. */
import type { GraphNode } from '../../graph/graph.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { evaluate, evaluateFlag } from '../../typecheck/expr/evaluate.ts';
import type { Scope } from '../../typecheck/expr/values.ts';
import { bindInput } from '../../typecheck/layer/input-type.ts';
import type { CompiledRule } from '../rule/pattern.ts';
import { equalValues, normal } from './arg-values.ts';
import { scopeOf, type Environment } from './environment.ts';
import type { GraphView } from './live-graph.ts';

/** A rule, and the graph in which it has matched. */
type Tested = {
  readonly cx: Context;
  readonly std: Scope;
  readonly rule: CompiledRule;
  readonly graph: GraphView;
};

/** The layers that `as` names, as the match found them. */
export const namedLayers = (
  rule: CompiledRule,
  graph: GraphView,
  env: Environment,
): readonly (readonly [string, GraphNode])[] =>
  [...rule.pattern.names].flatMap(([name, index]) => {
    const value = env.values.get(index);
    const found = value === undefined ? undefined : graph.node(value);
    return found === undefined ? [] : [[name, found] as const];
  });

/** Checks types, arguments that are expressions, and guards; returns the environment with the names that types bind. */
export const conditions = (
  { cx, std, rule, graph }: Tested,
  env: Environment,
): Environment | undefined => {
  const named = namedLayers(rule, graph, env);
  let bound = env;
  for (const { node: index, type } of rule.pattern.types) {
    const value = bound.values.get(index);
    if (value === undefined) return undefined;
    const scope = scopeOf(cx, bound, std, [], named);
    const input = graph.type(value);
    const place = { scope, input, trail: { start: input } };
    const { value: names, reports } = cx.quietly(() => bindInput(cx, type, place));
    if (names === undefined || reports.length > 0) return undefined;
    const variables = new Map(bound.variables);
    for (const [name, entry] of names.names)
      if (!variables.has(name)) variables.set(name, normal(entry.value()));
    bound = { ...bound, variables };
  }
  const { bindings } = rule.replacement;
  if (bound.pending.length === 0 && bindings.every((b) => b.tag === 'binding')) return bound;
  const scope = scopeOf(cx, bound, std, bindings, named);
  const { value: holds, reports } = cx.quietly(
    () =>
      bound.pending.every(
        ({ pattern, value }) =>
          pattern.tag === 'expr' && equalValues(normal(evaluate(cx, pattern.expr, scope)), value),
      ) &&
      bindings.every((b) => b.tag === 'binding' || evaluateFlag(cx, b.condition, scope) === true),
  );
  return holds && reports.length === 0 ? bound : undefined;
};
