/** Which of torchvision's networks a file or a net is. */
import type { Graph, GraphNode } from '../../graph/graph.ts';
import { elements } from '../../numeric/tensor.ts';
import { zoo, type Model } from '../zoo/zoo.ts';

/** The layers with weights in order of execution: those that the main output needs, and the heads beside it. */
export type Layers = { readonly main: readonly GraphNode[]; readonly side: readonly GraphNode[] };

export const layersOf = ({ nodes, outputs }: Graph): Layers => {
  const needed = new Set(outputs.slice(0, 1).map((o) => o.id));
  for (const node of [...nodes].reverse())
    if (needed.has(node.id)) for (const id of node.inputs) needed.add(id);
  const weighted = nodes.filter((n) => n.weights.length > 0);
  return {
    main: weighted.filter((n) => needed.has(n.id)),
    side: weighted.filter((n) => !needed.has(n.id)),
  };
};

const paramsOf = (node: GraphNode): number =>
  node.weights.reduce((sum, { spec }) => sum + (spec.trained ? elements(spec.shape) : 0), 0);

/** The number of parameters if the last layer had 1000 classes. */
const paramsFor1000 = (main: readonly GraphNode[]): number => {
  const all = main.reduce((sum, node) => sum + paramsOf(node), 0);
  const last = main.at(-1);
  const classes = last?.weights[0]?.spec.shape.at(-1);
  if (last === undefined || classes === undefined) return all;
  return all - paramsOf(last) + (paramsOf(last) / classes) * 1000;
};

/** The network with the same numbers of layers and parameters, for any number of classes. */
export const modelOfNet = (graph: Graph): Model | undefined => {
  const { main } = layersOf(graph);
  const params = paramsFor1000(main);
  return zoo.find((m) => m.modules.length === main.length && m.params === params);
};
