/**
 * The loop of training: epochs of steps, validation after each, checkpoints. What it has reached is plain data; with the
 * parameters of the trainer it is all that a run needs to go on as if it had never stopped.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { At } from '../../lower/training/optimisers.ts';
import type { Recipe } from '../../protocol/recipe.ts';
import { afterEpoch, nothingWatched, rateAt, type Watched } from '../../protocol/schedule.ts';
import type { Batch, Loader } from '../batches/loader.ts';
import type { NoRoom } from '../engines/engine.ts';
import type { Parameters } from './parameters.ts';
import { addScores, meansOf, noScores, scoresOf, type Guess, type Scores } from './scores.ts';
import type { Stepped } from './taking.ts';
import type { Trainer } from './trainer.ts';

/** How far a training has come. */
export type Reached = {
  /** steps that are done, of all epochs */
  readonly step: number;
  /** epochs that are done, with their validation */
  readonly epoch: number;
  /** steps that are done of the epoch under way */
  readonly inEpoch: number;
  /** of each output, over these steps */
  readonly scores: readonly Scores[];
  readonly watched: Watched;
  readonly best: Best | undefined;
  /** the loss of all steps so far, the newer ones counting more; undefined before the first */
  readonly smoothed: number | undefined;
};

/** The epoch with the best validation so far: by top-1, then by the loss, of equal ones the first. */
export type Best = { readonly epoch: number; readonly top1: number; readonly loss: number };

/** Where every training begins. */
export const atBeginning: Reached = {
  ...{ step: 0, epoch: 0, inEpoch: 0, scores: [] },
  ...{ watched: nothingWatched, best: undefined, smoothed: undefined },
};

/** How much of the smoothed loss stays at each step. */
const staying = 0.95;

/** A step that is done. Times are in milliseconds. */
export type StepDone = Pick<Stepped, 'loss' | 'norm'> & {
  readonly reached: Reached; // after it
  readonly rate: number;
  readonly pictures: number;
  readonly time: { readonly waiting: number; readonly computing: number };
};

/** An epoch that is done: the scores of each output while it was trained, and in validation. */
export type EpochDone = {
  readonly reached: Reached; // after it
  readonly training: readonly Scores[];
  readonly validation: readonly Scores[] | undefined;
  readonly isBest: boolean;
};

/** Sees training. */
export type Watcher = {
  readonly step: (done: StepDone) => void;
  /** a picture of validation, as the main output sees it; `index` is its place in the part */
  readonly guess: (guess: Guess, label: number, index: number) => void;
  readonly epoch: (done: EpochDone) => void;
};

/** What is to be done, and with what. */
export type Job = {
  readonly recipe: Pick<Recipe, 'schedule' | 'optimizer'>;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly trainer: Trainer;
  readonly loader: Pick<Loader, 'training' | 'validation' | 'dataset'>;
  readonly begin: Reached;
  readonly watcher: Watcher;
  /** keeps a checkpoint; false when training must not go on */
  readonly save: (reached: Reached, parameters: Parameters, isBest: boolean) => Promise<boolean>;
  /** lets the process see signals; called after each step, which else never waits for anything outside */
  readonly breathe: () => Promise<void>;
  /** asked after each step; where several workers train together, `end` is asked for of all by the next one */
  readonly wants: () => Wanted;
  /** where several workers train together, of which one leads */
  readonly together?: Together | undefined;
};

type Wanted = 'nothing' | 'checkpoint' | 'end';

/** How workers agree: one of them validates, and tells all others what it has found. */
export type Together = {
  readonly leads: boolean;
  readonly told: (found: readonly Scores[] | undefined) => Promise<readonly Scores[] | undefined>;
};

/** How training ended. What was reached last is saved, unless saving failed. */
export type End =
  | { readonly tag: 'finished' | 'stopped' | 'unsaved'; readonly reached: Reached }
  /** loss or gradient is not finite; the trainer holds what was there before this batch */
  | {
      readonly tag: 'not finite';
      readonly reached: Reached;
      readonly batch: Batch;
      readonly at: At;
      readonly stepped: Stepped;
    }
  | ({ readonly tag: 'no room'; readonly reached: Reached } & NoRoom)
  /** a picture cannot be read, and that is not to be passed over */
  | { readonly tag: 'unreadable'; readonly reached: Reached; readonly fault: Diagnostic };

/** Trains until the epochs are done, a plateau ends it, or somebody asks for an end. */
export const train = async (job: Job): Promise<End> => {
  let reached = job.begin;
  while (reached.epoch < job.epochs && !reached.watched.over) {
    const stepped = await steps(job, reached);
    if (E.isLeft(stepped)) return stepped.left;
    const validated = await afterSteps(job, stepped.right);
    if (E.isLeft(validated)) return validated.left;
    reached = validated.right;
  }
  return { tag: 'finished', reached };
};

/** The steps of an epoch that are left. */
const steps = async (job: Job, begin: Reached): Promise<E.Either<End, Reached>> => {
  const { trainer, watcher } = job;
  let reached = begin;
  let before = performance.now();
  for await (const next of job.loader.training(begin.epoch, begin.inEpoch)) {
    if (E.isLeft(next)) return E.left({ tag: 'unreadable', reached, fault: next.left });
    const batch = next.right;
    const waiting = performance.now() - before;
    const rate = rateNow(job, reached);
    const at: At = { rate, step: reached.step + 1 };
    const stepped = await trainer.step(batch, at, job.wants() === 'end');
    if (E.isLeft(stepped)) return E.left({ tag: 'no room', reached, ...stepped.left });
    const { loss, norm, scores } = stepped.right;
    if (!Number.isFinite(loss) || !Number.isFinite(norm))
      return E.left({ tag: 'not finite', reached, batch, at, stepped: stepped.right });
    reached = afterStep(reached, batch, stepped.right);
    const computing = performance.now() - before - waiting;
    const pictures = scores[0]?.pictures ?? 0;
    watcher.step({ reached, rate, loss, norm, pictures, time: { waiting, computing } });
    await job.breathe();
    const wanted = wantedOf(job, stepped.right);
    if (wanted !== 'nothing' && !(await job.save(reached, await trainer.parameters(), false)))
      return E.left({ tag: 'unsaved', reached });
    if (wanted === 'end') return E.left({ tag: 'stopped', reached });
    before = performance.now();
  }
  return E.right(reached);
};

/** What is wanted after a step: an end comes for all workers after the same one. */
const wantedOf = ({ wants, together }: Job, { endAsked }: Stepped): Wanted => {
  const wanted = wants();
  if (together === undefined) return wanted;
  if (endAsked) return 'end';
  return wanted === 'checkpoint' && together.leads ? wanted : 'nothing';
};

const rateNow = ({ recipe, epochs, stepsPerEpoch }: Job, { step, watched }: Reached): number =>
  rateAt(recipe.schedule, recipe.optimizer.rate, { step, stepsPerEpoch, epochs, watched });

const afterStep = (reached: Reached, { position }: Batch, { loss, scores }: Stepped): Reached => ({
  ...reached,
  smoothed: staying * (reached.smoothed ?? loss) + (1 - staying) * loss,
  step: reached.step + 1,
  inEpoch: position + 1,
  scores: scores.map((s, i) => addScores(reached.scores[i] ?? noScores, s)),
});

const isBetter = ({ top1, loss }: Omit<Best, 'epoch'>, best: Best | undefined): boolean =>
  best === undefined || top1 > best.top1 || (top1 === best.top1 && loss < best.loss);

/** Validates, and saves what the epoch has reached. */
const afterSteps = async (job: Job, ended: Reached): Promise<E.Either<End, Reached>> => {
  const { together } = job;
  const validated = together?.leads === false ? E.right(undefined) : await validate(job, ended);
  if (E.isLeft(validated)) return validated;
  const found = validated.right;
  const validation = together === undefined ? found : await together.told(found);
  const now = validation?.[0] && meansOf(validation[0]);
  const isBest = now !== undefined && isBetter(now, ended.best);
  const epoch = ended.epoch + 1;
  const reached: Reached = {
    ...{ step: ended.step, epoch, inEpoch: 0, scores: [], smoothed: ended.smoothed },
    watched: afterEpoch(job.recipe.schedule, ended.watched, now?.top1 ?? NaN),
    best: isBest ? { epoch, top1: now.top1, loss: now.loss } : ended.best,
  };
  job.watcher.epoch({ reached, training: ended.scores, validation, isBest });
  const saved = await job.save(reached, await job.trainer.parameters(), isBest);
  return saved ? E.right(reached) : E.left({ tag: 'unsaved', reached });
};

/** The scores of each output on the validation part; undefined where there is none. */
const validate = async (
  { trainer, loader, watcher }: Job,
  reached: Reached,
): Promise<E.Either<End, readonly Scores[] | undefined>> => {
  if (loader.dataset.validation === undefined) return E.right(undefined);
  const noRoom = (short: NoRoom): End => ({ tag: 'no room', reached, ...short });
  const fresh = await trainer.refresh();
  if (E.isLeft(fresh)) return E.mapLeft(noRoom)(fresh);
  let all: readonly Scores[] = [];
  for await (const next of loader.validation()) {
    if (E.isLeft(next)) return E.left({ tag: 'unreadable', reached, fault: next.left });
    const { labels, indices } = next.right;
    const outputs = await trainer.infer(next.right);
    if (E.isLeft(outputs)) return E.mapLeft(noRoom)(outputs);
    all = outputs.right.map((logits, output) =>
      addScores(
        all[output] ?? noScores,
        scoresOf(logits, labels, (guess, i) => {
          if (output === 0) watcher.guess(guess, labels[i]!, indices[i]!);
        }),
      ),
    );
  }
  return E.right(all);
};
