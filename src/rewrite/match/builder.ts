/** The replacement under construction: nodes are added one by one and typed; a node that exists already is reused. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { GraphNode, GraphWeight, ValueId, WeightValue } from '../../graph/graph.ts';
import type { Args } from '../../ops/params.ts';
import type { WeightSpec } from '../../ops/row.ts';
import { standing } from '../../ops/standing.ts';
import { rowOf, type Row } from '../../ops/table.ts';
import { showType, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { illTyped } from '../rule/faults.ts';
import type { LiveGraph } from './live-graph.ts';
import type { Match } from './match.ts';
import type { Paths } from './new-paths.ts';
import type { CompiledRule } from '../rule/pattern.ts';
import { equalArgs } from './arg-values.ts';
import type { Weighing } from '../rule/weight-language.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

/** The result of a step of the replacement, or why the rule cannot be applied here. */
export type Result<A> = E.Either<Diagnostic, A>;

/** The state while the replacement of a match is built. */
export type Builder = {
  readonly cx: Context;
  readonly pass: string;
  readonly rule: CompiledRule;
  readonly graph: LiveGraph;
  readonly match: Match;
  readonly scope: Scope;
  readonly weighing: Weighing<WeightValue, number>;
  readonly paths: Paths;
  readonly made: GraphNode[];
  /** the operators of all layers of the replacement, including those that existed already */
  readonly asked: string[];
};

/** A node to add; `weights` gives its weights if the layer has any. */
export type NewNodeOf = {
  readonly row: Row;
  readonly args: Args;
  readonly inputs: readonly ValueId[];
  readonly path: string;
  readonly span: Span; // in the source of the net
  readonly written: Span; // in the rule
  readonly weights: (specs: readonly WeightSpec[]) => Result<readonly GraphWeight[]>;
};

/** The type of a value, new or old; `whole` asks for the matched part of a larger join. */
export const typeIn = (builder: Builder, id: ValueId, whole = false): TensorType => {
  const made = builder.made.find((n) => n.id === id);
  if (made !== undefined) return made.output;
  const { chosen } = builder.match.env;
  const joined = whole && chosen !== undefined ? builder.graph.node(id) : undefined;
  if (joined === undefined || chosen === undefined) return builder.graph.type(id);
  // a part of a larger join may have another type than the whole
  return typed(
    joined,
    chosen.map((i) => builder.graph.type(joined.inputs[i]!)),
  );
};

const typed = (joined: GraphNode, inputs: readonly TensorType[]): TensorType => {
  const shape = rowOf(joined.op).shape(joined.args, inputs);
  if (E.isLeft(shape)) throw new Bug(`a part of ${joined.path} has no type`);
  return shape.right.type;
};

/** The value of a new node; `left` when it does not take the types of its inputs. */
export const add = (builder: Builder, it: NewNodeOf): Result<ValueId> => {
  const { row, args, inputs, span } = it;
  const { rule } = builder.rule;
  const types = inputs.map((id) => typeIn(builder, id));
  const shape = row.shape(args, types);
  const of = types.map(showType).join(' and ');
  if (E.isLeft(shape) || standing(shape.right) !== undefined)
    return E.left(illTyped(rule, it.written, `\`${row.name}\` does not take ${of}`));
  const { type } = shape.right;
  builder.asked.push(row.name);
  const there = alike(builder, it, types);
  if (there !== undefined) return E.right(there.id);
  return E.map((found: readonly GraphWeight[]) => {
    const id = builder.graph.freshId();
    const at = found[0]?.path;
    const own = at === undefined ? it.path : at.slice(0, at.lastIndexOf('/'));
    const placed = { id, op: row.name, args, inputs, inputTypes: types, output: type };
    builder.made.push({ ...placed, path: own, weights: found, span });
    return id;
  })(it.weights(row.weights(args, types)));
};

/**
 * A layer without weights that exists already, before the match or in the replacement: it is not made again. So
 * branches that apply the same layer to one value share it.
 */
const alike = (
  builder: Builder,
  { row, args, inputs }: NewNodeOf,
  types: readonly TensorType[],
): GraphNode | undefined => {
  if (row.weights(args, types).length > 0) return undefined;
  const isAlike = (n: GraphNode | undefined): boolean =>
    n?.op === row.name &&
    n.inputs.length === inputs.length &&
    n.inputs.every((id, i) => id === inputs[i]) &&
    row.params.every((p) => equalArgs(p, n.args[p.name], args[p.name]));
  const { graph, match } = builder;
  const there = [...graph.alike(row.name, args, inputs)].filter(
    (id) => graph.place(id) < graph.place(match.at) && isAlike(graph.node(id)),
  );
  return graph.inOrder(there)[0] ?? builder.made.find(isAlike);
};
