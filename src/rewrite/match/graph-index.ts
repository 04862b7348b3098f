/** An index of a graph by its values: the node of each, and its type. */
import { Bug } from '../../diagnostic/bug.ts';
import type { Graph, GraphNode, ValueId } from '../../graph/graph.ts';
import type { TensorType } from '../../ops/types.ts';

/** A counter of the steps of all searches for matches. */
export type Spent = { steps: number };

/** A graph with the questions that matching asks of it. */
export type GraphIndex = {
  readonly graph: Graph;
  /** undefined for the input of the net */
  readonly node: (id: ValueId) => GraphNode | undefined;
  readonly type: (id: ValueId) => TensorType;
  /** the nodes that run before the one of this value */
  readonly before: (id: ValueId) => readonly GraphNode[];
  readonly spent: Spent;
};

/** The index of the first node whose value is `id` or comes later; nodes are in the order of their ids. */
const indexOf = (nodes: readonly GraphNode[], id: ValueId): number => {
  let [low, high] = [0, nodes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nodes[middle]!.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The index of a graph. It builds no table, so a new index after every application costs nothing. */
export const lookUp = (graph: Graph, spent: Spent = { steps: 0 }): GraphIndex => {
  const { nodes } = graph;
  const node = (id: ValueId): GraphNode | undefined => {
    const found = nodes[indexOf(nodes, id)];
    return found?.id === id ? found : undefined;
  };
  return {
    graph,
    node,
    type: (id) => {
      if (id === graph.input.id) return graph.input.type;
      const found = node(id);
      if (found === undefined) throw new Bug(`no value ${id} in ${graph.net}`);
      return found.output;
    },
    before: (id) => nodes.slice(0, indexOf(nodes, id)),
    spent,
  };
};
