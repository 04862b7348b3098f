/** The shapes of new weights as symbols, by the weight language's own rules. */
import * as E from 'fp-ts/lib/Either.js';
import { plus, times, type Channels } from '../../size/channels.ts';
import { weightFault } from '../rule/faults.ts';
import { weightNames, type CompiledRule, type Entry, type PatternNode } from '../rule/pattern.ts';
import { weigh, type Weighing } from '../rule/weight-language.ts';
import {
  broadcast,
  concatenated,
  reshaped,
  summed,
  transposed,
  type Dimensions,
  type Shape,
} from '../rule/weight-rules.ts';
import { symbolicOf, type Seen } from './expressions.ts';
import { followsAtLeast, sameCount } from '../../ops/symbolic/entails.ts';
import type { Assumptions } from '../../ops/symbolic/assumptions.ts';
import { readable, textOf } from '../../ops/symbolic/polynomials.ts';
import type { SymbolicWeight } from '../../ops/symbolic/rules.ts';
import type { SymbolicType } from '../../ops/symbolic/types.ts';
import type { SymbolicArgs } from '../../ops/symbolic/values.ts';

type Dims = Shape<Channels>;

/** A layer of the pattern: its arguments, and what enters it. */
export type Matched = { readonly args: SymbolicArgs; readonly input: SymbolicType };

const dimensions = (assumed: Assumptions): Dimensions<Channels> => ({
  same: (a, b) => sameCount(assumed, a, b),
  isOne: (n) => n === 1,
  isSome: (n) => followsAtLeast(assumed, n, 1),
  sum: (all) => all.reduce(plus, 0),
  product: (all) => all.reduce(times, 1),
  show: (n) => readable(textOf(n)),
});

/** An axis is a plain number. */
const axisNumber = (n: Channels | undefined): number => (typeof n === 'number' ? n : -1);

const operationsOn = (assumed: Assumptions): Weighing<Dims, Channels>['operations'] => {
  const d = dimensions(assumed);
  return {
    scalar: () => [],
    arithmetic: (sign, a, b) => broadcast(d, sign, a, b),
    sqrt: (of) => of,
    reshape: (of, shape) => reshaped(d, of, shape),
    transpose: (of, order) => transposed(d, of, order.map(axisNumber)),
    sum: (of, axis) => summed(d, of, axisNumber(axis)),
    concat: (parts, axis) =>
      concatenated(d, parts, axis === undefined ? (parts[0]?.length ?? 0) - 1 : axisNumber(axis)),
  };
};

/** The weight language over shapes. `matched` are the layers that `as` names. */
export const shapesOf = (
  seen: Seen,
  rule: CompiledRule,
  matched: (node: number) => Matched | undefined,
): Weighing<Dims, Channels> => {
  const { pattern, replacement } = rule;
  const nodeOf = (name: string): (PatternNode & { readonly tag: 'layer' }) | undefined => {
    const node = pattern.nodes[pattern.names.get(name) ?? -1];
    return node?.tag === 'layer' ? node : undefined;
  };
  const fixed = (of: Channels): void =>
    seen.demand({ tag: 'fixed', of, why: 'weights do not depend on the size of the image' });
  return {
    operations: operationsOn(seen.assumed),
    bindings: replacement.bindings,
    isWeight: (layer, member) => {
      const node = nodeOf(layer);
      return node !== undefined && weightNames(node.row).includes(member);
    },
    // an absent bias is zeros of the shape it would have
    weight: (layer, member) => {
      const node = nodeOf(layer);
      const found = matched(pattern.names.get(layer) ?? -1);
      const all = found && node?.row.symbolic.weights?.(seen.assumed, found.args, found.input);
      return all?.find((s) => s.name === member)?.shape;
    },
    number: (expr) => {
      const value = symbolicOf(seen, expr);
      if (value?.tag === 'count') fixed(value.count);
      return value?.tag === 'count' || value?.tag === 'real'
        ? E.right([])
        : E.left(weightFault(expr.span, 'the proof cannot follow this number'));
    },
    integer: (expr) => {
      const value = symbolicOf(seen, expr);
      if (value?.tag !== 'count') return undefined;
      fixed(value.count);
      return value.count;
    },
    known: new Map(),
  };
};

/** Why an entry does not have the required shape; undefined when symbols prove that it has. */
export const misfit = (
  assumed: Assumptions,
  weighing: Weighing<Dims, Channels>,
  entries: readonly Entry[],
  { name, shape, when }: SymbolicWeight,
): string | undefined => {
  if (when?.tag === 'flag' && !when.value) return undefined;
  const entry = entries.find((e) => e.weight === name);
  if (entry === undefined) return `\`with\` does not say what \`${name}\` is`;
  const found = weigh(weighing, entry.value);
  if (E.isLeft(found)) return found.left.message;
  const dims = found.right;
  const fits =
    dims.length === shape.length && dims.every((n, i) => sameCount(assumed, n, shape[i]!));
  const show = (s: Dims): string => `[${s.map((n) => readable(textOf(n))).join(', ')}]`;
  return fits ? undefined : `\`${name}\` is ${show(dims)}, and ${show(shape)} is needed`;
};
