/** The values that a pattern binds, and the arguments of its layers, as symbols. */
import type { ParamKind, OpParam } from '../../ops/params.ts';
import type { Expr } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import type { Channels } from '../../size/channels.ts';
import type { ArgPattern, ParamPattern, Pattern, PatternNode } from '../rule/pattern.ts';
import { ofValue, symbolicOf, type Seen } from './expressions.ts';
import type { Assumptions } from '../../ops/symbolic/assumptions.ts';
import { anyValue, asKind, integerNamed, ofArg, realNamed, sidesFrom } from './parameters.ts';
import type { Symbolic, SymbolicArgs } from '../../ops/symbolic/values.ts';

type Layer = Extract<PatternNode, { readonly tag: 'layer' }>;

// ---------------------------------------------------------------------------------------- variables

/** Where a variable stands: as the whole of an argument, or as a number in one. */
type Slot = { readonly param: OpParam; readonly whole: boolean };

const slotsIn = (
  param: OpParam,
  p: ArgPattern,
  whole: boolean,
): readonly (readonly [string, Slot])[] => {
  const parts = (...items: readonly ArgPattern[]) => items.flatMap((i) => slotsIn(param, i, false));
  switch (p.tag) {
    case 'variable':
      return [[p.name, { param, whole: whole && param.kind.tag !== 'integer' }]];
    case 'extent':
      return parts(p.h, p.w);
    case 'range':
      return parts(p.from, p.to);
    case 'sides':
      return parts(...p.items);
    default:
      return [];
  }
};

/**
 * The symbol of each variable. A variable in several places fits all of them, so all their bounds hold. A layer that
 * is not part of the result (`relu as a; lrn(n); @a`) is not matched in a net, and binds nothing.
 */
export const variablesOf = (
  assumed: Assumptions,
  pattern: Pattern,
  needed: ReadonlySet<number>,
): ReadonlyMap<string, Symbolic> => {
  const slots = new Map<string, Slot[]>();
  for (const [i, node] of pattern.nodes.entries())
    for (const { param, pattern: p } of node.tag === 'layer' && needed.has(i) ? node.params : [])
      for (const [name, slot] of slotsIn(param, p, true))
        slots.set(name, [...(slots.get(name) ?? []), slot]);
  const inTypes = new Set(
    pattern.types.flatMap(({ node, type }) =>
      type.tag === 'any' || !needed.has(node) ? [] : type.axes.flatMap(namesIn),
    ),
  );
  return new Map(
    [...slots].flatMap(([name, all]) => {
      const value = valueOf(assumed, name, all, inTypes.has(name));
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
};

const namesIn = (axis: Expr): readonly string[] =>
  chainsOf(axis).flatMap(({ word: { parts } }) => parts[0]?.text ?? []);

/** `isNumber`: the variable also occurs in a type, where only a number can stand. */
const valueOf = (
  assumed: Assumptions,
  name: string,
  slots: readonly Slot[],
  isNumber: boolean,
): Symbolic | undefined => {
  const kinds = slots.map(({ param }) => param.kind);
  const mins = kinds.flatMap((kind) => ('min' in kind ? [kind.min] : []));
  const maxs = kinds.flatMap((kind) => ('max' in kind ? [kind.max] : []));
  const bounds = {
    ...(mins.length === 0 ? {} : { min: Math.max(...mins) }),
    ...(maxs.length === 0 ? {} : { max: Math.min(...maxs) }),
  };
  const odd = kinds.some((kind) => kind.tag === 'integer' && kind.odd === true);
  if (isNumber || slots.some((s) => !s.whole))
    return integerNamed(assumed, name, odd ? { ...bounds, odd } : bounds, {
      tag: 'variable',
      name,
      part: undefined,
    });
  const tags = new Set(kinds.map((kind) => kind.tag));
  // pixels, if another argument with this variable can only be pixels
  const param = slots.find((s) => s.param.kind.tag === 'sides')?.param ?? slots[0]?.param;
  if (param === undefined || tags.size > (tags.has('sides') && tags.has('padding') ? 2 : 1))
    return undefined;
  return param.kind.tag === 'real'
    ? realNamed(assumed, name, bounds)
    : anyValue(assumed, param, name, (part) => ({ tag: 'variable', name, part }));
};

// ---------------------------------------------------------------------------------------- arguments

/** The values behind each `..p`, by parameter. */
export type Rests = Map<string, Map<string, Symbolic>>;

/** The bindings of a match while its layers are visited. */
export type Matching = {
  readonly assumed: Assumptions;
  readonly seen: Seen;
  readonly rests: Rests;
};

/** The arguments of a matched layer. An argument whose pattern is not followed may have any value. */
export const argsOfPattern = (l: Matching, { params }: Layer, index: number): SymbolicArgs => {
  const args: { [name: string]: Symbolic | undefined } = {};
  for (const p of params) args[p.param.name] = argOf(l, p, index, args);
  return args;
};

const argOf = (
  l: Matching,
  { param, pattern }: ParamPattern,
  index: number,
  before: SymbolicArgs,
): Symbolic => {
  const { name, kind } = param;
  const any = (): Symbolic =>
    anyValue(l.assumed, param, `#${index}.${name}`, (part) => ({
      tag: 'argument',
      node: index,
      parameter: name,
      part,
    }));
  switch (pattern.tag) {
    case 'carried':
      return carried(l, pattern.rest, param) ?? any();
    case 'default':
      return pattern.value === undefined
        ? { tag: 'absent' }
        : (ofArg(kind, pattern.value) ?? any());
    case 'same as':
      return before[pattern.parameter] ?? any();
    default:
      return given(l, kind, pattern, index, name) ?? any();
  }
};

/** Undefined when the same `..p` holds a parameter of this name but of another kind. */
const carried = (l: Matching, rest: string, param: OpParam): Symbolic | undefined => {
  const known = l.rests.get(rest) ?? new Map<string, Symbolic>();
  l.rests.set(rest, known);
  const before = known.get(param.name);
  if (before !== undefined) return asKind(param.kind, before);
  const value = anyValue(l.assumed, param, `..${rest}.${param.name}`, (part) => ({
    tag: 'carried',
    rest,
    parameter: param.name,
    part,
  }));
  known.set(param.name, value);
  return value;
};

const given = (
  l: Matching,
  kind: ParamKind,
  pattern: ArgPattern,
  index: number,
  parameter: string,
): Symbolic | undefined => {
  const number = (p: ArgPattern, part: string): Channels => {
    const value = p.tag === 'any' ? undefined : whole(l, p);
    if (value?.tag === 'count') return value.count;
    const origin = { tag: 'argument', node: index, parameter, part } as const;
    const bounds = 'min' in kind ? { min: kind.min, max: kind.max } : {};
    const any = integerNamed(l.assumed, `#${index}.${parameter}.${part}`, bounds, origin);
    return any.tag === 'count' ? any.count : 'unknown';
  };
  switch (pattern.tag) {
    case 'any':
      return undefined;
    case 'extent':
      return { tag: 'extent', h: number(pattern.h, 'h'), w: number(pattern.w, 'w') };
    case 'range':
      return { tag: 'range', from: number(pattern.from, 'from'), to: number(pattern.to, 'to') };
    case 'sides': {
      // `_` may be another number at every side
      const [a, b = a] = pattern.items;
      const all = pattern.items.length === 4 ? pattern.items : [a, b, a, b];
      const names = ['top', 'bottom', 'left', 'right'];
      return sidesFrom(all.flatMap((item, i) => (item ? [number(item, names[i] ?? '')] : [])));
    }
    default: {
      const value = whole(l, pattern);
      return value && asKind(kind, value);
    }
  }
};

const whole = ({ seen }: Matching, pattern: ArgPattern): Symbolic | undefined => {
  switch (pattern.tag) {
    case 'variable':
      return seen.variable(pattern.name);
    case 'value':
      return ofValue(pattern.value);
    case 'expr':
      return symbolicOf(seen, pattern.expr);
    default:
      return undefined;
  }
};
