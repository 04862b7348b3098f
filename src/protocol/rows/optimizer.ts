/** `optimizer`: how weights move. */
import { form, param, type Form } from '../form.ts';
import type { Decay, OptimizerSettings } from '../recipe.ts';
import { flag, notNegative, positive, share, word } from '../takes.ts';

type Adam = Extract<OptimizerSettings, { readonly tag: 'adam' | 'adamw' }>;

const rate = param(positive, 1e-3, 'η, the rate that the schedule starts from');
const decay = param(
  word<Decay>('kernels', 'all'),
  'kernels',
  'what decays: the weights called `kernel`, or all',
);
const decayOf = (usual: number) => param(notNegative, usual, 'λ, how much weights decay');

const sgd: Form<OptimizerSettings> = form({
  name: 'sgd',
  doc: `Gradient descent with momentum, as PyTorch has it: v ← μv + g; θ ← θ − ηv, where g has λθ added to it first.
With \`nesterov\` θ ← θ − η(g + μv) (Sutskever et al. 2013).`,
  example: 'sgd(rate = 0.01, momentum = 0.9, weight_decay = 5e-4)',
  params: {
    rate,
    momentum: param(share, 0, 'μ, what is kept of the step before'),
    nesterov: param(flag, false, 'whether the step looks ahead'),
    weight_decay: decayOf(0),
    decay,
  },
  check: ({ momentum, nesterov }) =>
    nesterov && momentum === 0
      ? { at: 'nesterov', message: '`nesterov` needs a momentum', label: 'the momentum is 0' }
      : undefined,
  make: ({ weight_decay: weightDecay, ...rest }): OptimizerSettings => ({
    tag: 'sgd',
    ...rest,
    weightDecay,
  }),
  parts: (made) => {
    if (made.tag !== 'sgd') return undefined;
    const { tag: _, weightDecay: weight_decay, ...rest } = made;
    return { args: { ...rest, weight_decay } };
  },
});

const adam = (tag: Adam['tag'], doc: string, usual: number): Form<OptimizerSettings> =>
  form({
    name: tag,
    doc,
    example: `${tag}(rate = 3e-4)`,
    params: {
      rate,
      beta1: param(share, 0.9, 'β₁, what is kept of the mean of gradients'),
      beta2: param(share, 0.999, 'β₂, what is kept of the mean of their squares'),
      eps: param(positive, 1e-8, 'ε, added outside of the root'),
      weight_decay: decayOf(usual),
      decay,
    },
    make: ({ weight_decay: weightDecay, ...rest }): OptimizerSettings => ({
      tag,
      ...rest,
      weightDecay,
    }),
    parts: (made) => {
      if (made.tag === 'sgd' || made.tag !== tag) return undefined;
      const { tag: _, weightDecay: weight_decay, ...rest } = made;
      return { args: { ...rest, weight_decay } };
    },
  });

export const optimizers: readonly Form<OptimizerSettings>[] = [
  sgd,
  adam(
    'adam',
    `Steps as long as the mean gradient is certain, for each weight by itself. m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − η·m̂/(√v̂ + ε), where m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ), and g has λθ added
to it first (Kingma and Ba 2015).`,
    0,
  ),
  adam(
    'adamw',
    'As `adam`, with the decay apart from the gradient: θ ← θ − ηλθ before the step (Loshchilov and Hutter 2019).',
    0.01,
  ),
];
