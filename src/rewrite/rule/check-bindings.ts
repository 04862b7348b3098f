/** Checks that the sides of a rule fit: every name that is used is bound, and every name that is bound is used. */
import { replace } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, Rule } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { lookup } from '../../typecheck/expr/scope.ts';
import { dropped, noSuchWeight, twice, unbound } from './faults.ts';
import {
  weightNames,
  type ArgPattern,
  type CompiledRule,
  type Pattern,
  type Replacement,
} from './pattern.ts';
import { weightFunctions } from './weight-functions.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

/** The expressions on the right side: arguments, weights and what stands after `where`. */
const expressionsIn = ({ nodes, bindings }: Replacement): readonly Expr[] => [
  ...nodes.flatMap((n) =>
    n.tag !== 'layer'
      ? []
      : [
          ...n.args.flatMap((a) => (a.source.tag === 'expr' ? [a.source.expr] : [])),
          ...(n.with ?? []).map((e) => e.value),
        ],
  ),
  ...bindings.map((b) => (b.tag === 'binding' ? b.value : b.condition)),
];

const deferredIn = (p: ArgPattern): readonly Expr[] =>
  p.tag === 'expr'
    ? [p.expr]
    : p.tag === 'extent'
      ? [...deferredIn(p.h), ...deferredIn(p.w)]
      : p.tag === 'range'
        ? [...deferredIn(p.from), ...deferredIn(p.to)]
        : p.tag === 'sides'
          ? p.items.flatMap(deferredIn)
          : [];

/** The variables of a pattern, as often as they occur. */
const variablesIn = (p: ArgPattern): readonly string[] =>
  p.tag === 'variable'
    ? [p.name]
    : p.tag === 'extent'
      ? [...variablesIn(p.h), ...variablesIn(p.w)]
      : p.tag === 'range'
        ? [...variablesIn(p.from), ...variablesIn(p.to)]
        : p.tag === 'sides'
          ? p.items.flatMap(variablesIn)
          : [];

export const checkUses = (
  cx: Context,
  { rule, pattern, replacement }: CompiledRule,
  std: Scope,
): void => {
  const used = new Set<string>();
  const before = cx.found().length;
  const known = new Set([
    ...pattern.variables.keys(),
    ...pattern.names.keys(),
    ...replacement.bindings.flatMap((b) => (b.tag === 'binding' ? [b.name.text] : [])),
  ]);
  const visit = (e: Expr): void => {
    for (const { word } of chainsOf(e)) {
      const [name, member] = word.parts;
      if (name === undefined) continue;
      used.add(name.text);
      if (member !== undefined) checkMember(cx, rule, pattern, name, member);
      else if (!known.has(name.text) && !isStandard(name.text, std))
        unbound(cx, name.span, name.text, known, rule.pattern.span);
    }
  };
  expressionsIn(replacement).forEach(visit);
  const arguments_ = pattern.nodes.flatMap((n) => (n.tag === 'layer' ? n.params : []));
  arguments_.flatMap((p) => deferredIn(p.pattern)).forEach(visit);
  // an unbound name may be a misspelling of the one that seems to be dropped
  if (cx.found().length === before) checkDropped(cx, rule, pattern, replacement, used);
};

const isStandard = (text: string, std: Scope): boolean =>
  weightFunctions.has(text) || lookup(std, text) !== undefined;

type Named = { readonly text: string; readonly span: Span };

/** `k.kernel` or `bn.eps`: a weight or a parameter of the layer that `as` names. */
const checkMember = (
  cx: Context,
  rule: Rule,
  pattern: Pattern,
  name: Named,
  member: Named,
): void => {
  if (name.text === 'std') return;
  const index = pattern.names.get(name.text);
  const node = index === undefined ? undefined : pattern.nodes[index];
  if (node === undefined) {
    unbound(cx, name.span, name.text, pattern.names.keys(), rule.pattern.span, 'layer');
    return;
  }
  if (node.tag !== 'layer') {
    noSuchWeight(cx, member.span, name.text, member.text, []);
    return;
  }
  const names = weightNames(node.row);
  const params = node.row.params.map((p) => p.name);
  if (!names.includes(member.text) && !params.includes(member.text))
    noSuchWeight(cx, member.span, node.row.name, member.text, [...names, ...params]);
};

const checkDropped = (
  cx: Context,
  rule: Rule,
  pattern: Pattern,
  replacement: Replacement,
  used: ReadonlySet<string>,
): void => {
  const without = rule.replacement.span;
  const counts = new Map<string, number>();
  for (const n of pattern.nodes)
    for (const p of n.tag === 'layer' ? n.params : [])
      for (const v of variablesIn(p.pattern)) counts.set(v, (counts.get(v) ?? 0) + 1);
  for (const { type } of pattern.types)
    for (const { word } of type.tag === 'any' ? [] : type.axes.flatMap(chainsOf)) {
      const text = word.parts[0]?.text ?? '';
      counts.set(text, (counts.get(text) ?? 0) + 2); // a size may have a name only to be readable
    }
  for (const [variable, span] of pattern.variables)
    if (counts.get(variable) === 1 && !used.has(variable))
      dropped(
        cx,
        span,
        without,
        `\`${variable}\``,
        '`_` stands for an argument that does not matter',
        [replace('write `_`', span, '_')],
      );
  for (const node of pattern.nodes)
    if (node.tag === 'layers') {
      const uses = replacement.nodes.filter((n) => n.tag === 'layers' && n.name === node.name);
      if (uses.length === 0)
        dropped(cx, node.span, without, `the layers \`..${node.name}\``, 'they would be lost');
      const [, second] = uses;
      // both would be the same layers, with one set of weights
      if (second?.tag === 'layers') twice(cx, `..${node.name}`, second.span);
    }
  const kept = new Set(replacement.nodes.flatMap((n) => (n.tag === 'kept' ? [n.node] : [])));
  for (const [name, index] of pattern.names) {
    const node = pattern.nodes[index];
    const isUsed = used.has(name) || kept.has(index) || pattern.recalled.has(name);
    if (node?.tag === 'layer' && !isUsed)
      dropped(
        cx,
        node.span,
        without,
        `\`${name}\``,
        'a layer needs a name only where the other side uses it',
      );
  }
};
