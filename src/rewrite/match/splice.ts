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
  const { window } = match.env;
  const root = live.node(match.at);
  const old = live.inOrder(covered);
  if (root !== undefined && window !== undefined && isPart(root, window))
    intoLargerJoin(live, root, window, nodes, result);
  else if (result !== match.at) {
    for (const made of nodes) live.insert(made, match.at);
    live.redirect(match.at, result);
  }
  for (const { id } of old.toReversed())
    if (live.readers(id).size === 0 && !live.isOutput(id)) live.remove(id);
};

type Window = { readonly from: number; readonly to: number };

/** Whether the match leaves out branches of the join. */
const isPart = (join: GraphNode, { from, to }: Window): boolean => to - from < join.inputs.length;

const intoLargerJoin = (
  live: LiveGraph,
  root: GraphNode,
  { from, to }: Window,
  nodes: readonly GraphNode[],
  result: ValueId,
): void => {
  const last = nodes.find((n) => n.id === result);
  const isJoin = last?.op === root.op;
  const between = isJoin ? last.inputs : [result];
  for (const made of nodes) if (!isJoin || made.id !== result) live.insert(made, root.id);
  const inputs = [...root.inputs.slice(0, from), ...between, ...root.inputs.slice(to)];
  live.change({ ...root, inputs, inputTypes: inputs.map(live.type) });
};
