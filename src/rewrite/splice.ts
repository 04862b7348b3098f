/** Putting new nodes in the place of matched ones. */
import type { Graph, GraphNode, ValueId } from '../lower/graph.ts';
import type { Match } from './match.ts';

/**
 * The graph with `nodes` where the result of the match was. Matched nodes that nobody reads any more go,
 * and ids are in order of execution again. Of a larger join only a part was matched: the new value, or
 * the branches of a new join, take the place of those inputs.
 */
export const replaced = (
  graph: Graph,
  match: Match,
  covered: ReadonlySet<ValueId>,
  nodes: readonly GraphNode[],
  result: ValueId,
): Graph => {
  const { window } = match.env;
  const root = graph.nodes.find((n) => n.id === match.at);
  const partial =
    root !== undefined && window !== undefined && window.to - window.from < root.inputs.length;
  const joined = partial ? inLargerJoin(root, window, nodes, result) : undefined;
  const added = joined ?? nodes;
  const value = joined === undefined ? result : match.at;
  const all = graph.nodes.flatMap((node) => {
    const renamed = { ...node, inputs: node.inputs.map((id) => (id === match.at ? value : id)) };
    return node.id === match.at ? added : [renamed];
  });
  const outputs = graph.outputs.map((o) => (o.id === match.at ? { ...o, id: value } : o));
  return renumbered({ ...graph, nodes: withoutDead(all, outputs, covered), outputs });
};

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
  const alive = new Set(outputs.map((o) => o.id));
  const kept: GraphNode[] = [];
  for (const node of nodes.toReversed()) {
    if (covered.has(node.id) && !alive.has(node.id)) continue;
    node.inputs.forEach((id) => alive.add(id));
    kept.push(node);
  }
  return kept.reverse();
};

const renumbered = (graph: Graph): Graph => {
  const ids = new Map<ValueId, ValueId>([[graph.input.id, graph.input.id]]);
  graph.nodes.forEach((n, i) => ids.set(n.id, graph.input.id + i + 1));
  const at = (id: ValueId): ValueId => ids.get(id) ?? id;
  return {
    ...graph,
    nodes: graph.nodes.map((n) => ({ ...n, id: at(n.id), inputs: n.inputs.map(at) })),
    outputs: graph.outputs.map((o) => ({ ...o, id: at(o.id) })),
  };
};
