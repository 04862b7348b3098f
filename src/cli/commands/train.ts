/** `netc train FILE`: trains a net as its recipe says, and keeps the story in a folder of its own. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { EngineChoice } from '../../runtime/engines/engine.ts';
import { readRecord } from '../../runtime/runs/record.ts';
import type { Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { locate } from '../program/disk.ts';
import { meantEngine } from '../program/engine.ts';
import { fail, tell } from '../program/report.ts';
import {
  folderOf,
  overridden,
  rootOf,
  withClause,
  type Command,
  type TrainOptions,
} from '../program/training/asked.ts';
import { begun } from '../program/training/begin.ts';
import { chosen } from '../program/training/choose.ts';
import { ended } from '../program/training/end.ts';
import { finishedAlready } from '../program/training/finished.ts';
import { trained } from '../program/training/going.ts';
import { place, prepare, type Prepared } from '../program/training/prepare.ts';
import { withRecorded } from '../program/training/recorded.ts';
import { dryRun, overfit } from '../program/training/rehearse.ts';
import { tellLayers, tellTraining } from '../program/training/tell.ts';

export const train = async (
  file: string,
  typed: TrainOptions<EngineChoice>,
  io: Io,
): Promise<Exit> => {
  const options = withRecorded(typed);
  if (Either.isLeft(options)) return fail(io, [options.left]);
  const asked = chosen(io, file, options.right);
  if (Either.isLeft(asked)) return asked.left;
  const given = { ...options.right, engine: await meantEngine(io, options.right.engine) };
  const { loaded } = asked.right;
  const training = overridden(asked.right.training, given);
  const warn = (w: Diagnostic): void => {
    io.progress('');
    tell(io, [w], loaded.sources);
  };
  const command = { file, given, io, warn, chosen: { loaded, training } };
  const over = finishedAlready(command);
  if (over !== undefined) return over;
  const done = await prepared(command);
  return Either.isLeft(done) ? fail(io, [done.left], loaded.sources) : done.right;
};

/** Makes everything ready, and trains or rehearses. */
const prepared = async (command: Command): Promise<Or<Diagnostic, Exit>> => {
  const { given, file, io, chosen, warn } = command;
  const resumed =
    given.resume === undefined ? undefined : readRecord(folderOf(given.resume, given));
  if (resumed !== undefined && Either.isLeft(resumed)) return resumed;
  const made = await prepare({
    training: chosen.training,
    ...{ program: chosen.loaded.program, shown: chosen.loaded.shown },
    ...{ root: locate(io.cwd, file).root, runs: rootOf(given), warn },
    ...{ engine: given.engine, workers: given.workers, strict: given.strict },
    recompute: given.recompute,
    resumed: resumed?.right,
  });
  if (Either.isLeft(made)) return made;
  try {
    return given.dryRun || given.overfit !== undefined
      ? await rehearsed(command, made.right)
      : await kept(command, made.right);
  } finally {
    await made.right.close();
  }
};

/** A training that keeps nothing. */
const rehearsed = async (
  { io, file, given }: Command,
  made: Prepared,
): Promise<Or<Diagnostic, Exit>> => {
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
