/** A graph by its values: what makes each, and its type. */
import { Bug } from '../diagnostic/bug.ts';
import type { Graph, GraphNode, ValueId } from '../lower/graph.ts';
import type { TensorType } from '../ops/types.ts';

export type LookedUp = {
  readonly graph: Graph;
  /** undefined for the input of the net */
  readonly node: (id: ValueId) => GraphNode | undefined;
  readonly type: (id: ValueId) => TensorType;
  /** the nodes that run before the one of this value */
  readonly before: (id: ValueId) => readonly GraphNode[];
};

export const lookUp = (graph: Graph): LookedUp => {
  const nodes = new Map(graph.nodes.map((n) => [n.id, n]));
  return {
    graph,
    node: (id) => nodes.get(id),
    type: (id) => {
      if (id === graph.input.id) return graph.input.type;
      const node = nodes.get(id);
      if (node === undefined) throw new Bug(`no value ${id} in ${graph.net}`);
      return node.type;
    },
    before: (id) => graph.nodes.filter((n) => n.id < id),
  };
};
