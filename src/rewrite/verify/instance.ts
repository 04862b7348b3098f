/** A rule's pattern as a small net: random sizes, arguments and layers, all of them choices. */
import type { Graph, ValueId } from '../../graph/graph.ts';
import type { Args } from '../../ops/params.ts';
import { fillersOf, joinOf } from '../../ops/roles.ts';
import type { Row } from '../../ops/table.ts';
import { extentOf, image, vectorType, type TensorType } from '../../ops/types.ts';
import type { Expr, TypeExpr } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { inner, lookup } from '../../typecheck/expr/scope.ts';
import { integer, type Scope } from '../../typecheck/expr/values.ts';
import type { Choices } from './choices.ts';
import { draftGraph } from './draft-graph.ts';
import { argsFor, bind, quiet, type Making } from './instance-arguments.ts';
import type { CompiledRule, PatternNode } from '../rule/pattern.ts';
import { roomFor, sidesLeadingTo, writtenSizes, type WrittenSize } from './written-sizes.ts';

/** Undefined when the choices do not fit each other; the next ones may. */
export const instanceOf = (
  cx: Context,
  std: Scope,
  rule: CompiledRule,
  choose: Choices,
): Graph | undefined => {
  const first = startOf(cx, std, rule, choose);
  if (first === undefined) return undefined;
  const values = made(first);
  const size = writtenSizes(rule).find(({ node }) => node > 0);
  const fits =
    size === undefined || first.draft.type(0).tag === 'vector' || has(size, first, values);
  if (fits) return values && finished(first, values, choose);
  // with the same choices, an image whose map has the written size there
  const sides = sidesLeadingTo(size.sides, choose.once(2), (image) => {
    const m = startOf(cx, std, rule, choose.again(), image, Infinity);
    const value = m && made(m, size.node)?.get(size.node);
    return m && value !== undefined ? m.draft.type(value) : undefined;
  });
  const again = startOf(cx, std, rule, choose.again(), sides);
  const found = again && made(again);
  return found && finished(again, found, choose);
};

type Sides = WrittenSize['sides'];

/** The values of the nodes of a pattern. */
type Values = ReadonlyMap<number, ValueId>;

const has = (
  { node, sides }: WrittenSize,
  { draft }: Making,
  values: Values | undefined,
): boolean => {
  const value = values?.get(node);
  const type = value === undefined ? undefined : draft.type(value);
  return type?.tag === 'map' && extentOf(type.h) === sides[0] && extentOf(type.w) === sides[1];
};

/** An instance without layers; its image has the given sides, if there are any. */
const startOf = (
  cx: Context,
  std: Scope,
  rule: CompiledRule,
  choose: Choices,
  sides?: Sides,
  room = roomFor(rule),
): Making | undefined => {
  const scope = inner(std);
  const drawn = inputType(cx, scope, rule, choose);
  if (drawn === undefined) return undefined;
  const input =
    sides && drawn.tag === 'map' ? { ...drawn, ...image(...sides, 1), c: drawn.c } : drawn;
  const draft = draftGraph('N', input, rule.rule.span, room);
  return { cx, rule, choose, scope, rests: new Map(), draft };
};

const finished = ({ rule, draft }: Making, values: Values, choose: Choices): Graph => {
  const last = values.get(rule.pattern.result) ?? 0;
  // one more reader of an inner value, because rules often forget values that are used twice
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
  if (written?.tag === 'tensor') return writtenType(cx, scope, rule, written, choose);
  const readers = pattern.nodes.filter((n) => n.tag === 'layer' && n.of === 0);
  const wantsVector = readers.some((n) => n.tag === 'layer' && n.row.projects === 'vector');
  const c = choose.of(1, 2, 3, 4, 6);
  if (wantsVector || choose.once(6)) return vectorType(c);
  const [inside] = writtenSizes(rule);
  if (inside !== undefined && choose.once(2)) return image(...inside.sides, c);
  return image(sideNear(rule, choose), sideNear(rule, choose), c);
};

/** A height or a width: small, or a little more than a window of the rule, or twice as much. */
const sideNear = ({ literals, asksForSize }: CompiledRule, choose: Choices): number => {
  const sizes = literals.filter((n) => Number.isInteger(n) && n >= 1 && n <= mostWindow);
  if (sizes.length === 0 || !choose.once(asksForSize ? 2 : 4)) return choose.side();
  const [first, ...others] = sizes as [number, ...number[]];
  const size = choose.of(first, ...others);
  return choose.of(size, size + 1, 2 * size, 2 * size + 1);
};

/** A window of this size fits twice into an image of a few thousand pixels. */
const mostWindow = 20;

const writtenType = (
  cx: Context,
  scope: Scope,
  rule: CompiledRule,
  { axes }: Extract<TypeExpr, { readonly tag: 'tensor' }>,
  choose: Choices,
): TensorType | undefined => {
  const sizes = axes.map((axis, i): number | undefined => {
    const random = (): number =>
      i === axes.length - 1 ? choose.of(1, 2, 3, 4, 6) : sideNear(rule, choose);
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

// ------------------------------------------------------------------------------------------ layers

/** The values of the nodes that the result needs, up to one of them; undefined where a layer does not fit. */
const made = (m: Making, upTo = Infinity): Values | undefined => {
  const { nodes, result } = m.rule.pattern;
  const needed = new Set([result]);
  [...nodes.entries()].reverse().forEach(([i, n]) => {
    if (!needed.has(i)) return;
    if (n.tag === 'join') n.branches.forEach((b) => needed.add(b));
    else if (n.tag !== 'input') needed.add(n.of);
  });
  const values = new Map<number, ValueId>([[0, 0]]);
  for (const [i, node] of nodes.entries()) {
    if (i === 0 || i > upTo || !needed.has(i)) continue;
    const at = (index: number): ValueId => values.get(index) ?? 0;
    const value = one(m, node, at, i === result);
    if (value === undefined) return undefined;
    values.set(i, value);
  }
  return values;
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
      const more = isResult && node.row.stacks ? neighbours(m, branches) : undefined;
      return m.draft.add(node.row, {}, more ?? inOrder);
    }
  }
};

/** More branches beside those of the pattern. */
const neighbours = (m: Making, branches: readonly ValueId[]): readonly ValueId[] | undefined => {
  const [first] = branches;
  if (first === undefined || !m.choose.once(3)) return undefined;
  // one of the branches once more, because rules often forget values that are used twice
  const other = m.choose.once(2) ? first : filled(m, first, fillersFor(m.draft.type(first))[0]);
  if (other === undefined) return undefined;
  return m.choose.once(2) ? [other, ...branches] : [...branches, other];
};

/** `..f`: nothing, a layer or two, or a residual. */
const someLayers = (m: Making, of: ValueId): ValueId | undefined => {
  const { draft, choose } = m;
  const layer = (value: ValueId): ValueId | undefined => {
    const [simplest, ...others] = fillersFor(draft.type(value));
    return simplest && filled(m, value, choose.of(simplest, ...others));
  };
  const count = choose.of(0, 1, 2);
  let value: ValueId | undefined = of;
  for (let i = 0; i < count && value !== undefined; i++) value = layer(value);
  if (value === undefined || count === 0 || !choose.once(4)) return value;
  return draft.add(joinOf('+'), {}, [value, of]) ?? value;
};

const fillersFor = (t: TensorType): readonly Row[] =>
  fillersOf(t.tag === 'vector' ? 'vector' : 'map');

const filled = (m: Making, of: ValueId, row: Row | undefined): ValueId | undefined => {
  if (row === undefined) return undefined;
  const channels = row.projects === undefined ? 0 : m.choose.below(3) + 1;
  return m.draft.add(row, { ...defaults(row), ...row.fills?.args?.(channels) }, [of]);
};

const defaults = (row: Row): Args =>
  Object.fromEntries(
    row.params.flatMap((p) => (p.default?.tag === 'value' ? [[p.name, p.default.value]] : [])),
  );
