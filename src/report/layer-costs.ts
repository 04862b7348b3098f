/** Facts about every layer of a graph, known before a tensor exists. */
import type { Graph, GraphNode } from '../graph/graph.ts';
import type { TensorType } from '../ops/types.ts';
import { bytesOf, macsOf, paramsOf } from '../typecheck/net/costs.ts';
import {
  fieldsOf,
  showRatio,
  type Ratio,
  type ReceptiveField,
} from '../typecheck/net/receptive.ts';
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

/** One for both axes if they agree, else both. */
type Square<T> = T | { readonly h: T; readonly w: T };

const square = <T>(h: T, w: T): Square<T> => (h === w ? h : { h, w });

/** What a pixel sees; undefined if that is the whole image. */
export const spanOf = (field: ReceptiveField): Square<number> | undefined => {
  if (field === 'whole') return undefined;
  const [h, w] = [field.h.span, field.w.span];
  return Number.isFinite(h) && Number.isFinite(w) ? square(h, w) : undefined;
};

/** The stride of a map, a ratio in words where it is not a whole number; undefined for what is not a map. */
export const strideOf = (field: ReceptiveField): Square<number | string> | undefined => {
  if (field === 'whole') return undefined;
  const written = (ratio: Ratio): number | string =>
    ratio.under === 1 ? ratio.over : showRatio(ratio);
  return square(written(field.h.stride), written(field.w.stride));
};
