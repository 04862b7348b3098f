/** Evaluates expressions of rules with symbols for variables, as `typecheck/expr/evaluate.ts` would for every value. */
import { largestInteger, type Binding, type Expr } from '../../syntax/tree.ts';
import { isPolynomial, minus, over, plus, times, type Channels } from '../../size/channels.ts';
import { flatten, productsOf, type Product } from '../../typecheck/expr/infix.ts';
import { lookup } from '../../typecheck/expr/scope.ts';
import type { Value, Scope } from '../../typecheck/expr/values.ts';
import type { Chain } from '../rule/calls.ts';
import { floored } from '../../ops/symbolic/quotients.ts';
import { followsAtLeast, isFixed, magnitude } from '../../ops/symbolic/entails.ts';
import { atom, longest, type Assumptions } from '../../ops/symbolic/assumptions.ts';
import { divided, textOf } from '../../ops/symbolic/polynomials.ts';
import { type Demand } from '../../ops/symbolic/types.ts';
import type { Symbolic } from '../../ops/symbolic/values.ts';

/** The scope of expressions with symbols. */
export type Seen = {
  readonly assumed: Assumptions;
  readonly std: Scope;
  readonly variable: (name: string) => Symbolic | undefined;
  /** `bn.eps` */
  readonly member: (layer: string, parameter: string) => Symbolic | undefined;
  readonly bindings: readonly Binding[];
  /** the bindings visited so far; undefined while one is being visited, and when we cannot tell its value */
  readonly bound: Map<string, Symbolic | undefined>;
  /** receives the demands of a computation; on the left side the match has met them already */
  readonly demand: (d: Demand) => void;
};

const ofCount = (count: Channels): Symbolic => ({ tag: 'count', count });

/** The value of an expression; undefined when it has none, or when we cannot tell which. */
export const symbolicOf = (s: Seen, expr: Expr): Symbolic | undefined => {
  const part = (e: Expr): Symbolic | undefined => symbolicOf(s, e);
  switch (expr.tag) {
    case 'number': {
      // the language reads larger ones only from their text
      if (Math.abs(expr.value) >= largestInteger) return undefined;
      return ofNumber(expr.value, expr.integer);
    }
    case 'size':
      return { tag: 'extent', h: expr.h, w: expr.w };
    case 'group':
      return part(expr.body);
    case 'negate': {
      const of = part(expr.body);
      if (of?.tag === 'real' && of.value !== undefined) return ofNumber(-of.value, false);
      return of && combined(s, '-', of.tag === 'real' ? ofNumber(0, false) : ofCount(0), of);
    }
    case 'times': {
      const [h, w] = [part(expr.count), part(expr.body)];
      return h?.tag === 'count' && w?.tag === 'count'
        ? { tag: 'extent', h: h.count, w: w.count }
        : undefined;
    }
    case 'range': {
      const [from, to] = [part(expr.from), part(expr.to)];
      return from?.tag === 'count' && to?.tag === 'count'
        ? { tag: 'range', from: from.count, to: to.count }
        : undefined;
    }
    case 'list': {
      const items = expr.items.flatMap((e) => part(e) ?? []);
      return items.length === expr.items.length ? { tag: 'list', items } : undefined;
    }
    case 'run':
      return infix(s, expr.operands, expr.signs);
    case 'chain':
      return expr.links.length === 0 ? word(s, expr) : infix(s, [expr], []);
    default:
      return undefined;
  }
};

const ofNumber = (value: number, integer: boolean): Symbolic =>
  integer ? ofCount(value) : { tag: 'real', name: String(value), most: Math.abs(value), value };

const word = (s: Seen, { word: { parts } }: Chain): Symbolic | undefined => {
  const [first, second] = parts;
  if (first === undefined) return undefined;
  if (second !== undefined) return s.member(first.text, second.text);
  const known = s.variable(first.text);
  if (known !== undefined) return known;
  const binding = s.bindings.find((b) => b.tag === 'binding' && b.name.text === first.text);
  if (binding?.tag === 'binding') {
    if (!s.bound.has(first.text)) {
      s.bound.set(first.text, undefined);
      s.bound.set(first.text, symbolicOf(s, binding.value));
    }
    return s.bound.get(first.text);
  }
  const found = lookup(s.std, first.text);
  return found?.tag === 'entry' ? ofValue(found.entry.value()) : undefined;
};

/** A value of the language whose meaning does not depend on a parameter. */
export const ofValue = (v: Value): Symbolic | undefined => {
  switch (v.tag) {
    case 'number':
      return ofNumber(v.value, v.integer);
    case 'flag':
      return { tag: 'flag', value: v.value };
    case 'builtin':
      return { tag: 'word', name: v.name };
    case 'extent':
      return { tag: 'extent', h: v.h, w: v.w };
    case 'range':
      return { tag: 'range', from: v.from, to: v.to };
    case 'list': {
      const items = v.items.flatMap((item) => ofValue(item) ?? []);
      return items.length === v.items.length ? { tag: 'list', items } : undefined;
    }
    default:
      return undefined;
  }
};

// --------------------------------------------------------------------------------------- arithmetic

type Sign = '+' | '-' | '*' | '/';

const infix = (
  s: Seen,
  operands: readonly Expr[],
  signs: Extract<Expr, { readonly tag: 'run' }>['signs'],
): Symbolic | undefined => {
  const flat = flatten(operands, signs, (chain) => (chain.links[0]?.tag === 'call' ? 1 : 0));
  // a number function leaves its call behind, and is not followed
  if (flat.terms.some(({ expr }) => expr.tag === 'chain' && expr.links.length > 0))
    return undefined;
  const product = (p: Product): Symbolic | undefined =>
    inTurn(
      s,
      p.factors.map((f) => [f.sign, symbolicOf(s, f.term.expr)]),
    );
  return inTurn(
    s,
    productsOf(flat).map((p) => [p.sign, product(p)]),
  );
};

/** Computes from left to right, each operand with the sign before it. */
const inTurn = (
  s: Seen,
  operands: readonly (readonly [Sign | undefined, Symbolic | undefined])[],
): Symbolic | undefined => {
  const [first, ...others] = operands;
  return others.reduce(
    (left, [sign, right]) => left && right && sign && combined(s, sign, left, right),
    first?.[1],
  );
};

const combined = (s: Seen, sign: Sign, a: Symbolic, b: Symbolic): Symbolic | undefined => {
  if (a.tag === 'count' && b.tag === 'count') return integers(s, sign, a.count, b.count);
  const [left, right] = [realOf(s.assumed, a), realOf(s.assumed, b)];
  return left && right && reals(sign, left, right);
};

const integers = (s: Seen, sign: Sign, a: Channels, b: Channels): Symbolic | undefined => {
  // sizes of the image have another arithmetic: `h - h` is not a size
  const why = 'no number is computed from the size of the image';
  for (const of of [a, b]) s.demand({ tag: 'fixed', of, why });
  if (sign === '/') {
    // a divisor below 1 could be 0, and a negative one reverses every bound
    if (!followsAtLeast(s.assumed, b, 1)) return undefined;
    const exact = divided(a, b);
    if (exact !== undefined) return ofCount(exact);
    const count = typeof b === 'number' && b >= 1 ? over(a, b) : floored(s.assumed, a, b);
    return { tag: 'count', count, rounded: true };
  }
  if (sign === '*' && degreeOf(a) + degreeOf(b) > highest) return undefined;
  const of = (sign === '+' ? plus : sign === '-' ? minus : times)(a, b);
  s.demand({ tag: 'exact', of, why: 'no number becomes too large' });
  return ofCount(of);
};

/** The limit on factors of a product; longer ones are not followed. */
const highest = 32;

const degreeOf = (c: Channels): number =>
  isPolynomial(c) ? Math.max(...c.terms.map((t) => t.factors.length)) : 0;

type Real = Extract<Symbolic, { readonly tag: 'real' }>;

const realOf = (assumed: Assumptions, v: Symbolic): Real | undefined => {
  if (v.tag === 'real') return v;
  // a size of the image is not a number that can be multiplied
  if (v.tag !== 'count' || v.rounded === true || !isFixed(assumed, v.count)) return undefined;
  return { tag: 'real', name: textOf(v.count), most: magnitude(assumed, v.count) };
};

/** The limit on reals; doubles near their maximum are not followed. */
const mostReal = 1e300;

/** A real is named by its computation: because of rounding, its value depends on the operations and their order. */
const reals = (sign: Sign, a: Real, b: Real): Real | undefined => {
  const most =
    sign === '*'
      ? a.most * b.most
      : sign === '/'
        ? a.most / Math.abs(b.value ?? 0)
        : a.most + b.most;
  const name = `(${a.name} ${sign === '*' ? '·' : sign} ${b.name})`;
  return most <= mostReal && name.length <= longest ? { tag: 'real', name, most } : undefined;
};

/** A real as a symbol with bounds, for comparisons. Integers stand for themselves. */
export const countOfReal = (assumed: Assumptions, { name, value }: Real): Channels => {
  if (value !== undefined && Number.isSafeInteger(value)) return value;
  const bounds = value === undefined ? {} : { min: Math.floor(value), max: Math.ceil(value) };
  return atom(assumed, `⟨${name}⟩`, { ...bounds, origin: { tag: 'itself' } });
};

// ------------------------------------------------------------------------------------------- guards

const asNumber = (assumed: Assumptions, v: Symbolic | undefined): Channels | undefined =>
  v?.tag === 'count' ? v.count : v?.tag === 'real' ? countOfReal(assumed, v) : undefined;

/** The facts that a condition gives: numbers that are ≥ 0. A condition that is not understood gives none. */
export const guardFacts = (s: Seen, condition: Expr): readonly Channels[] => {
  if (condition.tag === 'group') return guardFacts(s, condition.body);
  if (condition.tag === 'and')
    return [...guardFacts(s, condition.left), ...guardFacts(s, condition.right)];
  if (condition.tag !== 'compare') return [];
  const { comparator } = condition;
  const [left, right] = [symbolicOf(s, condition.left), symbolicOf(s, condition.right)];
  const [a, b] = [asNumber(s.assumed, left), asNumber(s.assumed, right)];
  if (a === undefined || b === undefined) return [];
  // for integers, a < b means a + 1 ≤ b
  const step = left?.tag === 'count' && right?.tag === 'count' ? 1 : 0;
  switch (comparator) {
    case '<':
      return [minus(minus(b, a), step)];
    case '<=':
      return [minus(b, a)];
    case '>':
      return [minus(minus(a, b), step)];
    case '>=':
      return [minus(a, b)];
    case '==':
      return [minus(a, b), minus(b, a)];
    case '!=':
      return [];
  }
};
