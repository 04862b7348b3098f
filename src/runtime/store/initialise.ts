/** The initial weights of a net. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { GraphWeight } from '../../graph/graph.ts';
import { fillNormal, words } from '../../numeric/random.ts';
import { elements } from '../../numeric/tensor.ts';
import type { Provider } from './safetensors.ts';

/**
 * The numbers of one weight, in the order of its shape. Each weight draws from its own stream, with
 * `initialise:` and its path as purpose (epoch and index 0). So neither the order of the weights nor other weights
 * matter, and an added layer does not change the others.
 *
 * `kaiming` is a normal distribution of mean 0 and standard deviation √(2/fan), fan being the inputs of
 * one unit (He et al., ICCV 2015, equation 10): it keeps the variance of what a ReLU gives on.
 */
export const initialValues = ({ path, spec }: GraphWeight, seed: number): Float32Array => {
  const out = new Float32Array(elements(spec.shape));
  switch (spec.initial.tag) {
    case 'constant':
      return out.fill(spec.initial.value);
    case 'kaiming': {
      const draw = words({ seed, purpose: `initialise:${path}`, epoch: 0, index: 0 });
      fillNormal(draw, out, Math.sqrt(2 / spec.initial.fan));
      return out;
    }
  }
};

/** The initial weights of a net by path, made on demand. `seed` is an integer in [0, 2⁵³). */
export const initialise = (weights: readonly GraphWeight[], seed: number): Provider => {
  const byPath = new Map(weights.map((w) => [w.path, w]));
  return (path) => {
    const weight = byPath.get(path);
    if (weight === undefined) throw new Bug(`no weight ${path} to initialise`);
    return E.right(initialValues(weight, seed));
  };
};
