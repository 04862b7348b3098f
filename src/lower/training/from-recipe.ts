/** What a recipe says about one step. */
import { absurd } from '../../diagnostic/bug.ts';
import type { Decay, OptimizerSettings, Recipe } from '../../protocol/recipe.ts';
import { adam, adamw, sgd, type Optimiser } from './optimisers.ts';
import type { How } from './step.ts';

/** How a recipe trains all layers of its net. */
export const howOf = ({ optimizer, loss, clip, accumulate }: Recipe): How => ({
  optimiser: optimiserOf(optimizer),
  decays: decaying[optimizer.decay],
  smoothing: loss.smoothing,
  sideLosses: loss.sides,
  ...(clip === undefined ? {} : { clip }),
  parts: accumulate,
  trains: () => true,
});

const optimiserOf = (settings: OptimizerSettings): Optimiser => {
  switch (settings.tag) {
    case 'sgd':
      return sgd(settings);
    case 'adam':
      return adam(settings);
    case 'adamw':
      return adamw(settings);
    default:
      return absurd(settings);
  }
};

/** Whether a weight of this name decays: Caffe decayed kernels and nothing else. */
const decaying: { readonly [D in Decay]: How['decays'] } = {
  kernels: (weight) => weight === 'kernel',
  all: () => true,
};
