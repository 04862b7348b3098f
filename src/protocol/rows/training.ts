/** `loss`, `schedule` and `init`: what is minimised, how the rate changes, and where weights begin. */
import { form, param, required, type Form } from '../form.ts';
import type { Initialisation, Loss, Schedule } from '../recipe.ts';
import { epochs, fraction, integer, optional, positive, share, word } from '../takes.ts';

export const losses: readonly Form<Loss>[] = [
  form({
    name: 'cross_entropy',
    doc: `−Σ y·ln softmax(z) over the classes, the mean over the batch, of the logits z that the net's last softmax reads.
With a smoothing of ε labels are (1 − ε)·one-hot + ε/classes (Szegedy et al. 2016, section 7). Side outputs enter under
their names, each with its weight.`,
    example: 'cross_entropy(smoothing = 0.1)',
    params: { smoothing: param(share, 0, 'ε') },
    others: required(positive, 'the weight of the side output of this name'),
    make: ({ smoothing }, sides): Loss => ({ tag: 'cross_entropy', smoothing, sides }),
    parts: ({ smoothing, sides }) => ({ args: { smoothing }, others: sides }),
  }),
];

type Shape = Schedule['shape'];

/** A part of a schedule: how the rate changes, or how it rises first. */
export type SchedulePart = Shape | { readonly tag: 'warmup'; readonly epochs: number };

const factor = 'what the rate is multiplied with';

const constant: Form<SchedulePart> = form({
  name: 'constant',
  doc: 'The rate stays as it is.',
  example: 'constant',
  params: {},
  make: (): SchedulePart => ({ tag: 'constant' }),
  parts: (made) => (made.tag === 'constant' ? { args: {} } : undefined),
});

const step: Form<SchedulePart> = form({
  name: 'step',
  doc: `The rate is multiplied with the factor when so many epochs are done: \`every\` so many of them, or \`at\` each of
those listed.`,
  example: 'step(at = [30, 60, 90])',
  params: {
    every: param(optional(integer(1)), undefined, 'so many epochs'),
    at: param(optional(epochs), undefined, 'epochs that are done'),
    factor: param(fraction, 0.1, factor),
  },
  check: ({ every, at }) => {
    if ((every === undefined) !== (at === undefined)) return undefined;
    const both = every !== undefined;
    return {
      ...(both ? { at: 'at' } : {}),
      message: both
        ? '`step` takes `every` or `at`, not both'
        : '`step` needs `every` or `at`, to say when',
      label: both ? 'the second of them' : 'as in `step(every = 30)` or `step(at = [30, 60])`',
    };
  },
  make: ({ every, at, factor: by }): SchedulePart =>
    every === undefined
      ? { tag: 'step', at: at ?? [], factor: by }
      : { tag: 'every', every, factor: by },
  parts: (made) => {
    if (made.tag === 'every')
      return { args: { every: made.every, at: undefined, factor: made.factor } };
    if (made.tag !== 'step') return undefined;
    return { args: { every: undefined, at: made.at, factor: made.factor } };
  },
});

const cosine: Form<SchedulePart> = form({
  name: 'cosine',
  doc: 'η/2 · (1 + cos(π · share of all steps that is done)), down to 0 (Loshchilov and Hutter 2017, without restarts).',
  example: 'cosine; warmup(5)',
  params: {},
  make: (): SchedulePart => ({ tag: 'cosine' }),
  parts: (made) => (made.tag === 'cosine' ? { args: {} } : undefined),
});

const plateau: Form<SchedulePart> = form({
  name: 'plateau',
  doc: `The rate is multiplied with the factor when validation has not become better, by more than 1e-4 of itself, for
\`patience\` epochs; after \`drops\` drops and as long a wait again training ends. It needs data to validate.`,
  example: 'plateau(factor = 0.1, drops = 3)',
  params: {
    factor: param(fraction, 0.1, factor),
    patience: param(integer(0), 10, 'epochs that are waited'),
    drops: param(integer(1), 3, 'how many times the rate may drop'),
  },
  make: (args): SchedulePart => ({ tag: 'plateau', ...args }),
  parts: (made) => (made.tag === 'plateau' ? { args: made } : undefined),
});

const warmup: Form<SchedulePart> = form({
  name: 'warmup',
  doc: 'Beside another: the rate rises linearly from η/10 over so many epochs first (Goyal et al. 2017).',
  example: 'constant; warmup(5)',
  params: { epochs: required(integer(0), 'so many epochs') },
  make: (args): SchedulePart => ({ tag: 'warmup', ...args }),
  parts: (made) => (made.tag === 'warmup' ? { args: made } : undefined),
});

export const scheduleParts: readonly Form<SchedulePart>[] = [
  constant,
  step,
  cosine,
  plateau,
  warmup,
];

const normal: Form<Initialisation> = form({
  name: 'normal',
  doc: `N(0, std²), biases 0. A deviation that does not depend on the layer makes deep nets diverge or stand still;
\`kaiming\` does not.`,
  example: 'normal(std = 0.01)',
  params: { std: param(positive, 0.01, 'the standard deviation') },
  make: (args): Initialisation => ({ tag: 'normal', ...args }),
  parts: (made) => (made.tag === 'normal' ? { args: made } : undefined),
});

const byFan = (tag: 'xavier' | 'kaiming', doc: string): Form<Initialisation> =>
  form({
    name: tag,
    doc,
    example: `${tag}(distribution = uniform)`,
    params: {
      distribution: param(
        word<'normal' | 'uniform'>('normal', 'uniform'),
        'normal',
        'of the same deviation s: N(0, s²), or evenly within ±√3·s',
      ),
    },
    make: (args): Initialisation => ({ tag, ...args }),
    parts: (made) =>
      made.tag !== 'normal' && made.tag === tag
        ? { args: { distribution: made.distribution } }
        : undefined,
  });

export const initialisations: readonly Form<Initialisation>[] = [
  normal,
  byFan(
    'xavier',
    'A deviation of √(2/(in + out)), biases 0, where in and out count window × channels/groups (Glorot and Bengio 2010).',
  ),
  byFan('kaiming', 'A deviation of √(2/in), biases 0 (He et al. 2015).'),
];
