/** The operands of the weight language when a rule is applied: the weights of the matched layers. */
import * as E from 'fp-ts/lib/Either.js';
import type { GraphNode, GraphWeight, WeightValue } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';
import type { TensorType } from '../../ops/types.ts';
import type { Binding } from '../../syntax/tree.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { evaluate } from '../../typecheck/expr/evaluate.ts';
import { weightFault } from '../rule/faults.ts';
import { weightNames } from '../rule/pattern.ts';
import type { Weighing } from '../rule/weight-language.ts';
import { sourceValue } from '../../graph/weights.ts';
import * as shapes from './weight-shapes.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

/** A layer that `as` names, and the types of what enters it. */
type Named = { readonly node: GraphNode; readonly inputs: readonly TensorType[] };

const operations: Weighing<WeightValue, number>['operations'] = {
  scalar: (value) => shapes.filled(value, []),
  arithmetic: shapes.arithmetic,
  sqrt: shapes.sqrt,
  reshape: shapes.reshape,
  transpose: shapes.transpose,
  sum: (of, axis) => shapes.sum(of, axis ?? -1),
  concat: (parts, axis) => shapes.concat(parts, axis ?? (parts[0]?.shape.length ?? 0) - 1),
};

export const weighingOf = (
  cx: Context,
  scope: Scope,
  bindings: readonly Binding[],
  layer: (name: string) => Named | undefined,
): Weighing<WeightValue, number> => ({
  operations,
  bindings,
  // `k.bias` is the weight, though `bias` is a parameter too
  isWeight: (name, member) => {
    const found = layer(name);
    return found !== undefined && weightNames(rowOf(found.node.op)).includes(member);
  },
  weight: (name, member) => {
    const found = layer(name);
    return found && weightOf(found, member);
  },
  number: (expr) => {
    const { value, reports } = cx.quietly(() => evaluate(cx, expr, scope));
    const [first] = reports;
    if (value.tag === 'number') return E.right(shapes.filled(value.value, []));
    return E.left(first ?? weightFault(expr.span, 'a weight or a number is needed here'));
  },
  integer: (expr) => {
    const { value } = cx.quietly(() => evaluate(cx, expr, scope));
    return value.tag === 'number' && value.integer ? value.value : undefined;
  },
  known: new Map(),
});

/** `k.kernel`. An absent bias is zeros of the shape it would have. */
const weightOf = (layer: Named, name: string): WeightValue | undefined => {
  const found = layer.node.weights.find((x) => x.spec.name === name);
  if (found !== undefined) return sourceValue(found);
  const absent = missing(layer, name);
  return absent && shapes.filled(0, absent.spec.shape);
};

const missing = (
  { node, inputs }: Named,
  weight: string,
): Pick<GraphWeight, 'spec'> | undefined => {
  if (node.args['bias'] !== false) return undefined;
  const specs = rowOf(node.op).weights({ ...node.args, bias: true }, inputs);
  const spec = specs.find((s) => s.name === weight);
  return spec === undefined ? undefined : { spec };
};
