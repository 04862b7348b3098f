/**
 * Whether a pattern matches at a value of a graph: backtracking over the branches of joins and the length
 * of `..f`. The first solution counts, in an order that depends on nothing but pattern and graph.
 */
import { Bug } from '../../diagnostic/bug.ts';
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import {
  environmentOf,
  extended,
  latest,
  nothingBound,
  type PartialMatch,
  type Environment,
  type Fragment,
} from './environment.ts';
import { conditions } from './conditions.ts';
import type { GraphView, LiveGraph } from './live-graph.ts';
import { allParams } from './match-arguments.ts';
import type { CompiledRule, PatternNode } from '../rule/pattern.ts';
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
  readonly graph: GraphView;
  steps: number;
};

/** A counter of the steps of all searches for matches. */
export type Spent = { steps: number };

/** A match of a pattern in a graph. */
export type Match = {
  readonly env: Environment;
  /** without the names that types bind */
  readonly before: Environment;
  /** the value that is its result */
  readonly at: ValueId;
};

/** What is the same for all places of a graph. */
export type Applying = {
  readonly cx: Context;
  readonly std: Scope;
  readonly pass: string;
  readonly live: LiveGraph;
  readonly spent: Spent;
};

/** The match of a rule whose result is the value `at`. `accept` may refuse one, and the search goes on. */
export const matchAt = (
  cx: Context,
  std: Scope,
  rule: CompiledRule,
  graph: GraphView,
  at: ValueId,
  accept: (match: Match) => boolean,
  spent: Spent,
): Match | undefined => {
  const search: Search = { cx, std, rule, graph, steps: 0 };
  let match: Match | undefined;
  const env = node(search, rule.pattern.result, at, nothingBound, (found) => {
    search.steps += stepsOfConditions;
    const before = environmentOf(found);
    const bound = conditions(search, before);
    if (bound === undefined) return undefined;
    match = { env: bound, before, at };
    return accept(match) ? bound : undefined;
  });
  spent.steps += search.steps;
  return env === undefined ? undefined : match;
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
      const found = s.graph.node(value);
      if (found?.op !== pattern.row.name || !mayBe(s, pattern.of, found.inputs[0]!))
        return undefined;
      const fits = allParams(pattern.params, found.args, bound());
      return fits === undefined ? undefined : node(s, pattern.of, found.inputs[0]!, fits, next);
    }
    case 'join': {
      const found = s.graph.node(value);
      if (found?.op !== pattern.row.name) return undefined;
      return pattern.row.commutes
        ? inAnyOrder(
            s,
            pattern.branches,
            found.inputs,
            above(s, index, found.inputs, bound()),
            next,
          )
        : sideBySide(s, index, pattern, found, bound(), next);
    }
    case 'layers':
      return layers(s, index, pattern, value, bound(), next);
  }
};

/** A quick check by the operator alone, before anything is bound. */
const mayBe = (s: Search, index: number, value: ValueId): boolean => {
  const pattern = s.rule.pattern.nodes[index]!;
  return (
    pattern.tag === 'input' ||
    pattern.tag === 'layers' ||
    s.graph.node(value)?.op === pattern.row.name
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
  index: number,
  { branches }: Extract<PatternNode, { readonly tag: 'join' }>,
  { inputs }: GraphNode,
  env: PartialMatch,
  next: Next,
): Environment | undefined => {
  const isResult = index === s.rule.pattern.result;
  const spare = inputs.length - branches.length;
  if (spare < 0 || (spare > 0 && !isResult)) return undefined;
  const from = (start: number, i: number, e: PartialMatch): Environment | undefined =>
    i === branches.length
      ? next(isResult ? { ...e, window: { from: start, to: start + i } } : e)
      : node(s, branches[i]!, inputs[start + i]!, e, (f) => from(start, i + 1, f));
  for (let start = 0; start <= spare; start++) {
    const found = from(
      start,
      0,
      above(s, index, inputs.slice(start, start + branches.length), env),
    );
    if (found !== undefined) return found;
  }
  return undefined;
};

// ----------------------------------------------------------------------------------- how far back

/**
 * With the value from which all branches of a join come. A layer behind `..f` that lies before it would be in every
 * branch, and none may be in two: so the search for `..f` in one branch ends there.
 */
const above = (
  s: Search,
  index: number,
  branches: readonly ValueId[],
  env: PartialMatch,
): PartialMatch => {
  if (![...s.rule.pattern.apart.values()].some((joins) => joins.includes(index))) return env;
  const open = new Set(branches);
  while (open.size > 1) {
    if (s.steps++ > mostSteps) return env;
    const last = latestOf(s.graph, open);
    open.delete(last);
    s.graph.node(last)?.inputs.forEach((id) => open.add(id));
  }
  const [source] = [...open];
  return source === undefined ? env : { ...env, floors: extended(env.floors, index, source) };
};

/** The place before which no layer of this `..f` lies. */
const floorOf = (s: Search, index: number, env: PartialMatch): number => {
  const joins = s.rule.pattern.apart.get(index) ?? [];
  const known = [latest(env.values, 0), ...joins.map((join) => latest(env.floors, join))];
  return Math.max(
    -Infinity,
    ...known.flatMap((id) => (id === undefined ? [] : [s.graph.place(id)])),
  );
};

const latestOf = (graph: GraphView, ids: ReadonlySet<ValueId>): ValueId => {
  let last: ValueId | undefined;
  for (const id of ids) if (last === undefined || graph.place(id) > graph.place(last)) last = id;
  if (last === undefined) throw new Bug('no value is the last of none');
  return last;
};

/**
 * `..f`: tries ever longer parts that end at `value`. A part must have one entry. While it reads several values, the
 * node of the latest of them joins the part.
 */
const layers = (
  s: Search,
  index: number,
  { name, of }: Extract<PatternNode, { readonly tag: 'layers' }>,
  value: ValueId,
  env: PartialMatch,
  next: Next,
): Environment | undefined => {
  const inside: GraphNode[] = [];
  const open = new Set([value]);
  const floor = floorOf(s, index, env);
  for (;;) {
    if (s.steps++ > mostSteps) return undefined;
    if (open.size === 1) {
      const [entry] = [...open] as [ValueId];
      const fragment: Fragment = { entry, exit: value, nodes: [...inside].reverse() };
      const bound = { ...env, layers: extended(env.layers, name, fragment) };
      const found = node(s, of, entry, bound, next);
      if (found !== undefined) return found;
    }
    const last = latestOf(s.graph, open);
    if (s.graph.place(last) <= floor) return undefined;
    const made = s.graph.node(last);
    if (made === undefined) return undefined;
    inside.push(made);
    open.delete(last);
    made.inputs.forEach((id) => open.add(id));
  }
};
