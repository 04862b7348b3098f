/** How training ended: what its run and the person are told. */
import { dirname, join, relative } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { absurd, Bug } from '../../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { plural } from '../../../numeric/figures.ts';
import type { Training } from '../../../protocol/recipe.ts';
import { lines } from '../../../report/table.ts';
import { clock, percent } from '../../../report/training.ts';
import { startOf } from '../../../syntax/source.ts';
import { endings, exit, type Exit } from '../../host/exit.ts';
import { runLine } from '../next-steps.ts';
import { writeReport } from '../run-report.ts';
import { resumeOf, withClause, word, type Command } from './asked.ts';
import type { Going } from './begin.ts';
import type { Done } from './going.ts';
import { leads, workerText } from '../../../runtime/engines/cluster.ts';
import { workersLost } from './cluster.ts';
import { contentsOf } from './kept.ts';
import { noRoomForStep } from '../../../runtime/train/memory.ts';
import { notFinite } from './not-finite.ts';
import { tellBroken } from './tell.ts';

/** Tells the run and the person how training ended, and writes the report. */
export const ended = async (
  command: Command,
  going: Going,
  done: Done,
): Promise<Or<Diagnostic, Exit>> => {
  tellBroken(command.io, going.loader.broken());
  const fault = await faultOf(command, going, done);
  const result =
    fault === undefined ? await well(command, going, done) : failed(going, done, fault);
  const report = leads(going.team) ? writeReport(going.run.folder) : Either.right(undefined);
  if (Either.isLeft(report)) command.warn({ ...report.left, severity: 'warning' });
  return result;
};

/** Why training could not go on; undefined where it ended as it should. */
const faultOf = async (
  { file, given }: Command,
  going: Going,
  { end, unsaved }: Done,
): Promise<Diagnostic | undefined> => {
  switch (end.tag) {
    case 'finished':
    case 'stopped':
      return undefined;
    case 'unsaved':
      return (
        unsaved ?? error('E0942', startOf(going.run.folder), 'a checkpoint could not be saved')
      );
    case 'unreadable':
      return end.fault;
    case 'not finite':
      return notFinite(
        going,
        end,
        withClause(file, given),
        // before that the checkpoint is that of the beginning
        end.reached.epoch === 0 ? undefined : `--resume ${word(going.run.record.run)} --force`,
      );
    case 'no room':
      return noRoomForStep(going, end);
    case 'lost': {
      if (going.team === undefined) throw new Bug('a worker that is alone has lost others');
      return workersLost(going.team, end.ranks, resumeOf(file, given, going.run.record.run));
    }
    default:
      return absurd(end);
  }
};

const failed = ({ run }: Going, { end }: Done, fault: Diagnostic): Or<Diagnostic, Exit> => {
  const { step, epoch } = end.reached;
  run.finish({ state: 'failed', reason: fault.message, step, epoch });
  return Either.left(fault);
};

/** The file that declares the net of a training, which is declared in `file`. */
const fileOfNet = (file: string, { net, span }: Training): string =>
  net.span.path === span.path
    ? file
    : join(dirname(file), relative(dirname(span.path), net.span.path));

/** What can be done with a run; measured it can be where something was kept apart. */
const nextSteps = (
  file: string,
  training: Training,
  folder: string,
  isValidated: boolean,
): readonly string[] => [
  `next: ${runLine(word(fileOfNet(file, training)), training.net, word(folder))}`,
  ...(isValidated ? [`      netc eval ${word(file)} --weights ${word(folder)}`] : []),
];

/** A training that is finished, or was stopped. */
const well = async (
  { io, file, given, isOneOfAll = false }: Command,
  { training, trainer, run, weights, team }: Going,
  { end, by }: Done,
): Promise<Or<Diagnostic, Exit>> => {
  const { step, epoch, best } = end.reached;
  if (end.tag === 'stopped') {
    if (by === undefined && team === undefined) throw new Bug('training was stopped by nobody');
    run.finish({ state: 'stopped', step, epoch });
    io.err(
      lines(
        `${run.folder}: stopped after ${plural(step, 'step')}, all saved`,
        ...(isOneOfAll ? [] : [`to go on: ${resumeOf(file, given, run.record.run)}`]),
      ),
    );
    return Either.right(endings[by ?? 'SIGTERM']); // another worker was asked to stop
  }
  if (team !== undefined && !leads(team)) {
    io.err(lines(`${workerText(team)}: finished after ${plural(epoch, 'epoch')}`));
    return Either.right(exit.fine);
  }
  const all = contentsOf(weights, await trainer.parameters(), end.reached);
  const written = run.finish({ state: 'finished', weights: all.weights, step, epoch });
  if (Either.isLeft(written)) return written;
  io.err(
    lines(
      `${run.folder}: finished after ${plural(epoch, 'epoch')} in ${clock(run.seconds())}` +
        (best === undefined
          ? ''
          : `; best validation top-1 ${percent(best.top1)}, after epoch ${best.epoch}`),
      ...(isOneOfAll ? [] : nextSteps(file, training, run.folder, best !== undefined)),
    ),
  );
  return Either.right(exit.fine);
};
