/** One instance of a rule: both sides as nets, their types for all sizes, and their numbers in float64. */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { interpret } from '../../graph/interpret.ts';
import type { Tensor } from '../../numeric/tensor.ts';
import type { Rule } from '../../syntax/tree.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { both, sameSizes, showSizes, type Sizes } from '../../size/sizes.ts';
import { admissibleSizes } from '../../build/admissible.ts';
import { applyOnce } from '../match/apply.ts';
import type { Choices } from './choices.ts';
import { fewerImages } from '../rule/faults.ts';
import { instanceOf } from './instance.ts';
import type { Spent } from '../match/match.ts';
import type { CompiledRule } from '../rule/pattern.ts';
import { numbersFor, type Numbers } from './random-weights.ts';
import { freed } from '../../graph/retype.ts';
import { rewrittenWeights } from '../match/weight-values.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

/** How far the sides of a rule may differ, relative to the largest number computed. */
export const toleranceOf = ({ soundness, tolerance }: Rule): number =>
  soundness === 'exact' ? 1e-12 : (tolerance?.value ?? 1e-3);

/** The outcome of a rule on one net. */
export type Outcome =
  /** the choices gave no net */
  | { readonly tag: 'no instance' }
  | { readonly tag: 'not fired'; readonly before: Graph }
  /** `everySize`: the types agree for every height and width, not only for those of `before` */
  | { readonly tag: 'agrees'; readonly before: Graph; readonly everySize: boolean }
  /** the right side is not a network, or has another type */
  | {
      readonly tag: 'fault';
      readonly before: Graph;
      readonly fault: Diagnostic;
      readonly allSizes: boolean;
    }
  | {
      readonly tag: 'differs';
      readonly before: Graph;
      readonly after: Graph;
      readonly numbers: Numbers;
      readonly output: string;
      readonly expected: Tensor;
      readonly found: Tensor;
      /** the largest difference, relative to the largest number computed */
      readonly by: number;
    };

/** A rule and the numbers from which its nets are drawn. */
export type Checking = {
  readonly cx: Context;
  readonly std: Scope;
  readonly rule: CompiledRule;
  readonly seed: number;
  readonly index: number;
  /** whether both sides are computed, or only typed */
  readonly numbers: boolean;
  readonly spent?: Spent;
};

/** Makes a net by these choices, applies the rule to it, and compares both nets. */
export const checkInstance = (c: Checking, choose: Choices): Outcome => {
  const { cx, std, rule } = c;
  const before = instanceOf(cx, std, rule, choose);
  if (before === undefined) return { tag: 'no instance' };
  const step = applyOnce('verify', rule, before, c.spent);
  if (step === undefined) return { tag: 'not fired', before };
  if (E.isLeft(step)) return { tag: 'fault', before, fault: step.left, allSizes: false };
  const free = everySize(c, before);
  if (E.isLeft(free)) return { tag: 'fault', before, fault: free.left, allSizes: true };
  const agrees: Outcome = { tag: 'agrees', before, everySize: free.right };
  if (rule.rule.soundness === 'structural' || !c.numbers) return agrees;
  return compared(c, before, step.right, choose) ?? agrees;
};

/**
 * Compares the sides with height and width left free. Sizes are functions of them in a normal form, so types that are
 * equal then are equal for all images. The replacement must take every image that the pattern takes. False when the
 * pattern asks for certain sizes, or has weights that do.
 */
const everySize = ({ rule, spent }: Checking, before: Graph): E.Either<Diagnostic, boolean> => {
  const free = freed(before);
  if (E.isLeft(free)) return E.right(false);
  const step = applyOnce('verify', rule, free.right, spent);
  if (step === undefined) return E.right(false);
  if (E.isLeft(step)) return step;
  const [taken, left] = [admissibleSizes(free.right), admissibleSizes(step.right)];
  for (const axis of ['h', 'w'] as const)
    if (taken !== undefined && left !== undefined && !within(taken[axis], left[axis]))
      return E.left(fewerImages(rule.rule, showSizes(taken[axis]), showSizes(left[axis])));
  return E.right(true);
};

const within = (part: Sizes, whole: Sizes): boolean => {
  const met = both(part, whole);
  return E.isLeft(met) || sameSizes(met.right, part);
};

/** Compares the numbers of both sides; undefined when they agree. */
const compared = (
  c: Checking,
  before: Graph,
  after: Graph,
  choose: Choices,
): Outcome | undefined => {
  const numbers = numbersFor(before, choose, c.seed, c.index);
  const expected = everyValue(before, numbers.input, numbers.weight);
  const found = everyValue(after, numbers.input, rewrittenWeights(after, numbers.weight));
  const scale = Math.max(largest(expected.all), largest(found.all), Number.MIN_VALUE);
  const tolerance = toleranceOf(c.rule.rule);
  for (const [output, a] of expected.outputs) {
    const b = found.outputs.get(output);
    if (b === undefined) continue;
    const by = apart(a, b) / scale;
    if (!(by <= tolerance))
      return { tag: 'differs', before, after, numbers, output, expected: a, found: b, by };
  }
  return undefined;
};

/** The outputs, and all values computed. */
const everyValue = (graph: Graph, input: Tensor, weight: (path: string) => Tensor) => {
  const inner = graph.nodes.map((n) => ({ name: `${n.id}`, id: n.id }));
  const values = interpret({ ...graph, outputs: [...graph.outputs, ...inner] }, input, weight);
  const outputs = new Map(graph.outputs.map(({ name }) => [name, values.get(name) ?? input]));
  return { outputs, all: [...values.values()] };
};

const largest = (all: readonly Tensor[]): number =>
  all.reduce((m, t) => t.data.reduce((n, x) => Math.max(n, Math.abs(x)), m), 0);

const apart = (a: Tensor, b: Tensor): number =>
  a.data.length === b.data.length
    ? a.data.reduce((m, x, i) => Math.max(m, Math.abs(x - (b.data[i] ?? NaN))), 0)
    : Infinity;
