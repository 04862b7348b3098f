/** `netc train FILE`: trains a net as its recipe says, and keeps the story in a folder of its own. */
import * as Either from 'fp-ts/lib/Either.js';
import type { EngineChoice, EngineName } from '../../runtime/engines/engine.ts';
import { tensorflow } from '../../runtime/engines/tensorflow.ts';
import { lines } from '../../report/table.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { meantEngine } from '../program/engine.ts';
import { fail, warningTo } from '../program/report.ts';
import { trainAll } from '../program/training/all/all.ts';
import { overridden, type Command, type TrainOptions } from '../program/training/asked.ts';
import { chosen } from '../program/training/choose.ts';
import { clusterAsked, type ClusterTyped } from '../program/training/cluster.ts';
import { finishedAlready } from '../program/training/finished.ts';
import { done, ready } from '../program/training/one.ts';
import { withRecorded } from '../program/training/recorded.ts';

/** As the command line has them. */
type Typed = Omit<TrainOptions<EngineChoice>, 'workers' | 'cluster'> & ClusterTyped;

export const train = async (file: string, typed: Typed, io: Io): Promise<Exit> => {
  const { workers, hosts, rank, ...others } = typed;
  const meant = clusterAsked({ workers, hosts, rank });
  if (Either.isLeft(meant))
    return typeof meant.left === 'string' ? misused(io, meant.left) : fail(io, [meant.left]);
  const { threads, cluster } = meant.right;
  const options: TrainOptions<EngineChoice> = { ...others, workers: threads, cluster };
  if (cluster !== undefined && typed.all)
    return misused(
      io,
      '`--all` trains on one machine; several workers take one training at a time',
    );
  return typed.all ? trainAll(file, options, io) : trainOne(file, options, io);
};

const misused = (io: Io, what: string): Exit => {
  io.err(lines(`error: ${what}`));
  return exit.usage;
};

const trainOne = async (file: string, typed: TrainOptions<EngineChoice>, io: Io): Promise<Exit> => {
  const options = withRecorded(typed);
  if (Either.isLeft(options)) return fail(io, [options.left]);
  const asked = chosen(io, file, options.right);
  if (Either.isLeft(asked)) return asked.left;
  const engine = await engineMeant(io, options.right);
  if (Either.isLeft(engine)) return misused(io, engine.left);
  const given = { ...options.right, engine: engine.right };
  const { loaded } = asked.right;
  const training = overridden(asked.right.training, given);
  const warn = warningTo(io, loaded.sources);
  const command: Command = { file, given, io, warn, chosen: { loaded, training } };
  const over = finishedAlready(command);
  if (over !== undefined) return over;
  const made = await ready(command);
  const ended = Either.isLeft(made) ? made : await done(command, made.right);
  return Either.isLeft(ended) ? fail(io, [ended.left], loaded.sources) : ended.right;
};

/** The engine; several workers train on TensorFlow, and what else is asked for is refused, in words. */
const engineMeant = async (
  io: Io,
  { cluster, engine }: TrainOptions<EngineChoice>,
): Promise<Either.Either<string, EngineName | undefined>> => {
  if (cluster === undefined) return Either.right(await meantEngine(io, engine));
  const { name } = tensorflow;
  return engine === undefined || engine === 'auto' || engine === name
    ? Either.right(name)
    : Either.left(
        `\`--engine ${engine}\` trains in one process; several workers train on \`--engine ${name}\``,
      );
};
