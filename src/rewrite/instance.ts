/** A rule's pattern as a small net: random sizes, arguments and layers, all of them choices. */
import type { Graph, ValueId } from '../lower/graph.ts';
import type { Args } from '../ops/params.ts';
import type { Row } from '../ops/row.ts';
import { rowOf } from '../ops/table.ts';
import { extentOf, image, vectorType, type MaybeAxis, type TensorType } from '../ops/types.ts';
import type { Expr, TypeExpr } from '../syntax/tree.ts';
import { chainsOf } from '../syntax/walk.ts';
import { argsOf } from '../typecheck/coerce.ts';
import type { Context } from '../typecheck/context.ts';
import { evaluate } from '../typecheck/evaluate.ts';
import { inner, lookup, type Scope } from '../typecheck/scope.ts';
import { integer, type Value } from '../typecheck/values.ts';
import type { Choices } from './choices.ts';
import { draftGraph, type DraftGraph } from './draft-graph.ts';
import type { ArgPattern, CompiledRule, ParamPattern, PatternNode } from './pattern.ts';
import { randomArg, type Around } from './random-args.ts';
import { normal, valueOfArg } from './values.ts';

type Layer = Extract<PatternNode, { readonly tag: 'layer' }>;

type Making = {
  readonly cx: Context;
  readonly rule: CompiledRule;
  readonly choose: Choices;
  /** holds the variables, which are bound as they are met */
  readonly scope: Scope;
  readonly rests: Map<string, Map<string, Value>>;
  readonly draft: DraftGraph;
};

/** Undefined when the choices do not fit each other; the next ones may. */
export const instanceOf = (
  cx: Context,
  std: Scope,
  rule: CompiledRule,
  choose: Choices,
): Graph | undefined => {
  const scope = inner(std);
  const input = inputType(cx, scope, rule, choose);
  if (input === undefined) return undefined;
  const draft = draftGraph('N', input, rule.rule.span);
  const m: Making = { cx, rule, choose, scope, rests: new Map(), draft };
  const result = made(m);
  if (result === undefined) return undefined;
  // one more reader of a value in the middle: the trap of a value used twice
  const last = typeof result === 'number' ? result : 0;
  const extra = last > 1 && choose.once(4) ? choose.below(last - 1) + 1 : undefined;
  const outputs = [
    { name: 'output', id: last },
    ...(extra === undefined ? [] : [{ name: 'extra', id: extra }]),
  ];
  return draft.done(outputs);
};

// ------------------------------------------------------------------------------------------- input

const inputType = (
  cx: Context,
  scope: Scope,
  rule: CompiledRule,
  choose: Choices,
): TensorType | undefined => {
  const { pattern } = rule;
  const written = pattern.types.find((t) => t.node === 0)?.type;
  if (written?.tag === 'tensor') return writtenType(cx, scope, written, choose);
  const readers = pattern.nodes.filter((n) => n.tag === 'layer' && n.of === 0);
  const wantsVector = readers.some((n) => n.tag === 'layer' && n.row.name === 'fc');
  const c = choose.of(1, 2, 3, 4, 6);
  if (wantsVector || choose.once(6)) return vectorType(c);
  return image(side(choose), side(choose), c);
};

/** Odd sizes, even ones and a single pixel. */
const side = (choose: Choices): number => choose.of(1, 2, 3, 4, 5, 6, 7, 8);

const writtenType = (
  cx: Context,
  scope: Scope,
  { axes }: Extract<TypeExpr, { readonly tag: 'tensor' }>,
  choose: Choices,
): TensorType | undefined => {
  const sizes = axes.map((axis, i): number | undefined => {
    const random = (): number => (i === axes.length - 1 ? choose.of(1, 2, 3, 4, 6) : side(choose));
    if (axis.tag === 'any') return random();
    for (const name of freshIn(axis, scope)) bind(scope, name, integer(random()));
    const value = quiet(cx, axis, scope);
    return value.tag === 'number' && value.value >= 1 ? value.value : undefined;
  });
  const [a, b, c] = sizes;
  if (sizes.length === 1) return a === undefined ? undefined : vectorType(a);
  if (a === undefined || b === undefined || c === undefined) return undefined;
  return image(a, b, c);
};

const freshIn = (expr: Expr, scope: Scope): readonly string[] =>
  chainsOf(expr).flatMap(({ word }) => {
    const [name] = word.parts;
    return name === undefined || isKnown(scope, name.text) ? [] : [name.text];
  });

const isKnown = (scope: Scope, name: string): boolean => {
  const found = lookup(scope, name);
  return found?.tag === 'entry' && found.entry.from !== 'std';
};

const bind = (scope: Scope, name: string, value: Value): void => {
  scope.names.set(name, { from: 'parameter', value: () => value });
};

const quiet = (cx: Context, expr: Expr, scope: Scope): Value =>
  // scopes remember what they were asked, and variables are still being bound
  cx.heard(() => evaluate(cx, expr, inner(scope))).value;

// ------------------------------------------------------------------------------------------ layers

/** The value of the result, after every node it needs. */
const made = (m: Making): ValueId | undefined => {
  const { nodes, result } = m.rule.pattern;
  const needed = new Set([result]);
  [...nodes.entries()].reverse().forEach(([i, n]) => {
    if (!needed.has(i)) return;
    if (n.tag === 'join') n.branches.forEach((b) => needed.add(b));
    else if (n.tag !== 'input') needed.add(n.of);
  });
  const values = new Map<number, ValueId>([[0, 0]]);
  for (const [i, node] of nodes.entries()) {
    if (i === 0 || !needed.has(i)) continue;
    const at = (index: number): ValueId => values.get(index) ?? 0;
    const value = one(m, node, at, i === result);
    if (value === undefined) return undefined;
    values.set(i, value);
  }
  return values.get(result);
};

const one = (
  m: Making,
  node: PatternNode,
  at: (index: number) => ValueId,
  isResult: boolean,
): ValueId | undefined => {
  switch (node.tag) {
    case 'input':
      return 0;
    case 'layer': {
      const args = argsFor(m, node, m.draft.type(at(node.of)));
      return args === undefined ? undefined : m.draft.add(node.row, args, [at(node.of)]);
    }
    case 'layers':
      return someLayers(m, at(node.of));
    case 'join': {
      const branches = node.branches.map(at);
      const inOrder = node.row.commutes && m.choose.once(2) ? branches.toReversed() : branches;
      const more = isResult && node.row.name === 'concat' ? neighbours(m, branches) : undefined;
      return m.draft.add(node.row, {}, more ?? inOrder);
    }
  }
};

/** Other branches beside those of the pattern. */
const neighbours = (m: Making, branches: readonly ValueId[]): readonly ValueId[] | undefined => {
  const [first] = branches;
  if (first === undefined || !m.choose.once(3)) return undefined;
  const other = m.draft.add(rowOf('tanh'), {}, [first]);
  if (other === undefined) return undefined;
  return m.choose.once(2) ? [other, ...branches] : [...branches, other];
};

/** `..f`: nothing, a layer or two, or a residual. */
const someLayers = (m: Making, of: ValueId): ValueId | undefined => {
  const { draft, choose } = m;
  const layer = (value: ValueId): ValueId | undefined => {
    const kind = choose.of('tanh', 'relu', 'batchnorm', 'scale', 'conv');
    const isVector = draft.type(value).tag === 'vector';
    if (kind === 'scale') return draft.add(rowOf('scale'), { factor: -2 }, [value]);
    if (kind !== 'conv') return draft.add(rowOf(kind), defaults(rowOf(kind)), [value]);
    return isVector
      ? draft.add(rowOf('fc'), { units: choose.below(3) + 1, bias: true }, [value])
      : draft.add(
          rowOf('conv'),
          { ...defaults(rowOf('conv')), size: { h: 3, w: 3 }, channels: choose.below(3) + 1 },
          [value],
        );
  };
  const count = choose.of(0, 1, 2);
  let value: ValueId | undefined = of;
  for (let i = 0; i < count && value !== undefined; i++) value = layer(value);
  if (value === undefined || count === 0 || !choose.once(4)) return value;
  return draft.add(rowOf('add'), {}, [value, of]) ?? value;
};

const defaults = (row: Row): Args =>
  Object.fromEntries(
    row.params.flatMap((p) => (p.default?.tag === 'value' ? [[p.name, p.default.value]] : [])),
  );

// --------------------------------------------------------------------------------------- arguments

const lengthOf = (axis: MaybeAxis): number => extentOf(axis) ?? 1;

const argsFor = (m: Making, { row, params }: Layer, input: TensorType): Args | undefined => {
  const channels = input.tag === 'unknown' || input.c === 'unknown' ? 1 : input.c;
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
    const around = { channels, height: height ?? 1, width: width ?? 1, groups };
    const value = paramValue(m, row, p, around, values);
    if (value === 'absent') continue;
    if (value === undefined) return undefined;
    values.set(p.param.name, value);
  }
  const given = [...values].map(([parameter, value]) => ({
    parameter,
    span: m.rule.rule.span,
    value: () => value,
  }));
  const { value: args, heard } = m.cx.heard(() => argsOf(m.cx, row, given));
  return heard.length === 0 ? args : undefined;
};

const paramValue = (
  m: Making,
  row: Row,
  { param, pattern }: ParamPattern,
  around: Around,
  others: ReadonlyMap<string, Value>,
): Value | undefined | 'absent' => {
  const random = (): Value | 'absent' => {
    const arg = randomArg(row.name, param, around, m.choose);
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

/** The pattern's own value where it has one; what is free takes that of `random`. */
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
