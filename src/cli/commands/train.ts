/** `netc train FILE`: trains a net as its recipe says, and keeps the story in a folder of its own. */
import * as Either from 'fp-ts/lib/Either.js';
import type { EngineChoice } from '../../runtime/engines/engine.ts';
import type { Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { meantEngine } from '../program/engine.ts';
import { fail, warningTo } from '../program/report.ts';
import { trainAll } from '../program/training/all/all.ts';
import { overridden, type Command, type TrainOptions } from '../program/training/asked.ts';
import { chosen } from '../program/training/choose.ts';
import { finishedAlready } from '../program/training/finished.ts';
import { done, ready } from '../program/training/one.ts';
import { withRecorded } from '../program/training/recorded.ts';

export const train = async (
  file: string,
  typed: TrainOptions<EngineChoice>,
  io: Io,
): Promise<Exit> => {
  if (typed.all) return trainAll(file, typed, io);
  const options = withRecorded(typed);
  if (Either.isLeft(options)) return fail(io, [options.left]);
  const asked = chosen(io, file, options.right);
  if (Either.isLeft(asked)) return asked.left;
  const given = { ...options.right, engine: await meantEngine(io, options.right.engine) };
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
