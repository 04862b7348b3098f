/** Trains one after the other. One that fails keeps only those from being trained that begin with it. */
import * as Either from 'fp-ts/lib/Either.js';
import { lines } from '../../../../report/table.ts';
import { engineNames } from '../../../../runtime/engines/names.ts';
import { runIn, runsOf } from '../../../../runtime/runs/list.ts';
import type { Listed } from '../../../../runtime/runs/listed.ts';
import { endings, exit, type Ending, type Exit } from '../../../host/exit.ts';
import type { Io } from '../../../host/io.ts';
import { fail } from '../../report.ts';
import { rootOf, type Command } from '../asked.ts';
import { done, ready } from '../one.ts';
import type { Examined } from './examine.ts';
import { summary, type Outcome } from './summary.ts';

/** Trains all, and ends with a table; `again` is the command that goes on with them. */
export const trainEach = async (io: Io, all: readonly Examined[], again: string): Promise<Exit> => {
  const outcomes = new Map<Examined, Outcome>();
  let stopped: Exit | undefined;
  let failed: Exit | undefined;
  for (const [i, one] of all.entries()) {
    const lacks = one.source !== undefined && outcomes.get(one.source)?.tag !== 'finished';
    if (one.fate.tag === 'finished' || stopped !== undefined || lacks) {
      outcomes.set(one, untouched(one, lacks && stopped === undefined));
      continue;
    }
    io.err(lines('', `${i + 1} of ${all.length}`));
    const [outcome, code] = await trainOne(one);
    outcomes.set(one, outcome);
    if (outcome.tag === 'stopped') stopped = code;
    if (outcome.tag === 'failed') failed ??= code;
  }
  io.err('\n');
  io.out(
    summary(
      [...outcomes].map(([one, outcome]) => [nameOf(one), outcome]),
      io.room,
    ),
  );
  const code = stopped ?? failed ?? exit.fine;
  if (code !== exit.fine) io.err(lines('', `to go on with all: ${again}`));
  return code;
};

const nameOf = ({ command }: Examined): string => command.chosen.training.name;

/** What is said of a training for which nothing was done. */
const untouched = ({ fate, source }: Examined, lacks: boolean): Outcome => {
  if (fate.tag === 'finished') return { tag: 'finished', run: fate.run, isOld: true };
  const run = fate.tag === 'goes on' ? fate.run : undefined;
  return lacks && source !== undefined
    ? { tag: 'left out', run, source: nameOf(source) }
    : { tag: 'waiting', run };
};

/** The command of a training: of a run that goes on, its own, which takes what else has changed in the file. */
const commandFor = ({ command, fate }: Examined): Command => {
  if (fate.tag !== 'goes on') return command;
  const { given } = command;
  const { run, options } = fate.run.record;
  const engine = given.engine ?? engineNames.find((name) => name === options?.engine);
  return { ...command, given: { ...given, resume: run, force: true, engine } };
};

/** Trains one, or goes on with its run. */
const trainOne = async (one: Examined): Promise<readonly [Outcome, Exit]> => {
  const command = commandFor(one);
  const { io, given, chosen } = command;
  const newest = (): Listed | undefined => runsOf(rootOf(given), chosen.training.name).at(-1);
  const before = newest()?.record.id;
  /** the run that was made, or went on, as it is now */
  const run = (): Listed | undefined => {
    if (one.fate.tag !== 'goes on') return newest()?.record.id === before ? undefined : newest();
    const now = runIn(one.fate.run.folder);
    return Either.isRight(now) ? now.right : one.fate.run;
  };
  let by: Ending | undefined;
  const made = await io.interruptible(
    (ending) => {
      by = ending;
      io.progress('');
      io.err(lines('stopping before the next step; Ctrl-C again leaves at once'));
    },
    () => ready(command),
  );
  if (by !== undefined) {
    if (Either.isRight(made)) await made.right.close();
    return [{ tag: 'stopped', run: run() }, endings[by]];
  }
  const ended = Either.isLeft(made) ? made : await done(command, made.right);
  if (Either.isLeft(ended)) {
    const code = fail(io, [ended.left], chosen.loaded.sources);
    return [{ tag: 'failed', run: run() }, code];
  }
  const finished = ended.right === exit.fine ? run() : undefined;
  return finished === undefined
    ? [{ tag: 'stopped', run: run() }, ended.right]
    : [{ tag: 'finished', run: finished, isOld: false }, ended.right];
};
