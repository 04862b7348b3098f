/** `netc eval FILE`: measures nets with their weights, as the evaluations of a program say. */
import { dirname } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { showSummary, type SummaryRow } from '../../report/evaluation.ts';
import { lines } from '../../report/table.ts';
import { percent } from '../../report/training.ts';
import { exists } from '../../runtime/disk/folders.ts';
import { writeNpy } from '../../runtime/files/arrays.ts';
import { startOf } from '../../syntax/source.ts';
import { endings, exit, exitFor, type Ending, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { meantEngine } from '../program/engine.ts';
import type { Command, EvalOptions, Failed, Wanted } from '../program/evaluation/asked.ts';
import { chosen } from '../program/evaluation/choose.ts';
import {
  foundJson,
  foundText,
  judged,
  keepFound,
  summaryRow,
  type Judged,
} from '../program/evaluation/found.ts';
import { outcomesOf } from '../program/evaluation/outcomes.ts';
import { weightFaults } from '../program/evaluation/prepare.ts';
import { fail, tell, warningTo } from '../program/report.ts';

export const evaluate = async (file: string, typed: EvalOptions, io: Io): Promise<Exit> => {
  const refused = contradiction(typed);
  if (refused !== undefined) {
    io.err(lines(`error: ${refused}`));
    return exit.usage;
  }
  const asked = chosen(io, file, typed);
  if (Either.isLeft(asked)) return asked.left;
  const { loaded, wanted } = asked.right;
  const given = { ...typed, engine: await meantEngine(io, typed.engine) };
  const warn = warningTo(io, loaded.sources);
  const command: Command = { file, given, io, loaded, warn };
  const faults = [...weightFaults(command, wanted), ...outputFault(typed)];
  if (faults.length > 0) return fail(io, faults, loaded.sources);
  return all(command, wanted);
};

/** Options that do not go together. */
const contradiction = (given: EvalOptions): string | undefined => {
  const { all, net, output } = given;
  if (all && given.eval !== undefined)
    return '`--eval` is one evaluation, and `--all` is all of them';
  if (net !== undefined && (all || given.eval !== undefined))
    return '`--net` is for weights alone; an evaluation names its net';
  if (output !== undefined && !/\.npy$/i.test(output))
    return '`--output` writes an array of NumPy: its name ends in `.npy`';
  if (output !== undefined && all)
    return '`--output` is for the posteriors of one evaluation: name it, `--eval NAME`';
  return undefined;
};

/** A folder that is not there, before anything is measured (E0509). */
const outputFault = ({ output }: EvalOptions): readonly Diagnostic[] =>
  output === undefined || exists(dirname(output))
    ? []
    : [error('E0509', startOf(output), `\`${output}\` cannot be written: its folder is not there`)];

/** Measures one after the other. The first that fails ends the command. */
const all = async (command: Command, wanted: readonly Wanted[]): Promise<Exit> => {
  const { io, given, loaded } = command;
  let by: Ending | undefined;
  const told: Told[] = [];
  const failed = await io.interruptible(
    (ending) => {
      by = ending;
      io.progress('');
      io.err(lines('stopping after this step; Ctrl-C again leaves at once'));
    },
    async (): Promise<Failed | undefined> => {
      const goesOn = async (): Promise<boolean> => {
        await new Promise((resolve) => setImmediate(resolve));
        return by === undefined;
      };
      const outcome = outcomesOf(command, wanted, { goesOn });
      for (const one of wanted) {
        const done = await outcome(one);
        if (Either.isLeft(done)) return done.left;
        const found = tellFound(command, judged(done.right, given.calibrate), told.length > 0);
        if (Either.isLeft(found)) return [found.left];
        told.push(found.right);
        if (!(await goesOn()) && told.length < wanted.length) return { tag: 'stopped' };
      }
      return undefined;
    },
  );
  if (!given.json && told.length > 1) io.out(`\n${showSummary(told.map(({ row }) => row))}`);
  if (given.json)
    io.out(`${JSON.stringify({ evaluations: told.map(({ json }) => json) }, undefined, 2)}\n`);
  if (failed === undefined) return told.some(({ isUnder }) => isUnder) ? exit.faulty : exit.fine;
  if (!('tag' in failed)) {
    tell(io, failed, loaded.sources);
    return exitFor(failed, true);
  }
  io.err(lines('stopped; what was measured so far of this evaluation is not kept'));
  return by === undefined ? exit.interrupted : endings[by];
};

/** What is left of an evaluation that was told: its posteriors may be large. */
type Told = { readonly json: unknown; readonly row: SummaryRow; readonly isUnder: boolean };

/** Prints what was found, keeps it with its runs where it is the declared one, and writes it (E0509). */
const tellFound = (
  command: Command,
  found: Judged,
  isLater: boolean,
): Either.Either<Diagnostic, Told> => {
  const { io, given, warn } = command;
  if (!given.json) io.out(`${isLater ? '\n' : ''}${foundText(found)}`);
  const isWhole = given.limit === undefined && given.set.length === 0;
  const kept = isWhole ? keepFound(found, warn) : [];
  if (kept.length > 0)
    io.err(lines(`kept in ${kept.map((folder) => `${folder}/report.html`).join(', ')}`));
  const written = writeOutput(command, found);
  return Either.map(() => ({
    ...{ json: foundJson(found), row: summaryRow(found) },
    isUnder: isUnder(command, found),
  }))(written);
};

/** Writes the posteriors, [pictures, classes] in the order of the set, where that is asked for. */
const writeOutput = (
  { given: { output }, io }: Command,
  { posteriors: { places, classes, data } }: Judged,
): Either.Either<Diagnostic, void> => {
  if (output === undefined) return Either.right(undefined);
  const shape = [places.length, classes];
  const written = writeNpy(output, { shape, data: Float32Array.from(data) });
  if (Either.isRight(written)) io.err(lines(`${output}: [${shape.join(', ')}], float32`));
  return written;
};

/** Whether top-1 is under what was asked for; says so. */
const isUnder = (
  { given: { failUnder }, io }: Command,
  { evaluation, metrics: { top1, pictures } }: Judged,
): boolean => {
  if (failUnder === undefined || top1 / pictures >= failUnder) return false;
  const [is, least] = [percent(top1 / pictures), percent(failUnder)];
  io.err(lines(`error: top-1 of \`${evaluation.name}\` is ${is}, under ${least}`));
  return true;
};
