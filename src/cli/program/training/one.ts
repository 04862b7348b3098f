/** One training: made ready, then trained and kept, or rehearsed. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { workersFault } from '../../../runtime/runs/begin.ts';
import { readRecord, type RunRecord } from '../../../runtime/runs/record.ts';
import { lines } from '../../../report/table.ts';
import { WorkersLost } from '../../../runtime/engines/failure.ts';
import type { Exit } from '../../host/exit.ts';
import { locate } from '../disk.ts';
import { folderOf, rootOf, withClause, type Command } from './asked.ts';
import { begun, compared, descriptionOf } from './begin.ts';
import { workersLost } from './cluster.ts';
import { ended } from './end.ts';
import { trained } from './going.ts';
import { place, prepare, type Prepared, type Wanted } from './prepare.ts';
import { dryRun, overfit } from './rehearse.ts';
import { tellLayers, tellTraining } from './tell.ts';

/** What a command asks of a training, but for what an earlier part of its run has said. */
export const wantedBy = ({ chosen, file, given, io, warn }: Command): Omit<Wanted, 'resumed'> => ({
  training: chosen.training,
  ...{ program: chosen.loaded.program, shown: chosen.loaded.shown },
  ...{ root: locate(io.cwd, file).root, runs: rootOf(given), warn },
  ...{ engine: given.engine, workers: given.workers, strict: given.strict },
  ...{ recompute: given.recompute, cluster: given.cluster },
  say: (line) => io.err(lines(line)),
});

/** Makes everything ready for the first step, or the next one. */
export const ready = async (command: Command): Promise<Or<Diagnostic, Prepared>> => {
  const { given } = command;
  const resumed =
    given.resume === undefined ? undefined : readRecord(folderOf(given.resume, given));
  if (resumed !== undefined && Either.isLeft(resumed)) return resumed;
  const changed = resumed && otherWorkers(command, resumed.right);
  if (changed !== undefined) return Either.left(changed);
  return prepare({ ...wantedBy(command), resumed: resumed?.right });
};

/** Before workers wait for each other in vain: whether they are as many as the run began with (E0945). */
const otherWorkers = (
  { given: { resume, force, cluster, ...given } }: Command,
  record: RunRecord,
): Diagnostic | undefined =>
  resume === undefined || force
    ? undefined
    : workersFault(folderOf(resume, given), record, cluster?.addresses.length);

/** Trains or rehearses what is ready, and closes it. */
export const done = async (command: Command, made: Prepared): Promise<Or<Diagnostic, Exit>> => {
  const { given } = command;
  try {
    const result =
      given.dryRun || given.overfit !== undefined
        ? await rehearsed(command, made)
        : await kept(command, made);
    // all workers come to such an end after the same step
    if (Either.isRight(result) || result.left.code === 'E0963') await made.leave();
    return result;
  } catch (thrown) {
    if (made.team === undefined || !(thrown instanceof WorkersLost)) throw thrown;
    return Either.left(workersLost(made.team, thrown.ranks, undefined));
  } finally {
    await made.close();
  }
};

/** A training that keeps nothing. */
const rehearsed = async (command: Command, made: Prepared): Promise<Or<Diagnostic, Exit>> => {
  const { io, file, given } = command;
  const same = await compared(command, made, descriptionOf(command, made));
  if (Either.isLeft(same)) return same;
  const trainer = place(made, undefined);
  if (Either.isLeft(trainer)) return trainer;
  try {
    tellTraining(io, made, given);
    if (given.dryRun) tellLayers(io, made);
    const rehearsal = { io, made, trainer: trainer.right, command: withClause(file, given) };
    return given.overfit === undefined
      ? await dryRun(rehearsal)
      : await overfit(rehearsal, given.overfit);
  } finally {
    trainer.right.dispose();
  }
};

/** A training that is kept in the folder of a run. */
const kept = async (command: Command, made: Prepared): Promise<Or<Diagnostic, Exit>> => {
  const going = await begun(command, made);
  if (Either.isLeft(going)) return going;
  try {
    return await ended(command, going.right, await trained(command, going.right));
  } finally {
    going.right.trainer.dispose();
  }
};
