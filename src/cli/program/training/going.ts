/** A training under way: the loop with all that watches it, keeps what it reaches, and may stop it. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { lines } from '../../../report/table.ts';
import { EngineFailure, WorkersLost } from '../../../runtime/engines/failure.ts';
import { pauseBefore } from '../../../runtime/train/pauses.ts';
import { Bug } from '../../../diagnostic/bug.ts';
import { decoded, listOf } from '../../../runtime/data/decode.ts';
import { leads, type Team } from '../../../runtime/engines/cluster.ts';
import {
  train as loop,
  type End,
  type Together,
  type Watcher,
} from '../../../runtime/train/loop.ts';
import type { Ending } from '../../host/exit.ts';
import type { Command } from './asked.ts';
import type { Going } from './begin.ts';
import { collectorFor } from './findings.ts';
import { farFirstLoss } from './first-loss.ts';
import { contentsOf, scores } from './kept.ts';
import { watcherFor } from './watch.ts';

/** How training ended: what asked for it, or why the last checkpoint could not be saved, if one of these is the reason. */
export type Done = {
  readonly end: End | Lost;
  readonly by: Ending | undefined;
  readonly unsaved: Diagnostic | undefined;
};

/** Other workers do not answer any more. */
export type Lost = {
  readonly tag: 'lost';
  readonly ranks: readonly number[];
  readonly reached: Going['begin'];
};

/** Trains to the end, or until a signal asks for it. If netc itself or its engine fails on the way, the run is told. */
export const trained = async (command: Command, going: Going): Promise<Done> => {
  const { run, begin } = going;
  let last = begin;
  try {
    return await looped(command, going, (reached) => (last = reached));
  } catch (thrown) {
    if (thrown instanceof WorkersLost) {
      const end: Lost = { tag: 'lost', ranks: thrown.ranks, reached: last };
      return { end, by: undefined, unsaved: undefined };
    }
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
  const { training, loader, trainer, run, weights, begin, team } = going;
  const isLeading = leads(team);
  const { recipe } = training;
  let by: Ending | undefined;
  let saves = 0;
  let saved = performance.now();
  let unsaved: Diagnostic | undefined;
  const { classes, validation } = going.dataset;
  const collector = collectorFor(classes.length, (index) => validation?.name(index) ?? '');
  const watcher = !isLeading
    ? following
    : watcherFor({
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
              isLeading && done.reached.step === 1
                ? farFirstLoss(training, classes.length, done.loss)
                : undefined;
            if (far !== undefined) command.warn(far);
            watcher.step(done);
          },
          epoch: (done) => {
            watcher.epoch(done);
            const found = isLeading ? collector.epoch(done) : undefined;
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
        together: team && togetherWith(team),
        breathe: () => new Promise((done) => setImmediate(done)),
        wants: () => {
          if (by !== undefined) return 'end';
          return performance.now() - saved > pauseBefore(saves) ? 'checkpoint' : 'nothing';
        },
      }),
  );
  io.progress('');
  const pictured =
    isLeading && validation !== undefined ? await collector.pictured(validation) : undefined;
  if (pictured !== undefined) run.keep(pictured);
  return { end, by, unsaved };
};

/** A worker that does not lead shows nothing. */
const following: Watcher = { step: () => {}, guess: () => {}, epoch: () => {} };

/** What the first worker finds in validation is told to all. */
const togetherWith = (team: Team): Together => ({
  leads: leads(team),
  told: async (found) => {
    const [said = ''] = await team.share(found === undefined ? '' : JSON.stringify(found));
    if (said === '') return undefined;
    const read = decoded(said, listOf(scores));
    if (Either.isLeft(read)) throw new Bug(`the scores of a validation ${read.left}`);
    return read.right;
  },
});
