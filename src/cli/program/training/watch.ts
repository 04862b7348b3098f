/** Follows a training: the line that a person watches, and the figures for the log of its run. */
import {
  epochLine,
  logLine,
  progressLine,
  sideLine,
  type Underway,
} from '../../../report/training.ts';
import { lines } from '../../../report/table.ts';
import type { Figures } from '../../../runtime/runs/log.ts';
import type { Run } from '../../../runtime/runs/run.ts';
import type { EpochDone, StepDone, Watcher } from '../../../runtime/train/loop.ts';
import { meansOf, type Guess, type Scores } from '../../../runtime/train/scores.ts';
import type { Io } from '../../host/io.ts';

/** What is watched, and where it goes. */
export type Watching = {
  readonly io: Io;
  /** none where nothing is kept */
  readonly run: Pick<Run, 'log' | 'epoch'> | undefined;
  readonly epochs: number;
  readonly steps: number; // of an epoch
  readonly done: number; // steps before the first that is watched
  readonly outputs: readonly string[];
  readonly memory: () => number;
  readonly guess: (guess: Guess, label: number, index: number) => void;
};

/** Steps between two lines of a log, and between two entries of a run's. */
const [linesEvery, entriesEvery] = [50, 10];

/** Milliseconds between two pictures of the progress line. */
const shownEvery = 100;

type Memory = {
  readonly begin: number;
  waiting: number;
  computing: number;
  pictures: number;
  shownAt: number;
  epochAt: number;
};

/** A watcher that prints, and writes into the run. */
export const watcherFor = (watching: Watching): Watcher => {
  const { io, run, epochs, steps } = watching;
  const now = performance.now();
  const memory: Memory = {
    ...{ begin: now, waiting: 0, computing: 0, pictures: 0 },
    ...{ shownAt: 0, epochAt: now },
  };
  return {
    step: (done) => {
      const at = underway(watching, memory, done);
      const { step, inEpoch } = done.reached;
      const isLast = inEpoch === steps;
      if (step % entriesEvery === 0 || isLast || step === 1)
        run?.log({ step, epoch: at.epoch }, figuresOf(done, at));
      if (io.live) {
        if (performance.now() - memory.shownAt < shownEvery && !isLast) return;
        memory.shownAt = performance.now();
        io.progress(progressLine(at, io.width));
      } else if (step % linesEvery === 0) io.err(lines(logLine(at)));
    },
    guess: watching.guess,
    epoch: (done) => {
      const { reached, training, validation, isBest } = done;
      run?.epoch({ step: reached.step, epoch: reached.epoch }, epochFigures(watching, done));
      const seconds = (performance.now() - memory.epochAt) / 1000;
      memory.epochAt = performance.now();
      const means = (i: number) =>
        [meansOf(training[i]!), validation?.[i] && meansOf(validation[i])] as const;
      io.progress('');
      io.err(
        lines(
          epochLine(reached.epoch, epochs, ...means(0), seconds, isBest),
          ...watching.outputs.slice(1).map((output, i) => sideLine(output, ...means(i + 1))),
        ),
      );
    },
  };
};

const underway = (watching: Watching, memory: Memory, done: StepDone): Underway => {
  const { reached, loss, time } = done;
  memory.waiting += time.waiting;
  memory.computing += time.computing;
  memory.pictures += done.pictures;
  const elapsed = (performance.now() - memory.begin) / 1000;
  const since = reached.step - watching.done;
  const all = watching.epochs * watching.steps;
  const spent = memory.waiting + memory.computing;
  return {
    epoch: reached.epoch + 1,
    epochs: watching.epochs,
    step: reached.inEpoch,
    steps: watching.steps,
    elapsed,
    left: (elapsed / since) * Math.max(0, all - reached.step),
    picturesPerSecond: (1000 * memory.pictures) / spent,
    millisecondsPerStep: memory.computing / since,
    waiting: memory.waiting / spent,
    loss: reached.smoothed ?? loss,
    sides: watching.outputs.slice(1),
    top1: meansOf(reached.scores[0]!).top1,
    rate: done.rate,
    memory: watching.memory(),
  };
};

const figuresOf = ({ loss, norm, rate, time }: StepDone, at: Underway): Figures => ({
  loss,
  smoothed_loss: at.loss,
  top1: at.top1,
  rate,
  gradient_norm: norm,
  images_per_second: at.picturesPerSecond,
  ms_per_step: time.computing,
  waiting: at.waiting,
  memory: at.memory,
});

/** `loss`, `top1`, `top5`; those of a side output behind its name, and those of validation behind `validation_`. */
const epochFigures = ({ outputs }: Watching, { training, validation }: EpochDone): Figures => {
  const named = (before: string, all: readonly Scores[]): Figures =>
    Object.fromEntries(
      all.flatMap((scores, i) =>
        Object.entries(meansOf(scores)).map(([name, value]) => [
          i === 0 ? `${before}${name}` : `${before}${outputs[i] ?? i}_${name}`,
          value,
        ]),
      ),
    );
  return { ...named('', training), ...named('validation_', validation ?? []) };
};
