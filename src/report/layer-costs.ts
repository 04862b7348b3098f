/** Facts about every layer of a graph, known before a tensor exists. */
import type { Graph, GraphNode } from '../graph/graph.ts';
import type { TensorType } from '../ops/types.ts';
import { bytesOf, macsOf, paramsOf } from '../typecheck/net/costs.ts';
import { fieldsOf, type ReceptiveField } from '../typecheck/net/receptive.ts';
import { flopsOf } from '../typecheck/net/costs.ts';

/** The facts about a layer that summaries and comparisons show. */
export type LayerFacts = {
  readonly node: GraphNode;
  readonly inputs: readonly TensorType[];
  readonly params: number; // trained numbers
  readonly macs: number | undefined; // of one image; undefined while a size is free
  readonly flops: number | undefined;
  readonly bytes: number | undefined; // of the result, float32, for one image
  readonly field: ReceptiveField; // what one pixel of the result sees of the image
};

/** In order of execution. */
export const factsOf = (graph: Graph): readonly LayerFacts[] => {
  const fields = fieldsOf(graph.nodes);
  return graph.nodes.map((layer) => ({
    node: layer,
    inputs: layer.inputTypes,
    params: paramsOf(layer),
    macs: macsOf(layer),
    flops: flopsOf(layer),
    bytes: bytesOf(layer),
    field: fields[layer.id]!,
  }));
};

/** One number if both axes agree, else both; undefined if the whole image is seen. */
export const square = (
  field: ReceptiveField,
  key: 'span' | 'stride',
): number | { readonly h: number; readonly w: number } | undefined => {
  if (field === 'whole') return undefined;
  const [h, w] = [field.h[key], field.w[key]];
  return h === w ? h : { h, w };
};
