/** Putting new nodes in the place of matched ones. */
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import type { LiveGraph } from './live-graph.ts';
import type { Match } from './match.ts';

/**
 * Puts `nodes` in the place of the result of the match, and takes out matched nodes that are no longer read. If only a
 * part of a larger join was matched, the new value, or the branches of a new join, replace those inputs.
 */
export const splice = (
  live: LiveGraph,
  match: Match,
  covered: ReadonlySet<ValueId>,
  nodes: readonly GraphNode[],
  result: ValueId,
): void => {
  const { chosen } = match.env;
  const root = live.node(match.at);
  const old = live.inOrder(covered);
  if (root !== undefined && chosen !== undefined && chosen.length < root.inputs.length)
    intoLargerJoin(live, root, chosen, nodes, result);
  else if (result !== match.at) {
    for (const made of nodes) live.insert(made, match.at);
    live.redirect(match.at, result);
  }
  for (const { id } of old.toReversed())
    if (live.readers(id).size === 0 && !live.isOutput(id)) live.remove(id);
};

/** What is new stands where the first of the chosen inputs was. */
const intoLargerJoin = (
  live: LiveGraph,
  root: GraphNode,
  chosen: readonly number[],
  nodes: readonly GraphNode[],
  result: ValueId,
): void => {
  const last = nodes.find((n) => n.id === result);
  const isJoin = last?.op === root.op;
  const between = isJoin ? last.inputs : [result];
  for (const made of nodes) if (!isJoin || made.id !== result) live.insert(made, root.id);
  const places = chosen.toSorted((a, b) => a - b);
  const withNew = <A>(all: readonly A[], made: readonly A[]): readonly A[] =>
    places.flatMap((place, i) => [
      ...all.slice(i === 0 ? 0 : places[i - 1]! + 1, place),
      ...(i === 0 ? made : []),
      ...(i === places.length - 1 ? all.slice(place + 1) : []),
    ]);
  const inputs = withNew(root.inputs, between);
  live.change({ ...root, inputs, inputTypes: withNew(root.inputTypes, between.map(live.type)) });
};
