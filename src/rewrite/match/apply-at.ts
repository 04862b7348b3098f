/** Applying one rule at one place: whether its match may be replaced, and what becomes of the graph. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import type { TraceEvent } from '../../graph/trace.ts';
import { rowOf } from '../../ops/table.ts';
import type { CompiledRule } from '../rule/pattern.ts';
import type { GraphView } from './live-graph.ts';
import { matchAt, type Applying, type Match } from './match.ts';
import { heldBy, hold } from './hold-size.ts';
import { coveredBy } from './new-paths.ts';
import { retypeFrom } from './retype-from.ts';
import { sizeEffect } from './size-effect.ts';
import { splice } from './splice.ts';
import { substitute } from './substitute.ts';

/** What was done, or why the replacement is not a network. */
export type Application = E.Either<Diagnostic, TraceEvent>;

/** Applies a rule where the value `at` is its result; undefined where it does not match. */
export const applyAt = (
  place: Applying,
  rule: CompiledRule,
  at: ValueId,
): Application | undefined => {
  const { cx, std, pass, live, spent } = place;
  const match = matchAt(cx, std, rule, live, at, (m) => mayReplace(rule, live, m), spent);
  if (match === undefined) return undefined;
  const made = substitute(cx, std, pass, rule, live, match);
  if (E.isLeft(made)) return dependsOnImage(match, made.left) ? undefined : made;
  const { nodes, result, operators } = made.right;
  const covered = coveredBy(rule, match);
  const matched = live.inOrder(covered);
  const effect = sizeEffect(place, rule, match, made.right);
  const isLast = effect.frees || made.right.isLast;
  if (isLast && live.readers(at).size > 0) return undefined;
  const held = [...new Set([...effect.fixes, ...matched.flatMap(heldBy)])];
  // nothing would be left that could be for this size alone
  if (held.length > 0 && nodes.length === 0 && live.readers(at).size === 0) return undefined;
  splice(live, match, covered, nodes, result);
  if (held.length > 0) hold(live, held, match, matched);
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
const mayReplace = (rule: CompiledRule, graph: GraphView, match: Match): boolean => {
  const covered = coveredBy(rule, match);
  if (overlaps(rule, match)) return false;
  const kept = new Set(
    rule.replacement.nodes.flatMap((n): readonly ValueId[] => {
      if (n.tag === 'layers' && staysInPlace(rule, match, n.name))
        return match.env.layers.get(n.name)?.nodes.map((made) => made.id) ?? [];
      const value = n.tag === 'kept' ? match.env.values.get(n.node) : undefined;
      return value === undefined ? [] : [value];
    }),
  );
  const inside = graph.inOrder(covered).toReversed();
  const alive = new Set<ValueId>();
  for (const { id } of inside)
    if (id !== match.at && graph.isReadBeside(id, covered)) alive.add(id);
  // the branches of a larger join that the match leaves out
  const { chosen } = match.env;
  const join = chosen === undefined ? undefined : graph.node(match.at);
  if (join !== undefined && chosen !== undefined && chosen.length < join.inputs.length)
    for (const { id } of inside)
      if (join.inputs.some((input, i) => input === id && !chosen.includes(i))) alive.add(id);
  // a layer that stays keeps the values it reads
  for (const node of inside) if (alive.has(node.id)) for (const id of node.inputs) alive.add(id);
  return inside.every((n) => !alive.has(n.id) || kept.has(n.id) || isFree(graph, n));
};

/** Whether a layer that goes belongs to two parts of the pattern: it cannot be moved twice. */
const overlaps = (rule: CompiledRule, match: Match): boolean => {
  const { env } = match;
  const made = rule.pattern.nodes.flatMap((n, i) => {
    const value = n.tag === 'layer' || n.tag === 'join' ? env.values.get(i) : undefined;
    return value === undefined ? [] : [value];
  });
  const moved = [...env.layers].flatMap(([name, { nodes }]) =>
    staysInPlace(rule, match, name) ? [] : nodes.map((n) => n.id),
  );
  const still = [...env.layers].flatMap(([name, { nodes }]) =>
    staysInPlace(rule, match, name) ? nodes.map((n) => n.id) : [],
  );
  const going = new Set([...made, ...moved]);
  return going.size !== made.length + moved.length || still.some((id) => going.has(id));
};

/** Whether `..f` has the same input on both sides, the one of the pattern. */
const staysInPlace = ({ replacement }: CompiledRule, { env }: Match, name: string): boolean =>
  replacement.nodes.some(
    (n) =>
      n.tag === 'layers' &&
      n.name === name &&
      replacement.nodes[n.of]?.tag === 'input' &&
      env.layers.get(name)?.entry === env.values.get(0),
  );

/** A layer without weights and without multiplications. */
const isFree = (graph: GraphView, { op, args, inputs, weights }: GraphNode): boolean =>
  weights.length === 0 && rowOf(op).macs(args, inputs.map(graph.type)).each === 0;
