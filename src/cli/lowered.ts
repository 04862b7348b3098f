/** Between the graph of a net and what the command line does with it. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { fuse } from '../lower/fuse.ts';
import type { Graph } from '../lower/graph.ts';
import { kernels, type Program as Kernels } from '../lower/kernels.ts';
import type { HostTensor } from '../lower/stored.ts';
import { elements } from '../numeric/tensor.ts';
import type { Provider } from '../runtime/safetensors.ts';

/** The kernels of a net, or the layer that has none for images of every size (E0511). */
export const lowered = (graph: Graph, shown: (path: string) => string): Or<Diagnostic, Kernels> => {
  const program = kernels(graph);
  if (Either.isRight(program)) return Either.right(fuse(program.right));
  const { node, reason } = program.left;
  return Either.left(
    error(
      'E0511',
      { ...node.span, path: shown(node.span.path) },
      `\`${node.op}\` cannot be lowered for images of every size`,
      {
        label: reason,
        notes: ['choose a size: `--input 224x224`'],
      },
    ),
  );
};

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
