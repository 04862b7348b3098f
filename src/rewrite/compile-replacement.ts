/** The right side of a rule as a graph, and whether it uses what the left side binds. */
import { Bug } from '../diagnostic/bug.ts';
import { rowOf } from '../ops/table.ts';
import type { Row } from '../ops/row.ts';
import type { Span } from '../syntax/source.ts';
import type { Binding, Expr, Rule, WithEntry } from '../syntax/tree.ts';
import type { Context } from '../typecheck/context.ts';
import { evaluate, joinsOf } from '../typecheck/evaluate.ts';
import { resolve } from '../typecheck/names.ts';
import { inner, type Scope } from '../typecheck/scope.ts';
import { unknown } from '../typecheck/values.ts';
import { newArguments, type Chain } from './calls.ts';
import { noSuchWeight, notInRules, twice, unbound, withoutWeights } from './faults.ts';
import {
  weightNames,
  type Entry,
  type NewNode,
  type Pattern,
  type Replacement,
} from './pattern.ts';

type Draft = {
  readonly nodes: NewNode[];
  readonly bindings: Binding[];
  readonly pattern: Pattern;
  readonly rule: Rule;
};

/** Faults are reported, and what could be understood is returned. */
export const compileReplacement = (
  cx: Context,
  rule: Rule,
  pattern: Pattern,
  std: Scope,
): Replacement => {
  const draft: Draft = { nodes: [{ tag: 'input' }], bindings: [], pattern, rule };
  // words that the pattern binds mean something, though nobody knows yet what
  const scope = inner(std);
  for (const name of pattern.variables.keys())
    scope.names.set(name, { from: 'parameter', value: () => unknown });
  const result = layers(cx, draft, rule.replacement, 0, scope);
  return { nodes: draft.nodes, bindings: draft.bindings, result };
};

const add = (draft: Draft, node: NewNode): number => draft.nodes.push(node) - 1;

const layers = (cx: Context, draft: Draft, expr: Expr, of: number, scope: Scope): number => {
  switch (expr.tag) {
    case 'group':
      return layers(cx, draft, expr.body, of, scope);
    case 'where':
      for (const b of expr.bindings) {
        if (b.tag === 'binding' && isTaken(draft, b.name.text)) twice(cx, b.name.text, b.name.span);
        draft.bindings.push(b);
        if (b.tag === 'binding')
          scope.names.set(b.name.text, { from: 'where', value: () => unknown });
      }
      return layers(cx, draft, expr.body, of, scope);
    case 'sequence':
      for (const d of expr.defs) notInRules(cx, d.span, 'a definition');
      return expr.steps.reduce((value, step) => layers(cx, draft, step, value, scope), of);
    case 'chain':
      return layer(cx, draft, expr, of, scope, undefined);
    case 'with': {
      const body = throughGroups(expr.body);
      if (body.tag === 'chain') return layer(cx, draft, body, of, scope, expr.entries);
      notInRules(cx, expr.span, '`with` behind several layers');
      return layers(cx, draft, expr.body, of, scope);
    }
    case 'spread': {
      const bound = draft.pattern.nodes.some(
        (n) => n.tag === 'layers' && n.name === expr.name.text,
      );
      if (!bound) unbound(cx, expr.span, `..${expr.name.text}`, [], 'layers');
      const node = { tag: 'layers', name: expr.name.text, of, span: expr.span } as const;
      return bound ? add(draft, node) : of;
    }
    case 'recall': {
      const node = draft.pattern.names.get(expr.name.text);
      if (node === undefined) unbound(cx, expr.span, expr.name.text, draft.pattern.names.keys());
      return node === undefined ? of : add(draft, { tag: 'kept', node });
    }
    case 'times': {
      const count = evaluate(cx, expr.count, scope);
      if (count.tag !== 'number') return of;
      return Array.from({ length: Math.min(count.value, 100) }).reduce<number>(
        (value) => layers(cx, draft, expr.body, value, scope),
        of,
      );
    }
    case 'beside': {
      const branches = expr.branches.map((b) => layers(cx, draft, b, of, scope));
      return join(draft, rowOf('concat'), branches, expr.span);
    }
    case 'run': {
      const sums = joinsOf(cx, expr, scope)?.map((factors) => {
        const branches = factors.map((f) => layers(cx, draft, f.expr, of, scope));
        return join(draft, rowOf('multiply'), branches, expr.span);
      });
      return sums === undefined ? of : join(draft, rowOf('add'), sums, expr.span);
    }
    case 'missing':
      return of;
    default:
      notInRules(cx, expr.span, 'this');
      return of;
  }
};

const isTaken = ({ pattern, bindings }: Draft, name: string): boolean =>
  pattern.variables.has(name) ||
  pattern.names.has(name) ||
  bindings.some((b) => b.tag === 'binding' && b.name.text === name);

const throughGroups = (e: Expr): Expr => (e.tag === 'group' ? throughGroups(e.body) : e);

const join = (draft: Draft, row: Row, branches: readonly number[], span: Span): number => {
  const [only] = branches;
  if (only === undefined) throw new Bug('a join of nothing');
  return branches.length === 1 ? only : add(draft, { tag: 'join', row, branches, span });
};

const layer = (
  cx: Context,
  draft: Draft,
  chain: Chain,
  of: number,
  scope: Scope,
  entries: readonly WithEntry[] | undefined,
): number => {
  const meaning = resolve(cx, chain.word, scope);
  const { value } = meaning;
  if (value.tag === 'unknown') return of;
  if (value.tag !== 'callable' || value.callee.tag !== 'operator') {
    notInRules(cx, chain.span, `\`${meaning.text}\``);
    return of;
  }
  const { row } = value.callee;
  if (row.name === 'id') return of;
  const args = newArguments(cx, row, chain, meaning, scope, draft.pattern.rests);
  const weights = weightsOf(cx, draft, row.name, weightNames(row), chain.span, entries);
  return add(draft, { tag: 'layer', row, args, with: weights, of, span: chain.span });
};

const weightsOf = (
  cx: Context,
  { rule }: Draft,
  row: string,
  names: readonly string[],
  span: Span,
  entries: readonly WithEntry[] | undefined,
): readonly Entry[] | undefined => {
  if (entries === undefined) {
    if (names.length > 0 && rule.soundness !== 'structural') withoutWeights(cx, span, row, names);
    return undefined;
  }
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (!names.includes(name.text)) noSuchWeight(cx, name.span, row, name.text, names);
    if (seen.has(name.text)) twice(cx, name.text, name.span);
    seen.add(name.text);
  }
  return entries.map((e) => ({ weight: e.name.text, value: e.value, span: e.span }));
};
