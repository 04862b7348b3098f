/** Kinds: what an expression is, found without its value and without a word about its faults. */
import { expect, test } from 'vitest';
import { resultOf } from '../../src/diagnostic/checked.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import type { Expr } from '../../src/syntax/tree.ts';
import { declare } from '../../src/typecheck/expr/bodies.ts';
import { newContext, type Context } from '../../src/typecheck/expr/context.ts';
import { evaluate } from '../../src/typecheck/expr/evaluate.ts';
import { kindOf } from '../../src/typecheck/expr/kind.ts';
import { inner } from '../../src/typecheck/expr/scope.ts';
import { standardScope } from '../../src/typecheck/expr/standard.ts';
import { kindOfValue, unknown, type Scope } from '../../src/typecheck/expr/values.ts';
import { main } from './program.ts';
import { randomFrom, type Random } from './random-programs.ts';

const definitions = `
def width = 64
def twice(n) = 2*n
def pick(n) = if n > 1 then 3 else relu
def residual(n) = conv3-n + id
def before(f, n) = f(n)-1
def standard(n = 4, f = relu) = n
def handed(n = 4, f = relu) = f
def deep(n) = n0 where n0 = n1, n1 = n
`;

/** An expression in the scope of the definitions, and a context in which nothing is known. */
const read = (
  text: string,
): { readonly cx: Context; readonly expr: Expr; readonly scope: Scope } => {
  const nothing = { evaluate, fact: () => unknown, shipped: new Map() };
  const cx = newContext(() => '', nothing);
  const tree = resultOf(
    parse({ path: main, text: `${definitions}def it = ${text}\n` }, operatorWords),
  );
  const scope = inner(standardScope());
  let expr: Expr | undefined;
  for (const d of tree?.declarations ?? [])
    if (d.tag === 'def' && d.name.text === 'it') expr = d.body;
    else if (d.tag === 'def') declare(cx, scope, d, scope);
  if (expr === undefined) throw new Error(text);
  return { cx, expr, scope };
};

test.each([
  ['3', 'number'],
  ['3x5', 'size'],
  ['half', 'word'],
  ['n x 3 where n = 2', 'size'],
  ['2x relu', 'layer'],
  ['conv3-64/2', 'layer'],
  ['width', 'number'],
  ['width/2', 'number'],
  ['twice', 'layer'],
  ['twice(3)-1', 'number'],
  ['twice-3', 'number'],
  ['twice()-3', 'number'],
  ['min(3, 4)-1', 'number'],
  ['pick(2)', 'number'],
  ['pick(1)', 'layer'],
  ['residual(8)', 'layer'],
  ['residual-8 * 2', 'layer'],
  ['before(twice, 3)', 'number'],
  ['standard', 'layer'],
  ['standard()', 'number'],
  ['handed()', 'layer'],
  ['deep(relu)', 'layer'],
  ['deep(true)', 'flag'],
  ['a where a = b + 1, b = 3', 'number'],
])('%s is a %s', (text, kind) => {
  const { cx, expr, scope } = read(text);
  expect(kindOf(cx, expr, scope)).toBe(kind);
  expect(kindOfValue(evaluate(cx, expr, scope))).toBe(kind);
  expect(cx.found()).toEqual([]);
});

test.each([
  ['what divides by zero is a number', 'twice(1/0)', 'number'],
  ['a call that lacks an argument is what its body is', 'residual()', 'layer'],
  ['a word is not repeated, nor one side of a size', '2x half', 'unknown'],
  ['of a word that nobody knows nothing is known', 'nobody', 'unknown'],
  ['nor of what is defined by itself', 'a where a = b, b = a', 'unknown'],
])('faults are told by whoever wants the value: %s', (_, text, kind) => {
  const { cx, expr, scope } = read(text);
  expect(kindOf(cx, expr, scope)).toBe(kind);
  expect(cx.found()).toEqual([]);
  evaluate(cx, expr, scope);
});

/** An expression of any kind, most of them without a fault. */
const expression = (r: Random, depth: number): string => {
  const one = (...texts: readonly string[]): string => texts[r(texts.length)]!;
  const part = (): string => expression(r, depth - 1);
  if (depth === 0) return one('3', '0.5', 'width', 'twice', 'relu', 'id', 'half', 'true', '2x3');
  const [a, b] = [part(), part()];
  return one(
    `(${a} + ${b})`,
    `(${a} * ${b})`,
    `(${a} - ${b})`,
    `(2x ${a})`,
    `(if ${one('2 > 1', '1 > 2', a)} then ${b} else ${part()})`,
    `(n where n = ${a}, m = ${b})`,
    `(n(3)-1 where n = ${a})`,
    `twice(${a})-${one('1', 'width')}`,
    `twice(${a})`,
    `min(3, ${a})-1`,
    `pick(${a})`,
    `standard(${a})`,
    `handed(f = ${a})`,
    `before(${a}, 3)`,
    `deep(${a})`,
    'conv3-8/2',
    'width/2',
    'residual-8',
  );
};

test('without a fault, the kind is that of the value', () => {
  const r = randomFrom(8);
  const seen = new Map<string, number>();
  for (let i = 0; i < (process.env['NETC_DEEP'] === undefined ? 2000 : 30_000); i++) {
    const text = expression(r, 1 + r(4));
    const { cx, expr, scope } = read(text);
    const kind = kindOf(cx, expr, scope);
    expect(cx.found(), text).toEqual([]);
    const value = evaluate(cx, expr, scope);
    // a layer is not applied here, and so its faults are not found
    if (cx.found().length > 0) continue;
    expect(kind, text).toBe(kindOfValue(value));
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
  }
  expect([...seen.keys()].sort()).toEqual(['flag', 'layer', 'number', 'size', 'word']);
  expect(Math.min(...seen.values())).toBeGreaterThan(10);
});
