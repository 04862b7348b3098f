/** Weights and inputs of an instance, chosen to bite: gammas of both signs and zero, variances near zero. */
import type { Graph } from '../lower/graph.ts';
import { normal, words, type Draw } from '../numeric/random.ts';
import { elements, tensor, type Tensor } from '../numeric/tensor.ts';
import { shapeOf } from '../ops/types.ts';
import type { Choices } from './choices.ts';

export type Numbers = { readonly input: Tensor; readonly weight: (path: string) => Tensor };

/** `simple` numbers are small and easy to follow by hand. */
export const numbersFor = (graph: Graph, choose: Choices, seed: number, index: number): Numbers => {
  const simple = choose.of(true, false, false, false);
  const tiny = choose.once(4);
  const of = (purpose: string, shape: readonly number[]): Tensor => {
    const draw = words({ seed, purpose: `verify weights:${purpose}`, epoch: 0, index });
    const next = simple ? small() : () => normal(draw);
    const data = Float64Array.from({ length: elements(shape) }, next);
    const name = purpose.slice(purpose.lastIndexOf('/') + 1);
    if (name === 'variance')
      return tensor(
        shape,
        data.map((x) => (tiny ? 1e-6 : 1) * x * x),
      );
    if (name === 'gamma') return tensor(shape, data.map(withZeros(draw, simple)));
    return tensor(shape, data);
  };
  const weights = new Map(
    graph.nodes
      .flatMap((n) => n.weights)
      .map(({ path, spec }) => [path, of(path, spec.shape)] as const),
  );
  return {
    input: of('input', shapeOf(graph.input.type, 1) ?? []),
    weight: (path) => {
      const known = weights.get(path);
      if (known === undefined) throw new RangeError(`no weight ${path}`);
      return known;
    },
  };
};

/** 1, −2, 3, 1, −2, … */
const small = (): (() => number) => {
  let i = 0;
  return () => [1, -2, 3][i++ % 3] ?? 1;
};

const withZeros =
  (draw: Draw, simple: boolean) =>
  (x: number): number =>
    !simple && draw() % 8 === 0 ? 0 : x;
