/** Applying a pass: the first rule that matches anywhere, at its first match, until none does. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { checked, failed, type Checked } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { sameType, showType } from '../../ops/types.ts';
import { rulesContext } from '../rule/compile.ts';
import { endless, leftUnfinished, tooLong } from '../rule/faults.ts';
import { agendaOf } from './agenda.ts';
import { applyAt, type Application } from './apply-at.ts';
import { liveGraph, type LiveGraph } from './live-graph.ts';
import { rootOf, type Spent } from './match.ts';
import type { CompiledRule, Pass } from '../rule/pattern.ts';
import { retyped } from '../../graph/retype.ts';
import { standardScope } from '../../typecheck/expr/standard.ts';
import type { TraceEvent } from '../../graph/trace.ts';

/** The rewritten net, each application of a rule in order, and how many steps that took. */
export type Applied = {
  readonly graph: Graph;
  readonly trace: readonly TraceEvent[];
  readonly steps: number;
};

/** Limits, for tests and for the search for passes that do not end. */
export type ApplyOptions = {
  /** applications after which a pass counts as endless; by default in proportion to the net */
  readonly limit?: number;
  /** steps of all searches and applications together */
  readonly steps?: number;
};

/** A pass that ends needs fewer applications than this on a net of so many layers. */
const limitFor = (graph: Graph): number => 200 + 20 * graph.nodes.length;

/** The limit on steps of a pass, about a minute. */
const mostSteps = 100_000_000;

/** The cost of an application, in steps of a search. */
const stepsOfApplication = 100;

/**
 * The graph after a pass. A replacement that is not a network, and a pass that does not end, are faults. A pass that
 * takes too many steps is a fault too, unless nobody asked for it: then it stops there, with a hint.
 */
export const applyPass = (
  graph: Graph,
  pass: Pass,
  options: ApplyOptions = {},
): Checked<Applied> => {
  const limit = options.limit ?? limitFor(graph);
  const most = options.steps ?? mostSteps;
  const trace: TraceEvent[] = [];
  const unfinished: Diagnostic[] = [];
  const spent: Spent = { steps: 0 };
  const live = liveGraph(graph);
  const next = applications(live, pass.name, pass.rules, spent, most);
  for (;;) {
    const step = next();
    if (step === undefined) break;
    if (step === 'too long') {
      const said = [pass.span, pass.name, trace.length, graph.nodes.length] as const;
      if (!pass.unasked) return failed(tooLong(...said));
      unfinished.push(leftUnfinished(...said));
      break;
    }
    if (E.isLeft(step)) return failed(step.left);
    trace.push(step.right);
    spent.steps += stepsOfApplication;
    if (trace.length >= limit) {
      const last = trace
        .slice(-3)
        .map(({ rule: name, place: rule, layer }) => ({ rule, name, layer }));
      return failed(endless(pass.span, pass.name, limit, last));
    }
  }
  const result = live.graph();
  recheck(result);
  return checked({ graph: result, trace, steps: spent.steps }, unfinished);
};

/** A rule at its first match in a graph, once; undefined when it has none. */
export const applyOnce = (
  pass: string,
  rule: CompiledRule,
  graph: Graph,
  spent: Spent = { steps: 0 },
): E.Either<Diagnostic, Graph> | undefined => {
  const live = liveGraph(graph);
  const step = applications(live, pass, [rule], spent, Infinity)();
  return typeof step === 'object' ? E.map(() => live.graph())(step) : undefined;
};

/**
 * Each call applies the first rule that matches, at its first match; undefined when none does. It gives up when `most`
 * steps are spent.
 */
const applications = (
  live: LiveGraph,
  pass: string,
  rules: readonly CompiledRule[],
  spent: Spent,
  most: number,
): (() => Application | 'too long' | undefined) => {
  const std = standardScope();
  const agenda = agendaOf(rules.map(rootOf), live);
  live.watch(agenda.changed);
  return () => {
    // a new context each time: values of expressions in one match are wrong in the next
    const place = { cx: rulesContext(), std, pass, live, spent };
    while (spent.steps <= most) {
      const attempt = agenda.next();
      if (attempt === undefined) return undefined;
      live.noted.nodes.clear();
      live.noted.readers.clear();
      live.noted.crowded.clear();
      const step = applyAt(place, rules[attempt.rule]!, attempt.at);
      if (step === undefined) agenda.failed(attempt);
      else {
        agenda.again(attempt);
        return step;
      }
    }
    return 'too long';
  };
};

/** Runs the shape rules again after every pass: the types that the rewriter gave must hold. */
const recheck = (graph: Graph): void => {
  const again = retyped(graph, graph.input.type);
  if (E.isLeft(again)) throw new Bug(`a pass made no network: ${again.left.message}`);
  again.right.nodes.forEach((node, i) => {
    const before = graph.nodes[i];
    if (before === undefined || !sameType(node.output, before.output))
      throw new Bug(`${node.path} is ${showType(node.output)} after a pass`);
  });
};
