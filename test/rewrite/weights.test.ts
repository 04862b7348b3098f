/** The weight language: its shapes, its numbers, and how they reach an engine. */
import * as Either from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import type { Graph, GraphWeight, WeightValue } from '../../src/graph/graph.ts';
import { tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { hostWeights } from '../../src/rewrite/match/host-weights.ts';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import { sourcesIn, sourceValue } from '../../src/graph/weights.ts';
import { applyPass } from '../../src/rewrite/match/apply.ts';
import * as shapes from '../../src/rewrite/match/weight-shapes.ts';
import { rewrittenWeights, sourceWeights } from '../../src/rewrite/match/weight-values.ts';
import { span } from '../../src/syntax/source.ts';
import { image } from '../../src/ops/types.ts';
import { applied, difference, netOf, randomWeights, rules, shipped } from './nets.ts';

const spec = (shape: readonly number[]): GraphWeight['spec'] => ({
  name: 'kernel',
  shape,
  initial: { tag: 'constant', value: 0 },
  trained: true,
});
const source = (path: string, ...shape: readonly number[]): WeightValue =>
  sourceValue({ path, spec: spec(shape) });

const good = (result: shapes.Shaped): WeightValue => {
  if (Either.isLeft(result)) throw new Error(result.left);
  return result.right;
};
const fault = (result: shapes.Shaped): string => (Either.isLeft(result) ? result.left : 'fits');

/** 1, 2, 3, … in every weight, under the shape of its path: `2x3`. */
const counting = (path: string): Tensor => {
  const shape = path.split('x').map(Number);
  const n = shape.reduce((a, b) => a * b, 1);
  return tensor(
    shape,
    Array.from({ length: n }, (_, i) => i + 1),
  );
};

const evaluated = (value: WeightValue): Tensor => {
  const weight = { path: 'w', spec: spec(value.shape), value };
  const graph: Graph = {
    net: 'N',
    input: { id: 0, type: image(1, 1, 1) },
    nodes: [
      {
        id: 1,
        op: 'relu',
        args: {},
        inputs: [0],
        inputTypes: [image(1, 1, 1)],
        output: image(1, 1, 1),
        path: 'N/relu1',
        weights: [weight],
        span: span('N.net', 0, 0),
      },
    ],
    outputs: [{ name: 'output', id: 1 }],
  };
  return rewrittenWeights(graph, counting)('w');
};
const numbers = (result: shapes.Shaped): readonly number[] => [...evaluated(good(result)).data];

const a = source('2x3', 2, 3);

describe('numbers', () => {
  test('broadcast from the last axis', () => {
    expect(numbers(shapes.arithmetic('+', a, source('3', 3)))).toEqual([2, 4, 6, 5, 7, 9]);
    expect(numbers(shapes.arithmetic('*', a, source('2x1', 2, 1)))).toEqual([1, 2, 3, 8, 10, 12]);
    expect(numbers(shapes.arithmetic('-', shapes.filled(1, []), a))).toEqual([
      0, -1, -2, -3, -4, -5,
    ]);
    expect(numbers(shapes.arithmetic('/', source('2x1', 2, 1), source('3', 3)))).toEqual([
      ...[1, 1 / 2, 1 / 3, 2, 1, 2 / 3],
    ]);
  });

  test('transpose, sum, concat, reshape, sqrt', () => {
    expect(numbers(shapes.transpose(a, [1, 0]))).toEqual([1, 4, 2, 5, 3, 6]);
    const cube = source('2x2x2', 2, 2, 2);
    expect(numbers(shapes.transpose(cube, [2, 0, 1]))).toEqual([1, 3, 5, 7, 2, 4, 6, 8]);
    expect(numbers(shapes.sum(a, 0))).toEqual([5, 7, 9]);
    expect(numbers(shapes.sum(a, 1))).toEqual([6, 15]);
    expect(numbers(shapes.concat([a, source('2x1', 2, 1)], 1))).toEqual([1, 2, 3, 1, 4, 5, 6, 2]);
    expect(numbers(shapes.concat([a, a], 0))).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
    expect(numbers(shapes.reshape(a, [3, 2]))).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...evaluated(shapes.sqrt(source('4', 4))).data][3]).toBe(2);
  });

  test('the sum of a product is a product of matrices', () => {
    const left = good(shapes.reshape(a, [2, 3, 1]));
    const product = good(shapes.arithmetic('*', left, source('3x2', 3, 2)));
    expect(numbers(shapes.sum(product, 1))).toEqual([22, 28, 49, 64]);
  });
});

test('what does not fit is said with both shapes', () => {
  expect(fault(shapes.arithmetic('+', a, source('2', 2)))).toBe(
    '`+` needs axes that agree from the last on: [2, 3] and [2] do not',
  );
  expect(fault(shapes.reshape(a, [4]))).toBe('[2, 3] has 6 numbers, but [4] has 4');
  expect(fault(shapes.transpose(a, [0, 0]))).toBe('[0, 0] is not an order of the axes of [2, 3]');
  expect(fault(shapes.sum(a, 2))).toBe('[2, 3] has no axis 2; axes count from 0');
  expect(fault(shapes.concat([a, source('3', 3)], 0))).toBe(
    '[2, 3] and [3] cannot be joined along axis 0',
  );
});

describe('in a graph', () => {
  const graph = netOf('[5, 5, 2]', '[3]', 'conv3-2; batchnorm; flatten; fc-4; relu; fc-3');
  const folded = applied(graph, shipped('fold-batchnorm.net')).graph;
  const both = applied(folded, shipped('fc-to-conv.net', 'fc_to_conv')).graph;

  test('files go on to name the source', () => {
    const paths = (g: Graph): readonly string[] =>
      sourceWeights(g)
        .map((w) => w.path)
        .sort();
    expect(paths(both)).toEqual(paths(graph));
    const kernel = both.nodes[0]!.weights[0]!;
    expect(kernel.madeBy).toEqual({ pass: 'fold_batchnorm', rule: 'conv', isFresh: false });
    expect([...sourcesIn([kernel.value!]).keys()]).toEqual([
      'N/conv1/kernel',
      'N/batchnorm1/gamma',
      'N/batchnorm1/variance',
    ]);
  });

  test('float32 weights are the float64 ones, rounded; a reshape is no copy', () => {
    const read = randomWeights(graph);
    const files = new Map(
      sourceWeights(graph).map((w) => [
        w.path,
        { shape: w.spec.shape, data: Float32Array.from(read(w.path).data) },
      ]),
    );
    const host = hostWeights(both, (path) => files.get(path)!);
    const exact = rewrittenWeights(both, read);
    for (const { path } of both.nodes.flatMap((n) => n.weights)) {
      const { shape, data } = host(path);
      expect(difference(tensor(shape, data), exact(path))).toBeLessThan(1e-6);
    }
    expect(host('N/fc1/kernel').data).toBe(files.get('N/fc1/kernel')!.data);
    expect(host('N/fc1/kernel').shape).toEqual([5, 5, 2, 4]);
  });

  test('a chain of thousands is one layer, and its weights are computed', () => {
    const chain = netOf('[1, 1, 1]', '_', 'conv1-1; 5000x (scale(1); batchnorm)');
    const { graph: one } = applied(
      applied(chain, shipped('simplify.net')).graph,
      shipped('fold-batchnorm.net'),
    );
    expect(one.nodes.map((n) => n.op)).toEqual(['conv']);
    expect(sourceWeights(one).length).toBe(sourceWeights(chain).length);
    const ones = (path: string) =>
      tensor(/kernel$/.test(path) ? [1, 1, 1, 1] : [1], [/(mean|bias|beta)$/.test(path) ? 0 : 1]);
    const kernel = rewrittenWeights(one, ones)('N/conv1/kernel');
    expect(kernel.data[0]).toBeCloseTo((1 / Math.sqrt(1 + 1e-5)) ** 5000, 9);
  });

  test('what is too large on the way is refused before there are weights', () => {
    const merge = (kernel: string) =>
      rules(`rule r: (fc(m, bias = _) as f; fc(n, bias = _) as g) : [c] => fc(n, bias = true) with {
        kernel = ${kernel}, bias = sum(reshape(f.bias, [m, 1]) * g.kernel, 0) + g.bias }`);
    const large = netOf('[3000]', '_', 'fc-3000; fc-3000');
    const product = 'reshape(f.kernel, [c, m, 1]) * g.kernel';
    const [fault] = diagnosticsOf(applyPass(large, merge(`sum(${product} + 0, 1)`)));
    expect(`${fault?.code} ${fault?.message}`).toBe(
      'E0815 `kernel` has 27,000,000,000 numbers on the way, and at most 268,435,456 are possible',
    );
    // the product right below a sum is not stored
    expect(diagnosticsOf(applyPass(large, merge(`sum(${product}, 1)`)))).toEqual([]);
  });
});
