/** `netc train --all FILE`: every training of a file, each after the one that it begins with. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../../diagnostic/diagnostic.ts';
import { plural } from '../../../../numeric/figures.ts';
import { columns, lines } from '../../../../report/table.ts';
import type { EngineChoice } from '../../../../runtime/engines/engine.ts';
import { exit, type Exit } from '../../../host/exit.ts';
import type { Io } from '../../../host/io.ts';
import { meantEngine } from '../../engine.ts';
import { fail, warningTo } from '../../report.ts';
import { commandOf, type Command, type TrainOptions } from '../asked.ts';
import { planLines } from '../tell.ts';
import { trainEach } from './each.ts';
import { examined, type Examined } from './examine.ts';
import { fateText } from './fate.ts';
import { gathered } from './gather.ts';

/** Options that choose one training, or say how one goes on. */
const ofOne = ({
  train,
  resume,
  force,
  overfit,
}: TrainOptions<EngineChoice>): readonly string[] => [
  ...(train === undefined ? [] : ['--train']),
  ...(resume === undefined ? [] : ['--resume']),
  ...(force ? ['--force'] : []),
  ...(overfit === undefined ? [] : ['--overfit']),
];

/** What is found several times, of one training after the other, once. */
const once = (found: readonly Diagnostic[]): readonly Diagnostic[] => {
  const keyOf = ({ code, message, primary: { span } }: Diagnostic): string =>
    JSON.stringify([code, message, span]);
  return [...new Map(found.map((d) => [keyOf(d), d])).values()];
};

/** Trains all, or says what would become of each. */
export const trainAll = async (
  file: string,
  typed: TrainOptions<EngineChoice>,
  io: Io,
): Promise<Exit> => {
  const [refused] = ofOne(typed);
  if (refused !== undefined) {
    io.err(
      lines(
        `error: \`${refused}\` is for one training: name it, \`--train NAME\`, in place of \`--all\``,
      ),
    );
    return exit.usage;
  }
  const given = { ...typed, engine: await meantEngine(io, typed.engine) };
  const all = gathered(io, file, given);
  if (Either.isLeft(all)) return all.left;
  const commands = all.right.map((chosen): Command => ({
    ...{ file, io, chosen, isOneOfAll: true, warn: warningTo(io, chosen.loaded.sources) },
    given: { ...given, all: false, train: chosen.training.name },
  }));
  const found = await examined(commands);
  if (found.faults.length > 0) {
    const code = fail(
      io,
      once(found.faults),
      new Map(commands.flatMap((c) => [...c.chosen.loaded.sources])),
    );
    io.err(lines('nothing has begun'));
    return code;
  }
  tellOrder(io, file, found.all);
  return given.dryRun ? dryRun(io, found.all) : trainEach(io, found.all, commandOf(file, given));
};

/** A line for each training, with what becomes of it. */
const tellOrder = (io: Io, file: string, all: readonly Examined[]): void => {
  const rows = all.map(({ command, fate, source }, i) => {
    const { name, recipe } = command.chosen.training;
    const text = fateText(fate, recipe.epochs, source?.command.chosen.training.name);
    return [String(i + 1), name, ...text];
  });
  io.err(
    lines(
      `${plural(all.length, 'training')} of ${file}, in this order:`,
      ...columns(rows, ['right']).map((line) => `  ${line}`),
    ),
  );
};

/** `--dry-run`: what each training takes. No step is taken: the weights that it begins with may not be there yet. */
const dryRun = (io: Io, all: readonly Examined[]): Exit => {
  for (const { planned, set } of all)
    if (planned !== undefined)
      io.err(lines('', ...planLines(planned, set), stepsLine(planned, set)));
  io.err(
    lines(
      '',
      'no step was taken, and nothing was kept; `--train NAME --dry-run` takes a few steps',
    ),
  );
  return exit.fine;
};

const stepsLine = (
  { training: { recipe } }: NonNullable<Examined['planned']>,
  { train }: Examined['set'],
): string => {
  const steps = Math.ceil(train.count / recipe.batch);
  return `${plural(steps, 'step')} an epoch, ${plural(steps * recipe.epochs, 'step')} in all`;
};
