/** Applying a pass: the first rule that matches anywhere, at its first match, until none does. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { checked, failed, type Checked } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph, GraphNode, ValueId } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';
import { sameType, showType } from '../../ops/types.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { rulesContext } from '../rule/compile.ts';
import { endless, tooLong } from '../rule/faults.ts';
import { lookUp, type GraphIndex } from './graph-index.ts';
import { matchAt, rootOf, type Match } from './match.ts';
import { coveredBy } from './new-paths.ts';
import type { CompiledRule, Pass } from '../rule/pattern.ts';
import { retyped } from '../../graph/retype.ts';
import { renumbered, replaced } from './splice.ts';
import { substitute } from './substitute.ts';
import type { Scope } from '../../typecheck/expr/values.ts';
import { standardScope } from '../../typecheck/expr/standard.ts';
import type { TraceEvent } from '../../graph/trace.ts';

/** The rewritten net, and each application of a rule in order. */
export type Applied = { readonly graph: Graph; readonly trace: readonly TraceEvent[] };

/** Limits, for tests and for the search for passes that do not end. */
export type ApplyOptions = {
  /** applications after which a pass counts as endless; by default in proportion to the net */
  readonly limit?: number;
  /** layers that are looked through in all applications together */
  readonly lookedThrough?: number;
};

/** A pass that ends needs fewer applications than this on a net of so many layers. */
const limitFor = (graph: Graph): number => 200 + 20 * graph.nodes.length;

/** The limit on layers searched in all applications together, about ten seconds: each application searches the net. */
const MOST_LOOKED_THROUGH = 60_000_000;

/** The graph after a pass. A replacement that is not a network, and a pass that does not end, are faults. */
export const applyPass = (
  graph: Graph,
  pass: Pass,
  options: ApplyOptions = {},
): Checked<Applied> => {
  const limit = options.limit ?? limitFor(graph);
  const trace: TraceEvent[] = [];
  const std = standardScope();
  let current = graph;
  let lookedThrough = 0;
  for (;;) {
    lookedThrough += current.nodes.length;
    if (lookedThrough > (options.lookedThrough ?? MOST_LOOKED_THROUGH))
      return failed(tooLong(pass.span, pass.name, trace.length, graph.nodes.length));
    // a new context each time: values of expressions in one match are wrong in the next
    const step = firstMatch(rulesContext(), std, pass, current);
    if (step === undefined) break;
    if (E.isLeft(step)) return failed(step.left);
    trace.push(step.right.event);
    current = step.right.graph;
    if (trace.length >= limit) {
      const last = trace
        .slice(-3)
        .map(({ rule: name, place: rule, layer }) => ({ rule, name, layer }));
      return failed(endless(pass.span, pass.name, limit, last));
    }
  }
  const result = renumbered(current);
  recheck(result);
  return checked({ graph: result, trace }, []);
};

type Application = E.Either<Diagnostic, { readonly graph: Graph; readonly event: TraceEvent }>;

const firstMatch = (cx: Context, std: Scope, pass: Pass, graph: Graph): Application | undefined => {
  const of = lookUp(graph);
  for (const rule of pass.rules) {
    const step = applyRule(cx, std, pass.name, rule, of);
    if (step !== undefined) return step;
  }
  return undefined;
};

/** One rule at its first match; undefined when it has none. */
export const applyRule = (
  cx: Context,
  std: Scope,
  pass: string,
  rule: CompiledRule,
  of: GraphIndex,
): Application | undefined => {
  const root = rootOf(rule);
  const { graph } = of;
  const firstId = (graph.nodes[graph.nodes.length - 1]?.id ?? graph.input.id) + 1;
  for (const { id, op } of graph.nodes) {
    if (root !== undefined && op !== root) continue;
    const match = matchAt(cx, std, rule, of, id, (m) => mayReplace(rule, of, m));
    if (match === undefined) continue;
    const result = substitute(cx, std, pass, rule, of, match, firstId);
    if (E.isLeft(result) && dependsOnImage(match, result.left)) continue;
    if (E.isLeft(result)) return result;
    const { nodes, result: value, operators } = result.right;
    const next = replaced(graph, match, coveredBy(rule, match), nodes, value);
    const event = eventOf(pass, rule, of, match, next, operators);
    // only structural rules may change the type; then the layers behind are typed again
    const step = (g: Graph) => ({ graph: g, event });
    return rule.rule.soundness === 'structural'
      ? E.bimap(blaming(pass, rule), step)(retyped(next, graph.input.type))
      : E.right(step(next));
  }
  return undefined;
};

/** Faults of layers behind a match are blamed on the rule that changed the type. */
const blaming =
  (pass: string, { rule }: CompiledRule) =>
  (d: Diagnostic): Diagnostic => ({
    ...d,
    notes: [...d.notes, `the rule \`${rule.name.text}\` of \`${pass}\` changed what comes in`],
  });

/** Whether the fault is that a size of the image became an argument: the rule is skipped for a net of free size. */
const dependsOnImage = ({ env }: Match, { code }: Diagnostic): boolean =>
  [...env.variables.values()].some((v) => v.tag === 'pixels') &&
  (code === 'E0208' || code === 'E0302' || code === 'E0315');

const eventOf = (
  pass: string,
  rule: CompiledRule,
  of: GraphIndex,
  match: Match,
  after: Graph,
  replacement: readonly string[],
): TraceEvent => {
  const covered = coveredBy(rule, match);
  const matched = of.graph.nodes.filter((n) => covered.has(n.id));
  // layers that others use stay, and a layer that exists already is not made again
  const stays = new Set(after.nodes);
  const first = matched.find((n) => !stays.has(n)) ?? matched[0];
  if (first === undefined) throw new Bug(`${rule.rule.name.text} matched nothing`);
  return {
    pass,
    rule: rule.rule.name.text,
    place: rule.rule.span,
    layer: first.path,
    source: first.span,
    matched: matched.map((n) => n.op),
    replacement,
  };
};

/**
 * Whether the match may be replaced. A matched value, other than the result, that is read outside stays together with
 * the layers it depends on, so computing it twice must be free. Values that `@a` keeps are not computed twice.
 */
const mayReplace = (rule: CompiledRule, of: GraphIndex, match: Match): boolean => {
  const { graph } = of;
  const covered = coveredBy(rule, match);
  if (overlaps(rule, match, covered)) return false;
  const kept = new Set(
    rule.replacement.nodes.flatMap((n) => {
      const value = n.tag === 'kept' ? match.env.values.get(n.node) : undefined;
      return value === undefined ? [] : [value];
    }),
  );
  const alive = new Set<ValueId>(graph.outputs.map((o) => o.id));
  const start = graph.nodes.findIndex((n) => covered.has(n.id));
  for (const node of graph.nodes.slice(start))
    for (const id of node.inputs) if (covered.has(id) && !covered.has(node.id)) alive.add(id);
  // the branches of a larger join that the match leaves out
  const { window } = match.env;
  if (window !== undefined)
    of.node(match.at)?.inputs.forEach((id, i) => {
      if (i < window.from || i >= window.to) alive.add(id);
    });
  // the new value takes the place of the result
  alive.delete(match.at);
  const inside = [...covered].sort((a, b) => b - a).flatMap((id) => of.node(id) ?? []);
  // a layer that stays keeps the values it reads
  for (const node of inside) if (alive.has(node.id)) for (const id of node.inputs) alive.add(id);
  return inside.every((n) => !alive.has(n.id) || kept.has(n.id) || isFree(of, n));
};

/** Whether a layer belongs to two `..f`, or to one and to the pattern: it cannot be moved twice. */
const overlaps = (rule: CompiledRule, { env }: Match, covered: ReadonlySet<ValueId>): boolean => {
  const made = rule.pattern.nodes.filter(
    (n, i) => (n.tag === 'layer' || n.tag === 'join') && env.values.has(i),
  );
  const behind = [...env.layers.values()].reduce((n, f) => n + f.nodes.length, 0);
  return made.length + behind !== covered.size;
};

/** A layer without weights and without multiplications. */
const isFree = (of: GraphIndex, { op, args, inputs, weights }: GraphNode): boolean =>
  weights.length === 0 && rowOf(op).macs(args, inputs.map(of.type)).each === 0;

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
