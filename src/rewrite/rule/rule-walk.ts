/** Walks that both sides of a rule share: sequences, joins, repetition. */
import { Bug } from '../../diagnostic/bug.ts';
import { error } from '../../diagnostic/diagnostic.ts';
import { joinOf } from '../../ops/roles.ts';
import type { Row } from '../../ops/table.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr } from '../../syntax/tree.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { evaluate, joinsOf } from '../../typecheck/expr/evaluate.ts';
import { resolve } from '../../typecheck/expr/names.ts';
import type { Chain, OperatorCall } from './calls.ts';
import { notInRules } from './faults.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

/** The node that leaves an expression when node `of` enters it. */
export type Enter = (expr: Expr, of: number) => number;

/** How a side makes nodes of its parts; each function gives the number of a node. */
export type Side = {
  readonly layer: (call: OperatorCall, of: number) => number;
  readonly spread: (expr: Extract<Expr, { readonly tag: 'spread' }>, of: number) => number;
  readonly recall: (expr: Extract<Expr, { readonly tag: 'recall' }>, of: number) => number;
  /** of two branches or more */
  readonly join: (row: Row, branches: readonly number[], span: Span) => number;
  /** expressions that only this side allows; undefined for others */
  readonly own: (expr: Expr, of: number, enter: Enter) => number | undefined;
};

/** Names of expressions that programs may have and rules may not. */
const called: { readonly [tag in Expr['tag']]?: string } = {
  block: '`block`',
  also: '`also`',
  if: '`if`',
  label: 'a label',
  as: '`as` on the right side',
  ascribe: 'a type on the right side',
  with: '`with` on the left side',
  where: '`where` on the left side',
  number: 'a number',
  range: 'a range',
  list: 'a list',
};

/** The limit on parts of one side, repetitions written out: matching recurses into all of them. */
const mostParts = 500;

/** Walks one side, and reports expressions that rules may not have. `scope` holds the operators. */
export const walker = (cx: Context, side: Side, scope: Scope): Enter => {
  const join = (row: Row, branches: readonly number[], span: Span): number => {
    const [only] = branches;
    if (only === undefined) throw new Bug('a join of nothing');
    return branches.length === 1 ? only : side.join(row, branches, span);
  };
  let parts = 0;
  let told = false;
  const full = (span: Span): boolean => {
    if (parts <= mostParts) return false;
    if (!told) cx.report(error('E0402', span, `a side of a rule has at most ${mostParts} layers`));
    told = true;
    return true;
  };
  const enter: Enter = (expr, of) => {
    parts++;
    switch (expr.tag) {
      case 'group':
        return enter(expr.body, of);
      case 'sequence':
        for (const d of expr.defs) notInRules(cx, d.span, 'a definition');
        return expr.steps.reduce((value, step) => enter(step, value), of);
      case 'chain': {
        const call = full(expr.span) ? undefined : operatorOf(cx, expr, scope);
        return call === undefined ? of : side.layer(call, of);
      }
      case 'spread':
        return side.spread(expr, of);
      case 'recall':
        return side.recall(expr, of);
      case 'times': {
        const count = evaluate(cx, expr.count, scope);
        let value = of;
        for (let i = 0; count.tag === 'number' && i < count.value && !full(expr.span); i++)
          value = enter(expr.body, value);
        return value;
      }
      case 'beside': {
        const branches = expr.branches.map((b) => enter(b, of));
        return join(joinOf('|'), branches, expr.span);
      }
      case 'run': {
        const sums = joinsOf(cx, expr, scope)?.map((factors) => {
          const branches = factors.map((f) => enter(f.expr, of));
          return join(joinOf('*'), branches, expr.span);
        });
        return sums === undefined ? of : join(joinOf('+'), sums, expr.span);
      }
      case 'missing':
        return of;
      default: {
        const known = side.own(expr, of, enter);
        if (known === undefined) notInRules(cx, expr.span, called[expr.tag] ?? 'this');
        return known ?? of;
      }
    }
  };
  return enter;
};

/** The operator that a word names; undefined for the identity, which is not a layer, and after a fault. */
export const operatorOf = (cx: Context, chain: Chain, scope: Scope): OperatorCall | undefined => {
  const { value: meaning, reports } = cx.quietly(() => resolve(cx, chain, scope));
  for (const fault of reports)
    cx.report({
      ...fault,
      notes: [...fault.notes, 'a rule can use operators only, not definitions'],
    });
  const { value } = meaning;
  if (value.tag === 'unknown') return undefined;
  if (value.tag !== 'callable' || value.callee.tag !== 'operator') {
    notInRules(cx, chain.span, `\`${meaning.text}\``);
    return undefined;
  }
  const { row } = value.callee;
  return row.identity === true ? undefined : { chain, row, meaning };
};
