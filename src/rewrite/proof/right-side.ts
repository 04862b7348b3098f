/** The right side of a rule with symbols for numbers, and whether its demands follow from the left side. */
import * as E from 'fp-ts/lib/Either.js';
import type { Row } from '../../ops/table.ts';
import { symbolsOf } from '../../size/channels.ts';
import { statesVector, type CompiledRule, type NewNode } from '../rule/pattern.ts';
import type { Seen } from './expressions.ts';
import { followsAtLeast, isExact, isFixed, sameCount } from '../../ops/symbolic/entails.ts';
import type { Assumptions } from '../../ops/symbolic/assumptions.ts';
import { divided, textOf } from '../../ops/symbolic/polynomials.ts';
import { boundDemands, sizeDemands, type LeftSide } from './left-side.ts';
import { argsOfNew } from './new-arguments.ts';
import {
  sameSymbolicType,
  showSymbolicType,
  type Demand,
  type SymbolicType,
} from '../../ops/symbolic/types.ts';
import type { SymbolicArgs } from '../../ops/symbolic/values.ts';
import { misfit, shapesOf } from './weights.ts';

/** Whether a demand follows from the facts of the left side. */
const follows = (assumed: Assumptions, d: Demand): boolean => {
  switch (d.tag) {
    case 'at least':
      return followsAtLeast(assumed, d.of, d.least);
    case 'divides':
      return (
        divided(d.of, d.by) !== undefined || assumed.holds.has(`${textOf(d.by)} | ${textOf(d.of)}`)
      );
    case 'equal':
      return sameCount(assumed, d.a, d.b);
    case 'fixed':
      return isFixed(assumed, d.of);
    case 'exact':
      return isExact(assumed, d.of) || assumed.holds.has(`${textOf(d.of)} is exact`);
    case 'odd': {
      const [name, second] = symbolsOf(d.of);
      const alone = name !== undefined && second === undefined && textOf(d.of) === name;
      return typeof d.of === 'number'
        ? d.of % 2 === 1
        : alone && assumed.atoms.get(name)?.odd === true;
    }
    case 'holds':
      return assumed.holds.has(d.text);
  }
};

/** The types of the nodes, as far as they are known, and the first demand that does not follow. */
export type RightSide = {
  readonly types: readonly (SymbolicType | undefined)[];
  readonly why: string | undefined;
};

export const rightSide = (rule: CompiledRule, left: LeftSide): RightSide => {
  const { assumed } = left;
  const missing: string[] = [];
  const demand = (d: Demand): void => {
    if (missing.length === 0 && !follows(assumed, d)) missing.push(`it is not clear that ${d.why}`);
  };
  // names after `where` are evaluated again, because their demands must follow
  const seen: Seen = { ...left.seen, bound: new Map(), demand };
  const right: (SymbolicType | undefined)[] = [];
  for (const node of rule.replacement.nodes) {
    const made = missing.length > 0 ? 'not looked at' : newType(rule, left, seen, node, right);
    if (typeof made === 'string') missing.push(made);
    right.push(typeof made === 'string' ? undefined : made);
  }
  const [before, after] = [left.types[rule.pattern.result], right[rule.replacement.result]];
  if (missing.length === 0 && !(before && after && fits(rule, assumed, before, after)))
    missing.push(
      `the pattern gives ${before ? showSymbolicType(before) : '_'} and the replacement ${after ? showSymbolicType(after) : '_'}`,
    );
  return { types: right, why: missing[0] };
};

/**
 * Whether the types agree; a structural rule may replace `[c]` by `[1, 1, c]`, and the other way round. At the end of a
 * net, where alone it is applied then, it may replace `[c]` by a map of any size.
 */
const fits = (
  { rule, pattern }: CompiledRule,
  assumed: Assumptions,
  a: SymbolicType,
  b: SymbolicType,
): boolean => {
  if (sameSymbolicType(assumed, a, b)) return true;
  if (rule.soundness !== 'structural' || a.tag === b.tag) return false;
  const map = a.tag === 'map' ? a : b;
  const isPixel =
    map.tag === 'map' && map.h.num === 1 && map.w.num === 1 && map.h.den === 1 && map.w.den === 1;
  const isEnd = a.tag === 'vector' && statesVector(pattern);
  return (isPixel || isEnd) && sameCount(assumed, a.c, b.c);
};

/** The type of a node of the replacement; a text says why it has none. */
const newType = (
  rule: CompiledRule,
  left: LeftSide,
  seen: Seen,
  node: NewNode,
  made: readonly (SymbolicType | undefined)[],
): SymbolicType | string => {
  const { assumed } = left;
  const lost = 'the type of a matched value is unknown';
  switch (node.tag) {
    case 'input':
      return left.types[0] ?? lost;
    case 'kept':
      return isPart(rule, node.node)
        ? 'the result may be a part of a larger join'
        : (left.types[node.node] ?? lost);
    case 'layers': {
      const index = rule.pattern.nodes.findIndex((n) => n.tag === 'layers' && n.name === node.name);
      const before = rule.pattern.nodes[index];
      const entry = before?.tag === 'layers' ? left.types[before.of] : undefined;
      const now = made[node.of];
      // the same layers on the same type, whatever they are
      return entry && now && sameSymbolicType(assumed, entry, now)
        ? (left.types[index] ?? lost)
        : `it is not clear that \`..${node.name}\` gets the same input as in the pattern`;
    }
    case 'join':
      return typed(
        seen,
        node.row,
        {},
        node.branches.map((b) => made[b]),
      );
    case 'layer': {
      const args = argsOfNew(seen, left.rests, rule.pattern, node);
      if (E.isLeft(args)) return `it is not clear what \`${args.left}\` of \`${node.row.name}\` is`;
      return newLayer(rule, left, seen, node, args.right, made[node.of]);
    }
  }
};

/** A pattern whose result is a concatenation may match a part of a larger one; `@a` would then be the larger one. */
const isPart = ({ pattern }: CompiledRule, node: number): boolean => {
  const result = pattern.nodes[node];
  return node === pattern.result && result?.tag === 'join' && result.row.stacks === true;
};

const typed = (
  seen: Seen,
  row: Row,
  args: SymbolicArgs,
  inputs: readonly (SymbolicType | undefined)[],
): SymbolicType | string => {
  const known = inputs.flatMap((t) => t ?? []);
  const found = row.symbolic.type(seen.assumed, args, known);
  if (found === undefined || known.length < inputs.length)
    return `\`${row.name}\` does not take ${known.map(showSymbolicType).join(' and ')}`;
  const { type } = found;
  for (const d of [...found.demands, ...sizeDemands(type), ...boundDemands(type)]) seen.demand(d);
  return type;
};

const newLayer = (
  rule: CompiledRule,
  left: LeftSide,
  seen: Seen,
  node: Extract<NewNode, { readonly tag: 'layer' }>,
  args: SymbolicArgs,
  input: SymbolicType | undefined,
): SymbolicType | string => {
  const type = typed(seen, node.row, args, [input]);
  const { with: entries } = node;
  if (typeof type === 'string' || entries === undefined || input === undefined) return type;
  const weighing = shapesOf(seen, rule, (at) => left.matched.get(at));
  const needed = node.row.symbolic.weights?.(left.assumed, args, input) ?? [];
  const [wrong] = needed.flatMap((spec) => misfit(left.assumed, weighing, entries, spec) ?? []);
  return wrong ?? type;
};
