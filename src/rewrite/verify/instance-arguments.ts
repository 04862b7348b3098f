/** The arguments of a layer in an instance: those of the pattern, and random ones where it leaves a choice. */
import type { Args } from '../../ops/params.ts';
import { extentOf, type MaybeAxis, type TensorType } from '../../ops/types.ts';
import type { Expr } from '../../syntax/tree.ts';
import { argsOf } from '../../typecheck/expr/coerce.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { evaluate } from '../../typecheck/expr/evaluate.ts';
import { inner, lookup } from '../../typecheck/expr/scope.ts';
import { integer, type Value, type Scope } from '../../typecheck/expr/values.ts';
import type { Choices } from './choices.ts';
import type { DraftGraph } from './draft-graph.ts';
import type { ArgPattern, CompiledRule, ParamPattern, PatternNode } from '../rule/pattern.ts';
import { randomArg, type Around } from './random-args.ts';
import { normal, valueOfArg } from '../match/arg-values.ts';

type Layer = Extract<PatternNode, { readonly tag: 'layer' }>;

/** An instance under construction. */
export type Making = {
  readonly cx: Context;
  readonly rule: CompiledRule;
  readonly choose: Choices;
  /** holds the variables, which are bound at their first occurrence */
  readonly scope: Scope;
  readonly rests: Map<string, Map<string, Value>>;
  readonly draft: DraftGraph;
};

/** Gives a variable its value. */
export const bind = (scope: Scope, name: string, value: Value): void => {
  scope.names.set(name, { from: 'parameter', value: () => value });
};

/** The value of an expression, or unknown. Reports nothing. */
export const quiet = (cx: Context, expr: Expr, scope: Scope): Value =>
  // an inner scope, because scopes remember values and variables are still being bound
  cx.quietly(() => evaluate(cx, expr, inner(scope))).value;

const lengthOf = (axis: MaybeAxis): number => extentOf(axis) ?? 1;

/** The arguments of a layer; undefined when none fit the earlier choices. */
export const argsFor = (m: Making, { row, params }: Layer, input: TensorType): Args | undefined => {
  const channels = input.tag === 'unknown' || typeof input.c !== 'number' ? 1 : input.c;
  const [height, width] = input.tag === 'map' ? [input.h, input.w].map(lengthOf) : [1, 1];
  const values = new Map<string, Value>();
  // groups come first: channels are a multiple of them
  const inOrder = [
    ...params.filter((p) => p.param.name === 'groups'),
    ...params.filter((p) => p.param.name !== 'groups'),
  ];
  for (const p of inOrder) {
    const g = values.get('groups');
    const groups = g?.tag === 'number' ? g.value : 1;
    const { literals } = m.rule;
    const around = { channels, height: height ?? 1, width: width ?? 1, groups, literals };
    const value = paramValue(m, p, around, values);
    if (value === 'absent') continue;
    if (value === undefined) return undefined;
    values.set(p.param.name, value);
  }
  const given = [...values].map(([parameter, value]) => ({
    parameter,
    span: m.rule.rule.span,
    value: () => value,
  }));
  const { value: args, reports } = m.cx.quietly(() => argsOf(m.cx, row, given));
  return reports.length === 0 ? args : undefined;
};

const paramValue = (
  m: Making,
  { param, pattern }: ParamPattern,
  around: Around,
  others: ReadonlyMap<string, Value>,
): Value | undefined | 'absent' => {
  const random = (): Value | 'absent' => {
    const arg = randomArg(param, around, m.choose);
    return arg === undefined ? 'absent' : valueOfArg(param, arg);
  };
  switch (pattern.tag) {
    case 'default':
      return 'absent';
    case 'same as':
      return others.get(pattern.parameter) ?? 'absent';
    case 'any':
      return random();
    case 'carried': {
      const rest = m.rests.get(pattern.rest) ?? new Map<string, Value>();
      m.rests.set(pattern.rest, rest);
      const before = rest.get(param.name);
      if (before !== undefined) return before;
      const value = random();
      if (value !== 'absent') rest.set(param.name, value);
      return value;
    }
    default: {
      const value = random();
      return value === 'absent' ? undefined : patterned(m, pattern, value, around);
    }
  }
};

/** The value that the pattern states; a free argument takes that of `random`. */
const patterned = (
  m: Making,
  pattern: ArgPattern,
  random: Value,
  around: Around,
): Value | undefined => {
  switch (pattern.tag) {
    case 'value':
      return pattern.value;
    case 'variable': {
      const found = lookup(m.scope, pattern.name);
      if (found?.tag === 'entry' && found.entry.from !== 'std') return found.entry.value();
      bind(m.scope, pattern.name, normal(random));
      return random;
    }
    case 'expr':
      return quiet(m.cx, pattern.expr, m.scope);
    case 'extent': {
      const [h, w] = random.tag === 'extent' ? [random.h, random.w] : [random, random].map(whole);
      const [a, b] = [
        patterned(m, pattern.h, integer(h ?? 1), around),
        patterned(m, pattern.w, integer(w ?? 1), around),
      ].map((v) => (v === undefined ? undefined : whole(v)));
      return a === undefined || b === undefined ? undefined : { tag: 'extent', h: a, w: b };
    }
    case 'range': {
      const c = around.channels;
      const from = patterned(m, pattern.from, integer(m.choose.below(c)), around);
      const start = from === undefined ? undefined : whole(from);
      if (start === undefined || start >= c) return undefined;
      const random = integer(start + 1 + m.choose.below(c - start));
      const to = patterned(m, pattern.to, random, around);
      const end = to === undefined ? undefined : whole(to);
      return end === undefined ? undefined : { tag: 'range', from: start, to: end };
    }
    case 'sides': {
      const items = pattern.items.map((item) =>
        patterned(m, item, integer(m.choose.below(3)), around),
      );
      const known = items.flatMap((v) => (v === undefined ? [] : [v]));
      return known.length === items.length ? { tag: 'list', items: known } : undefined;
    }
    default:
      return random;
  }
};

const whole = (v: Value): number | undefined => (v.tag === 'number' ? v.value : undefined);
