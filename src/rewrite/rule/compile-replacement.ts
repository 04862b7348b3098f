/** The right side of a rule as a graph. */
import { error } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Binding, Rule, WithEntry } from '../../syntax/tree.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { inner } from '../../typecheck/expr/scope.ts';
import { unknown, type Scope } from '../../typecheck/expr/values.ts';
import { newArguments, type OperatorCall } from './calls.ts';
import { noSuchWeight, notInRules, twice, unbound, withoutWeights } from './faults.ts';
import {
  weightNames,
  type Entry,
  type NewNode,
  type Pattern,
  type Replacement,
} from './pattern.ts';
import { operatorOf, walker, type Side } from './rule-walk.ts';
import { throughGroups } from '../../syntax/walk.ts';

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
  // words that the pattern binds are defined, though their values are not known yet
  const scope = inner(std);
  for (const name of pattern.variables.keys())
    scope.names.set(name, { from: 'parameter', value: () => unknown });
  const result = walker(cx, sideOf(cx, draft, scope), scope)(rule.replacement, 0);
  return { nodes: draft.nodes, bindings: draft.bindings, result };
};

const add = (draft: Draft, node: NewNode): number => draft.nodes.push(node) - 1;

const sideOf = (cx: Context, draft: Draft, scope: Scope): Side => ({
  layer: (call, of) => layer(cx, draft, call, of, scope, undefined),
  spread: ({ name, span }, of) => {
    const bound = draft.pattern.nodes.some((n) => n.tag === 'layers' && n.name === name.text);
    if (!bound) unbound(cx, span, `..${name.text}`, [], draft.rule.pattern.span, 'layers');
    return bound ? add(draft, { tag: 'layers', name: name.text, of, span }) : of;
  },
  recall: ({ name, span }, of) => {
    const node = draft.pattern.names.get(name.text);
    const { names } = draft.pattern;
    if (node === undefined) unbound(cx, span, name.text, names.keys(), draft.rule.pattern.span);
    return node === undefined ? of : add(draft, { tag: 'kept', node });
  },
  join: (row, branches, span) => add(draft, { tag: 'join', row, branches, span }),
  own: (expr, of, enter) => {
    if (expr.tag === 'where') {
      bindings(cx, draft, expr.bindings, scope);
      return enter(expr.body, of);
    }
    if (expr.tag !== 'with') return undefined;
    const body = throughGroups(expr.body);
    if (body.tag !== 'chain') {
      notInRules(cx, expr.span, '`with` behind several layers');
      return enter(expr.body, of);
    }
    const call = operatorOf(cx, body, scope);
    return call === undefined ? of : layer(cx, draft, call, of, scope, expr.entries);
  },
});

/** The limit on names after `where`: each may be computed from the one before. */
const mostNames = 100;

const bindings = (cx: Context, draft: Draft, written: readonly Binding[], scope: Scope): void => {
  const named = [...draft.bindings, ...written].filter((b) => b.tag === 'binding');
  const [tooMany] = named.slice(mostNames);
  if (tooMany !== undefined) {
    cx.report(error('E0402', tooMany.span, `a rule names at most ${mostNames} values`));
    return;
  }
  for (const b of written) {
    if (b.tag === 'binding' && isTaken(draft, b.name.text)) twice(cx, b.name.text, b.name.span);
    draft.bindings.push(b);
    if (b.tag === 'binding') scope.names.set(b.name.text, { from: 'where', value: () => unknown });
  }
};

const isTaken = ({ pattern, bindings }: Draft, name: string): boolean =>
  pattern.variables.has(name) ||
  pattern.names.has(name) ||
  bindings.some((b) => b.tag === 'binding' && b.name.text === name);

const layer = (
  cx: Context,
  draft: Draft,
  call: OperatorCall,
  of: number,
  scope: Scope,
  entries: readonly WithEntry[] | undefined,
): number => {
  const { row } = call;
  const { span } = call.chain;
  const args = newArguments(cx, call, scope, draft.pattern.rests);
  const weights = weightsOf(cx, draft, row.name, weightNames(row), span, entries);
  return add(draft, { tag: 'layer', row, args, with: weights, of, span });
};

/** The pattern's name for a layer of this kind. */
const namedLike = ({ names, nodes }: Pattern, row: string): string | undefined =>
  [...names].find(([, at]) => {
    const node = nodes[at];
    return node?.tag === 'layer' && node.row.name === row;
  })?.[0];

const weightsOf = (
  cx: Context,
  { rule, pattern }: Draft,
  row: string,
  names: readonly string[],
  span: Span,
  entries: readonly WithEntry[] | undefined,
): readonly Entry[] | undefined => {
  if (entries === undefined) {
    if (names.length > 0 && rule.soundness !== 'structural')
      withoutWeights(cx, span, row, names, namedLike(pattern, row));
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
