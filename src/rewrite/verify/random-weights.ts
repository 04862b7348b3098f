/** Weights and inputs of an instance, chosen to find faults: gammas of both signs and zero, variances near zero. */
import type { Graph } from '../../graph/graph.ts';
import { normal, words, type Draw } from '../../numeric/random.ts';
import { elements, tensor, type Tensor } from '../../numeric/tensor.ts';
import { shapeOf } from '../../ops/types.ts';
import type { Choices } from './choices.ts';

/** An image and weights for a net, in float64. */
export type Numbers = {
  readonly input: Tensor;
  /** an image of another shape */
  readonly image: (shape: readonly number[]) => Tensor;
  readonly weight: (path: string) => Tensor;
};

/** `simple` numbers are small and easy to follow by hand. */
export const numbersFor = (graph: Graph, choose: Choices, seed: number, index: number): Numbers => {
  const simple = choose.of(true, false, false, false);
  const tiny = choose.once(4);
  const large = choose.of(1, 1, 10, 1000); // relu6 is relu as long as nothing exceeds 6
  const of = (purpose: string, shape: readonly number[]): Tensor => {
    const draw = words({ seed, purpose: `verify weights:${purpose}`, epoch: 0, index });
    const name = purpose.slice(purpose.lastIndexOf('/') + 1);
    const next = simple ? small(name) : () => large * normal(draw);
    const data = Float64Array.from({ length: elements(shape) }, next);
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
    image: (shape) => of('image', shape),
    weight: (path) => {
      const known = weights.get(path);
      if (known === undefined) throw new RangeError(`no weight ${path}`);
      return known;
    },
  };
};

/** 1, −2, 3, 2, −1, 1, …, from another place for each name, so that a bias does not look like a mean. */
const small = (name: string): (() => number) => {
  let i = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  return () => [1, -2, 3, 2, -1][i++ % 5] ?? 1;
};

const withZeros =
  (draw: Draw, simple: boolean) =>
  (x: number): number =>
    !simple && draw() % 8 === 0 ? 0 : x;
