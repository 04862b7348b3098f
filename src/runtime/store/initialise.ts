/** The initial weights of a net. */
import * as E from 'fp-ts/lib/Either.js';
import { absurd, Bug } from '../../diagnostic/bug.ts';
import type { GraphWeight } from '../../graph/graph.ts';
import { fillNormal, uniform, words, type Draw } from '../../numeric/random.ts';
import { elements } from '../../numeric/tensor.ts';
import type { Fans } from '../../ops/row.ts';
import type { Initialisation } from '../../protocol/recipe.ts';
import type { Provider } from './safetensors.ts';

/** How kernels start where nothing is said. */
const usual: Initialisation = { tag: 'kaiming', distribution: 'normal' };

/**
 * The standard deviation of a kernel. `xavier` keeps the variance of what goes forward and of gradients, as far as one
 * number can (Glorot and Bengio, AISTATS 2010, equation 12); `kaiming` keeps that of what a ReLU gives on (He et al.,
 * ICCV 2015, equation 10).
 */
const deviation = (how: Initialisation, fans: Fans): number => {
  switch (how.tag) {
    case 'normal':
      return how.std;
    case 'xavier':
      return Math.sqrt(2 / (fans.in + fans.out));
    case 'kaiming':
      return Math.sqrt(2 / fans.in);
    default:
      return absurd(how);
  }
};

/** Fills `out` with numbers in [−√3·std, √3·std), whose deviation is `std`, rounded to float32. */
const fillUniform = (draw: Draw, out: Float32Array, std: number): void => {
  const bound = Math.sqrt(3) * std;
  for (let i = 0; i < out.length; i++) out[i] = bound * (2 * uniform(draw) - 1);
};

/**
 * The numbers of one weight, in the order of its shape. Each weight draws from its own stream, with
 * `initialise:` and its path as purpose (epoch and index 0). So neither the order of the weights nor other weights
 * matter, and an added layer does not change the others. The bits are the same on every machine.
 */
export const initialValues = (
  { path, spec }: GraphWeight,
  seed: number,
  how: Initialisation = usual,
): Float32Array => {
  const out = new Float32Array(elements(spec.shape));
  switch (spec.initial.tag) {
    case 'constant':
      return out.fill(spec.initial.value);
    case 'drawn': {
      const draw = words({ seed, purpose: `initialise:${path}`, epoch: 0, index: 0 });
      const flat = how.tag !== 'normal' && how.distribution === 'uniform';
      (flat ? fillUniform : fillNormal)(draw, out, deviation(how, spec.initial.fans));
      return out;
    }
    default:
      return absurd(spec.initial);
  }
};

/** The initial weights of a net by path, made on demand. `seed` is an integer in [0, 2⁵³). */
export const initialise = (
  weights: readonly GraphWeight[],
  seed: number,
  how?: Initialisation,
): Provider => {
  const byPath = new Map(weights.map((w) => [w.path, w]));
  return (path) => {
    const weight = byPath.get(path);
    if (weight === undefined) throw new Bug(`no weight ${path} to initialise`);
    return E.right(initialValues(weight, seed, how));
  };
};
