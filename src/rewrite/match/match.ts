/**
 * Whether a pattern matches at a value of a graph: backtracking over the branches of joins and the length
 * of `..f`. The first solution counts, in an order that depends on nothing but pattern and graph.
 */
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { evaluate, evaluateFlag } from '../../typecheck/expr/evaluate.ts';
import { bindInput } from '../../typecheck/layer/input-type.ts';
import {
  environmentOf,
  extended,
  latest,
  nothingBound,
  scopeOf,
  type PartialMatch,
  type Environment,
  type Fragment,
} from './environment.ts';
import type { GraphIndex } from './graph-index.ts';
import { allParams } from './match-arguments.ts';
import type { CompiledRule, PatternNode } from '../rule/pattern.ts';
import { equalValues, normal } from './arg-values.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

/** Steps of one attempt; patterns with several `..f` could otherwise take very long on large nets. */
const mostSteps = 20_000;

/** The cost of evaluating the conditions of a rule, in steps. */
const stepsOfConditions = 10;

type Next = (env: PartialMatch) => Environment | undefined;

type Search = {
  readonly cx: Context;
  readonly std: Scope;
  readonly rule: CompiledRule;
  readonly of: GraphIndex;
  steps: number;
};

/** A match of a pattern in a graph: its bindings, and the value that is its result. */
export type Match = { readonly env: Environment; readonly at: ValueId };

/** The match of a rule whose result is the value `at`. `accept` may refuse one, and the search goes on. */
export const matchAt = (
  cx: Context,
  std: Scope,
  rule: CompiledRule,
  of: GraphIndex,
  at: ValueId,
  accept: (match: Match) => boolean,
): Match | undefined => {
  const search: Search = { cx, std, rule, of, steps: 0 };
  const env = node(search, rule.pattern.result, at, nothingBound, (found) => {
    search.steps += stepsOfConditions;
    const bound = conditions(search, environmentOf(found));
    return bound !== undefined && accept({ env: bound, at }) ? bound : undefined;
  });
  of.spent.steps += search.steps;
  return env === undefined ? undefined : { env, at };
};

/** The name of the operator of the pattern's result; undefined when it may be any value. */
export const rootOf = ({ pattern }: CompiledRule): string | undefined => {
  const root = pattern.nodes[pattern.result];
  return root?.tag === 'layer' || root?.tag === 'join' ? root.row.name : undefined;
};

const node = (
  s: Search,
  index: number,
  value: ValueId,
  env: PartialMatch,
  next: Next,
): Environment | undefined => {
  if (s.steps++ > mostSteps) return undefined;
  const before = latest(env.values, index);
  if (before !== undefined) return before === value ? next(env) : undefined;
  const pattern = s.rule.pattern.nodes[index]!;
  // two layers of a pattern must be two layers of the graph: a rule that merges two must not merge one with itself
  if (isMade(pattern) && isCovered(s, env, value)) return undefined;
  const bound = (): PartialMatch => ({ ...env, values: extended(env.values, index, value) });
  switch (pattern.tag) {
    case 'input':
      return next(bound());
    case 'layer': {
      const found = s.of.node(value);
      if (found?.op !== pattern.row.name || !mayBe(s, pattern.of, found.inputs[0]!))
        return undefined;
      const fits = allParams(pattern.params, found.args, bound());
      return fits === undefined ? undefined : node(s, pattern.of, found.inputs[0]!, fits, next);
    }
    case 'join': {
      const found = s.of.node(value);
      if (found?.op !== pattern.row.name) return undefined;
      return pattern.row.commutes
        ? inAnyOrder(s, pattern.branches, found.inputs, bound(), next)
        : sideBySide(s, pattern, found, index === s.rule.pattern.result, bound(), next);
    }
    case 'layers':
      return layers(s, pattern, value, bound(), next);
  }
};

/** A quick check by the operator alone, before anything is bound. */
const mayBe = (s: Search, index: number, value: ValueId): boolean => {
  const pattern = s.rule.pattern.nodes[index]!;
  return (
    pattern.tag === 'input' || pattern.tag === 'layers' || s.of.node(value)?.op === pattern.row.name
  );
};

const isMade = ({ tag }: PatternNode): boolean => tag === 'layer' || tag === 'join';

const isCovered = (s: Search, env: PartialMatch, value: ValueId): boolean => {
  for (let at = env.values; at !== undefined; at = at.before)
    if (at.value === value && isMade(s.rule.pattern.nodes[at.key]!)) return true;
  return false;
};

/** All inputs of a join whose order does not matter. */
const inAnyOrder = (
  s: Search,
  branches: readonly number[],
  values: readonly ValueId[],
  env: PartialMatch,
  next: Next,
): Environment | undefined => {
  const [first, ...others] = branches;
  if (branches.length !== values.length) return undefined;
  if (first === undefined) return next(env);
  for (let i = 0; i < values.length; i++) {
    const rest = values.filter((_, j) => j !== i);
    const found = node(s, first, values[i]!, env, (e) => inAnyOrder(s, others, rest, e, next));
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Neighbours of a concatenation: any run of them for the result, all of them inside a pattern. */
const sideBySide = (
  s: Search,
  { branches }: Extract<PatternNode, { readonly tag: 'join' }>,
  { inputs }: GraphNode,
  isResult: boolean,
  env: PartialMatch,
  next: Next,
): Environment | undefined => {
  const spare = inputs.length - branches.length;
  if (spare < 0 || (spare > 0 && !isResult)) return undefined;
  const from = (start: number, i: number, e: PartialMatch): Environment | undefined =>
    i === branches.length
      ? next(isResult ? { ...e, window: { from: start, to: start + i } } : e)
      : node(s, branches[i]!, inputs[start + i]!, e, (f) => from(start, i + 1, f));
  for (let start = 0; start <= spare; start++) {
    const found = from(start, 0, env);
    if (found !== undefined) return found;
  }
  return undefined;
};

/**
 * `..f`: tries ever longer parts that end at `value`. A part must have one entry. While it reads several values, the
 * node of the latest of them joins the part.
 */
const layers = (
  s: Search,
  { name, of }: Extract<PatternNode, { readonly tag: 'layers' }>,
  value: ValueId,
  env: PartialMatch,
  next: Next,
): Environment | undefined => {
  const inside: GraphNode[] = [];
  const open = new Set([value]);
  for (;;) {
    if (s.steps++ > mostSteps) return undefined;
    if (open.size === 1) {
      const [entry] = [...open] as [ValueId];
      const fragment: Fragment = { entry, exit: value, nodes: [...inside].reverse() };
      const bound = { ...env, layers: extended(env.layers, name, fragment) };
      const found = node(s, of, entry, bound, next);
      if (found !== undefined) return found;
    }
    const last = Math.max(...open);
    const made = s.of.node(last);
    if (made === undefined) return undefined;
    inside.push(made);
    open.delete(last);
    made.inputs.forEach((id) => open.add(id));
  }
};

/** The layers that `as` names, as the match found them. */
export const namedLayers = (
  rule: CompiledRule,
  of: GraphIndex,
  env: Environment,
): readonly (readonly [string, GraphNode])[] =>
  [...rule.pattern.names].flatMap(([name, index]) => {
    const value = env.values.get(index);
    const found = value === undefined ? undefined : of.node(value);
    return found === undefined ? [] : [[name, found] as const];
  });

/** Checks types, arguments that are expressions, and guards; returns the environment with the names that types bind. */
const conditions = (s: Search, env: Environment): Environment | undefined => {
  const { cx, std, rule, of } = s;
  const named = namedLayers(rule, of, env);
  let bound = env;
  for (const { node: index, type } of rule.pattern.types) {
    const value = bound.values.get(index);
    if (value === undefined) return undefined;
    const scope = scopeOf(cx, bound, std, [], named);
    const input = of.type(value);
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
