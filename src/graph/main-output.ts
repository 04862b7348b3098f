/** The outputs of a net: all, or the main one alone. */
import type { Graph, ValueId } from './graph.ts';

/** Which outputs of a net are made: all, or the main one without those that `also` adds. */
export type Outputs = 'all' | 'main';

/** The nodes on which outputs depend, by their values; the input may be among them. */
export const neededFor = (
  nodes: Graph['nodes'],
  outputs: Graph['outputs'],
): ReadonlySet<ValueId> => {
  const needed = new Set(outputs.map((o) => o.id));
  for (const node of nodes.toReversed())
    if (needed.has(node.id)) for (const id of node.inputs) needed.add(id);
  return needed;
};

/** The outputs that `also` adds. */
export const sideOutputs = ({ outputs }: Graph): Graph['outputs'] => outputs.slice(1);

/** The graph without its side outputs and without the layers that only they need. */
export const withMainOutput = (graph: Graph): Graph => {
  if (sideOutputs(graph).length === 0) return graph;
  return withOutputs(graph, graph.outputs.slice(0, 1));
};

/** The graph with these outputs, and without the layers that none of them needs. */
export const withOutputs = (graph: Graph, outputs: Graph['outputs']): Graph => {
  const needed = neededFor(graph.nodes, outputs);
  const nodes = graph.nodes.filter((n) => needed.has(n.id));
  const ids = new Map(nodes.map((n, i) => [n.id, graph.input.id + i + 1]));
  const renamed = (id: ValueId): ValueId => ids.get(id) ?? id;
  return {
    ...graph,
    nodes: nodes.map((n) => ({ ...n, id: renamed(n.id), inputs: n.inputs.map(renamed) })),
    outputs: outputs.map((o) => ({ ...o, id: renamed(o.id) })),
  };
};
