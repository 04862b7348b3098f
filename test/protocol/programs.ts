/** Clauses without a program around them, and the trainings of programs. */
import { resultOf } from '../../src/diagnostic/checked.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { sayer, type Clauses, type Table } from '../../src/protocol/said.ts';
import { evaluate } from '../../src/typecheck/expr/evaluate.ts';
import { standardScope } from '../../src/typecheck/expr/standard.ts';
import { unknown } from '../../src/typecheck/expr/values.ts';
import { apply } from '../../src/typecheck/layer/apply.ts';
import { newLayerContext } from '../../src/typecheck/layer/context.ts';

/** What the clauses of a recipe say, and what is wrong with them. */
export const clausesIn = <T>(
  tag: 'train' | 'eval',
  table: Table<T>,
  body: string,
): { readonly clauses: Clauses<T>; readonly found: readonly string[] } => {
  const text = `${tag} r {\n${body}\n}\n`;
  const [d] = resultOf(parse({ path: 'r.net', text }, operatorWords))?.declarations ?? [];
  if (d?.tag !== 'train' && d?.tag !== 'eval') throw new Error(`no declaration in ${text}`);
  const cx = newLayerContext((span) => text.slice(span.start, span.end), {
    evaluate,
    apply,
    applyVariant: () => undefined,
    shipped: new Map(),
    fact: () => unknown,
  });
  const scope = standardScope();
  const env = { cx, netOf: () => undefined, scopeOf: () => scope };
  const { clauses } = sayer(env, { table, theirs: [] })(d);
  return { clauses, found: cx.found().map((f) => f.message) };
};
