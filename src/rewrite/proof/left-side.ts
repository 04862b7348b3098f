/** The left side of a rule with symbols for numbers: the types of its nodes, and the facts that a match implies. */
import { Bug } from '../../diagnostic/bug.ts';
import { LARGEST } from '../../ops/parts/declare.ts';
import type { Expr, TypeExpr } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import { isPolynomial, minus, type Channels } from '../../size/channels.ts';
import type { CompiledRule, Pattern } from '../rule/pattern.ts';
import { guardFacts, symbolicOf, type Seen } from './expressions.ts';
import {
  atom,
  divides,
  equate,
  hold,
  isImage,
  type Assumptions,
} from '../../ops/symbolic/assumptions.ts';
import { factorAlone, textOf } from '../../ops/symbolic/polynomials.ts';
import { argsOfPattern, variablesOf, type Matching } from './pattern-values.ts';
import {
  axisOf,
  type Demand,
  type SymbolicAxis,
  type SymbolicType,
} from '../../ops/symbolic/types.ts';
import type { Symbolic, SymbolicArgs } from '../../ops/symbolic/values.ts';
import type { Matched } from './weights.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

/** Which values are maps and which vectors, where both are possible: the input, and the output of each `..f`. */
export type Ranks = ReadonlyMap<number, 'map' | 'vector'>;

const rankOf = (ranks: Ranks, node: number): 'map' | 'vector' => {
  const rank = ranks.get(node);
  if (rank === undefined) throw new Bug(`nothing says whether value ${node} is a map`);
  return rank;
};

/** The left side in one case: `types` of its nodes, and the layers that match. */
export type LeftSide = Matching & {
  readonly types: readonly (SymbolicType | undefined)[];
  readonly matched: ReadonlyMap<number, Matched>;
};

/** The nodes that a match visits: those that the result depends on. */
const neededIn = ({ nodes, result }: Pattern): ReadonlySet<number> => {
  const needed = new Set([result]);
  for (const [i, n] of [...nodes.entries()].reverse())
    if (needed.has(i))
      if (n.tag === 'join') n.branches.forEach((b) => needed.add(b));
      else if (n.tag !== 'input') needed.add(n.of);
  return needed;
};

/** The left side in one case; undefined when the pattern is not a network for any values. */
export const leftSide = (
  rule: CompiledRule,
  std: Scope,
  assumed: Assumptions,
  ranks: Ranks,
): LeftSide | undefined => {
  const { pattern, replacement } = rule;
  const needed = neededIn(pattern);
  const variables = new Map(variablesOf(assumed, pattern, needed));
  const matched = new Map<number, Matched>();
  const argsOfNamed = (layer: string): SymbolicArgs | undefined =>
    matched.get(pattern.names.get(layer) ?? -1)?.args;
  const seen: Seen = {
    assumed,
    std,
    variable: (name) => variables.get(name),
    // a parameter that is absent has no value
    member: (layer, parameter) => present(argsOfNamed(layer)?.[parameter]),
    bindings: replacement.bindings,
    bound: new Map(),
    demand: () => {},
  };
  const l: Matching = { assumed, seen, rests: new Map() };
  const types: (SymbolicType | undefined)[] = [];
  for (const [i, node] of pattern.nodes.entries()) {
    if (!needed.has(i)) {
      types.push(undefined);
      continue;
    }
    switch (node.tag) {
      case 'input': {
        const written = pattern.types.find((t) => t.node === i)?.type;
        const type = inputType(assumed, seen, variables, written, rankOf(ranks, i));
        if (type === undefined) return undefined;
        types.push(type);
        break;
      }
      case 'layers': {
        const written = pattern.types.find((t) => t.node === i)?.type;
        types.push(someType(assumed, node.name, i, rankOf(ranks, i), written));
        break;
      }
      default: {
        const inputs = (node.tag === 'join' ? node.branches : [node.of]).flatMap(
          (at) => types[at] ?? [],
        );
        const args = node.tag === 'join' ? {} : argsOfPattern(l, node, i);
        const typed = node.row.symbolic.type(assumed, args, inputs);
        if (typed === undefined) return undefined;
        const [input] = inputs;
        if (input !== undefined) matched.set(i, { args, input });
        for (const d of typed.demands) assume(assumed, d);
        types.push(typed.type);
      }
    }
    const type = types[i];
    if (type === undefined) continue;
    for (const d of [...sizeDemands(type), ...boundDemands(type)]) assume(assumed, d);
  }
  for (const { node, type } of pattern.types)
    if (node !== 0 && !bindAt(assumed, seen, variables, type, types[node])) return undefined;
  for (const b of replacement.bindings)
    if (b.tag === 'guard') assumed.facts.push(...guardFacts(seen, b.condition));
  return { ...l, types, matched };
};

const present = (v: Symbolic | undefined): Symbolic | undefined =>
  v?.tag === 'absent' || (v?.tag === 'open' && v.param.default?.tag === 'absent') ? undefined : v;

/** Demands that every size is at least 1, and that no number in its computation is too large to be exact. */
export const sizeDemands = (type: SymbolicType): readonly Demand[] => {
  const why = 'every size of the replacement is at least 1';
  const exact = (of: Channels): Demand => ({ tag: 'exact', of, why: 'no size becomes too large' });
  const axis = ({ num, den }: SymbolicAxis): readonly Demand[] => [
    { tag: 'at least', of: minus(num, den), least: 0, why },
    exact(num),
    exact(den),
  ];
  const axes = type.tag === 'map' ? [...axis(type.h), ...axis(type.w)] : [];
  return [...axes, { tag: 'at least', of: type.c, least: 1, why }, exact(type.c)];
};

/** Demands that no dimension of a tensor is larger than the numbers of the language. */
export const boundDemands = (type: SymbolicType): readonly Demand[] => {
  const axes = type.tag === 'map' ? [type.h, type.w] : [];
  const sizes = axes.flatMap(({ num, den }) => (den === 1 ? [num] : []));
  const why = 'no size of the replacement is too large for a tensor';
  return [...sizes, type.c].map((size) => ({
    tag: 'at least',
    of: minus(LARGEST, size),
    least: 0,
    why,
  }));
};

const someType = (
  assumed: Assumptions,
  name: string,
  node: number,
  rank: 'map' | 'vector',
  written: TypeExpr | undefined,
): SymbolicType => {
  const axes = written?.tag === 'tensor' ? written.axes : [];
  const size = (axis: 'h' | 'w' | 'c'): Channels => {
    // a number that is written there is what a match has
    const expr = axes.length === 3 ? axes['hwc'.indexOf(axis)] : undefined;
    if (expr?.tag === 'number' && expr.integer) return expr.value;
    return atom(assumed, `..${name}.${axis}`, {
      min: 1,
      max: LARGEST,
      image: axis !== 'c',
      origin: { tag: 'size', node, axis },
    });
  };
  return rank === 'map'
    ? { tag: 'map', h: axisOf(size('h')), w: axisOf(size('w')), c: size('c') }
    : { tag: 'vector', c: size('c') };
};

const inputType = (
  assumed: Assumptions,
  seen: Seen,
  variables: Map<string, Symbolic>,
  written: TypeExpr | undefined,
  rank: 'map' | 'vector',
): SymbolicType | undefined => {
  const names = rank === 'map' ? (['h', 'w', 'c'] as const) : (['c'] as const);
  const axes = written?.tag === 'tensor' ? written.axes : undefined;
  if (axes !== undefined && axes.length !== names.length) return undefined;
  const sizes = names.map((axis, i): Channels => {
    const what = {
      min: 1,
      max: LARGEST,
      image: axis !== 'c',
      origin: { tag: 'size', node: 0, axis },
    } as const;
    const expr = axes?.[i];
    const fresh = (): Channels => atom(assumed, `#0.${axis}`, what);
    if (expr === undefined || expr.tag === 'any') return fresh();
    const name = nameIn(expr);
    if (name !== undefined && !variables.has(name)) {
      const count = atom(assumed, name, what);
      variables.set(name, { tag: 'count', count });
      return count;
    }
    bindNames(assumed, variables, expr, axis !== 'c');
    const value = symbolicOf(seen, expr);
    return value?.tag === 'count' && value.rounded !== true ? value.count : fresh();
  });
  const [a, b, c] = sizes;
  if (a === undefined) return undefined;
  return b === undefined || c === undefined
    ? { tag: 'vector', c: a }
    : { tag: 'map', h: axisOf(a), w: axisOf(b), c };
};

/** The name, if the expression is a name alone. */
const nameIn = (expr: Expr): string | undefined => {
  if (expr.tag === 'group') return nameIn(expr.body);
  if (expr.tag !== 'chain' || expr.links.length > 0) return undefined;
  const [name, second] = expr.word.parts;
  return second === undefined ? name?.text : undefined;
};

/** Binds the n of `16*n` and of `n + 5` to any integer. If the size is free, n varies with the image. */
const bindNames = (
  assumed: Assumptions,
  variables: Map<string, Symbolic>,
  expr: Expr,
  image: boolean,
): void => {
  for (const { word } of chainsOf(expr)) {
    const name = word.parts[0]?.text;
    if (name === undefined || variables.has(name)) continue;
    const origin = { tag: 'variable', name, part: undefined } as const;
    variables.set(name, { tag: 'count', count: atom(assumed, name, { image, origin }) });
  }
};

/** Binds the new names in a type behind a layer. False when the rank differs. */
const bindAt = (
  assumed: Assumptions,
  seen: Seen,
  variables: Map<string, Symbolic>,
  written: TypeExpr,
  found: SymbolicType | undefined,
): boolean => {
  if (written.tag === 'any' || found === undefined) return true;
  const sizes = found.tag === 'map' ? [found.h, found.w, axisOf(found.c)] : [axisOf(found.c)];
  if (sizes.length !== written.axes.length) return false;
  written.axes.forEach((expr, i) => {
    const size = sizes[i];
    const isSize = i < sizes.length - 1;
    const name = nameIn(expr);
    if (name !== undefined && !variables.has(name) && size?.den === 1)
      variables.set(name, { tag: 'count', count: size.num });
    bindNames(assumed, variables, expr, isSize);
    const value = symbolicOf(seen, expr);
    if (!isSize && size !== undefined && value?.tag === 'count')
      equate(assumed, size.num, value.count);
  });
  return true;
};

const assume = (assumed: Assumptions, d: Demand): void => {
  switch (d.tag) {
    case 'at least':
      assumed.facts.push(minus(d.of, d.least));
      return;
    case 'divides':
      divides(assumed, d.by, d.of);
      return;
    case 'equal':
      equate(assumed, d.a, d.b);
      return;
    case 'fixed':
      fix(assumed, d.of);
      return;
    case 'holds':
      hold(assumed, d.text);
      return;
    case 'exact':
      hold(assumed, `${textOf(d.of)} is exact`);
      return;
    case 'odd':
      return;
  }
};

/**
 * Notes that a size is fixed. That need not fix the image: if ⌊h/2⌋ is fixed, two heights remain. But a·h + b, with
 * numbers a and b, fixes h.
 */
const fix = (assumed: Assumptions, c: Channels): void => {
  assumed.fixed.add(textOf(c));
  const [of, second] = (isPolynomial(c) ? c.terms : []).flatMap(({ factors }) => {
    const varying = factors.filter((f) => isImage(assumed, factorAlone(f)));
    return varying.length === 0 ? [] : [varying];
  });
  const [factor, more] = of ?? [];
  if (factor !== undefined && more === undefined && second === undefined)
    assumed.fixed.add(textOf(factorAlone(factor)));
};
