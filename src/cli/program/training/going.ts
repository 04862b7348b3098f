/** A training under way: the loop with all that watches it, keeps what it reaches, and may stop it. */
import * as Either from 'fp-ts/lib/Either.js';
import { warning, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { lines } from '../../../report/table.ts';
import { figure } from '../../../report/training.ts';
import { pauseBefore } from '../../../runtime/train/pauses.ts';
import { train as loop, type End } from '../../../runtime/train/loop.ts';
import type { Command } from './asked.ts';
import type { Going } from './begin.ts';
import { collectorFor } from './findings.ts';
import { contentsOf } from './kept.ts';
import { watcherFor } from './watch.ts';

/** How training ended, and why the last checkpoint could not be saved, if that is the reason. */
export type Done = { readonly end: End; readonly unsaved: Diagnostic | undefined };

/** Trains to the end, or until Ctrl-C. If netc itself fails on the way, the run is told. */
export const trained = async (command: Command, going: Going): Promise<Done> => {
  const { run, begin } = going;
  let last = begin;
  try {
    return await looped(command, going, (reached) => (last = reached));
  } catch (thrown) {
    const reason = `a bug in netc: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    run.finish({ state: 'failed', reason, step: last.step, epoch: last.epoch });
    throw thrown;
  }
};

const looped = async (
  command: Command,
  going: Going,
  see: (reached: Going['begin']) => void,
): Promise<Done> => {
  const { io } = command;
  const { training, loader, trainer, run, weights, begin } = going;
  const { recipe } = training;
  let interrupted = false;
  let saves = 0;
  let saved = performance.now();
  let unsaved: Diagnostic | undefined;
  const { classes, validation } = going.dataset;
  const collector = collectorFor(classes.length, (index) => validation?.name(index) ?? '');
  const watcher = watcherFor({
    ...{ io, run, epochs: recipe.epochs, steps: loader.batches.training, done: begin.step },
    outputs: ['output', ...Object.keys(recipe.loss.sides)],
    memory: () => going.engine.memory().bytes,
    guess: collector.guess,
  });
  const end = await io.interruptible(
    () => {
      interrupted = true;
      io.progress('');
      io.err(lines('stopping after this step; Ctrl-C again leaves at once'));
    },
    () =>
      loop({
        ...{ recipe, epochs: recipe.epochs, stepsPerEpoch: loader.batches.training },
        ...{ trainer, loader, begin },
        watcher: {
          ...watcher,
          step: (done) => {
            see(done.reached);
            if (done.reached.step === 1) warnOfLoss(command, going, done.loss);
            watcher.step(done);
          },
          epoch: (done) => {
            watcher.epoch(done);
            const found = collector.epoch(done);
            if (found !== undefined) run.keep(found);
          },
        },
        save: async (reached, parameters, isBest) => {
          const kept = run.save(contentsOf(weights, parameters, reached), isBest);
          saves++;
          saved = performance.now();
          if (Either.isLeft(kept)) unsaved = kept.left;
          return Either.isRight(kept);
        },
        breathe: () => new Promise((done) => setImmediate(done)),
        wants: () => {
          if (interrupted) return 'end';
          return performance.now() - saved > pauseBefore(saves) ? 'checkpoint' : 'nothing';
        },
      }),
  );
  io.progress('');
  const pictured = validation && (await collector.pictured(validation));
  if (pictured !== undefined) run.keep(pictured);
  return { end, unsaved };
};

/** A loss that begins far from that of a guess says that initial weights or pictures are not as they should be. */
const warnOfLoss = ({ warn }: Command, { training, dataset }: Going, loss: number): void => {
  const guess = Math.log(dataset.classes.length);
  const { recipe, places, span } = training;
  if (
    Object.keys(recipe.loss.sides).length > 0 ||
    Math.abs(loss - guess) <= Math.max(3, 1.5 * guess)
  )
    return;
  warn(
    warning(
      'W0962',
      places.get('init') ?? span,
      `the loss begins at ${figure(loss)}; that of a guess is ${figure(guess)}`,
      {
        notes: [
          `ln ${dataset.classes.length} = ${figure(guess)} is what even chances give`,
          'weights that begin smaller help (`init kaiming`), and so do pictures of mean 0 and deviation 1',
          'pixels are 0 to 255; `input rgb(scale = 1.0/255, mean = …, std = …)` brings them to 0 to 1 first',
        ],
      },
    ),
  );
};
