/** Begins a run, or goes on with one: the net on its engine, and the folder that keeps what it learns. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { leads, type Team } from '../../../runtime/engines/cluster.ts';
import {
  createRun,
  followRun,
  joinRun,
  openRun,
  type Description,
} from '../../../runtime/runs/begin.ts';
import type { Run } from '../../../runtime/runs/run.ts';
import { atBeginning, type Reached } from '../../../runtime/train/loop.ts';
import type { Trainer } from '../../../runtime/train/trainer.ts';
import { commandOf, folderOf, resumeOf, rootOf, type Command } from './asked.ts';
import { describe } from './describe.ts';
import { contentsOf, reachedIn, tensorsIn } from './kept.ts';
import { remembered } from './recorded.ts';
import { place, type Prepared } from './prepare.ts';
import type { Io } from '../../host/io.ts';
import { agreed, agreedOnBeginning } from './agree.ts';
import { tellFollowing, tellRun, tellTraining } from './tell.ts';

/** A training under way, and where it begins. */
export type Going = Prepared & {
  readonly trainer: Trainer;
  readonly run: Run;
  readonly begin: Reached;
};

/** What a training says of itself. */
export const descriptionOf = ({ chosen, file, given }: Command, made: Prepared): Description =>
  describe(chosen, made, commandOf(file, given), remembered(given), (run) =>
    resumeOf(file, given, run),
  );

/** Compares what is about to be done with all other workers, if there are any (E0707). */
export const compared = async (
  { given }: Command,
  { team }: Prepared,
  description: Description,
): Promise<Or<Diagnostic, void>> => {
  if (team === undefined) return Either.right(undefined);
  const [dry, few] = [given.dryRun, given.overfit];
  const what = dry ? '--dry-run' : few === undefined ? 'a training' : `--overfit ${few}`;
  return agreed(team, description, `${what}${given.resume === undefined ? '' : ', resumed'}`);
};

/** A training with its run, from the first step on or from where it stopped. It has said so. */
export const begun = async (command: Command, made: Prepared): Promise<Or<Diagnostic, Going>> => {
  const { given, io } = command;
  const description = descriptionOf(command, made);
  const same = await compared(command, made, description);
  if (Either.isLeft(same)) return same;
  const way = given.resume === undefined ? fresh : goneOn;
  const going = await way(command, made, description);
  if (Either.isLeft(going) || made.team === undefined) {
    if (Either.isRight(going)) tell(io, going.right, given);
    return going;
  }
  const together = await begunTogether(command, going.right, made.team, description);
  if (Either.isRight(together)) tell(io, together.right, given);
  return together;
};

const tell = (io: Io, going: Going, given: Command['given']): void => {
  if (!leads(going.team)) return tellFollowing(io, going, going.run);
  tellTraining(io, going, given);
  tellRun(io, going, given.resume !== undefined);
};

/** All workers begin with the same weights (E0707), and know what the run is called. */
const begunTogether = async (
  { given }: Command,
  going: Going,
  team: Team,
  description: Description,
): Promise<Or<Diagnostic, Going>> => {
  const { run, begin, trainer } = going;
  const parameters = await trainer.parameters();
  const name = await agreedOnBeginning(team, {
    ...{ run: run.record.run, step: begin.step, parameters },
  });
  if (Either.isRight(name))
    return Either.right(
      leads(team) ? going : { ...going, run: joinRun(rootOf(given), name.right, description) },
    );
  run.finish({ state: 'failed', reason: name.left.message, step: begin.step, epoch: begin.epoch });
  trainer.dispose();
  return name;
};

/** A new run. Its folder has the weights that it begins with before it is a run, so it never lacks a checkpoint. */
const fresh = async (
  { chosen, given, warn }: Command,
  made: Prepared,
  description: Description,
): Promise<Or<Diagnostic, Going>> => {
  const trainer = place(made, undefined);
  if (Either.isLeft(trainer)) return trainer;
  const root = rootOf(given);
  const contents = contentsOf(made.weights, await trainer.right.parameters(), atBeginning);
  const run = leads(made.team)
    ? createRun(root, chosen.training.name, description, contents, warn)
    : Either.right(joinRun(root, '', description));
  if (Either.isRight(run))
    return Either.right({ ...made, trainer: trainer.right, run: run.right, begin: atBeginning });
  trainer.right.dispose();
  return run;
};

/** A run that is there already. */
const goneOn = async (
  { given, warn }: Command,
  made: Prepared,
  description: Description,
): Promise<Or<Diagnostic, Going>> => {
  const open = leads(made.team) ? openRun : followRun;
  const opened = open(folderOf(given.resume ?? '', given), description, given.force, warn);
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
