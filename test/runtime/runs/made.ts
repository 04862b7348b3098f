/** A small training for tests of runs: two weights and what an optimiser keeps of one. */
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../src/diagnostic/diagnostic.ts';
import type { Recipe } from '../../../src/protocol/recipe.ts';
import type { Description } from '../../../src/runtime/runs/begin.ts';
import type { Contents } from '../../../src/runtime/runs/checkpoint.ts';
import type { Facts } from '../../../src/runtime/runs/record.ts';

export const newRoot = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'netc-runs-')));

export const source = `net N : [8, 8, 3] -> [2] { conv3-4; gap; fc-2; softmax }
train first : N { data shapes(size = 8, classes = 2) }
`;

const recipe: Recipe = {
  data: { tag: 'shapes', size: 8, classes: 2, images: 64, validation: 16, clutter: 0 },
  input: { order: 'rgb', scale: 1, mean: [], std: [] },
  augment: [{ tag: 'flip' }],
  loss: { tag: 'cross_entropy', smoothing: 0, sides: {} },
  optimizer: {
    tag: 'sgd',
    ...{ rate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0, decay: 'kernels' },
  },
  schedule: { warmup: 0, shape: { tag: 'constant' } },
  batch: 16,
  accumulate: 1,
  epochs: 3,
  clip: undefined,
  init: { tag: 'kaiming', distribution: 'normal' },
  initFrom: undefined,
  freeze: [],
  seed: 7,
};

const facts: Facts = {
  net: 'N',
  data: 'shapes(size = 8, classes = 2)',
  dataDigest: 'd'.repeat(64),
  classes: ['circle', 'square'],
  input: { order: 'rgb', scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [], resize: 8 },
  measured: { mean: [0.5, 0.5, 0.5], std: [1, 1, 1], covariance: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
  start: undefined,
  seed: 7,
  epochs: 3,
  engine: 'wasm',
  device: '1 thread',
  versions: { netc: '0.1.0', node: '20.19.0' },
  command: 'netc train first.net',
  options: {
    ...{ train: undefined, set: [], seed: undefined, engine: undefined },
    ...{ strict: false, recompute: false, workers: undefined },
  },
};

/** What the training says of itself, with changes. */
export const describing = (
  changes: Partial<Omit<Description, 'facts' | 'recipe'>> & {
    readonly facts?: Partial<Facts>;
    readonly recipe?: Partial<Recipe>;
  } = {},
): Description => ({
  sources: [{ path: 'first.net', text: source }],
  configuration: 'train first : N { … }\n',
  plan: 'peak 1 MiB\n',
  pictures: [],
  memory: { live: [8, 16, 4], layers: ['N/a', 'N/b', 'N'], peak: 1, held: [], weights: 12 },
  resume: (run) => `netc train first.net --resume ${run}`,
  ...changes,
  facts: { ...facts, ...changes.facts },
  recipe: { ...recipe, ...changes.recipe },
});

/** The training after so many steps, four to an epoch; every number depends on the step. */
export const after = (step: number, size = 4): Contents => {
  const numbers = (count: number, of: number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => Math.fround(step + i / 7 + of));
  const shape = [3, 3, 3, size];
  const count = 27 * size;
  return {
    weights: [
      { path: 'N/conv1/kernel', shape, data: numbers(count, 0) },
      { path: 'N/fc1/kernel', shape: [size, 2], data: numbers(2 * size, 1) },
    ],
    slots: [{ path: 'N/conv1/kernel/velocity', shape, data: numbers(count, 2) }],
    progress: {
      step,
      epoch: Math.floor(step / 4),
      position: step % 4,
      kept: { watched: { best: null, waited: step }, scores: [{ loss: step / 3 }] },
      best: step < 4 ? undefined : { metric: 'validation_top1', value: step / 100, epoch: 1 },
    },
  };
};

/** The value; a fault fails the test with its message. */
export const right = <A>(result: E.Either<Diagnostic, A>): A => {
  if (E.isLeft(result)) throw new Error(`${result.left.code} ${result.left.message}`);
  return result.right;
};

/** The code and the message of a fault, or that there is none. */
export const faultIn = <A>(result: E.Either<Diagnostic, A>): string =>
  E.isLeft(result) ? `${result.left.code} ${result.left.message}` : 'no fault';
