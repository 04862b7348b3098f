/**
 * Optimisers, one row each: what they keep of each weight, which numbers they need at each step, and how a weight
 * moves. The conventions are PyTorch's. g is the gradient of the loss by the weight θ, η the rate.
 */
import { over, plus, root, scalar, scaled, squared, minus, times } from '../../kernel/formulas.ts';
import type { Lowered } from '../../kernel/kernel.ts';

/** What the numbers of a step depend on: the rate now, and how many steps there will have been, from 1. */
export type At = { readonly rate: number; readonly step: number };

type Named<A> = { readonly [name: string]: A };

/** A weight when it is moved. */
export type Moving = {
  readonly weight: Lowered;
  readonly gradient: Lowered; // clipped, with the decay added unless it is apart
  readonly kept: Named<Lowered>; // what is kept of the weight, by name
  readonly numbers: Named<Lowered>; // those of this step, by name
};

/** Where a weight moves to, and what is kept of it for the next step. */
export type Moved = { readonly weight: Lowered; readonly kept: Named<Lowered> };

/** An optimiser with its settings. */
export type Optimiser = {
  /** what is kept of each weight, as large as the weight and 0 at first */
  readonly keeps: readonly string[];
  /** the numbers of a step, computed in float64 before it */
  readonly numbers: (at: At) => Named<number>;
  readonly move: (moving: Moving) => Moved;
  /** λ: λ·θ is added to the gradient, or taken from the weight apart from it */
  readonly decay: { readonly factor: number; readonly apart: boolean };
};

/** The settings of `sgd`. */
export type Sgd = {
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
};

/**
 * Stochastic gradient descent with momentum (Sutskever et al. 2013, in PyTorch's form): v ← μv + g, θ ← θ − ηv.
 * Nesterov's: θ ← θ − η(g + μv).
 */
export const sgd = ({ momentum, nesterov, weightDecay }: Sgd): Optimiser => ({
  keeps: momentum === 0 ? [] : ['velocity'],
  numbers: ({ rate }) => ({ rate }),
  move: ({ weight, gradient: g, kept, numbers }) => {
    const before = kept['velocity'];
    const velocity = before === undefined ? g : plus(scaled(momentum, before), g);
    const by = nesterov ? plus(g, scaled(momentum, velocity)) : velocity;
    return {
      weight: minus(weight, times(by, numbers['rate']!)),
      kept: before === undefined ? {} : { velocity },
    };
  },
  decay: { factor: weightDecay, apart: false },
});

/** The settings of `adam` and `adamw`. */
export type Adam = {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
};

/**
 * Adam (Kingma and Ba 2015, algorithm 1): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
 * θ ← θ − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + eps). The corrections are numbers of the step, because β₂ᵗ near 1 has
 * few digits in float32.
 */
export const adam = ({ beta1, beta2, eps, weightDecay }: Adam): Optimiser => ({
  keeps: ['mean', 'square'],
  numbers: ({ rate, step }) => ({
    rate,
    pace: rate / (1 - beta1 ** step),
    spread: Math.sqrt(1 - beta2 ** step),
  }),
  move: ({ weight, gradient: g, kept, numbers }) => {
    const mean = plus(scaled(beta1, kept['mean']!), scaled(1 - beta1, g));
    const square = plus(scaled(beta2, kept['square']!), scaled(1 - beta2, squared(g)));
    const size = plus(over(root(square), numbers['spread']!), scalar(eps));
    return {
      weight: minus(weight, times(over(mean, size), numbers['pace']!)),
      kept: { mean, square },
    };
  },
  decay: { factor: weightDecay, apart: false },
});

/** AdamW (Loshchilov and Hutter 2019): Adam with the decay apart, θ ← θ − ηλθ before the step. */
export const adamw = (settings: Adam): Optimiser => ({
  ...adam(settings),
  decay: { factor: settings.weightDecay, apart: true },
});
