/** A run that is asked to go on, and has nothing left to do. */
import * as Either from 'fp-ts/lib/Either.js';
import { plural } from '../../../numeric/figures.ts';
import { lines } from '../../../report/table.ts';
import { runIn } from '../../../runtime/runs/list.ts';
import { exit, type Exit } from '../../host/exit.ts';
import { commandOf, folderOf, resumeOf, type Command } from './asked.ts';

/** Says that the run is finished, and how it is trained further; undefined where there is something to do. */
export const finishedAlready = ({ chosen, file, given, io }: Command): Exit | undefined => {
  if (given.resume === undefined) return undefined;
  const run = runIn(folderOf(given.resume, given));
  if (Either.isLeft(run) || run.right.state.state !== 'finished') return undefined;
  const { folder, record, state } = run.right;
  const { epochs } = chosen.training.recipe;
  // one that its schedule has ended has fewer epochs than it was to have
  const isOver = state.epoch < state.epochs;
  if (!isOver && state.epoch < epochs) return undefined;
  const { epochs: _, ...others } = given;
  const again = { ...others, epochs: undefined };
  io.err(
    lines(
      `${folder} is finished: ${plural(state.epoch, 'epoch')}${isOver ? ', then its schedule ended it' : ` of ${state.epochs}`}`,
      isOver
        ? `to train further, begin with its weights: ${commandOf(file, { ...again, set: [...given.set, `init from="${record.run}"`] })}`
        : `to train further: ${resumeOf(file, given, record.run, 2 * state.epoch)}`,
    ),
  );
  return exit.fine;
};
