/** What a recipe says about a step. */
import { describe, expect, it } from 'vitest';
import type { OptimizerSettings, Recipe } from '../../../src/protocol/recipe.ts';
import { howOf } from '../../../src/lower/training/from-recipe.ts';

const sgd: OptimizerSettings = {
  ...{ tag: 'sgd', rate: 0.1, momentum: 0.9, nesterov: false },
  ...{ weightDecay: 5e-4, decay: 'kernels' },
};
const adam: OptimizerSettings = {
  ...{ tag: 'adam', rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 },
  ...{ weightDecay: 0.01, decay: 'all' },
};

const recipe = (optimizer: OptimizerSettings, more: Partial<Recipe> = {}): Recipe => ({
  data: { tag: 'shapes', size: 32, classes: 4, images: 100, validation: 10, clutter: 0 },
  input: { order: 'rgb', scale: 1, mean: [], std: [] },
  augment: [],
  loss: { tag: 'cross_entropy', smoothing: 0.1, sides: { aux: 0.3 } },
  optimizer,
  schedule: { warmup: 0, shape: { tag: 'constant' } },
  ...{ batch: 32, accumulate: 4, epochs: 1, clip: undefined },
  init: { tag: 'kaiming', distribution: 'normal' },
  ...{ initFrom: undefined, freeze: [], seed: 0 },
  ...more,
});

const none = { nodes: [] };

describe('the optimiser', () => {
  it.each([
    [sgd, ['velocity'], { factor: 5e-4, apart: false }],
    [{ ...sgd, momentum: 0 }, [], { factor: 5e-4, apart: false }],
    [adam, ['mean', 'square'], { factor: 0.01, apart: false }],
    [{ ...adam, tag: 'adamw' }, ['mean', 'square'], { factor: 0.01, apart: true }],
  ] as const)('%o', (settings, keeps, decay) => {
    const { optimiser } = howOf(recipe(settings), none);
    expect(optimiser.keeps).toEqual(keeps);
    expect(optimiser.decay).toEqual(decay);
  });

  it('takes its rate from the step', () => {
    expect(howOf(recipe(sgd), none).optimiser.numbers({ rate: 0.25, step: 3 })).toEqual({
      rate: 0.25,
    });
    const { pace, spread } = howOf(recipe(adam), none).optimiser.numbers({ rate: 0.25, step: 2 });
    expect(pace).toBeCloseTo(0.25 / (1 - 0.9 ** 2), 15);
    expect(spread).toBeCloseTo(Math.sqrt(1 - 0.999 ** 2), 15);
  });
});

it('decays kernels, or all', () => {
  const names = ['kernel', 'bias', 'gamma', 'beta', 'alpha'];
  expect(names.filter(howOf(recipe(sgd), none).decays)).toEqual(['kernel']);
  expect(names.filter(howOf(recipe(adam), none).decays)).toEqual(names);
});

it('takes over the loss, the clip and the parts', () => {
  const how = howOf(recipe(sgd), none);
  expect(how).toMatchObject({ smoothing: 0.1, sideLosses: { aux: 0.3 }, parts: 4 });
  expect('clip' in how).toBe(false);
  expect(howOf(recipe(sgd, { clip: 5 }), none).clip).toBe(5);
});
