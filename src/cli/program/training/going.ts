/** A training under way: the loop with all that watches it, keeps what it reaches, and may stop it. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { lines } from '../../../report/table.ts';
import { EngineFailure } from '../../../runtime/engines/failure.ts';
import { pauseBefore } from '../../../runtime/train/pauses.ts';
import { train as loop, type End } from '../../../runtime/train/loop.ts';
import type { Ending } from '../../host/exit.ts';
import type { Command } from './asked.ts';
import type { Going } from './begin.ts';
import { collectorFor } from './findings.ts';
import { farFirstLoss } from './first-loss.ts';
import { contentsOf } from './kept.ts';
import { watcherFor } from './watch.ts';

/** How training ended: what asked for it, or why the last checkpoint could not be saved, if one of these is the reason. */
export type Done = {
  readonly end: End;
  readonly by: Ending | undefined;
  readonly unsaved: Diagnostic | undefined;
};

/** Trains to the end, or until a signal asks for it. If netc itself or its engine fails on the way, the run is told. */
export const trained = async (command: Command, going: Going): Promise<Done> => {
  const { run, begin } = going;
  let last = begin;
  try {
    return await looped(command, going, (reached) => (last = reached));
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    const reason = thrown instanceof EngineFailure ? said : `a bug in netc: ${said}`;
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
  let by: Ending | undefined;
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
    (ending) => {
      by = ending;
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
            const far =
              done.reached.step === 1
                ? farFirstLoss(training, classes.length, done.loss)
                : undefined;
            if (far !== undefined) command.warn(far);
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
          if (by !== undefined) return 'end';
          return performance.now() - saved > pauseBefore(saves) ? 'checkpoint' : 'nothing';
        },
      }),
  );
  io.progress('');
  const pictured = validation && (await collector.pictured(validation));
  if (pictured !== undefined) run.keep(pictured);
  return { end, by, unsaved };
};
