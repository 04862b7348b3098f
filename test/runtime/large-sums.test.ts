/** Means over many numbers, which an engine that adds one after the other in float32 gets wrong by percents. */
import { describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../../src/graph/graph.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { fuse } from '../../src/lower/fuse.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { elements } from '../../src/numeric/tensor.ts';
import { image, type TensorType } from '../../src/ops/types.ts';
import type { OperatorName } from '../../src/ops/table.ts';
import type { Args } from '../../src/ops/params.ts';
import { calledNames, engine, engineNames, loadProgram, outputsOf } from '../lower/engines.ts';
import { float64, graphOf, weightsOf } from '../lower/graphs.ts';
import { modelOfProgram } from './models.ts';

type Numbers = (i: number, n: number) => number;

const numbers: { readonly [name: string]: Numbers } = {
  'all 0.1': () => 0.1,
  'all −0.3': () => -0.3,
  'around 100': (i) => 100 + ((i * 7919) % 1000) / 1000,
  'first 0, then 1': (i, n) => (i < (n * 9) / 10 ? 0 : 1),
};

const filled = (shape: readonly number[], of: Numbers): HostTensor => {
  const n = elements(shape);
  return { shape, data: Float32Array.from({ length: n }, (_, i) => of(i, n)) };
};

const deep = process.env['NETC_DEEP'] !== undefined;

const netOf = (input: TensorType, ops: readonly (readonly [OperatorName, Args?])[]): Graph =>
  graphOf(input, (b) => ops.reduce((_, [op, args]) => b.op(op, args ?? {}), b.input));

/** Numbers of one sign, so that a sum is as large as its terms. */
const ofOneSign = (graph: Graph): ((path: string) => HostTensor) => {
  const weights = weightsOf(graph);
  return (path) => {
    const { shape, data } = weights(path);
    return { shape, data: data.map(Math.abs) };
  };
};

/** What the engine gives, and what a GraphModel gives on it, where it is a backend of TensorFlow.js. */
const computed = async (
  name: string,
  graph: Graph,
  inputs: readonly HostTensor[],
): Promise<readonly (readonly ArrayLike<number>[])[]> => {
  const [program, weights] = [fuse(kernels(graph)), ofOneSign(graph)];
  const session = loadProgram(await engine(name), program, weights);
  const all: ArrayLike<number>[][] = [];
  for (const x of inputs) all.push([(await outputsOf(session, x))[0]!.data]);
  session.dispose();
  if (!calledNames.includes(name)) return all;
  await tf.setBackend(name);
  const model = await modelOfProgram(program, weights);
  for (const [i, x] of inputs.entries()) all[i]!.push((await model.predict(x)).get('output')!.data);
  model.dispose();
  return all;
};

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
};

describe.each(engineNames)('%s', (name) => {
  it.each(deep ? [2000] : [600])('takes the mean of maps %i pixels high and wide', async (n) => {
    const inputs = Object.values(numbers).map((of) => filled([1, n, n, 1], of));
    const results = await computed(name, netOf(image(n, n, 1), [['gap']]), inputs);
    results.forEach((both, i) => {
      const mean = inputs[i]!.data.reduce((sum, x) => sum + x / (n * n), 0);
      for (const found of both)
        expect(Math.abs(found[0]! - mean) / Math.max(1, mean)).toBeLessThan(1e-5);
    });
  });

  it.runIf(name === 'wasm')('takes the mean of 2000 × 2000 pixels', async () => {
    const x = filled([1, 2000, 2000, 1], numbers['all 0.1']!);
    const [both] = await computed(name, netOf(image(2000, 2000, 1), [['gap']]), [x]);
    for (const found of both!) expect(Math.abs(found[0]! - 0.1)).toBeLessThan(1e-7);
  });

  it.each<readonly [string, readonly number[], readonly (readonly [OperatorName, Args?])[]]>([
    ['an average over a window', [600, 700, 1], [['avgpool', { size: { h: 600, w: 700 } }]]],
    [
      'averages over overlapping windows',
      [400, 30, 1],
      [['avgpool', { size: { h: 300, w: 20 }, stride: { h: 40, w: 5 }, pad: 'same' }]],
    ],
    ['an instance norm', [500, 300, 1], [['instancenorm']]],
    ['a group norm', [300, 260, 2], [['groupnorm', { groups: 1 }]]],
    ['a layer norm of a vector', [300, 300, 1], [['flatten'], ['layernorm']]],
    ['a fully connected layer', [300, 300, 1], [['flatten'], ['fc', { units: 2 }]]],
  ])('computes %s', async (_, size, ops) => {
    const graph = netOf(image(size[0]!, size[1]!, size[2]!), ops);
    const inputs = [numbers['around 100']!, numbers['first 0, then 1']!].map((of) =>
      filled([1, ...size], of),
    );
    const weights = ofOneSign(graph);
    const results = await computed(name, graph, inputs);
    results.forEach((both, i) => {
      const expected = interpret(graph, float64(inputs[i]!), (path) => float64(weights(path)));
      const { data } = [...expected.values()][0]!;
      const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
      for (const found of both) expect(farthest(found, data) / scale).toBeLessThan(1e-5);
    });
  });

  it('keeps an infinite mean', async () => {
    const x = filled([1, 300, 4, 1], (i) => (i === 7 ? Infinity : 1));
    const [both] = await computed(name, netOf(image(300, 4, 1), [['gap']]), [x]);
    for (const found of both!) expect(found[0]).toBe(Infinity);
  });
});
