/** The replacement of a match: new nodes with their types, their paths and the provenance of their weights. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { stillFit, type GraphNode, type GraphWeight, type ValueId } from '../../graph/graph.ts';
import type { WeightSpec } from '../../ops/row.ts';
import { rowOf } from '../../ops/table.ts';
import { extentOf, sameType, showType, type TensorType } from '../../ops/types.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { scopeOf } from './environment.ts';
import { typeFault, weightFault } from '../rule/faults.ts';
import type { LiveGraph } from './live-graph.ts';
import { namedLayers } from './conditions.ts';
import type { Match } from './match.ts';
import { newLayer } from './new-layer.ts';
import { ownPath, pathsOf } from './new-paths.ts';
import { statesVector, type CompiledRule, type NewNode } from '../rule/pattern.ts';
import { weighingOf } from './weight-operands.ts';
import { add, typeIn, type Result, type Builder } from './builder.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

/** The nodes that replace a match, in order of execution, and the value that takes the result's place. */
export type Substitute = {
  readonly nodes: readonly GraphNode[];
  readonly result: ValueId;
  /** operators as the rule writes them: of these nodes, and of layers that existed already */
  readonly operators: readonly string[];
  /** its type can stand at the end of a net only */
  readonly isLast: boolean;
};

/** `left` when the replacement is not a network, or has another type. The graph stays as it is. */
export const substitute = (
  cx: Context,
  std: Scope,
  pass: string,
  rule: CompiledRule,
  graph: LiveGraph,
  match: Match,
): Result<Substitute> => {
  const named = namedLayers(rule, graph, match.env);
  const { bindings } = rule.replacement;
  const scope = scopeOf(cx, match.env, std, bindings, named);
  const byName = new Map(named);
  const work: Builder = {
    cx,
    pass,
    rule,
    graph,
    match,
    scope,
    weighing: weighingOf(cx, scope, bindings, (name) => {
      const node = byName.get(name);
      return node && { node, inputs: node.inputs.map(graph.type) };
    }),
    paths: pathsOf(rule, graph, match),
    made: [],
    asked: [],
  };
  return E.chain((result: ValueId): Result<Substitute> => {
    const [before, after] = [typeIn(work, match.at, true), typeIn(work, result)];
    const where = sameType(before, after) ? 'anywhere' : reshaping(rule, before, after);
    return where === undefined
      ? E.left(typeFault(rule.rule, showType(before), showType(after)))
      : E.right({
          nodes: work.made,
          result,
          operators: work.asked,
          isLast: where === 'at the end',
        });
  })(built(work));
};

/**
 * A structural rule may leave `[1, 1, c]` where `[c]` was: the same numbers, if what follows takes them. At the end of a
 * net, where nothing follows, it may leave a map of any size for a vector of as many channels.
 */
const reshaping = (
  { rule, pattern }: CompiledRule,
  before: TensorType,
  after: TensorType,
): 'anywhere' | 'at the end' | undefined => {
  if (rule.soundness !== 'structural') return undefined;
  const [map, vector] = before.tag === 'map' ? [before, after] : [after, before];
  if (map.tag !== 'map' || vector.tag !== 'vector' || map.c !== vector.c) return undefined;
  if (extentOf(map.h) === 1 && extentOf(map.w) === 1) return 'anywhere';
  return before.tag === 'vector' && statesVector(pattern) ? 'at the end' : undefined;
};

/** Every node of the replacement in order. */
const built = (builder: Builder): Result<ValueId> => {
  const { nodes, result } = builder.rule.replacement;
  const values: ValueId[] = [];
  const at = (index: number): ValueId => {
    const value = values[index];
    if (value === undefined) throw new Bug('a rule reads what it has not made');
    return value;
  };
  for (const node of nodes) {
    const value = one(builder, node, at);
    if (E.isLeft(value)) return value;
    values.push(value.right);
  }
  return E.right(at(result));
};

const one = (builder: Builder, node: NewNode, at: (index: number) => ValueId): Result<ValueId> => {
  const { env } = builder.match;
  switch (node.tag) {
    case 'input':
      return E.right(inputOf(builder));
    case 'kept': {
      const value = env.values.get(node.node);
      if (value === undefined) throw new Bug('a name without value');
      return E.right(value);
    }
    case 'layers':
      return moved(builder, node.name, at(node.of));
    case 'join':
      return join(builder, node, node.branches.map(at));
    case 'layer':
      return newLayer(builder, node, at(node.of));
  }
};

const inputOf = ({ match }: Builder): ValueId => {
  const value = match.env.values.get(0);
  // a pattern that never reaches its input binds none: everything is reached through `@a`
  if (value === undefined) throw new Bug('a match without input');
  return value;
};

/** The layers behind `..f` on another input: the same weights, under the same paths. */
const moved = (builder: Builder, name: string, entry: ValueId): Result<ValueId> => {
  const fragment = builder.match.env.layers.get(name);
  if (fragment === undefined) throw new Bug(`no layers ..${name}`);
  // on the same input they are there already
  if (fragment.entry === entry) return E.right(fragment.exit);
  const renamed = new Map<ValueId, ValueId>([[fragment.entry, entry]]);
  for (const node of fragment.nodes) {
    const inputs = node.inputs.map((id) => renamed.get(id) ?? id);
    const weights = (specs: readonly WeightSpec[]): Result<readonly GraphWeight[]> =>
      stillFit(node.weights, specs)
        ? E.right(node.weights)
        : E.left(
            weightFault(
              builder.rule.rule.span,
              `the weights of \`..${name}\` are for another input`,
            ),
          );
    const { args, path, span } = node;
    const written = builder.rule.rule.replacement.span;
    const added = add(builder, { row: rowOf(node.op), args, inputs, path, span, written, weights });
    if (E.isLeft(added)) return added;
    renamed.set(node.id, added.right);
  }
  return E.right(renamed.get(fragment.exit) ?? entry);
};

const join = (
  builder: Builder,
  { row, span: written }: Extract<NewNode, { readonly tag: 'join' }>,
  inputs: readonly ValueId[],
): Result<ValueId> => {
  const path = ownPath(builder.paths, row.name);
  const { span } = builder.paths.first;
  return add(builder, { row, args: {}, inputs, path, span, written, weights: () => E.right([]) });
};
