/** Applying one rule at one place: whether its match may be replaced, and what becomes of the graph. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import type { TraceEvent } from '../../graph/trace.ts';
import { rowOf } from '../../ops/table.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import type { Scope } from '../../typecheck/expr/values.ts';
import type { CompiledRule } from '../rule/pattern.ts';
import type { GraphView, LiveGraph } from './live-graph.ts';
import { matchAt, type Match, type Spent } from './match.ts';
import { coveredBy } from './new-paths.ts';
import { retypeFrom } from './retype-from.ts';
import { splice } from './splice.ts';
import { substitute } from './substitute.ts';

/** What is the same for all places of a graph. */
export type Applying = {
  readonly cx: Context;
  readonly std: Scope;
  readonly pass: string;
  readonly live: LiveGraph;
  readonly spent: Spent;
};

/** What was done, or why the replacement is not a network. */
export type Application = E.Either<Diagnostic, TraceEvent>;

/** Applies a rule where the value `at` is its result; undefined where it does not match. */
export const applyAt = (
  { cx, std, pass, live, spent }: Applying,
  rule: CompiledRule,
  at: ValueId,
): Application | undefined => {
  const match = matchAt(cx, std, rule, live, at, (m) => mayReplace(rule, live, m), spent);
  if (match === undefined) return undefined;
  const made = substitute(cx, std, pass, rule, live, match);
  if (E.isLeft(made)) return dependsOnImage(match, made.left) ? undefined : made;
  const { nodes, result, operators } = made.right;
  const covered = coveredBy(rule, match);
  const matched = live.inOrder(covered);
  splice(live, match, covered, nodes, result);
  // layers that others use stay, and a layer that exists already is not made again
  const first = matched.find(({ id }) => id === match.at || !live.has(id));
  if (first === undefined) throw new Bug(`${rule.rule.name.text} matched nothing`);
  const event = {
    pass,
    rule: rule.rule.name.text,
    place: rule.rule.span,
    layer: first.path,
    source: first.span,
    matched: matched.map((n) => n.op),
    replacement: operators,
  };
  // only structural rules may change the type; then the layers behind are typed again
  if (rule.rule.soundness !== 'structural') return E.right(event);
  return E.bimap(
    blaming(pass, rule),
    () => event,
  )(retypeFrom(live, [...live.readers(result), match.at]));
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

/**
 * Whether the match may be replaced. A matched value, other than the result, that is read outside stays together with
 * the layers it depends on, so computing it twice must be free. Values that `@a` keeps are not computed twice.
 */
const mayReplace = (rule: CompiledRule, of: GraphView, match: Match): boolean => {
  const covered = coveredBy(rule, match);
  if (overlaps(rule, match, covered)) return false;
  const kept = new Set(
    rule.replacement.nodes.flatMap((n) => {
      const value = n.tag === 'kept' ? match.env.values.get(n.node) : undefined;
      return value === undefined ? [] : [value];
    }),
  );
  const inside = of.inOrder(covered).toReversed();
  const alive = new Set<ValueId>();
  for (const { id } of inside) if (id !== match.at && isReadOutside(of, id, covered)) alive.add(id);
  // the branches of a larger join that the match leaves out
  const { window } = match.env;
  if (window !== undefined)
    of.node(match.at)?.inputs.forEach((id, i) => {
      if (i < window.from || i >= window.to) alive.add(id);
    });
  // a layer that stays keeps the values it reads
  for (const node of inside) if (alive.has(node.id)) for (const id of node.inputs) alive.add(id);
  return inside.every((n) => !alive.has(n.id) || kept.has(n.id) || isFree(of, n));
};

const isReadOutside = (of: GraphView, id: ValueId, covered: ReadonlySet<ValueId>): boolean => {
  if (of.isOutput(id)) return true;
  for (const reader of of.readers(id)) if (!covered.has(reader)) return true;
  return false;
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
const isFree = (of: GraphView, { op, args, inputs, weights }: GraphNode): boolean =>
  weights.length === 0 && rowOf(op).macs(args, inputs.map(of.type)).each === 0;
