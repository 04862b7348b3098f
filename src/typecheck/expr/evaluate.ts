/** What an expression means before it is applied to anything: a number, a truth value, or a layer. */
import { error } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr } from '../../syntax/tree.ts';
import { arithmetic, isArithmetic, negated, type Result } from './arithmetic.ts';
import { closureKey, whereScope } from './bodies.ts';
import { compared } from './comparisons.ts';
import { once, type Context } from './context.ts';
import { productsOf, type Flat, type Product, type Term } from './infix.ts';
import { flatOf, kindOfTerms, linksOfNumber, numberOrLayer, opened } from './kind.ts';
import { numberIn, sizeIn } from './literals.ts';
import { resolve } from './names.ts';
import { strangeSign } from './sign-faults.ts';
import { callFunction, reported, wrongKind } from './number-functions.ts';
import {
  flag,
  integer,
  isLayer,
  kindName,
  showValue,
  unknown,
  type Callee,
  type Value,
  type Scope,
  type Meaning,
} from './values.ts';

type Chain = Extract<Expr, { readonly tag: 'chain' }>;
type Run = Extract<Expr, { readonly tag: 'run' }>;

/** The value of an expression. A layer stays an expression with its scope until it is applied. */
export const evaluate = (cx: Context, expr: Expr, scope: Scope): Value => {
  switch (expr.tag) {
    case 'chain':
      // a word alone costs nothing
      return expr.links.length === 0 ? evaluateChain(cx, expr, scope) : remembered(cx, expr, scope);
    case 'number':
      return numberIn(cx, expr);
    default:
      return remembered(cx, expr, scope);
  }
};

/** Computes each value once: nested questions would take exponential time otherwise. */
const remembered = (cx: Context, expr: Expr, scope: Scope): Value =>
  once(
    cx,
    cx.values,
    closureKey(expr, scope),
    () => cx.within(expr.span, () => computed(cx, expr, scope)) ?? unknown,
  );

const computed = (cx: Context, expr: Expr, scope: Scope): Value => {
  switch (expr.tag) {
    case 'number':
      return numberIn(cx, expr);
    case 'size':
      return sizeIn(cx, expr);
    case 'string':
      return { tag: 'string', value: expr.value };
    case 'list':
      return { tag: 'list', items: expr.items.map((item) => evaluate(cx, item, scope)) };
    case 'group':
      return evaluate(cx, expr.body, scope);
    case 'chain':
      return evaluateChain(cx, expr, scope);
    case 'run':
      return evaluateRun(cx, expr, scope);
    case 'times':
      return evaluateTimes(cx, expr, scope);
    case 'negate':
      return arithmeticResult(cx, expr.span, evaluateNumber(cx, expr.body, scope), negated);
    case 'range':
      return evaluateRange(cx, expr, scope);
    case 'compare': {
      const left = evaluate(cx, expr.left, scope);
      return compared(cx, expr, left, evaluate(cx, expr.right, scope));
    }
    case 'not': {
      const value = evaluateFlag(cx, expr.body, scope);
      return value === undefined ? unknown : flag(!value);
    }
    case 'and':
    case 'or': {
      const left = evaluateFlag(cx, expr.left, scope);
      if (left === undefined) return unknown;
      if (left === (expr.tag === 'or')) return flag(left);
      const right = evaluateFlag(cx, expr.right, scope);
      return right === undefined ? unknown : flag(right);
    }
    case 'if': {
      const chosen = evaluateFlag(cx, expr.condition, scope);
      return chosen === undefined ? unknown : evaluate(cx, chosen ? expr.then : expr.else, scope);
    }
    case 'where':
      return evaluate(cx, expr.body, whereScope(cx, expr, scope));
    case 'any':
      cx.report(error('E0317', expr.span, '`_` stands for a size, and only in a type'));
      return unknown;
    case 'missing':
      return unknown;
    case 'sequence':
    case 'beside':
    case 'block':
    case 'also':
    case 'label':
    case 'as':
    case 'ascribe':
    case 'recall':
    case 'spread':
    case 'with':
      return { tag: 'layer', expr, scope };
  }
};

/** A truth value; anything else is reported. */
export const evaluateFlag = (cx: Context, expr: Expr, scope: Scope): boolean | undefined => {
  const value = evaluate(cx, expr, scope);
  if (value.tag === 'flag') return value.value;
  if (value.tag !== 'unknown') wrongKind(cx, expr.span, 'a truth value', value);
  return undefined;
};

/** A number or a size of the image; anything else is reported and unknown. */
export const evaluateNumber = (cx: Context, expr: Expr, scope: Scope): Value => {
  const value = evaluate(cx, expr, scope);
  if (isArithmetic(value) || value.tag === 'unknown') return value;
  wrongKind(cx, expr.span, 'a number', value);
  return unknown;
};

const arithmeticResult = (
  cx: Context,
  span: Span,
  operand: Value,
  compute: (v: Value) => Result,
): Value => (operand.tag === 'unknown' ? unknown : reported(cx, span, compute(operand)));

const evaluateRange = (cx: Context, expr: Extract<Expr, { tag: 'range' }>, scope: Scope): Value => {
  const from = evaluateNumber(cx, expr.from, scope);
  const to = evaluateNumber(cx, expr.to, scope);
  for (const [end, value] of [
    [expr.from, from],
    [expr.to, to],
  ] as const)
    if (value.tag === 'pixels')
      cx.report(
        error('E0315', end.span, 'a range cannot end at a size of the image', {
          label: `this is \`${showValue(value)}\``,
        }),
      );
  if (from.tag !== 'number' || to.tag !== 'number') return unknown;
  return { tag: 'range', from: from.value, to: to.value };
};

/** `n x f` is a repetition when `f` is a layer, and `h x w` a size when it is a number. */
const evaluateTimes = (cx: Context, expr: Extract<Expr, { tag: 'times' }>, scope: Scope): Value => {
  const body = evaluate(cx, expr.body, scope);
  if (isLayer(body) || body.tag === 'unknown') return { tag: 'layer', expr, scope };
  if (body.tag === 'count') return unknown; // a layer or a number: not decided yet
  const count = evaluateNumber(cx, expr.count, scope);
  if (count.tag === 'unknown' || count.tag === 'count') return unknown;
  if (isInteger(count) && isInteger(body)) return { tag: 'extent', h: count.value, w: body.value };
  if (body.tag !== 'number')
    wrongKind(cx, expr.body.span, 'a layer to repeat, or a number for a size `h x w`,', body);
  else
    for (const [side, value] of [
      [expr.count, count],
      [expr.body, body],
    ] as const)
      if (!isInteger(value))
        wrongKind(cx, side.span, 'an integer, for one side of a size `h x w`,', value);
  return unknown;
};

const isInteger = (v: Value): v is Extract<Value, { tag: 'number' }> =>
  v.tag === 'number' && v.integer;

// ---------------------------------------------------------------------------------------------- words

const evaluateChain = (cx: Context, chain: Chain, scope: Scope): Value => {
  const meaning = resolve(cx, chain, scope);
  const { value } = meaning;
  if (value.tag === 'unknown') return unknown;
  if (chain.links.length === 0 && meaning.size === undefined)
    return constantOf(cx, chain, meaning, scope) ?? value;
  if (value.tag === 'callable') return evaluateCall(cx, chain, meaning, value.callee, scope);
  // a pass applied is not a layer either; its application reports that
  if (value.tag === 'layer' || value.tag === 'rewrite') return { tag: 'layer', expr: chain, scope };
  if (meaning.size !== undefined) {
    const whole = chain.word.parts[chain.word.parts.length - 1]!.text;
    cx.report(
      error('E0301', chain.word.span, `nothing is called \`${whole}\``, {
        label: `\`${meaning.text}\` is ${kindName(value)}, which has no size`,
      }),
    );
    return unknown;
  }
  const [first] = chain.links;
  if (first?.tag === 'call' && (value.tag === 'builtin' || value.tag === 'fact')) {
    if (chain.links.length > 1)
      return evaluateFlat(cx, flatOf(cx, [chain], [], scope), scope, chain.span);
    return value.tag === 'fact'
      ? cx.fact(value.name, first.arguments, scope, chain.span)
      : callFunction(cx, value.name, chain.span, first.arguments, (e) =>
          evaluateNumber(cx, e, scope),
        );
  }
  if (first?.tag === 'call') {
    cx.report(
      error('E0302', chain.span, `\`${meaning.text}\` is ${kindName(value)} and cannot be called`, {
        label: 'called here',
        ...(meaning.entry?.given === undefined
          ? {}
          : { labels: [{ span: meaning.entry.given, message: 'given here' }] }),
      }),
    );
    return unknown;
  }
  return evaluateFlat(cx, flatOf(cx, [chain], [], scope), scope, chain.span);
};

/** `def width = 64`: a definition without parameters that does not yield a layer is its value. */
const constantOf = (
  cx: Context,
  chain: Chain,
  meaning: Meaning,
  scope: Scope,
): Value | undefined => {
  const callee = meaning.value.tag === 'callable' ? numberOrLayer(meaning.value.callee) : undefined;
  if (callee === undefined || callee.definition.parameters.length > 0) return undefined;
  const value = callValue(cx, chain, meaning, callee, scope);
  return isLayer(value) ? undefined : value;
};

/** Whether a definition yields a layer or a number, by its body. */
const evaluateCall = (
  cx: Context,
  chain: Chain,
  meaning: Meaning,
  called: Callee,
  scope: Scope,
): Value => {
  const layer: Value = { tag: 'layer', expr: chain, scope };
  const callee = numberOrLayer(called);
  if (callee === undefined) return layer;
  const kept = linksOfNumber(cx, chain, scope);
  if (kept !== undefined && kept < chain.links.length)
    return evaluateFlat(cx, flatOf(cx, [chain], [], scope), scope, chain.span);
  const value = callValue(cx, chain, meaning, callee, scope);
  return isLayer(value) ? layer : value;
};

const callValue = (
  cx: Context,
  chain: Chain,
  meaning: Meaning,
  callee: Extract<Callee, { tag: 'definition' }>,
  scope: Scope,
): Value => {
  const body = opened(cx, chain, meaning, callee, scope);
  return body === undefined
    ? unknown
    : (cx.calling(chain.span, () => evaluate(cx, callee.definition.body, body)) ?? unknown);
};

// ------------------------------------------------------------------------------------------- runs

const evaluateRun = (cx: Context, run: Run, scope: Scope): Value => {
  const flat = flatOf(cx, run.operands, run.signs, scope);
  return kindOfTerms(cx, flat, scope) === 'layer'
    ? { tag: 'layer', expr: run, scope }
    : evaluateFlat(cx, flat, scope, run.span);
};

const evaluateFlat = (cx: Context, flat: Flat, scope: Scope, span: Span): Value => {
  const factor = (total: Value, f: Product['factors'][number]): Value =>
    f.sign === undefined
      ? evaluateNumber(cx, f.term.expr, scope)
      : combined(cx, f.sign, total, evaluateNumber(cx, f.term.expr, scope), span);
  const product = (p: Product): Value => p.factors.reduce(factor, integer(0));
  const [first, ...others] = productsOf(flat);
  return others.reduce<Value>(
    (total, p) => combined(cx, p.sign!, total, product(p), span),
    first === undefined ? unknown : product(first),
  );
};

const combined = (
  cx: Context,
  sign: Product['sign'] & string,
  a: Value,
  b: Value,
  span: Span,
): Value =>
  a.tag === 'unknown' || b.tag === 'unknown'
    ? unknown
    : reported(cx, span, arithmetic(sign, a, b, span));

/**
 * The joins that a run of layers makes: sums of products. `-` and `/` have no meaning between layers; undefined then,
 * because their operands were not meant as layers.
 */
export const joinsOf = (
  cx: Context,
  run: Run,
  scope: Scope,
): readonly (readonly Term[])[] | undefined => {
  const flat = flatOf(cx, run.operands, run.signs, scope);
  const wrong = flat.signs.findIndex(({ sign }) => sign === '-' || sign === '/');
  if (wrong < 0) return productsOf(flat).map((p) => p.factors.map((f) => f.term));
  const gap = run.operands.find((o) => o.tag === 'any');
  if (gap !== undefined) evaluate(cx, gap, scope);
  // the parser has reported an operand that is not there, and that is the mistake
  else if (run.operands.every((o) => o.tag !== 'missing'))
    cx.report(strangeSign(cx, flat, wrong, scope));
  return undefined;
};
