/** What stands in `with { … }`: from expressions to arithmetic on the weights of the matched layers. */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { GraphNode, GraphWeight, WeightValue } from '../lower/graph.ts';
import { rowOf } from '../ops/table.ts';
import type { TensorType } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import type { Argument, Binding, Expr } from '../syntax/tree.ts';
import { chainsOf } from '../syntax/walk.ts';
import type { Context } from '../typecheck/context.ts';
import { evaluate } from '../typecheck/evaluate.ts';
import { flatten, productsOf, type Product } from '../typecheck/infix.ts';
import type { Scope } from '../typecheck/scope.ts';
import type { Chain } from './calls.ts';
import { weightFault } from './faults.ts';
import { weightNames } from './pattern.ts';
import { weightFunctions } from './weight-functions.ts';
import * as shapes from './weight-shapes.ts';

type Result = E.Either<Diagnostic, WeightValue>;

/** What the expressions see. */
export type Weighing = {
  readonly cx: Context;
  readonly scope: Scope;
  readonly bindings: readonly Binding[];
  /** a layer that `as` names, and the types of what enters it */
  readonly layer: (
    name: string,
  ) => { readonly node: GraphNode; readonly inputs: readonly TensorType[] } | undefined;
  /** names after `where` that have been computed */
  readonly known: Map<string, Result>;
};

/** The value of an expression; every step is shape-checked. */
export const weigh = (w: Weighing, expr: Expr): Result => {
  if (!isWeight(w, expr)) return number(w, expr);
  switch (expr.tag) {
    case 'group':
      return weigh(w, expr.body);
    case 'negate':
      return E.chain((of: WeightValue) =>
        shaped(expr.span, shapes.arithmetic('-', shapes.filled(0, []), of)),
      )(weigh(w, expr.body));
    case 'run':
      return infix(w, expr.operands, expr.signs, expr.span);
    case 'chain': {
      const kept = expr.links[0]?.tag === 'call' ? 1 : 0;
      return expr.links.length > kept ? infix(w, [expr], [], expr.span) : word(w, expr);
    }
    default:
      return E.left(weightFault(expr.span, 'this has no meaning among weights'));
  }
};

const shaped = (span: Span, result: shapes.Shaped): Result =>
  E.mapLeft((message: string) => weightFault(span, message))(result);

/** Whether weights are in it, else it is a number of the language. */
const isWeight = (w: Weighing, expr: Expr, depth = 0): boolean =>
  chainsOf(expr).some(({ word: { parts } }) => {
    const [first, second] = parts;
    if (first === undefined) return false;
    if (second !== undefined) return isWeightOf(w, first.text, second.text);
    if (weightFunctions.has(first.text)) return true;
    const binding = bindingOf(w, first.text);
    return binding !== undefined && depth < 20 && isWeight(w, binding, depth + 1);
  });

const bindingOf = (w: Weighing, name: string): Expr | undefined => {
  const found = w.bindings.find((b) => b.tag === 'binding' && b.name.text === name);
  return found?.tag === 'binding' ? found.value : undefined;
};

const isWeightOf = (w: Weighing, layer: string, member: string): boolean => {
  // `k.bias` is the weight, though `bias` is a parameter too
  const found = w.layer(layer);
  return found !== undefined && weightNames(rowOf(found.node.op)).includes(member);
};

const number = (w: Weighing, expr: Expr): Result => {
  const { value, heard } = w.cx.heard(() => evaluate(w.cx, expr, w.scope));
  const [first] = heard;
  if (value.tag === 'number') return E.right(shapes.filled(value.value, []));
  return E.left(first ?? weightFault(expr.span, 'a weight or a number is needed here'));
};

const infix = (
  w: Weighing,
  operands: readonly Expr[],
  signs: Extract<Expr, { readonly tag: 'run' }>['signs'],
  span: Span,
): Result => {
  const flat = flatten(operands, signs, (chain) => (chain.links[0]?.tag === 'call' ? 1 : 0));
  const combine = (
    sign: '+' | '-' | '*' | '/' | undefined,
    left: Result | undefined,
    right: Result,
  ): Result => {
    if (left === undefined || sign === undefined) return right;
    if (E.isLeft(left)) return left;
    return E.chain((r: WeightValue) => shaped(span, shapes.arithmetic(sign, left.right, r)))(right);
  };
  const product = (p: Product): Result | undefined =>
    p.factors.reduce<Result | undefined>(
      (left, f) => combine(f.sign, left, weigh(w, f.term.expr)),
      undefined,
    );
  const total = productsOf(flat).reduce<Result | undefined>((left, p) => {
    const right = product(p);
    return right === undefined ? left : combine(p.sign, left, right);
  }, undefined);
  return total ?? E.left(weightFault(span, 'a weight is needed here'));
};

// ---------------------------------------------------------------------------------------- words

const word = (w: Weighing, chain: Chain): Result => {
  const [first, second] = chain.word.parts;
  const name = first?.text ?? '';
  if (second !== undefined) return member(w, name, second.text, chain.span);
  const [link] = chain.links;
  if (link?.tag === 'call') return applied(w, name, link.arguments, chain.span);
  const before = w.known.get(name);
  if (before !== undefined) return before;
  const binding = bindingOf(w, name);
  if (binding === undefined) return number(w, chain);
  w.known.set(name, E.left(weightFault(chain.span, `\`${name}\` is made of itself`)));
  const value = weigh(w, binding);
  w.known.set(name, value);
  return value;
};

/** `k.kernel`. A bias that is not there is zeros of the shape it would have. */
const member = (w: Weighing, name: string, weight: string, span: Span): Result => {
  const layer = w.layer(name);
  const found = layer?.node.weights.find((x) => x.spec.name === weight);
  if (found !== undefined) return E.right(shapes.sourceValue(found));
  const absent = layer === undefined ? undefined : missing(layer, weight);
  return absent === undefined
    ? E.left(weightFault(span, `\`${name}\` has no weight \`${weight}\``))
    : E.right(shapes.filled(0, absent.spec.shape));
};

const missing = (
  { node, inputs }: NonNullable<ReturnType<Weighing['layer']>>,
  weight: string,
): Pick<GraphWeight, 'spec'> | undefined => {
  if (node.args['bias'] !== false) return undefined;
  const specs = rowOf(node.op).weights({ ...node.args, bias: true }, inputs);
  const spec = specs.find((s) => s.name === weight);
  return spec === undefined ? undefined : { spec };
};

const applied = (w: Weighing, name: string, written: readonly Argument[], span: Span): Result => {
  const operands = written.flatMap((a) => (a.tag === 'positional' ? [a.value] : []));
  const axis = written.flatMap((a) =>
    a.tag === 'named' && a.name.text === 'axis' ? [a.value] : [],
  );
  const [first, second] = operands;
  if (first === undefined) return E.left(weightFault(span, `\`${name}\` needs a weight`));
  if (name === 'concat') return joined(w, operands, axis[0], span);
  const of = weigh(w, first);
  if (E.isLeft(of)) return of;
  if (name === 'sqrt') return E.right(shapes.sqrt(of.right));
  const numbers = (second ?? axis[0]) && integers(w, second ?? axis[0]!);
  if (numbers === undefined)
    return E.left(weightFault(span, `\`${name}\` needs whole numbers after the weight`));
  switch (name) {
    case 'reshape':
      return shaped(span, shapes.reshape(of.right, numbers));
    case 'transpose':
      return shaped(span, shapes.transpose(of.right, numbers));
    case 'sum':
      return shaped(span, shapes.sum(of.right, numbers[0] ?? -1));
    default:
      return E.left(
        weightFault(span, `\`${name}\` is no function of weights`, [
          `the functions are ${[...weightFunctions].map((f) => `\`${f}\``).join(', ')}`,
        ]),
      );
  }
};

const joined = (
  w: Weighing,
  operands: readonly Expr[],
  axis: Expr | undefined,
  span: Span,
): Result => {
  const parts: WeightValue[] = [];
  for (const operand of operands) {
    const part = weigh(w, operand);
    if (E.isLeft(part)) return part;
    parts.push(part.right);
  }
  const along = axis === undefined ? undefined : integers(w, axis)?.[0];
  return shaped(span, shapes.concat(parts, along ?? (parts[0]?.shape.length ?? 0) - 1));
};

/** `[h, w, c, n]`, or one number; undefined when one of them is no whole number. */
const integers = (w: Weighing, expr: Expr): readonly number[] | undefined => {
  const items = expr.tag === 'list' ? expr.items : [expr];
  const values = items.map((e) => w.cx.heard(() => evaluate(w.cx, e, w.scope)).value);
  const numbers = values.flatMap((v) => (v.tag === 'number' && v.integer ? [v.value] : []));
  return numbers.length === items.length ? numbers : undefined;
};
