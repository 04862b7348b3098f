/** The weights of a rewritten graph in float32, as an engine takes them, from those of a weight file. */
import { Bug } from '../../diagnostic/bug.ts';
import type { Graph, WeightValue } from '../../graph/graph.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import { tensor } from '../../numeric/tensor.ts';
import { rewrittenWeights } from './weight-values.ts';

/** A weight by its path, in float32. */
export type ReadHost = (path: string) => HostTensor;

/**
 * Weights by path. What a pass only moved or reshaped is not copied: the first fully connected layer of VGG
 * has a hundred million numbers. Everything else is computed in float64 and rounded once.
 */
export const hostWeights = (graph: Graph, read: ReadHost): ReadHost => {
  const weights = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w]));
  const exact = rewrittenWeights(graph, (path) => {
    const { shape, data } = read(path);
    return tensor(shape, data);
  });
  return (path) => {
    const weight = weights.get(path);
    if (weight === undefined) throw new Bug(`no weight ${path} in ${graph.net}`);
    const { value, spec } = weight;
    const source = value === undefined ? path : viewed(value);
    if (source !== undefined) return { shape: spec.shape, data: read(source).data };
    return { shape: spec.shape, data: Float32Array.from(exact(path).data) };
  };
};

/** The weight whose numbers these are, in its order; undefined when something is computed. */
const viewed = (value: WeightValue): string | undefined => {
  let of = value;
  while (of.tag === 'reshape') of = of.of;
  return of.tag === 'source' ? of.weight.path : undefined;
};
