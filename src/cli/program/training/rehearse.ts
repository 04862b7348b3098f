/** Trainings that keep nothing: one step to see that all fits, and a few pictures learned by heart. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { macsOfStep, showMacs } from '../../../lower/training/macs.ts';
import { bytes, plural } from '../../../numeric/figures.ts';
import { lines } from '../../../report/table.ts';
import { clock, figure, percent } from '../../../report/training.ts';
import type { Batch } from '../../../runtime/batches/loader.ts';
import { meansOf, noScores, addScores } from '../../../runtime/train/scores.ts';
import type { Stepped } from '../../../runtime/train/taking.ts';
import { bytesOfStep, planOf, type Trainer } from '../../../runtime/train/trainer.ts';
import { exit, type Exit } from '../../host/exit.ts';
import type { Io } from '../../host/io.ts';
import { noRoomForStep } from '../../../runtime/train/memory.ts';
import { isFinite, notFinite, type WithClause } from './not-finite.ts';
import type { Prepared } from './prepare.ts';

type Rehearsal = {
  readonly io: Io;
  readonly made: Prepared;
  readonly trainer: Trainer;
  /** the command that trains with another clause */
  readonly command: WithClause;
};

/** A step (E0963, E0965). */
const stepWith = async (
  { made, trainer, command }: Rehearsal,
  batch: Batch,
  step: number,
): Promise<Or<Diagnostic, Stepped>> => {
  const at = { rate: made.training.recipe.optimizer.rate, step };
  const done = await trainer.step(copy(batch), at);
  if (Either.isLeft(done)) return Either.left(noRoomForStep(made, done.left));
  return isFinite(done.right)
    ? done
    : Either.left(
        await notFinite({ ...made, trainer }, { batch, at, stepped: done.right }, command),
      );
};

/** The first batches of the first epoch (E0909). */
const firstBatches = async (
  { loader }: Prepared,
  count: number,
): Promise<Or<Diagnostic, readonly Batch[]>> => {
  const found: Batch[] = [];
  for await (const batch of loader.training(0, 0)) {
    if (Either.isLeft(batch)) return batch;
    found.push(batch.right);
    if (found.length === count) break;
  }
  return Either.right(found);
};

/** The engine may keep what it is given. */
const copy = (batch: Batch): Batch => ({ ...batch, data: batch.data.slice() });

/** What a step takes, as it was planned and, where the engine says it, as it was, in bytes. */
const compared = (planned: number, used: number | undefined): string =>
  used === undefined
    ? `${bytes(planned)} are planned for a step; netc as a whole has taken ${bytes(1024 * process.resourceUsage().maxRSS)} at most`
    : `${bytes(planned)} were planned for a step, and ${bytes(used)} used: ${Math.round((100 * used) / planned)} %`;

/** Steps that are taken to say how long one takes; the first one is slower. */
const tried = 3;

/** `--dry-run`: a few steps, and what a whole training would take (E0909, E0963, E0965). */
export const dryRun = async (rehearsal: Rehearsal): Promise<Or<Diagnostic, Exit>> => {
  const { io, made } = rehearsal;
  const { loader, training, dataset } = made;
  const { epochs } = training.recipe;
  const batches = await firstBatches(made, 1);
  if (Either.isLeft(batches)) return batches;
  const [first] = batches.right;
  if (first === undefined) return Either.right(exit.faulty);
  const { engine, programs, picture } = made;
  const planned = bytesOfStep(programs, engine, first.labels.length, picture);
  const resting = engine.memory().bytes;
  const most = engine.watchMemory?.();
  const plan = planOf(programs, engine, first.labels.length, picture);
  let [loss, milliseconds] = [NaN, NaN];
  let used: number | undefined;
  for (let step = 1; step <= tried; step++) {
    const before = performance.now();
    const done = await stepWith(rehearsal, first, step);
    if (Either.isLeft(done)) return done;
    milliseconds = performance.now() - before;
    if (step > 1) continue;
    ({ loss } = done.right);
    used = most && most() - resting + plan.weightBytes;
  }
  const { training: steps } = loader.batches;
  const epoch = (steps * milliseconds) / 1000;
  io.err(
    lines(
      `${plural(steps, 'step')} an epoch, ${plural(steps * epochs, 'step')} in all`,
      `a step takes ${Math.round(milliseconds)} ms: ${clock(epoch)} an epoch, ${clock(epochs * epoch)} in all, without validation`,
      `${programs.parts === 1 ? 'a step' : 'a part of a step'} is ${showMacs(macsOfStep(plan))}`,
      compared(planned, used),
      `the loss begins at ${figure(loss)}; that of a guess is ${figure(Math.log(dataset.classes.length))}`,
      'nothing was kept',
    ),
  );
  return Either.right(exit.fine);
};

/** Steps after which a few pictures must be known by heart. */
const mostSteps = 300;
const learned = 0.1;

/**
 * `--overfit N`: the same N batches again and again. A net that cannot learn them will not learn anything: then the loss,
 * the labels or the rate are wrong. Ends with 1 where it does not (E0909, E0963, E0965).
 */
export const overfit = async (
  rehearsal: Rehearsal,
  count: number,
): Promise<Or<Diagnostic, Exit>> => {
  const { io, made } = rehearsal;
  const batches = await firstBatches(made, count);
  if (Either.isLeft(batches)) return batches;
  let scores = noScores;
  let step = 0;
  while (step < mostSteps) {
    scores = noScores;
    for (const batch of batches.right) {
      const done = await stepWith(rehearsal, batch, ++step);
      if (Either.isLeft(done)) return done;
      scores = addScores(scores, done.right.scores[0]!);
    }
    const { loss, top1 } = meansOf(scores);
    io.progress(`step ${step}/${mostSteps}  loss ${figure(loss)}  top-1 ${percent(top1)}`);
    if (loss < learned && top1 === 1) break;
  }
  io.progress('');
  const { loss, top1 } = meansOf(scores);
  const isLearned = loss < learned && top1 === 1;
  const what = plural(scores.pictures, 'picture');
  io.err(
    lines(
      isLearned
        ? `${what} learned by heart in ${plural(step, 'step')}: loss ${figure(loss)}`
        : `${what} not learned in ${plural(step, 'step')}: loss ${figure(loss)}, top-1 ${percent(top1)}`,
      ...(isLearned ? [] : ['try another `rate`; or look at the labels with `netc data check`']),
      'nothing was kept',
    ),
  );
  return Either.right(isLearned ? exit.fine : exit.faulty);
};
