/** The nets of the examples at a small size, with what the float64 references compute of them. */
import * as E from 'fp-ts/lib/Either.js';
import { readdirSync, readFileSync } from 'node:fs';
import { accept } from '../../src/check.ts';
import { graphOf } from '../../src/compile.ts';
import { resultOf } from '../../src/diagnostic/checked.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { interpret } from '../../src/graph/interpret.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import type { Tensor } from '../../src/numeric/tensor.ts';
import { shapeOf } from '../../src/ops/types.ts';
import { initialValues } from '../../src/runtime/store/initialise.ts';
import { near } from '../../src/size/sizes.ts';
import { macsOf } from '../../src/typecheck/net/costs.ts';
import type { Files } from '../../src/typecheck/program/modules.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { float64, inputOf, numbers } from '../lower/graphs.ts';

const folder = new URL('../../examples/', import.meta.url);
const files: Files = {
  read: (path) => E.right({ path, text: readFileSync(new URL(path, folder), 'utf8') }),
  resolve: (_, written) => E.right(written),
};

/** The same for every caller. */
const once = <A>(make: () => A): (() => A) => {
  let made: A | undefined;
  return () => (made ??= make());
};

/** The references take a second or two for so many. */
const mostMacs = 100e6;

/** For the image of 32 × 32, or the next larger one that the net takes, unless its size is fixed. */
const small = (net: TypedNet): Graph | undefined => {
  if (shapeOf(net.input, 1) !== undefined || net.admissible === undefined) {
    const fixed = graphOf(net);
    return E.isRight(fixed) ? fixed.right : undefined;
  }
  const [h, w] = [near(net.admissible.h, 32).above, near(net.admissible.w, 32).above];
  if (h === undefined || w === undefined) return undefined;
  const graph = graphOf(net, { h, w, asked: net.span });
  return E.isRight(graph) ? graph.right : undefined;
};

const macsIn = ({ nodes }: Graph): number =>
  nodes.reduce((sum, node) => sum + (macsOf(node) ?? Infinity), 0);

/** A net with weights, a picture, and its outputs. */
export type Example = {
  readonly name: string;
  readonly graph: Graph;
  readonly weight: (path: string) => HostTensor;
  readonly x: HostTensor;
  readonly expected: ReadonlyMap<string, Tensor>;
};

/** Weights as a training begins with, but for biases, which would all be 0. */
const weightsFor = ({ nodes }: Graph): Example['weight'] => {
  const all = new Map(nodes.flatMap(({ weights }) => weights).map((w) => [w.path, w]));
  return (path) => {
    const weight = all.get(path)!;
    const { shape } = weight.spec;
    const data = initialValues(weight, 3);
    return { shape, data: data.every((x) => x === 0) ? numbers(data.length, 1) : data };
  };
};

const exampleOf = (net: TypedNet, graph: Graph): Example => {
  const weight = weightsFor(graph);
  const x = inputOf([1, ...shapeOf(graph.input.type, 1)!.slice(1)]);
  const expected = interpret(graph, float64(x), (path) => float64(weight(path)));
  return { name: net.name, graph, weight, x, expected };
};

/** Those that the references compute in a second or two, once for all engines. */
export const examples: () => readonly Example[] = once(() =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.net'))
    .flatMap((file) => resultOf(accept(files, file))!.nets)
    .flatMap((net): readonly Example[] => {
      const graph = small(net);
      return graph === undefined || macsIn(graph) > mostMacs ? [] : [exampleOf(net, graph)];
    }),
);
