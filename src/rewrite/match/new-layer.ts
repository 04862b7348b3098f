/** A new layer of a rule: its arguments, and its weights or where they come from. */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { GraphWeight, ValueId, WeightValue } from '../../graph/graph.ts';
import { sameShape } from '../../numeric/tensor.ts';
import type { Args } from '../../ops/params.ts';
import type { WeightSpec } from '../../ops/row.ts';
import type { Row } from '../../ops/table.ts';
import { argsOf } from '../../typecheck/expr/coerce.ts';
import type { Heard } from '../../typecheck/expr/reports.ts';
import { evaluate } from '../../typecheck/expr/evaluate.ts';
import { inner } from '../../typecheck/expr/scope.ts';
import { integer, type Scope } from '../../typecheck/expr/values.ts';
import { illTyped, weightFault } from '../rule/faults.ts';
import { freshPath, ownPath } from './new-paths.ts';
import type { BoundArg, NewNode } from '../rule/pattern.ts';
import { valueOfArg } from './arg-values.ts';
import { weigh } from '../rule/weight-language.ts';
import { sourcesOf } from './weight-values.ts';
import { add, type Result, type Builder } from './builder.ts';

type NewLayer = Extract<NewNode, { readonly tag: 'layer' }>;

/** A layer that the rule writes, with its weights. */
export const newLayer = (w: Builder, node: NewLayer, input: ValueId): Result<ValueId> => {
  const args = argumentsOf(w, node);
  if (E.isLeft(args)) return args;
  const { row } = node;
  const common = { row, args: args.right, inputs: [input], written: node.span };
  const entries = node.with;
  if (entries === undefined)
    return add(w, {
      ...common,
      span: w.paths.first.span,
      path: ownPath(w.paths, row.name),
      weights: (s) => fresh(w, row, s),
    });
  const written = entries.map((e) => e.value);
  const { path, source } = w.paths.taking(written, w.rule.replacement.bindings);
  const { span } = source;
  return add(w, { ...common, span, path, weights: (s) => weights(w, node, entries, s, path) });
};

/** Weights that start anew, which only structural rules have. */
const fresh = (
  w: Builder,
  row: Row,
  specs: readonly WeightSpec[],
): Result<readonly GraphWeight[]> => {
  if (specs.length === 0) return E.right([]);
  const path = freshPath(w.paths, row.name);
  const provenance = { pass: w.pass, rule: w.rule.rule.name.text, sources: [] };
  return E.right(specs.map((spec) => ({ path: `${path}/${spec.name}`, spec, provenance })));
};

const argumentsOf = (w: Builder, node: NewLayer): Result<Args> => {
  const { value: args, heard } = argumentsIn(w, node, w.scope);
  const [fault] = heard;
  if (args !== undefined && fault === undefined) return E.right(args);
  if (fault?.code === 'E0307') return E.left(guarded(w, node, fault));
  return E.left(fault ?? illTyped(w.rule.rule, node.span, 'an argument has no value'));
};

const argumentsIn = (w: Builder, node: NewLayer, scope: Scope): Heard<Args | undefined> => {
  const given = node.args.flatMap((a) => {
    const value = sourceOf(w, node.row, a, scope);
    return value === undefined ? [] : [{ parameter: a.parameter, span: a.span, value }];
  });
  return w.cx.heard(() => argsOf(w.cx, node.row, given));
};

/** So far from the value of a variable one is looked for for which the layer has its arguments. */
const mostTried = 64;

/** A rule that matches more than its replacement can be made for lacks a guard. */
const guarded = (w: Builder, node: NewLayer, fault: Diagnostic): Diagnostic => {
  const note = 'a guard behind the replacement keeps the rule away from there';
  for (let by = 1; by <= mostTried; by++)
    for (const [name, value] of w.match.env.variables) {
      if (value.tag !== 'number' || !value.integer) continue;
      for (const [sign, other] of [
        ['>=', value.value + by],
        ['<=', value.value - by],
      ] as const) {
        const scope = inner(w.scope);
        scope.names.set(name, { from: 'parameter', value: () => integer(other) });
        const { value: args, heard } = argumentsIn(w, node, scope);
        if (args === undefined || heard.length > 0) continue;
        return { ...fault, notes: [...fault.notes, `${note}: \`where ${name} ${sign} ${other}\``] };
      }
    }
  return { ...fault, notes: [...fault.notes, `${note}, as in \`where n >= 2\``] };
};

const sourceOf = (w: Builder, row: Row, { parameter, source }: BoundArg, scope: Scope) => {
  switch (source.tag) {
    case 'value':
      return () => source.value;
    case 'expr':
      return () => evaluate(w.cx, source.expr, scope);
    case 'carried': {
      const arg = w.match.env.rests.get(source.rest)?.[parameter];
      const param = row.params.find((p) => p.name === parameter);
      if (arg === undefined || param === undefined) return undefined;
      const value = valueOfArg(param, arg);
      return () => value;
    }
  }
};

/** Each weight that the layer turns out to have; an entry for one that it has not (`bias`) is idle. */
const weights = (
  w: Builder,
  node: NewLayer,
  entries: NonNullable<NewLayer['with']>,
  specs: readonly WeightSpec[],
  path: string,
): Result<readonly GraphWeight[]> => {
  const made: GraphWeight[] = [];
  for (const spec of specs) {
    const entry = entries.find((e) => e.weight === spec.name);
    if (entry === undefined)
      return E.left(
        weightFault(node.span, `\`with\` does not say what \`${spec.name}\` is`, [
          `this \`${node.row.name}\` has a \`${spec.name}\` of shape [${spec.shape.join(', ')}]`,
        ]),
      );
    const value = weigh(w.weighing, entry.value);
    if (E.isLeft(value)) return value;
    const { shape } = value.right;
    if (!sameShape(shape, spec.shape))
      return E.left(
        weightFault(
          entry.span,
          `\`${spec.name}\` is [${shape.join(', ')}], and [${spec.shape.join(', ')}] is needed`,
        ),
      );
    made.push(weight(w, `${path}/${spec.name}`, spec, value.right));
  }
  return E.right(made);
};

const weight = (w: Builder, path: string, spec: WeightSpec, value: WeightValue): GraphWeight => {
  // a weight that only moved is still the one of the source
  if (value.tag === 'source' && value.weight.path === path) return value.weight;
  const rule = w.rule.rule.name.text;
  return { path, spec, value, provenance: { pass: w.pass, rule, sources: sourcesOf(value) } };
};
