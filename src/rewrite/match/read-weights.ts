/** The weights of a graph, for those who make, read or store them. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph, GraphWeight } from '../../graph/graph.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import { elements } from '../../numeric/tensor.ts';
import { hostWeights as rewritten } from './host-weights.ts';
import { sourceWeights } from './weight-values.ts';

/** What a weight file of this graph holds: the weights of the source, whatever passes made of them. */
export const weightsOf = (graph: Graph): readonly GraphWeight[] => sourceWeights(graph);

/** The number of elements of these weights together, including those that are not trained. */
export const countOf = (weights: readonly GraphWeight[]): number =>
  weights.reduce((sum, w) => sum + elements(w.spec.shape), 0);

/**
 * Weights for readers that cannot handle faults: an unreadable weight is zero, and `fault` then returns the reason. The
 * shapes are those of the graph, with which the file was compared.
 */
export const hostWeights = (
  graph: Graph,
  read: (path: string) => Either.Either<Diagnostic, Float32Array>,
): {
  readonly weight: (path: string) => HostTensor;
  readonly fault: () => Diagnostic | undefined;
} => {
  const shapes = new Map(weightsOf(graph).map((w) => [w.path, w.spec.shape]));
  let first: Diagnostic | undefined;
  const source = (path: string): HostTensor => {
    const shape = shapes.get(path) ?? [];
    const numbers = read(path);
    if (Either.isRight(numbers)) return { shape, data: numbers.right };
    first ??= numbers.left;
    return { shape, data: new Float32Array(elements(shape)) };
  };
  return { weight: rewritten(graph, source), fault: () => first };
};
