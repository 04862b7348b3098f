/** One instance of a rule: both sides as nets, their types for all sizes, and their numbers in float64. */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Graph } from '../lower/graph.ts';
import { interpret } from '../lower/interpret.ts';
import type { Tensor } from '../numeric/tensor.ts';
import { rowOf } from '../ops/table.ts';
import type { Context } from '../typecheck/context.ts';
import type { Scope } from '../typecheck/scope.ts';
import { applyRule } from './apply.ts';
import type { Choices } from './choices.ts';
import { illTyped } from './faults.ts';
import { instanceOf } from './instance.ts';
import { lookUp } from './looked-up.ts';
import type { CompiledRule } from './pattern.ts';
import { numbersFor, type Numbers } from './random-weights.ts';
import { freed } from '../lower/retype.ts';
import { rewrittenWeights } from './weight-values.ts';

/** Exact rules agree to this, relative to the largest number on the way. */
const exactTolerance = 1e-12;
const approximateTolerance = 1e-3;

export type Outcome =
  /** the choices gave no net */
  | { readonly tag: 'no instance' }
  | { readonly tag: 'not fired'; readonly before: Graph }
  | { readonly tag: 'agrees'; readonly before: Graph }
  /** the right side is no network, or of another type */
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
      /** the largest difference, relative to the largest number on the way */
      readonly by: number;
    };

export type Checking = {
  readonly cx: Context;
  readonly std: Scope;
  readonly rule: CompiledRule;
  readonly seed: number;
  readonly index: number;
  /** whether both sides are computed, or only typed */
  readonly numbers: boolean;
};

export const checkInstance = (c: Checking, choose: Choices): Outcome => {
  const { cx, std, rule } = c;
  const before = instanceOf(cx, std, rule, choose);
  if (before === undefined) return { tag: 'no instance' };
  const step = applyRule(cx, std, 'verify', rule, lookUp(before));
  if (step === undefined) return { tag: 'not fired', before };
  if (E.isLeft(step)) return { tag: 'fault', before, fault: step.left, allSizes: false };
  const free = freeFault(c, before);
  if (free !== undefined) return { tag: 'fault', before, fault: free, allSizes: true };
  if (rule.rule.soundness === 'structural' || !c.numbers) return { tag: 'agrees', before };
  return compared(c, before, step.right.graph, choose);
};

/** The same arguments with height and width left free: equal types are then equal for all sizes. */
const freeFault = ({ cx, std, rule }: Checking, before: Graph): Diagnostic | undefined => {
  if (before.input.type.tag !== 'map') return undefined;
  const free = freed(before);
  if (E.isLeft(free)) return undefined;
  const step = applyRule(cx, std, 'verify', rule, lookUp(free.right));
  if (step === undefined) return undefined;
  if (E.isLeft(step)) return step.left;
  const { graph } = step.right;
  if (isConditional(free.right) || !isConditional(graph)) return undefined;
  const why = 'its branches have one size for some images only';
  return illTyped(rule.rule.span, rule.rule.name.text, why);
};

/** Whether a join agrees for some sizes only. */
const isConditional = (graph: Graph): boolean => {
  const { type } = lookUp(graph);
  return graph.nodes.some(({ op, args, inputs }) => {
    const shape = rowOf(op).shape(args, inputs.map(type));
    return E.isRight(shape) && shape.right.conditions.length > 0;
  });
};

const compared = (c: Checking, before: Graph, after: Graph, choose: Choices): Outcome => {
  const numbers = numbersFor(before, choose, c.seed, c.index);
  const expected = everyValue(before, numbers.input, numbers.weight);
  const found = everyValue(after, numbers.input, rewrittenWeights(after, numbers.weight));
  const scale = Math.max(largest(expected.all), largest(found.all), Number.MIN_VALUE);
  const tolerance = c.rule.rule.soundness === 'exact' ? exactTolerance : approximateTolerance;
  for (const [output, a] of expected.outputs) {
    const b = found.outputs.get(output);
    if (b === undefined) continue;
    const by = apart(a, b) / scale;
    if (!(by <= tolerance))
      return { tag: 'differs', before, after, numbers, output, expected: a, found: b, by };
  }
  return { tag: 'agrees', before };
};

/** The outputs, and what was computed on the way to them. */
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
