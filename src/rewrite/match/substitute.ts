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
import type { CompiledRule, NewNode } from '../rule/pattern.ts';
import { weighingOf } from './weight-operands.ts';
import { add, typeIn, type Result, type Builder } from './builder.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

/** The nodes that replace a match, in order of execution, and the value that takes the result's place. */
export type Substitute = {
  readonly nodes: readonly GraphNode[];
  readonly result: ValueId;
  /** operators as the rule writes them: of these nodes, and of layers that existed already */
  readonly operators: readonly string[];
};

/** `left` when the replacement is not a network, or has another type. The graph stays as it is. */
export const substitute = (
  cx: Context,
  std: Scope,
  pass: string,
  rule: CompiledRule,
  of: LiveGraph,
  match: Match,
): Result<Substitute> => {
  const named = namedLayers(rule, of, match.env);
  const { bindings } = rule.replacement;
  const scope = scopeOf(cx, match.env, std, bindings, named);
  const byName = new Map(named);
  const work: Builder = {
    cx,
    pass,
    rule,
    of,
    match,
    scope,
    weighing: weighingOf(cx, scope, bindings, (name) => {
      const node = byName.get(name);
      return node && { node, inputs: node.inputs.map(of.type) };
    }),
    paths: pathsOf(rule, of, match),
    made: [],
    asked: [],
  };
  return E.chain((result: ValueId): Result<Substitute> => {
    const [before, after] = [typeIn(work, match.at, true), typeIn(work, result)];
    const kept = sameType(before, after) || isReshaped(rule, before, after);
    return kept
      ? E.right({ nodes: work.made, result, operators: work.asked })
      : E.left(typeFault(rule.rule, showType(before), showType(after)));
  })(built(work));
};

/** A structural rule may leave `[1, 1, c]` where `[c]` was: the same numbers, if what follows takes them. */
const isReshaped = ({ rule }: CompiledRule, before: TensorType, after: TensorType): boolean => {
  if (rule.soundness !== 'structural') return false;
  const [pixel, vector] = before.tag === 'map' ? [before, after] : [after, before];
  return (
    pixel.tag === 'map' &&
    vector.tag === 'vector' &&
    extentOf(pixel.h) === 1 &&
    extentOf(pixel.w) === 1 &&
    pixel.c === vector.c
  );
};

/** Every node of the replacement in order. */
const built = (w: Builder): Result<ValueId> => {
  const { nodes, result } = w.rule.replacement;
  const values: ValueId[] = [];
  const at = (index: number): ValueId => {
    const value = values[index];
    if (value === undefined) throw new Bug('a rule reads what it has not made');
    return value;
  };
  for (const node of nodes) {
    const value = one(w, node, at);
    if (E.isLeft(value)) return value;
    values.push(value.right);
  }
  return E.right(at(result));
};

const one = (w: Builder, node: NewNode, at: (index: number) => ValueId): Result<ValueId> => {
  const { env } = w.match;
  switch (node.tag) {
    case 'input':
      return E.right(inputOf(w));
    case 'kept': {
      const value = env.values.get(node.node);
      if (value === undefined) throw new Bug('a name without value');
      return E.right(value);
    }
    case 'layers':
      return moved(w, node.name, at(node.of));
    case 'join':
      return join(w, node, node.branches.map(at));
    case 'layer':
      return newLayer(w, node, at(node.of));
  }
};

const inputOf = ({ match }: Builder): ValueId => {
  const value = match.env.values.get(0);
  // a pattern that never reaches its input binds none: everything is reached through `@a`
  if (value === undefined) throw new Bug('a match without input');
  return value;
};

/** The layers behind `..f` on another input: the same weights, under the same paths. */
const moved = (w: Builder, name: string, entry: ValueId): Result<ValueId> => {
  const fragment = w.match.env.layers.get(name);
  if (fragment === undefined) throw new Bug(`no layers ..${name}`);
  const renamed = new Map<ValueId, ValueId>([[fragment.entry, entry]]);
  for (const node of fragment.nodes) {
    const inputs = node.inputs.map((id) => renamed.get(id) ?? id);
    const weights = (specs: readonly WeightSpec[]): Result<readonly GraphWeight[]> =>
      stillFit(node.weights, specs)
        ? E.right(node.weights)
        : E.left(
            weightFault(w.rule.rule.span, `the weights of \`..${name}\` are for another input`),
          );
    const { args, path, span } = node;
    const written = w.rule.rule.replacement.span;
    const added = add(w, { row: rowOf(node.op), args, inputs, path, span, written, weights });
    if (E.isLeft(added)) return added;
    renamed.set(node.id, added.right);
  }
  return E.right(renamed.get(fragment.exit) ?? entry);
};

const join = (
  w: Builder,
  { row, span: written }: Extract<NewNode, { readonly tag: 'join' }>,
  inputs: readonly ValueId[],
): Result<ValueId> => {
  const path = ownPath(w.paths, row.name);
  const { span } = w.paths.first;
  return add(w, { row, args: {}, inputs, path, span, written, weights: () => E.right([]) });
};
