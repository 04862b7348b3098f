/** The layers of a weight file, as far as names and shapes tell them: a file has no net. */
import type { Graph } from '../../graph/graph.ts';
import { shapesOf, type Weighted } from '../../protocol/transfer.ts';
import type { TensorInfo } from './safetensors.ts';
import { weightsAmong } from './training-state.ts';

/** A layer with the names of its weights, by the last part of their paths. */
export type FiledLayer = Weighted & { readonly weights: ReadonlyMap<string, string> };

type Weight = { readonly path: string; readonly shape: readonly number[] };

/** Weights by the layers that they are of, without their net: `block1/conv1` has `kernel` and `bias`. */
const grouped = (weights: Iterable<Weight>): ReadonlyMap<string, readonly Weight[]> => {
  const layers = new Map<string, Weight[]>();
  for (const weight of weights) {
    const [, layer = ''] = /^[^/]*\/(.*)\/[^/]*$/.exec(weight.path) ?? [];
    const known = layers.get(layer);
    if (known === undefined) layers.set(layer, [weight]);
    else known.push(weight);
  }
  return layers;
};

const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const layerOf = (path: string, op: string, weights: readonly Weight[]): FiledLayer => ({
  ...{ path, op },
  shapes: shapesOf(weights.map(({ path: p, shape }) => ({ name: nameIn(p), shape }))),
  weights: new Map(weights.map(({ path: p }) => [nameIn(p), p])),
});

/** The layers of a graph that have weights, in order of execution. */
export const layersOf = ({ nodes }: Graph): readonly FiledLayer[] =>
  nodes.flatMap(({ op, weights }) =>
    Array.from(
      grouped(weights.map(({ path, spec }) => ({ path, shape: spec.shape }))),
      ([path, own]) => layerOf(path, op, own),
    ),
  );

/** The nets that a file has weights of. */
export const netsIn = (tensors: ReadonlyMap<string, TensorInfo>): readonly string[] => [
  ...new Set(Array.from(weightsAmong(tensors).keys(), (path) => path.slice(0, path.indexOf('/')))),
];

/** What weights a layer has, by their names and the numbers of their axes. */
const kindOf = (weights: readonly Weight[]): string =>
  weights
    .map(({ path, shape }) => `${nameIn(path)} ${shape.length}`)
    .sort()
    .join();

/**
 * The layers of a net in a file, in the order of their numbers, which is that of execution where netc wrote them. What
 * operator a layer has says the layer of its path in the net that it is for, or else one with weights of the same kind.
 */
export const layersIn = (
  tensors: ReadonlyMap<string, TensorInfo>,
  net: string,
  own: Graph,
): readonly FiledLayer[] => {
  const weights = Array.from(weightsAmong(tensors).values(), ({ name, shape }) => ({
    path: name,
    shape,
  }));
  const mine = layersOf(own);
  const byPath = new Map(mine.map((layer) => [layer.path, layer.op]));
  const byKind = new Map(
    own.nodes
      .map(
        ({ op, weights: w }) =>
          [kindOf(w.map(({ path, spec }) => ({ path, shape: spec.shape }))), op] as const,
      )
      .reverse(),
  );
  return Array.from(
    grouped(weights.filter(({ path }) => path.startsWith(`${net}/`))),
    ([path, some]) => layerOf(path, byPath.get(path) ?? byKind.get(kindOf(some)) ?? '?', some),
  );
};
