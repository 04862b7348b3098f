/**
 * Whether a pattern matches at a value of a graph: backtracking over the branches of joins and the length
 * of `..f`. The first solution counts, in an order that depends on nothing but pattern and graph.
 */
import { Bug } from '../../diagnostic/bug.ts';
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import { extentOf } from '../../ops/types.ts';
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

type Join = Extract<PatternNode, { readonly tag: 'join' }>;
type Layers = Extract<PatternNode, { readonly tag: 'layers' }>;

type Next = (env: PartialMatch) => Environment | undefined;

type Search = {
  readonly cx: Context;
  readonly std: Scope;
  readonly rule: CompiledRule;
  readonly graph: GraphView;
  /** by the branches of a join: the value from which all of them come */
  readonly sources: Map<readonly ValueId[], ValueId | undefined>;
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
  const search: Search = { cx, std, rule, graph, sources: new Map(), steps: 0 };
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
  if (!mayHaveType(s, index, value)) return undefined;
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
        ? inAnyOrder(s, index, pattern, found, bound(), next)
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

/** A quick check of the types that are written where this node is: the number of axes, and sizes that are numbers. */
const mayHaveType = (s: Search, index: number, value: ValueId): boolean =>
  s.rule.pattern.types.every(({ node: at, type }) => {
    if (at !== index || type.tag === 'any') return true;
    const own = s.graph.type(value);
    if (own.tag === 'unknown') return true;
    if (own.tag !== (type.axes.length === 1 ? 'vector' : 'map')) return false;
    return type.axes.slice(0, -1).every((axis, i) => {
      const extent = own.tag === 'map' ? extentOf(i === 0 ? own.h : own.w) : undefined;
      return axis.tag !== 'number' || extent === undefined || axis.value === extent;
    });
  });

const isMade = ({ tag }: PatternNode): boolean => tag === 'layer' || tag === 'join';

const isCovered = (s: Search, env: PartialMatch, value: ValueId): boolean => {
  for (let at = env.values; at !== undefined; at = at.before)
    if (at.value === value && isMade(s.rule.pattern.nodes[at.key]!)) return true;
  return false;
};

/** Terms in any order: any of them for the result, all of them inside a pattern. */
const inAnyOrder = (
  s: Search,
  index: number,
  { branches }: Join,
  { inputs }: GraphNode,
  env: PartialMatch,
  next: Next,
): Environment | undefined => {
  const isResult = index === s.rule.pattern.result;
  const spare = inputs.length - branches.length;
  if (spare < 0 || (spare > 0 && !isResult)) return undefined;
  const from = (chosen: readonly number[]): Environment | undefined => {
    const branch = branches[chosen.length];
    if (branch === undefined) return joined(s, index, branches, inputs, chosen, env, next);
    for (let i = 0; i < inputs.length; i++) {
      if (s.steps++ > mostSteps) return undefined;
      if (chosen.includes(i) || !mayBe(s, branch, inputs[i]!)) continue;
      const found = from([...chosen, i]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return from([]);
};

/** Neighbours of a concatenation: any run of them for the result, all of them inside a pattern. */
const sideBySide = (
  s: Search,
  index: number,
  { branches }: Join,
  { inputs }: GraphNode,
  env: PartialMatch,
  next: Next,
): Environment | undefined => {
  const isResult = index === s.rule.pattern.result;
  const spare = inputs.length - branches.length;
  if (spare < 0 || (spare > 0 && !isResult)) return undefined;
  for (let start = 0; start <= spare; start++) {
    if (s.steps++ > mostSteps) return undefined;
    if (!branches.every((branch, i) => mayBe(s, branch, inputs[start + i]!))) continue;
    const chosen = branches.map((_, i) => start + i);
    const found = joined(s, index, branches, inputs, chosen, env, next);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The branches of a pattern at the chosen inputs of a join. */
const joined = (
  s: Search,
  index: number,
  branches: readonly number[],
  inputs: readonly ValueId[],
  chosen: readonly number[],
  env: PartialMatch,
  next: Next,
): Environment | undefined => {
  const values = chosen.map((i) => inputs[i]!);
  const isResult = index === s.rule.pattern.result;
  const from = (i: number, e: PartialMatch): Environment | undefined =>
    i === branches.length
      ? next(isResult ? { ...e, chosen } : e)
      : node(s, branches[i]!, values[i]!, e, (f) => from(i + 1, f));
  return from(0, { ...env, joins: extended(env.joins, index, values) });
};

// ----------------------------------------------------------------------------------- how far back

/** The value from which all of these come; undefined where the search for it takes too long. */
const sourceOf = (s: Search, branches: readonly ValueId[]): ValueId | undefined => {
  if (s.sources.has(branches)) return s.sources.get(branches);
  const open = new Set(branches);
  while (open.size > 1 && s.steps++ <= mostSteps) {
    const last = latestOf(s.graph, open);
    open.delete(last);
    s.graph.node(last)?.inputs.forEach((id) => open.add(id));
  }
  const [source] = open.size === 1 ? open : [];
  s.sources.set(branches, source);
  return source;
};

/**
 * The place before which no layer of this `..f` lies. What lies before the source of all branches of a join would be in
 * every branch, and no layer may be in two.
 */
const floorOf = (s: Search, index: number, env: PartialMatch): number => {
  const sources = (s.rule.pattern.apart.get(index) ?? []).map((join) => {
    const branches = latest(env.joins, join);
    return branches && sourceOf(s, branches);
  });
  return Math.max(
    -Infinity,
    ...[latest(env.values, 0), ...sources].flatMap((id) =>
      id === undefined ? [] : [s.graph.place(id)],
    ),
  );
};

/**
 * With the input of the pattern, where all branches of a join with this `..f` begin there: it is their source, because an
 * earlier value would leave layers that are in every branch.
 */
const withInput = (s: Search, index: number, env: PartialMatch): PartialMatch => {
  if (latest(env.values, 0) !== undefined) return env;
  for (const join of s.rule.pattern.apart.get(index) ?? []) {
    const branches = s.rule.pattern.fromInput.has(join) ? latest(env.joins, join) : undefined;
    const source = branches && sourceOf(s, branches);
    if (source !== undefined) return { ...env, values: extended(env.values, 0, source) };
  }
  return env;
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
  { name, of }: Layers,
  value: ValueId,
  before: PartialMatch,
  next: Next,
): Environment | undefined => {
  const inside: GraphNode[] = [];
  const open = new Set([value]);
  const env = withInput(s, index, before);
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
