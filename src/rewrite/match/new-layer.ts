/** A new layer of a rule: its arguments, and its weights or where they come from. */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { GraphWeight, ValueId, WeightValue } from '../../graph/graph.ts';
import { elements, sameShape } from '../../numeric/tensor.ts';
import type { Args } from '../../ops/params.ts';
import type { WeightSpec } from '../../ops/row.ts';
import type { Row } from '../../ops/table.ts';
import { argsOf } from '../../typecheck/expr/coerce.ts';
import type { Reported } from '../../typecheck/expr/reports.ts';
import { evaluate } from '../../typecheck/expr/evaluate.ts';
import { inner } from '../../typecheck/expr/scope.ts';
import { integer, type Scope } from '../../typecheck/expr/values.ts';
import { illTyped, weightFault } from '../rule/faults.ts';
import { coveredBy, freshPath, ownPath } from './new-paths.ts';
import { operandsOf } from './weight-values.ts';
import { partsFirst } from '../../graph/weights.ts';
import { thousands } from '../../numeric/figures.ts';
import type { BoundArg, Entry, NewNode } from '../rule/pattern.ts';
import { valueOfArg } from './arg-values.ts';
import { weigh } from '../rule/weight-language.ts';
import { add, type Result, type Builder } from './builder.ts';

type NewLayer = Extract<NewNode, { readonly tag: 'layer' }>;

/** A layer that the rule writes, with its weights. */
export const newLayer = (builder: Builder, node: NewLayer, input: ValueId): Result<ValueId> => {
  const args = argumentsOf(builder, node);
  if (E.isLeft(args)) return args;
  const { row } = node;
  const common = { row, args: args.right, inputs: [input], written: node.span };
  const entries = node.with;
  if (entries === undefined)
    return add(builder, {
      ...common,
      span: builder.paths.first.span,
      path: ownPath(builder.paths, row.name),
      weights: (s) => fresh(builder, row, s),
    });
  const written = entries.map((e) => e.value);
  const { path, source } = builder.paths.taking(written, builder.rule.replacement.bindings);
  const { span } = source;
  return add(builder, {
    ...common,
    span,
    path,
    weights: (s) => weights(builder, node, entries, s, path),
  });
};

/** Fresh weights, which only structural rules make. */
const fresh = (
  builder: Builder,
  row: Row,
  specs: readonly WeightSpec[],
): Result<readonly GraphWeight[]> => {
  if (specs.length === 0) return E.right([]);
  const path = freshPath(builder.paths, row.name);
  const madeBy = { pass: builder.pass, rule: builder.rule.rule.name.text, isFresh: true };
  return E.right(
    specs.map((spec): GraphWeight => ({ path: `${path}/${spec.name}`, spec, madeBy })),
  );
};

const argumentsOf = (builder: Builder, node: NewLayer): Result<Args> => {
  const { value: args, reports } = argumentsIn(builder, node, builder.scope);
  const [fault] = reports;
  if (args !== undefined && fault === undefined) return E.right(args);
  if (fault?.code === 'E0307') return E.left(guarded(builder, node, fault));
  return E.left(fault ?? illTyped(builder.rule.rule, node.span, 'an argument has no value'));
};

const argumentsIn = (
  builder: Builder,
  node: NewLayer,
  scope: Scope,
): Reported<Args | undefined> => {
  const given = node.args.flatMap((a) => {
    const value = sourceOf(builder, node.row, a, scope);
    return value === undefined ? [] : [{ parameter: a.parameter, span: a.span, value }];
  });
  return builder.cx.quietly(() => argsOf(builder.cx, node.row, given));
};

/** How far from a variable's value we search for one that makes the arguments valid. */
const mostTried = 64;

/** Suggests a guard for a rule that matches where its replacement cannot be made. */
const guarded = (builder: Builder, node: NewLayer, fault: Diagnostic): Diagnostic => {
  const note = 'add a guard behind the replacement so that the rule does not match here';
  for (let by = 1; by <= mostTried; by++)
    for (const [name, value] of builder.match.env.variables) {
      if (value.tag !== 'number' || !value.integer) continue;
      for (const [sign, other] of [
        ['>=', value.value + by],
        ['<=', value.value - by],
      ] as const) {
        const scope = inner(builder.scope);
        scope.names.set(name, { from: 'parameter', value: () => integer(other) });
        const { value: args, reports } = argumentsIn(builder, node, scope);
        if (args === undefined || reports.length > 0) continue;
        return { ...fault, notes: [...fault.notes, `${note}: \`where ${name} ${sign} ${other}\``] };
      }
    }
  return { ...fault, notes: [...fault.notes, `${note}, as in \`where n >= 2\``] };
};

const sourceOf = (builder: Builder, row: Row, { parameter, source }: BoundArg, scope: Scope) => {
  switch (source.tag) {
    case 'value':
      return () => source.value;
    case 'expr':
      return () => evaluate(builder.cx, source.expr, scope);
    case 'carried': {
      const arg = builder.match.env.rests.get(source.rest)?.[parameter];
      const param = row.params.find((p) => p.name === parameter);
      if (arg === undefined || param === undefined) return undefined;
      const value = valueOfArg(param, arg);
      return () => value;
    }
  }
};

/** The weights of a new layer. An entry for a weight that it does not have, such as `bias`, is ignored. */
const weights = (
  builder: Builder,
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
    const value = weigh(builder.weighing, entry.value);
    if (E.isLeft(value)) return value;
    const { shape } = value.right;
    if (!sameShape(shape, spec.shape))
      return E.left(
        weightFault(
          entry.span,
          `\`${spec.name}\` is [${shape.join(', ')}], and [${spec.shape.join(', ')}] is needed`,
        ),
      );
    const fault = tooLarge(builder, entry, value.right);
    if (fault !== undefined) return E.left(fault);
    made.push(weight(builder, `${path}/${spec.name}`, spec, value.right));
  }
  return E.right(made);
};

/** A weight that is computed in double precision takes 2 GiB then. */
const mostNumbers = 2 ** 28;

/** The fault of an expression of which a part has too many numbers; parts of what the match has were checked before. */
const tooLarge = (builder: Builder, { weight: name, span }: Entry, value: WeightValue) => {
  const own = new Set(
    builder.graph
      .inOrder(coveredBy(builder.rule, builder.match))
      .flatMap((n) => n.weights.flatMap((x) => x.value ?? [])),
  );
  const parts = partsFirst([value], (v) => (own.has(v) ? [] : operandsOf(v)));
  const most = parts.reduce((n, { shape }) => Math.max(n, elements(shape)), 0);
  if (most <= Math.max(mostNumbers, elements(value.shape))) return undefined;
  const counts = `${thousands(most)} numbers on the way, and at most ${thousands(mostNumbers)} are possible`;
  return weightFault(span, `\`${name}\` has ${counts}`, [
    'write `sum` right around a product, as in `sum(a * b, 1)`: then the product is not stored',
  ]);
};

const weight = (
  builder: Builder,
  path: string,
  spec: WeightSpec,
  value: WeightValue,
): GraphWeight => {
  // a weight that only moved is still the one of the source
  if (value.tag === 'source' && value.weight.path === path) return value.weight;
  const rule = builder.rule.rule.name.text;
  return { path, spec, value, madeBy: { pass: builder.pass, rule, isFresh: false } };
};
