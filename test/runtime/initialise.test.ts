import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import type { GraphWeight } from '../../src/graph/graph.ts';
import type { Fans } from '../../src/ops/row.ts';
import type { Initialisation } from '../../src/protocol/recipe.ts';
import { initialise } from '../../src/runtime/store/initialise.ts';

const kernel = (path: string, shape: readonly number[], fans: Fans): GraphWeight => ({
  path,
  spec: { name: 'kernel', shape, initial: { tag: 'drawn', fans }, trained: true },
});
const gamma: GraphWeight = {
  path: 'D/batchnorm1/gamma',
  spec: { name: 'gamma', shape: [3], initial: { tag: 'constant', value: 1 }, trained: true },
};
const a = kernel('D/conv1/kernel', [3, 3, 64, 64], { in: 576, out: 288 });
const b = kernel('D/conv2/kernel', [3, 3, 64, 64], { in: 576, out: 576 });

const values = (
  weights: readonly GraphWeight[],
  path: string,
  seed = 1,
  how?: Initialisation,
): Float32Array => {
  const numbers = initialise(weights, seed, how)(path);
  if (E.isLeft(numbers)) throw new Error(numbers.left.message);
  return numbers.right;
};

/** Each way to start, with the standard deviation that it has for fans of 576 and 288. */
const ways: readonly (readonly [Initialisation, number])[] = [
  [{ tag: 'normal', std: 0.1 }, 0.1],
  [{ tag: 'xavier', distribution: 'normal' }, Math.sqrt(2 / (576 + 288))],
  [{ tag: 'xavier', distribution: 'uniform' }, Math.sqrt(2 / (576 + 288))],
  [{ tag: 'kaiming', distribution: 'normal' }, Math.sqrt(2 / 576)],
  [{ tag: 'kaiming', distribution: 'uniform' }, Math.sqrt(2 / 576)],
];

describe.each(ways)('%j', (how, std) => {
  const w = values([a], a.path, 1, how);
  /** the mean of the k-th powers, in standard deviations */
  const moment = (k: number): number => w.reduce((sum, x) => sum + (x / std) ** k, 0) / w.length;
  const flat = 'distribution' in how && how.distribution === 'uniform';

  test('has mean 0 and its standard deviation', () => {
    expect(w.length).toBe(36864);
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(w.length)); // four standard errors
    expect(moment(2)).toBeCloseTo(1, 1.3);
  });

  test('has the shape of its distribution', () => {
    expect(moment(4)).toBeCloseTo(flat ? 9 / 5 : 3, 0.7); // the kurtosis
    const largest = w.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / std;
    if (flat) expect(largest).toBeLessThanOrEqual(Math.fround(Math.sqrt(3)));
    expect(largest).toBeGreaterThan(flat ? 1.73 : 3.5);
  });

  test('leaves constants as they are', () =>
    expect(values([gamma], gamma.path, 1, how)).toEqual(Float32Array.of(1, 1, 1)));
});

test('kernels are normal of He where nothing is said', () =>
  expect(values([a], a.path)).toEqual(
    values([a], a.path, 1, { tag: 'kaiming', distribution: 'normal' }),
  ));

test('a weight depends on its path and the seed, not on its neighbours', () => {
  expect(values([a, gamma, b], b.path)).toEqual(values([b, a], b.path));
  expect(values([a, b], a.path)).not.toEqual(values([a, b], b.path));
  expect(values([a], a.path, 1)).not.toEqual(values([a], a.path, 2));
});

test('the numbers themselves, so that no later version changes them', () => {
  const small = kernel('D/fc1/kernel', [2, 2], { in: 2, out: 2 });
  const drawn = (how?: Initialisation) => [...values([small], small.path, 7, how)];
  expect([drawn(), drawn({ tag: 'xavier', distribution: 'uniform' })]).toMatchInlineSnapshot(`
    [
      [
        -0.21849623322486877,
        0.985388994216919,
        1.4861334562301636,
        0.5233255624771118,
      ],
      [
        0.2470957338809967,
        -0.5167733430862427,
        -0.7681766152381897,
        -0.208441361784935,
      ],
    ]
  `);
});
