/** The weights of a graph, for those who make, read or store them. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Graph } from '../lower/graph.ts';
import type { Program as Kernels } from '../lower/kernels.ts';
import type { HostTensor } from '../lower/stored.ts';
import { elements } from '../numeric/tensor.ts';
import type { Provider } from '../runtime/safetensors.ts';

export type Weights = Graph['nodes'][number]['weights'];

/** All weights of a net, in order of execution. */
export const weightsOf = (graph: Graph): Weights => graph.nodes.flatMap((n) => n.weights);

export const countOf = (weights: Weights): number =>
  weights.reduce((sum, w) => sum + elements(w.spec.shape), 0);

/**
 * Weights for those who cannot be told of faults: what cannot be read is zero, and `fault` then says why.
 * The shapes are those of the program, which the file was compared with.
 */
export const hostWeights = (
  program: Kernels,
  read: Provider,
): {
  readonly weight: (path: string) => HostTensor;
  readonly fault: () => Diagnostic | undefined;
} => {
  const shapes = new Map(program.parameters.map((p) => [p.path, p.spec.shape]));
  let first: Diagnostic | undefined;
  return {
    weight: (path) => {
      const shape = shapes.get(path) ?? [];
      const numbers = read(path);
      if (Either.isRight(numbers)) return { shape, data: numbers.right };
      first ??= numbers.left;
      return { shape, data: new Float32Array(elements(shape)) };
    },
    fault: () => first,
  };
};
