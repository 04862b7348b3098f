/**
 * The language of `with { … }`: arithmetic on the weights of the matched layers. A weight V is its value, or only its
 * shape while a rule is proved; a size N is a number, or a symbol while a rule is proved.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Argument, Binding, Expr } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import { flatten, productsOf, type Product } from '../../typecheck/expr/infix.ts';
import type { Chain } from './calls.ts';
import { weightFault } from './faults.ts';
import { weightFunctions } from './weight-functions.ts';

type Result<V> = E.Either<Diagnostic, V>;
type Shaped<V> = E.Either<string, V>;

/** The operations; `left` says what does not fit. */
type Operations<V, N> = {
  /** a number, which fits every shape */
  readonly scalar: (value: number) => V;
  readonly arithmetic: (sign: '+' | '-' | '*' | '/', left: V, right: V) => Shaped<V>;
  readonly sqrt: (of: V) => V;
  readonly reshape: (of: V, shape: readonly N[]) => Shaped<V>;
  readonly transpose: (of: V, order: readonly N[]) => Shaped<V>;
  readonly sum: (of: V, axis: N | undefined) => Shaped<V>;
  /** along the last axis if none is given */
  readonly concat: (parts: readonly V[], axis: N | undefined) => Shaped<V>;
};

/** The scope of the weight language. */
export type Weighing<V, N> = {
  readonly operations: Operations<V, N>;
  readonly bindings: readonly Binding[];
  /** whether `k.kernel` names a weight, not a parameter */
  readonly isWeight: (layer: string, member: string) => boolean;
  /** its value; undefined when the layer has none */
  readonly weight: (layer: string, member: string) => V | undefined;
  /** a number of the language, as a weight without axes */
  readonly number: (expr: Expr) => Result<V>;
  /** a whole number of the language */
  readonly integer: (expr: Expr) => N | undefined;
  /** names after `where` that have been computed */
  readonly known: Map<string, Result<V>>;
};

/** The value of an expression; every step is shape-checked. */
export const weigh = <V, N>(w: Weighing<V, N>, expr: Expr): Result<V> => {
  if (!isWeight(w, expr)) return w.number(expr);
  switch (expr.tag) {
    case 'group':
      return weigh(w, expr.body);
    case 'negate':
      return E.chain((of: V) =>
        shaped(expr.span, w.operations.arithmetic('-', w.operations.scalar(0), of)),
      )(weigh(w, expr.body));
    case 'run':
      return infix(w, expr.operands, expr.signs, expr.span);
    case 'chain': {
      const kept = expr.links[0]?.tag === 'call' ? 1 : 0;
      return expr.links.length > kept ? infix(w, [expr], [], expr.span) : word(w, expr);
    }
    default:
      return E.left(weightFault(expr.span, 'this is not an expression of weights'));
  }
};

const shaped = <V>(span: Span, result: Shaped<V>): Result<V> =>
  E.mapLeft((message: string) => weightFault(span, message))(result);

/** Whether an expression contains weights; otherwise it is a number of the language. */
const isWeight = <V, N>(w: Weighing<V, N>, expr: Expr, seen = new Set<string>()): boolean =>
  chainsOf(expr).some(({ word: { parts } }) => {
    const [first, second] = parts;
    if (first === undefined) return false;
    if (second !== undefined) return w.isWeight(first.text, second.text);
    if (weightFunctions.has(first.text)) return true;
    // visited once: a cycle is reported where the name is evaluated
    if (seen.has(first.text)) return false;
    seen.add(first.text);
    const binding = bindingOf(w, first.text);
    return binding !== undefined && isWeight(w, binding, seen);
  });

const bindingOf = <V, N>(w: Weighing<V, N>, name: string): Expr | undefined => {
  const found = w.bindings.find((b) => b.tag === 'binding' && b.name.text === name);
  return found?.tag === 'binding' ? found.value : undefined;
};

const infix = <V, N>(
  w: Weighing<V, N>,
  operands: readonly Expr[],
  signs: Extract<Expr, { readonly tag: 'run' }>['signs'],
  span: Span,
): Result<V> => {
  const flat = flatten(operands, signs, (chain) => (chain.links[0]?.tag === 'call' ? 1 : 0));
  const combine = (
    sign: '+' | '-' | '*' | '/' | undefined,
    left: Result<V> | undefined,
    right: Result<V>,
  ): Result<V> => {
    if (left === undefined || sign === undefined) return right;
    if (E.isLeft(left)) return left;
    return E.chain((r: V) => shaped(span, w.operations.arithmetic(sign, left.right, r)))(right);
  };
  const product = (p: Product): Result<V> | undefined =>
    p.factors.reduce<Result<V> | undefined>(
      (left, f) => combine(f.sign, left, weigh(w, f.term.expr)),
      undefined,
    );
  const total = productsOf(flat).reduce<Result<V> | undefined>((left, p) => {
    const right = product(p);
    return right === undefined ? left : combine(p.sign, left, right);
  }, undefined);
  return total ?? E.left(weightFault(span, 'a weight is needed here'));
};

// ---------------------------------------------------------------------------------------- words

const word = <V, N>(w: Weighing<V, N>, chain: Chain): Result<V> => {
  const [first, second] = chain.word.parts;
  const name = first?.text ?? '';
  if (second !== undefined) return member(w, name, second.text, chain.span);
  const [link] = chain.links;
  if (link?.tag === 'call') return applied(w, name, link.arguments, chain.span);
  const before = w.known.get(name);
  if (before !== undefined) return before;
  const binding = bindingOf(w, name);
  if (binding === undefined) return w.number(chain);
  w.known.set(name, E.left(weightFault(chain.span, `\`${name}\` is defined by itself`)));
  const value = weigh(w, binding);
  w.known.set(name, value);
  return value;
};

const member = <V, N>(w: Weighing<V, N>, name: string, weight: string, span: Span): Result<V> => {
  const found = w.weight(name, weight);
  return found === undefined
    ? E.left(weightFault(span, `\`${name}\` has no weight \`${weight}\``))
    : E.right(found);
};

const applied = <V, N>(
  w: Weighing<V, N>,
  name: string,
  written: readonly Argument[],
  span: Span,
): Result<V> => {
  const operands = written.flatMap((a) => (a.tag === 'positional' ? [a.value] : []));
  const axis = written.flatMap((a) =>
    a.tag === 'named' && a.name.text === 'axis' ? [a.value] : [],
  );
  const [first, second] = operands;
  if (first === undefined) return E.left(weightFault(span, `\`${name}\` needs a weight`));
  if (name === 'concat') return joined(w, operands, axis[0], span);
  const of = weigh(w, first);
  if (E.isLeft(of)) return of;
  if (name === 'sqrt') return E.right(w.operations.sqrt(of.right));
  const numbers = (second ?? axis[0]) && integers(w, second ?? axis[0]!);
  if (numbers === undefined)
    return E.left(weightFault(span, `\`${name}\` needs whole numbers after the weight`));
  switch (name) {
    case 'reshape':
      return shaped(span, w.operations.reshape(of.right, numbers));
    case 'transpose':
      return shaped(span, w.operations.transpose(of.right, numbers));
    case 'sum':
      return shaped(span, w.operations.sum(of.right, numbers[0]));
    default:
      return E.left(
        weightFault(span, `\`${name}\` is not a function of weights`, [
          `the functions are ${[...weightFunctions].map((f) => `\`${f}\``).join(', ')}`,
        ]),
      );
  }
};

const joined = <V, N>(
  w: Weighing<V, N>,
  operands: readonly Expr[],
  axis: Expr | undefined,
  span: Span,
): Result<V> => {
  const parts: V[] = [];
  for (const operand of operands) {
    const part = weigh(w, operand);
    if (E.isLeft(part)) return part;
    parts.push(part.right);
  }
  const along = axis === undefined ? undefined : integers(w, axis)?.[0];
  return shaped(span, w.operations.concat(parts, along));
};

/** `[h, w, c, n]`, or one number; undefined when one of them is not an integer. */
const integers = <V, N>(w: Weighing<V, N>, expr: Expr): readonly N[] | undefined => {
  const items = expr.tag === 'list' ? expr.items : [expr];
  const numbers = items.flatMap((e) => w.integer(e) ?? []);
  return numbers.length === items.length ? numbers : undefined;
};
