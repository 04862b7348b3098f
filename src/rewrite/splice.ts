/** Putting new nodes in the place of matched ones. */
import type { Graph, GraphNode, ValueId } from '../lower/graph.ts';
import type { Match } from './match.ts';

/**
 * The graph with `nodes` where the result of the match was. Matched nodes that nobody reads any more go. Of
 * a larger join only a part was matched: the new value, or the branches of a new join, take the place of
 * those inputs. Ids stay in order of execution, with gaps; most nodes stay the same objects.
 */
export const replaced = (
  graph: Graph,
  match: Match,
  covered: ReadonlySet<ValueId>,
  nodes: readonly GraphNode[],
  result: ValueId,
): Graph => {
  const { window } = match.env;
  const place = graph.nodes.findIndex((n) => n.id === match.at);
  const root = graph.nodes[place];
  const partial =
    root !== undefined && window !== undefined && window.to - window.from < root.inputs.length;
  const joined = partial ? inLargerJoin(root, window, nodes, result) : undefined;
  const value = joined === undefined ? result : match.at;
  const renamed = renaming(match.at, value);
  const outputs = graph.outputs.map((o) => ({ ...o, id: renamed(o.id) }));
  const added = joined ?? nodes;
  // nobody reads the result before it is there
  const readers = graph.nodes.slice(place + 1).map((n) => withInputs(n, renamed));
  const all = [...graph.nodes.slice(0, place), ...added, ...readers];
  const live = withoutDead(all, outputs, covered);
  return inOrder({ ...graph, nodes: live, outputs }, match.at, new Set(added.map((n) => n.id)));
};

type Renaming = (id: ValueId) => ValueId;

const renaming =
  (from: ValueId, to: ValueId): Renaming =>
  (id) =>
    id === from ? to : id;

/** The same object when nothing changes. */
const withInputs = (node: GraphNode, renamed: Renaming): GraphNode =>
  node.inputs.some((id) => renamed(id) !== id)
    ? { ...node, inputs: node.inputs.map(renamed) }
    : node;

const inLargerJoin = (
  root: GraphNode,
  window: { readonly from: number; readonly to: number },
  nodes: readonly GraphNode[],
  result: ValueId,
): readonly GraphNode[] => {
  const last = nodes.find((n) => n.id === result);
  const isJoin = last?.op === root.op;
  const between = isJoin ? last.inputs : [result];
  const inputs = [
    ...root.inputs.slice(0, window.from),
    ...between,
    ...root.inputs.slice(window.to),
  ];
  return [...nodes.filter((n) => !isJoin || n.id !== result), { ...root, inputs }];
};

const withoutDead = (
  nodes: readonly GraphNode[],
  outputs: Graph['outputs'],
  covered: ReadonlySet<ValueId>,
): readonly GraphNode[] => {
  const read = new Set(outputs.map((o) => o.id));
  const dead = new Set<GraphNode>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    if (covered.has(node.id) && !read.has(node.id)) dead.add(node);
    else for (const id of node.inputs) if (covered.has(id)) read.add(id);
  }
  return dead.size === 0 ? nodes : nodes.filter((n) => !dead.has(n));
};

/** New nodes get the ids that lie free before the result's place, up to its own; else all are spread out. */
const inOrder = (graph: Graph, at: ValueId, added: ReadonlySet<ValueId>): Graph => {
  const first = graph.nodes.findIndex((n) => added.has(n.id));
  const count = graph.nodes.filter((n) => added.has(n.id)).length;
  if (count === 0) return graph;
  const before = graph.nodes[first - 1]?.id ?? graph.input.id;
  if (at - before < count) return renumbered(graph, 16);
  const ids = new Map(
    graph.nodes.slice(first, first + count).map((n, i) => [n.id, at - count + 1 + i]),
  );
  return withIds(graph, (id) => ids.get(id) ?? id);
};

/** Ids in order of execution, so far apart. */
export const renumbered = (graph: Graph, apart = 1): Graph => {
  const { id: input } = graph.input;
  const ids = new Map(graph.nodes.map((n, i) => [n.id, input + (i + 1) * apart]));
  return withIds(graph, (id) => ids.get(id) ?? id);
};

const withIds = (graph: Graph, renamed: Renaming): Graph => ({
  ...graph,
  nodes: graph.nodes.map((n) => {
    const node = withInputs(n, renamed);
    const id = renamed(n.id);
    return id === n.id ? node : { ...node, id };
  }),
  outputs: graph.outputs.map((o) => ({ ...o, id: renamed(o.id) })),
});
