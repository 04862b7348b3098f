/** Trains a net of a program in a page. */
import * as E from 'fp-ts/lib/Either.js';
import { graphOf } from '../../compile.ts';
import { absurd, Bug } from '../../diagnostic/bug.ts';
import { andThen, checked, failed, resultOf, type Checked } from '../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Recipe, Training } from '../../protocol/recipe.ts';
import { hostWeights, weightsOf } from '../../rewrite/match/read-weights.ts';
import { notThere } from '../../runtime/batches/faults.ts';
import { alone } from '../../runtime/batches/job.ts';
import type { PictureSet } from '../../runtime/batches/dataset.ts';
import { loaderOf } from '../../runtime/batches/load.ts';
import type { Loader } from '../../runtime/batches/loader.ts';
import { imagesFor, inputFor, settingsOf, takesOf } from '../../runtime/batches/settings.ts';
import { drawnShapes, shapesSet } from '../../runtime/batches/shapes/shapes.ts';
import type { LoadedEngine } from '../../runtime/engines/engine.ts';
import { noRoomForWeights } from '../../runtime/engines/no-room.ts';
import type { Chunks } from '../../runtime/data/bytes.ts';
import type { Provider, Weights } from '../../runtime/store/safetensors.ts';
import { meansOf, noScores } from '../../runtime/train/scores.ts';
import { providerFor } from './weights.ts';
import { classesKey, encodeClasses } from '../../runtime/store/classes.ts';
import { initialise } from '../../runtime/store/initialise.ts';
import { encodeInput, inputKey } from '../../runtime/store/preprocess.ts';
import { weightChunks } from '../../runtime/store/safetensors-write.ts';
import { atBeginning, train as loop, type End, type Watcher } from '../../runtime/train/loop.ts';
import { noRoomForStep, stepFault, type Planned } from '../../runtime/train/memory.ts';
import type { Parameters } from '../../runtime/train/parameters.ts';
import { trainable } from '../../runtime/train/trainable.ts';
import { trainerFor, type Trainer } from '../../runtime/train/trainer.ts';
import { startOf } from '../../syntax/source.ts';
import { answer, oneFault, unlessFailing, type Answer } from './answer.ts';
import type { Program } from './program.ts';

/** A step that is done. */
export type StepSeen = {
  /** from 1, over all epochs */
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** √(Σ g²) of all gradients */
  readonly norm: number;
  readonly rate: number;
};

/** How a training is to go. */
export type HowToTrain = {
  /** its name; the only one unless given */
  readonly training?: string;
  /** weights to begin with; drawn as the recipe says unless given */
  readonly weights?: Weights;
  /** ends after so many steps; after those of the recipe unless given */
  readonly steps?: number;
  readonly signal?: { readonly aborted: boolean };
  readonly each?: (step: StepSeen) => void;
  /** after an epoch and its validation; shares of pictures whose class was first */
  readonly epoch?: (done: EpochSeen) => void;
};

/** An epoch that is done: the mean loss, and the share of pictures whose class came first. */
export type EpochSeen = {
  readonly epoch: number;
  readonly training: { readonly loss: number; readonly top1: number };
  readonly validation: { readonly loss: number; readonly top1: number } | undefined;
};

/** What a training has reached. */
export type Trained = {
  readonly step: number;
  readonly epoch: number;
  /** the bytes of a safetensors file, which say how pictures are prepared and what the classes are called */
  readonly weights: Uint8Array;
};

/** The training that is meant (E0961). */
const trainingOf = (
  { checked: { trainings } }: Program,
  asked: string | undefined,
): E.Either<Diagnostic, Training> => {
  const meant = asked === undefined ? trainings : trainings.filter(({ name }) => name === asked);
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return E.right(only);
  const what =
    asked === undefined
      ? `the program has ${trainings.length} trainings; say which`
      : `the program has no training \`${asked}\``;
  const names = trainings.map(({ name }) => `\`${name}\``).join(', ');
  const note =
    names === ''
      ? 'declare one: `train first : NET { data shapes }`'
      : `its trainings are ${names}`;
  return E.left(error('E0961', startOf('training'), what, { notes: [note] }));
};

/** The pictures of a recipe: a page has no files (E0901). */
const setOf = ({ data }: Recipe): E.Either<Diagnostic, PictureSet> =>
  data.tag === 'shapes' ? E.right(shapesSet(data)) : E.left(notThere(data.tag, data.path));

/** A training that fits, and its pictures. */
type Ready = Planned & { readonly set: PictureSet; readonly loader: Loader };

/** Lowers a training, and opens its pictures (E0508, E0901, E0910, E0964, E0965). */
const prepare = async (
  training: Training,
  engine: LoadedEngine,
): Promise<E.Either<Diagnostic, Ready>> => {
  const { recipe, net } = training;
  const takes = takesOf(training);
  if (E.isLeft(takes)) return takes;
  const graph = graphOf(net, imagesFor(training, takes.right));
  if (E.isLeft(graph)) return graph;
  const programs = trainable(training, graph.right, false);
  if (E.isLeft(programs)) return programs;
  const set = setOf(recipe);
  if (E.isLeft(set)) return set;
  const { tag, ...sizes } = takes.right;
  const planned: Planned = {
    ...{ training, engine, graph: graph.right, programs: programs.right, recompute: false },
    picture: 'h' in sizes ? [sizes.h, sizes.w, sizes.c] : [sizes.c],
    batch: Math.min(recipe.batch, set.right.train.count),
  };
  const fault = stepFault(planned);
  if (fault !== undefined) return E.left(fault);
  const chosen = { workers: 0, strict: false, measured: undefined };
  const loader = await loaderOf(set.right, settingsOf(recipe, takes.right, chosen), () =>
    alone(drawnShapes, async () => {}),
  );
  return E.map((loader: Loader): Ready => ({ ...planned, set: set.right, loader }))(loader);
};

/** The weights that a training begins with (E0501 and its like). */
const beginning = ({ training, graph }: Ready, { weights }: HowToTrain): Checked<Provider> => {
  const { net, recipe } = training;
  if (weights !== undefined) return providerFor(net, graph, { weights });
  if (recipe.initFrom === undefined)
    return checked(initialise(weightsOf(graph), recipe.seed, recipe.init), []);
  const place = training.places.get('init from') ?? training.span;
  const note = 'give them as `weights`: a page reads no files';
  return failed(
    error('E0501', place, 'the weights to begin with are not given', { notes: [note] }),
  );
};

/** The net on its engine (E0703, or a weight that cannot be read). */
const trainerOn = (
  { training: { recipe }, engine, programs, graph }: Ready,
  read: Provider,
): E.Either<Diagnostic, Trainer> => {
  const paths = new Set(weightsOf(graph).map(({ path }) => path));
  const { weight, fault } = hostWeights(graph, read);
  const begin = (path: string) => (paths.has(path) ? weight(path) : undefined);
  const trainer = trainerFor({ engine, programs, begin, seed: recipe.seed });
  if (E.isLeft(trainer)) return E.left(noRoomForWeights('weights', engine.name, trainer.left));
  const unread = fault();
  if (unread === undefined) return trainer;
  trainer.right.dispose();
  return E.left(unread);
};

const watcherOf = ({ each, epoch }: HowToTrain): Watcher => ({
  step: ({ reached, loss, norm, rate }) =>
    each?.({ step: reached.step, epoch: reached.epoch + 1, loss, norm, rate }),
  guess: () => {},
  epoch: ({ reached, training, validation }) =>
    epoch?.({
      epoch: reached.epoch,
      training: meansOf(training[0] ?? noScores),
      validation: validation?.[0] && meansOf(validation[0]),
    }),
});

/** Lets the page draw and hear its user. */
const breathe = (): Promise<void> => new Promise((done) => setTimeout(done));

/** The weights as a file has them. */
const bytesOf = (
  { training: { recipe }, graph, set, loader }: Ready,
  parameters: Parameters,
): Uint8Array => {
  const metadata = new Map([
    [inputKey, encodeInput(inputFor(recipe, loader.measured))],
    [classesKey, encodeClasses(set.classes)],
  ]);
  const outgoing = weightsOf(graph).map(({ path, spec }) => ({ name: path, shape: spec.shape }));
  const read: Provider = (path) => E.right(parameters.get(path)!.data);
  return joined(weightChunks(outgoing, read, metadata));
};

const joined = (chunks: Chunks): Uint8Array => {
  const parts = Array.from(chunks, (chunk) => {
    if (E.isLeft(chunk)) throw new Bug(chunk.left.message);
    return chunk.right;
  });
  const all = new Uint8Array(parts.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** Why a training ended before its time (E0909, E0963, E0965). */
const faultOf = (ready: Ready, end: End): Diagnostic | undefined => {
  switch (end.tag) {
    case 'finished':
    case 'stopped':
      return undefined;
    case 'unsaved':
      throw new Bug('a page keeps nothing');
    case 'unreadable':
      return end.fault;
    case 'no room':
      return noRoomForStep(ready, end);
    case 'not finite': {
      const what = Number.isFinite(end.stepped.loss) ? 'gradient' : 'loss';
      return error(
        'E0963',
        ready.training.span,
        `the ${what} of step ${end.at.step} is not a number`,
        { notes: ['that step has moved no weight', 'try a tenth of the rate'] },
      );
    }
    default:
      return absurd(end);
  }
};

const trained = async (
  ready: Ready,
  trainer: Trainer,
  how: HowToTrain,
): Promise<E.Either<Diagnostic, Trained>> => {
  const { training, loader } = ready;
  const { recipe } = training;
  let steps = 0;
  const watcher = watcherOf(how);
  try {
    const end = await loop({
      ...{ recipe, epochs: recipe.epochs, stepsPerEpoch: loader.batches.training },
      ...{ trainer, loader, begin: atBeginning, breathe },
      watcher: {
        ...watcher,
        step: (done) => {
          steps = done.reached.step;
          watcher.step(done);
        },
      },
      save: async () => true,
      wants: () => (how.signal?.aborted === true || steps === how.steps ? 'end' : 'nothing'),
    });
    const fault = faultOf(ready, end);
    if (fault !== undefined) return E.left(fault);
    const { step, epoch } = end.reached;
    return E.right({ step, epoch, weights: bytesOf(ready, await trainer.parameters()) });
  } finally {
    trainer.dispose();
    await loader.close();
  }
};

/** Trains a net (E0501, E0508, E0703, E0704, E0901, E0909, E0961, E0963 to E0965). */
export const train = async (
  program: Program,
  engine: LoadedEngine,
  how: HowToTrain = {},
): Promise<Answer<Trained>> => {
  const said = <A>(found: Checked<A>): Answer<A> => answer(found, program.sources);
  const training = trainingOf(program, how.training);
  if (E.isLeft(training)) return said(failed(training.left));
  const ready = await prepare(training.right, engine);
  if (E.isLeft(ready)) return said(failed(ready.left));
  const trainer = andThen(beginning(ready.right, how), (read) =>
    oneFault(trainerOn(ready.right, read)),
  );
  const on = resultOf(trainer);
  return on === undefined
    ? { ...said(trainer), value: undefined }
    : said(oneFault(await unlessFailing(() => trained(ready.right, on, how))));
};
