/** Nets of the examples with drawn weights, and the biases that a training would have given them. */
import * as E from 'fp-ts/lib/Either.js';
import { accept } from '../src/check.ts';
import { forNet, kernelsOf } from '../src/compile.ts';
import { resultOf } from '../src/diagnostic/checked.ts';
import type { Graph } from '../src/graph/graph.ts';
import type { HostTensor } from '../src/lower/weight-part.ts';
import type { LoadedEngine } from '../src/runtime/engines/engine.ts';
import { load, type Session } from '../src/runtime/engines/session.ts';
import { hostWeights } from '../src/rewrite/match/host-weights.ts';
import { sourceWeights } from '../src/rewrite/match/weight-values.ts';
import { loadPasses } from '../src/rewrite/passes.ts';
import { initialValues } from '../src/runtime/store/initialise.ts';
import { fileOf, files, sure } from './measure.ts';

/** What an `Either` of what is shipped holds: it has no faults. */
export const there = <A>(found: E.Either<unknown, A>): A => {
  if (E.isLeft(found)) throw new Error(JSON.stringify(found.left));
  return found.right;
};

/** A net of a file, for images of a size, perhaps with its batch norms folded into the convolutions. */
export type Wanted = {
  readonly file: string;
  readonly net: string;
  readonly size: number;
  readonly folded: boolean;
};

/** The graph of the net. */
export const graphOfWanted = ({ file, net: name, size, folded }: Wanted): Graph => {
  const { nets } = sure(resultOf(accept(files, file)), 'program');
  const net = sure(
    nets.find((one) => one.name === name),
    name,
  );
  const passes = folded
    ? sure(resultOf(loadPasses([fileOf('passes/fold-batchnorm.net')])), 'passes')
    : [];
  const images = { h: size, w: size, asked: net.span };
  return sure(resultOf(forNet({ passes, images }).kernels(net)), 'kernels').graph;
};

/** The net on an engine. Biases are not 0, as engines leave out those that are. */
export const netOn = (engine: LoadedEngine, wanted: Wanted): Session => {
  const graph = graphOfWanted(wanted);
  const specs = new Map(sourceWeights(graph).map((w) => [w.path, w]));
  const stored = hostWeights(graph, (path): HostTensor => {
    const weight = sure(specs.get(path), path);
    const data = initialValues(weight, 7);
    const isBias = weight.path.endsWith('/bias') || weight.path.endsWith('/beta');
    return {
      shape: weight.spec.shape,
      data: isBias ? data.map((_, i) => 0.01 * Math.sin(i)) : data,
    };
  });
  return there(load(engine, kernelsOf(graph), stored));
};
