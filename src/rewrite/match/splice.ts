/** Putting new nodes in the place of matched ones. */
import type { Graph, GraphNode, ValueId } from '../../graph/graph.ts';
import type { TensorType } from '../../ops/types.ts';
import type { Match } from './match.ts';

/**
 * The graph with `nodes` in place of the result of the match. Matched nodes that are no longer read are removed. If
 * only a part of a larger join was matched, the new value, or the branches of a new join, replace those inputs. Ids
 * stay in order of execution, with gaps; most nodes stay the same objects.
 */
export const replaced = (
  graph: Graph,
  match: Match,
  covered: ReadonlySet<ValueId>,
  nodes: readonly GraphNode[],
  result: ValueId,
): Graph => {
  const { window } = match.env;
  const start = graph.nodes.findIndex((n) => covered.has(n.id));
  const place = graph.nodes.findIndex((n) => n.id === match.at);
  const root = graph.nodes[place];
  const partial =
    root !== undefined && window !== undefined && window.to - window.from < root.inputs.length;
  const typeOf = (id: ValueId): TensorType =>
    [...nodes, ...graph.nodes].find((n) => n.id === id)?.output ?? graph.input.type;
  const joined = partial ? inLargerJoin(root, window, nodes, result, typeOf) : undefined;
  const added = joined ?? nodes;
  const value = joined === undefined ? result : match.at;
  const before = graph.nodes.slice(0, start);
  const after = graph.nodes.slice(place + 1);
  const read = new Set([value, ...graph.outputs.map((o) => o.id)]);
  for (const n of added) for (const id of n.inputs) read.add(id);
  for (const n of after) for (const id of n.inputs) if (covered.has(id)) read.add(id);
  const kept = withoutDead(graph.nodes.slice(start, place), read, covered);
  // the free ids before the result's place, up to its own, so that its readers find the new value
  const last = kept.at(-1) ?? before.at(-1) ?? graph.input;
  const hasRoom = match.at - last.id >= added.length;
  const ids = new Map(
    added.map((n, i) => [n.id, hasRoom ? match.at - added.length + 1 + i : n.id]),
  );
  const inside: Renaming = (id) => ids.get(id) ?? id;
  const renamed = renaming(match.at, inside(value));
  const moved = inside(value) !== match.at;
  const spliced = {
    ...graph,
    nodes: [
      ...before,
      ...kept,
      ...added.map((n) => ({ ...withInputs(n, inside), id: inside(n.id) })),
      ...(moved ? after.map((n) => withInputs(n, renamed)) : after),
    ],
    outputs: moved ? graph.outputs.map((o) => ({ ...o, id: renamed(o.id) })) : graph.outputs,
  };
  return hasRoom ? spliced : renumbered(spliced, 16);
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
  typeOf: (id: ValueId) => TensorType,
): readonly GraphNode[] => {
  const last = nodes.find((n) => n.id === result);
  const isJoin = last?.op === root.op;
  const between = isJoin ? last.inputs : [result];
  const inputs = [
    ...root.inputs.slice(0, window.from),
    ...between,
    ...root.inputs.slice(window.to),
  ];
  return [
    ...nodes.filter((n) => !isJoin || n.id !== result),
    { ...root, inputs, inputTypes: inputs.map(typeOf) },
  ];
};

/** Removes dead nodes, from the last to the first. `read` holds the values read further down; it grows. */
const withoutDead = (
  nodes: readonly GraphNode[],
  read: Set<ValueId>,
  covered: ReadonlySet<ValueId>,
): readonly GraphNode[] => {
  const live: GraphNode[] = [];
  for (const node of nodes.toReversed()) {
    if (covered.has(node.id) && !read.has(node.id)) continue;
    live.push(node);
    for (const id of node.inputs) read.add(id);
  }
  return live.reverse();
};

/** The graph with new ids in order of execution, `apart` from each other. */
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
