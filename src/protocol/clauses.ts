/** The clauses of `train` and `eval`: one row each, complete by type. */
import { error } from '../diagnostic/diagnostic.ts';
import type { Measure, Views } from './evaluation.ts';
import type { Choose, Form } from './form.ts';
import { freeze } from './freeze.ts';
import { initFrom } from './init-from.ts';
import type { ReadForm } from './read.ts';
import type { Reading } from './reading.ts';
import type { Augmentation, PixelNumbers, Recipe, Schedule, Word } from './recipe.ts';
import { oneForm, plain, someForms, someNumbers, type Row, type Trained } from './row.ts';
import { datas } from './rows/data.ts';
import { optimizers } from './rows/optimizer.ts';
import { augmentParts, orders, type AugmentPart } from './rows/pictures.ts';
import { initialisations, losses, scheduleParts, type SchedulePart } from './rows/training.ts';
import { viewParts, type ViewPart } from './rows/views.ts';
import { integer, orNone, positive } from './takes.ts';

/** The property of a recipe that a clause is about. */
export type PropertyOf<W extends Word> = W extends 'init from' ? 'initFrom' : W & keyof Recipe;

/** What a clause of `train` says. */
export type ValueOf<W extends Word> = Recipe[PropertyOf<W>];

/** What the clauses of `train` say, by their words. */
export type ByWord = { readonly [W in Word]: ValueOf<W> };

// ------------------------------------------------------------------------------------------- what several forms make

const isAugmentation = (step: AugmentPart): step is Augmentation => step.tag !== 'none';

const steps = (
  made: readonly ReadForm<AugmentPart>[],
  { cx, clause }: Reading,
): readonly Augmentation[] | undefined => {
  const all = made.map(({ value }) => value);
  const nothing = made.find(({ value }) => value.tag === 'none');
  if (all.length > 0 && (nothing === undefined || all.length === 1))
    return all.filter(isAugmentation);
  cx.report(
    nothing === undefined
      ? error('E0923', clause.span, '`augment` needs a value', { label: 'write `augment none`' })
      : error('E0923', nothing.span, '`none` stands alone', {
          label: 'something stands beside it',
        }),
  );
  return undefined;
};

const isShape = (part: SchedulePart): part is Schedule['shape'] => part.tag !== 'warmup';

const schedule = (
  made: readonly ReadForm<SchedulePart>[],
  { cx, clause }: Reading,
): Schedule | undefined => {
  const shapes = made.filter(({ value }) => isShape(value));
  const [first, second] = shapes;
  if (made.length === 0) cx.report(error('E0923', clause.span, '`schedule` needs a value'));
  if (second !== undefined)
    cx.report(
      error('E0923', second.span, `the rate follows one schedule, and \`${first!.name}\` is one`, {
        label: 'a second one',
        labels: [{ span: first!.span, message: 'the first' }],
      }),
    );
  if (made.length === 0 || second !== undefined) return undefined;
  const warmup =
    made.flatMap(({ value }) => (value.tag === 'warmup' ? [value.epochs] : []))[0] ?? 0;
  const shape = made.map(({ value }) => value).find(isShape) ?? { tag: 'constant' };
  return { warmup, shape };
};

const scheduleIn = ({ warmup, shape }: Schedule): readonly SchedulePart[] => [
  shape,
  { tag: 'warmup', epochs: warmup },
];

const views = (made: readonly ReadForm<ViewPart>[], { cx, clause }: Reading): Views | undefined => {
  const all = made.map(({ value }) => value);
  if (all.length === 0) {
    cx.report(error('E0923', clause.span, '`views` needs a value'));
    return undefined;
  }
  const of = all.flatMap((v) => (v.tag === 'flip' ? [] : [v]));
  return { of: of.length === 0 ? [{ tag: 'center' }] : of, flip: of.length < all.length };
};

const viewsIn = ({ of, flip }: Views): readonly ViewPart[] =>
  flip ? [...of, { tag: 'flip' }] : of;

/** Some of the forms, each at most once, with arguments picked. */
const some = <X>(forms: readonly Form<X>[], choose: Choose): readonly X[] =>
  forms.flatMap((f) => (choose([true, false]) ? (f.sample(choose) ?? []) : []));

// ------------------------------------------------------------------------------------------------------- the clauses

const inputFor = ({ channels, data }: Trained): PixelNumbers => {
  const order = channels === 1 ? 'grey' : 'rgb';
  if (data === 'arrays') return { order, scale: 1, mean: [], std: [] };
  return { order, scale: 1, mean: 'data', std: 'data' };
};

const data = oneForm(
  { doc: 'Where pictures come from.', example: 'imagefolder("data/flowers", validation = 0.1)' },
  datas,
);

/** The clauses of `train`, in the order in which a recipe is written. */
export const clauses: { readonly [W in Word]: Row<ValueOf<W>> } = {
  data,
  input: oneForm(
    {
      doc: `How pixels become numbers. Without it each channel is standardised, \`rgb(mean = data, std = data)\`, or \`grey\`
where the net takes one channel; arrays are taken as they are. Written without arguments, pixels stay 0–255.`,
      example: 'rgb(mean = data)',
      fallback: inputFor,
    },
    orders,
  ),
  augment: someForms<AugmentPart, readonly Augmentation[]>(
    {
      doc: 'What is done to a picture, in this order, each time it is trained on. Without it nothing is.',
      example: 'rescale(256..512); crop-224; flip',
      fallback: () => [],
    },
    augmentParts,
    steps,
    (all) => (all.length === 0 ? [{ tag: 'none' }] : all),
    (choose) => some(augmentParts, choose).filter(isAugmentation),
  ),
  loss: oneForm(
    {
      doc: 'What is minimised.',
      example: 'cross_entropy(smoothing = 0.1)',
      fallback: () => ({ tag: 'cross_entropy', smoothing: 0, sides: {} }),
    },
    losses,
  ),
  optimizer: oneForm(
    {
      doc: 'How weights move. Without it `adam` moves them, which is the least sensitive to its rate.',
      example: 'sgd(rate = 0.1, momentum = 0.9)',
      fallback: () => ({
        tag: 'adam',
        rate: 1e-3,
        beta1: 0.9,
        beta2: 0.999,
        eps: 1e-8,
        weightDecay: 0,
        decay: 'kernels',
      }),
    },
    optimizers,
  ),
  schedule: someForms<SchedulePart, Schedule>(
    {
      doc: 'How the rate changes, with `warmup` beside it if it is to rise first. Without it the rate stays as it is.',
      example: 'cosine; warmup(5)',
      fallback: () => ({ warmup: 0, shape: { tag: 'constant' } }),
    },
    scheduleParts,
    schedule,
    scheduleIn,
    (choose) => {
      const shape = choose(scheduleParts).sample(choose);
      if (shape === undefined) return undefined;
      return isShape(shape)
        ? { warmup: choose([0, 5]), shape }
        : { warmup: shape.epochs, shape: { tag: 'constant' } };
    },
  ),
  batch: plain(
    {
      doc: 'Pictures for one change of the weights; 32 without it.',
      example: '256',
      fallback: () => 32,
    },
    integer(1, 65_536),
  ),
  accumulate: plain(
    {
      doc: `Parts that a batch is computed in, one after the other, where it does not fit into memory; their gradients are
averaged. 1 without it.`,
      example: '4',
      fallback: () => 1,
    },
    integer(1, 65_536),
  ),
  epochs: plain(
    {
      doc: 'How many times all pictures are trained on; 10 without it.',
      example: '74',
      fallback: () => 10,
    },
    integer(1),
  ),
  clip: plain(
    {
      doc: `The largest norm of all gradients together; longer ones are made so long (Pascanu et al. 2013). \`none\` without
it.`,
      example: '1.0',
      fallback: () => undefined,
    },
    orNone(positive),
  ),
  init: oneForm(
    {
      doc: 'How kernels begin; biases begin with 0. Without it `kaiming`.',
      example: 'kaiming',
      fallback: () => ({ tag: 'kaiming', distribution: 'normal' }),
    },
    initialisations,
  ),
  'init from': initFrom,
  freeze,
  seed: plain(
    {
      doc: `What random numbers begin with: the same seed gives the same weights, the same order and the same result. 0
without it.`,
      example: '7',
      fallback: () => 0,
    },
    integer(0),
  ),
};

/** The clauses of `eval`. */
export const measureClauses: { readonly [W in keyof Measure]: Row<Measure[W]> } = {
  data,
  scales: someNumbers(
    {
      doc: `Sizes to which the shorter side of a picture is brought; posteriors are averaged over them. Without it the size
that the training's \`rescale\` has, the middle of a range, or else the net's own.`,
      example: '256, 384, 512',
    },
    integer(1, 65_536),
  ),
  views: someForms<ViewPart, Views>(
    {
      doc: 'How a picture is looked at. Without it `center`, or `dense` where the net takes pictures of any size.',
      example: 'dense; flip',
      fallback: ({ isFree = false }) => ({
        of: [{ tag: isFree ? 'dense' : 'center' }],
        flip: false,
      }),
    },
    viewParts,
    views,
    viewsIn,
    (choose) => {
      const of = some(viewParts, choose).flatMap((v) => (v.tag === 'flip' ? [] : [v]));
      return of.length === 0 ? undefined : { of, flip: choose([true, false]) };
    },
  ),
};
