/** What nets compute, by the float64 interpreter: weights are drawn by their shapes, so their names do not matter. */
import { graphOfNet } from '../../src/build/build.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { shapeOf } from '../../src/ops/types.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { noise, weightFor } from '../ops/cases.ts';
import { netOf } from './program.ts';

const outputOf = (net: TypedNet, input: Tensor): Tensor => {
  const graph = graphOfNet(net);
  const specs = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w.spec]));
  return interpret(graph, input, (path) => weightFor(specs.get(path)!)).get('output')!;
};

/** What the only net of a program makes of a vector. */
export const valueAt = (text: string, input: readonly number[]): Float64Array =>
  outputOf(netOf(text), tensor([1, input.length], input)).data;

/** What a net makes of noise; undefined where its input is free or it takes more than a moment. */
export const onNoise = (net: TypedNet): Tensor | undefined => {
  const shape = shapeOf(net.input, 1);
  const { macs, params } = net.body.totals;
  return shape === undefined || (macs ?? 0) > 2e6 || params > 1e6
    ? undefined
    : outputOf(net, noise(shape));
};
