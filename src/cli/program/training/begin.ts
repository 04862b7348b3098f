/** Begins a run, or goes on with one: the net on its engine, and the folder that keeps what it learns. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { createRun, openRun, type Description } from '../../../runtime/runs/begin.ts';
import type { Run } from '../../../runtime/runs/run.ts';
import { atBeginning, type Reached } from '../../../runtime/train/loop.ts';
import type { Trainer } from '../../../runtime/train/trainer.ts';
import { commandOf, folderOf, resumeOf, rootOf, type Command } from './asked.ts';
import { describe } from './describe.ts';
import { contentsOf, reachedIn, tensorsIn } from './kept.ts';
import { remembered } from './recorded.ts';
import { place, type Prepared } from './prepare.ts';
import { tellRun, tellTraining } from './tell.ts';

/** A training under way, and where it begins. */
export type Going = Prepared & {
  readonly trainer: Trainer;
  readonly run: Run;
  readonly begin: Reached;
};

/** A training with its run, from the first step on or from where it stopped. It has said so. */
export const begun = async (command: Command, made: Prepared): Promise<Or<Diagnostic, Going>> => {
  const { chosen, file, given, io } = command;
  const description = describe(chosen, made, commandOf(file, given), remembered(given), (run) =>
    resumeOf(file, given, run),
  );
  const going =
    given.resume === undefined
      ? await fresh(command, made, description)
      : goneOn(command, made, description, given.resume);
  if (Either.isRight(going)) {
    tellTraining(io, made, given);
    tellRun(io, going.right, given.resume !== undefined);
  }
  return going;
};

/** A new run. Its folder has the weights that it begins with before it is a run, so it never lacks a checkpoint. */
const fresh = async (
  { chosen, given, warn }: Command,
  made: Prepared,
  description: Description,
): Promise<Or<Diagnostic, Going>> => {
  const trainer = place(made, undefined);
  if (Either.isLeft(trainer)) return trainer;
  const contents = contentsOf(made.weights, await trainer.right.parameters(), atBeginning);
  const run = createRun(rootOf(given), chosen.training.name, description, contents, warn);
  if (Either.isRight(run))
    return Either.right({ ...made, trainer: trainer.right, run: run.right, begin: atBeginning });
  trainer.right.dispose();
  return run;
};

/** A run that is there already. */
const goneOn = (
  { given, warn }: Command,
  made: Prepared,
  description: Description,
  named: string,
): Or<Diagnostic, Going> => {
  const opened = openRun(folderOf(named, given), description, given.force, warn);
  if (Either.isLeft(opened)) return opened;
  const { run, checkpoint } = opened.right;
  const reached = reachedIn(checkpoint);
  if (Either.isLeft(reached)) throw new Bug(`a whole checkpoint ${reached.left}`);
  const begin = reached.right;
  const trainer = place(made, tensorsIn(checkpoint));
  if (Either.isRight(trainer)) return Either.right({ ...made, trainer: trainer.right, run, begin });
  const { step, epoch } = begin;
  run.finish({ state: 'failed', reason: trainer.left.message, step, epoch });
  return trainer;
};
