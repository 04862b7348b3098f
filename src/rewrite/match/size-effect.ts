/**
 * What a rule that asks for the size of the map means for maps of other sizes. Its sides are the same function where it
 * matches; elsewhere three things may be:
 *
 *   - the left side takes maps of other sizes and the rule does not match there, as in `gap : [8, 8, c] => …`: then the
 *     new layers are for this size alone, and a layer that holds it stands in front of them;
 *   - the left side takes no other size and the right side does, as in `flatten : [1, 1, c] => gap`: the rule frees the
 *     size, and what it makes of a larger map is the mean over windows. Whatever stands behind would see that mean in
 *     place of each window, so such a rule is applied at the end of a net only;
 *   - neither side takes another size, or the rule matches there too: nothing is to be done.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';
import { extentOf, freeAxis, type TensorType } from '../../ops/types.ts';
import type { CompiledRule } from '../rule/pattern.ts';
import { equalArgs } from './arg-values.ts';
import { conditions } from './conditions.ts';
import type { Axis } from './hold-size.ts';
import type { LiveGraph } from './live-graph.ts';
import type { Applying, Match } from './match.ts';
import { coveredBy } from './new-paths.ts';
import { substitute, type Substitute } from './substitute.ts';

/** Along which axes the new layers are for this size alone, and whether any is freed. */
export type SizeEffect = { readonly fixes: readonly Axis[]; readonly frees: boolean };

const none: SizeEffect = { fixes: [], frees: false };

/** `made` is what is to be put in the place of the match. */
export const sizeEffect = (
  place: Applying,
  rule: CompiledRule,
  match: Match,
  made: Substitute,
): SizeEffect => {
  const entry = match.env.values.get(0);
  const type = entry === undefined || !rule.asksForSize ? undefined : place.live.type(entry);
  if (entry === undefined || type?.tag !== 'map') return none;
  const covered = place.live.inOrder(coveredBy(rule, match));
  const along = (axis: Axis): 'same' | 'fixes' | 'frees' => {
    const size = type[axis];
    if (size === 'unknown' || extentOf(size) === undefined) return 'same';
    const freed = new Map<ValueId, TensorType>([[entry, { ...type, [axis]: freeAxis(axis) }]]);
    const typeOf = (id: ValueId): TensorType => freed.get(id) ?? place.live.type(id);
    if (!takes(covered, typeOf, freed)) return takes(made.nodes, typeOf, freed) ? 'frees' : 'same';
    return matchesFreed(place, rule, match, made, typeOf) ? 'same' : 'fixes';
  };
  return {
    fixes: (['h', 'w'] as const).filter((axis) => along(axis) === 'fixes'),
    frees: (['h', 'w'] as const).some((axis) => along(axis) === 'frees'),
  };
};

/** Whether layers take what comes in; their types go into `known`. */
const takes = (
  nodes: readonly GraphNode[],
  typeOf: (id: ValueId) => TensorType,
  known: Map<ValueId, TensorType>,
): boolean =>
  // all of them, because the new layers may read what stands beside one that does not
  nodes.filter((n) => {
    const shape = rowOf(n.op).shape(n.args, n.inputs.map(typeOf));
    known.set(n.id, E.isRight(shape) ? shape.right.type : n.output);
    return E.isLeft(shape);
  }).length === 0;

/** Whether the rule matches with the size left free, and makes the same layers. */
const matchesFreed = (
  { cx, std, pass, live }: Applying,
  rule: CompiledRule,
  { at, before }: Match,
  made: Substitute,
  typeOf: (id: ValueId) => TensorType,
): boolean => {
  const graph: LiveGraph = { ...live, type: typeOf };
  const env = conditions({ cx, std, rule, graph }, before);
  if (env === undefined) return false;
  const again = substitute(cx, std, pass, rule, graph, { env, at, before });
  return E.isRight(again) && sameLayers(again.right.nodes, made.nodes);
};

const sameLayers = (a: readonly GraphNode[], b: readonly GraphNode[]): boolean =>
  a.length === b.length &&
  a.every(({ op, args }, i) => {
    const other = b[i]!;
    return (
      op === other.op &&
      rowOf(op).params.every((p) => equalArgs(p, args[p.name], other.args[p.name]))
    );
  });
