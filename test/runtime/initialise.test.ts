import * as E from 'fp-ts/lib/Either.js';
import { expect, test } from 'vitest';
import type { GraphWeight } from '../../src/graph/graph.ts';
import { initialise } from '../../src/runtime/store/initialise.ts';

const kernel = (path: string, shape: readonly number[], fan: number): GraphWeight => ({
  path,
  spec: { name: 'kernel', shape, initial: { tag: 'kaiming', fan }, trained: true },
});
const gamma: GraphWeight = {
  path: 'D/batchnorm1/gamma',
  spec: { name: 'gamma', shape: [3], initial: { tag: 'constant', value: 1 }, trained: true },
};
const a = kernel('D/conv1/kernel', [3, 3, 64, 64], 576);
const b = kernel('D/conv2/kernel', [3, 3, 64, 64], 576);

const values = (weights: readonly GraphWeight[], path: string, seed = 1): Float32Array => {
  const numbers = initialise(weights, seed)(path);
  if (E.isLeft(numbers)) throw new Error(numbers.left.message);
  return numbers.right;
};

test('a constant fills its weight', () =>
  expect(values([gamma], gamma.path)).toEqual(Float32Array.of(1, 1, 1)));

test('kaiming has mean 0 and variance 2/fan', () => {
  const w = values([a], a.path);
  const mean = w.reduce((s, x) => s + x, 0) / w.length;
  const variance = w.reduce((s, x) => s + x * x, 0) / w.length;
  expect(w.length).toBe(36864);
  expect(Math.abs(mean)).toBeLessThan(0.0013); // four standard errors
  expect(variance / (2 / 576)).toBeCloseTo(1, 1);
});

test('a weight depends on its path and the seed, not on its neighbours', () => {
  expect(values([a, gamma, b], b.path)).toEqual(values([b, a], b.path));
  expect(values([a, b], a.path)).not.toEqual(values([a, b], b.path));
  expect(values([a], a.path, 1)).not.toEqual(values([a], a.path, 2));
});

test('the numbers themselves, so that no later version changes them', () =>
  expect([...values([kernel('D/fc1/kernel', [2, 2], 2)], 'D/fc1/kernel', 7)])
    .toMatchInlineSnapshot(`
    [
      -0.21849623322486877,
      0.985388994216919,
      1.4861334562301636,
      0.5233255624771118,
    ]
  `));
