/** What a recipe says about one step. */
import { absurd } from '../../diagnostic/bug.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Decay, OptimizerSettings, Recipe } from '../../protocol/recipe.ts';
import { chosenBy, withoutNet } from '../../protocol/selection.ts';
import { adam, adamw, sgd, type Optimiser } from './optimisers.ts';
import type { How } from './step.ts';

/** How a recipe trains the layers of its net, but those that it freezes. */
export const howOf = (recipe: Recipe, graph: Pick<Graph, 'nodes'>): How => {
  const { optimizer, loss, clip, accumulate } = recipe;
  const frozen = frozenIn(recipe, graph);
  return {
    optimiser: optimiserOf(optimizer),
    decays: decaying[optimizer.decay],
    smoothing: loss.smoothing,
    sideLosses: loss.sides,
    ...(clip === undefined ? {} : { clip }),
    parts: accumulate,
    trains: ({ path }) => !frozen.has(path),
  };
};

/** The paths of the layers that a recipe freezes; all of them have weights. */
export const frozenIn = (
  { freeze }: Pick<Recipe, 'freeze'>,
  { nodes }: Pick<Graph, 'nodes'>,
): ReadonlySet<string> => {
  const layers = nodes
    .filter(({ weights }) => weights.length > 0)
    .map(({ path, op }) => ({ path: withoutNet(path), op, whole: path }));
  return new Set(Array.from(chosenBy(freeze, layers), ({ whole }) => whole));
};

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
