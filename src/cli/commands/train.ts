/** `netc train FILE`: trains a net as its recipe says, and keeps the story in a folder of its own. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { absurd, Bug } from '../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { plural } from '../../numeric/figures.ts';
import type { Training } from '../../protocol/recipe.ts';
import { lines } from '../../report/table.ts';
import { clock, percent } from '../../report/training.ts';
import type { EngineName } from '../../runtime/engines/engine.ts';
import { createRun, openRun } from '../../runtime/runs/begin.ts';
import { readRecord } from '../../runtime/runs/record.ts';
import type { Checkpoint } from '../../runtime/runs/checkpoint.ts';
import { runFolder, runsFolder } from '../../runtime/runs/list.ts';
import type { Run } from '../../runtime/runs/run.ts';
import { atBeginning, train as loop, type End, type Reached } from '../../runtime/train/loop.ts';
import { type Trainer } from '../../runtime/train/trainer.ts';
import { startOf } from '../../syntax/source.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { locate } from '../program/disk.ts';
import { fail, tell } from '../program/report.ts';
import { writeReport } from '../program/run-report.ts';
import { chosen, type Chosen } from '../program/training/choose.ts';
import { describe } from '../program/training/describe.ts';
import { farFirstLoss } from '../program/training/first-loss.ts';
import { collectorFor } from '../program/training/findings.ts';
import { contentsOf, reachedIn, tensorsIn } from '../program/training/kept.ts';
import { noRoomForStep } from '../program/training/memory.ts';
import { notFinite } from '../program/training/not-finite.ts';
import { place, prepare, type Prepared } from '../program/training/prepare.ts';
import { tellBroken, tellRun, tellTraining } from '../program/training/tell.ts';
import { dryRun, overfit } from '../program/training/rehearse.ts';
import { watcherFor } from '../program/training/watch.ts';

/** What the command line says. */
type TrainOptions = {
  readonly train: string | undefined;
  readonly set: readonly string[];
  readonly epochs: number | undefined;
  readonly seed: number | undefined;
  readonly engine: EngineName | undefined;
  readonly workers: number | undefined;
  readonly strict: boolean;
  readonly recompute: boolean;
  readonly resume: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly overfit: number | undefined;
  readonly runs: string | undefined;
};

/** The training with what the command line says in place of its clauses. */
const overridden = (training: Training, { epochs, seed }: TrainOptions): Training => ({
  ...training,
  recipe: {
    ...training.recipe,
    ...(epochs === undefined ? {} : { epochs }),
    ...(seed === undefined ? {} : { seed }),
  },
});

/** A word of a command line, quoted where a shell would take it apart. */
const word = (text: string): string =>
  /^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The command that begins this training, without what only one run needs. */
const commandOf = (file: string, given: TrainOptions): string =>
  [
    `netc train ${word(file)}`,
    ...(given.train === undefined ? [] : [`--train ${given.train}`]),
    ...given.set.map((clause) => `--set ${word(clause)}`),
    ...(given.epochs === undefined ? [] : [`--epochs ${given.epochs}`]),
    ...(given.seed === undefined ? [] : [`--seed ${given.seed}`]),
    ...(given.engine === undefined ? [] : [`--engine ${given.engine}`]),
    ...(given.recompute ? ['--recompute'] : []),
    ...(given.runs === undefined ? [] : [`--runs ${word(given.runs)}`]),
  ].join(' ');

/** What the command line says, with another clause: in place of one of the same word, if it has that. */
const setting = (given: TrainOptions, clause: string): TrainOptions => {
  const wordOf = (text: string): string => text.slice(0, text.indexOf('=')).trim();
  const others = given.set.filter((one) => wordOf(one) !== wordOf(clause));
  return { ...given, set: [...others, clause] };
};

/** A run as it was named; a name that no run has stands for where it would be. */
const folderOf = (asked: string, runs: string): string =>
  runFolder(runs, asked) ?? `${runs}/${asked}`;

/** What all parts of the command know. */
type Command = {
  readonly file: string;
  readonly given: TrainOptions;
  readonly io: Io;
  readonly chosen: Chosen;
  readonly warn: (w: Diagnostic) => void;
};

export const train = async (file: string, given: TrainOptions, io: Io): Promise<Exit> => {
  const asked = chosen(io, file, given);
  if (Either.isLeft(asked)) return asked.left;
  const { loaded } = asked.right;
  const training = overridden(asked.right.training, given);
  const warn = (w: Diagnostic): void => {
    io.progress('');
    tell(io, [w], loaded.sources);
  };
  const command = { file, given, io, warn, chosen: { loaded, training } };
  const done = await prepared(command);
  return Either.isLeft(done) ? fail(io, [done.left], loaded.sources) : done.right;
};

const prepared = async (command: Command): Promise<Or<Diagnostic, Exit>> => {
  const { given, file, io, chosen } = command;
  const resumed =
    given.resume === undefined
      ? undefined
      : readRecord(folderOf(given.resume, given.runs ?? runsFolder));
  if (resumed !== undefined && Either.isLeft(resumed)) return resumed;
  const made = await prepare({
    training: chosen.training,
    root: locate(io.cwd, file).root,
    ...{ engine: given.engine, workers: given.workers, strict: given.strict },
    recompute: given.recompute,
    measured: resumed?.right.measured,
  });
  if (Either.isLeft(made)) return made;
  try {
    if (given.dryRun || given.overfit !== undefined) return await rehearsed(command, made.right);
    const begun = begin(command, made.right);
    return Either.isLeft(begun) ? begun : await placed(command, made.right, begun.right);
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
    tellTraining(io, made);
    const command = (clause: string): string => commandOf(file, setting(given, clause));
    const rehearsal = { io, made, trainer: trainer.right, command };
    return given.overfit === undefined
      ? await dryRun(rehearsal)
      : await overfit(rehearsal, given.overfit);
  } finally {
    trainer.right.dispose();
  }
};

/** A run with the checkpoint that it goes on from. */
type Begun = { readonly run: Run; readonly checkpoint: Checkpoint | undefined };

/** Begins a run, or goes on with one. */
const begin = ({ chosen, file, given, warn }: Command, made: Prepared): Or<Diagnostic, Begun> => {
  const runs = given.runs ?? runsFolder;
  const command = commandOf(file, given);
  const description = describe(chosen, made, command, (run) => `${command} --resume ${word(run)}`);
  return given.resume === undefined
    ? Either.map((run: Run): Begun => ({ run, checkpoint: undefined }))(
        createRun(runs, chosen.training.name, description, warn),
      )
    : openRun(folderOf(given.resume, runs), description, given.force, warn);
};

/** Puts the net on the engine, and trains it; the run is told how that ends. */
const placed = async (
  command: Command,
  made: Prepared,
  { run, checkpoint }: Begun,
): Promise<Or<Diagnostic, Exit>> => {
  const reached = checkpoint === undefined ? Either.right(atBeginning) : reachedIn(checkpoint);
  if (Either.isLeft(reached)) throw new Bug(`a whole checkpoint ${reached.left}`);
  const trainer = place(made, checkpoint && tensorsIn(checkpoint));
  if (Either.isLeft(trainer)) {
    run.finish({ state: 'failed', reason: trainer.left.message, step: 0, epoch: 0 });
    return trainer;
  }
  try {
    tellTraining(command.io, made);
    tellRun(command.io, run, reached.right);
    return await trained(command, { ...made, trainer: trainer.right, run }, reached.right);
  } finally {
    trainer.right.dispose();
  }
};

/** A training under way. */
type Going = Prepared & { readonly trainer: Trainer; readonly run: Run };

/** Milliseconds after which an epoch under way is saved. */
const savedEvery = 5 * 60_000;

const trained = async (
  command: Command,
  going: Going,
  begin: Reached,
): Promise<Or<Diagnostic, Exit>> => {
  const { io } = command;
  const { training, loader, trainer, run, weights } = going;
  const { recipe } = training;
  let interrupted = false;
  let saved = performance.now();
  let unsaved: Diagnostic | undefined;
  const { classes, validation } = going.dataset;
  const collector = collectorFor(classes.length, (index) => validation?.name(index) ?? '');
  const watcher = watcherFor({
    ...{ io, run, epochs: recipe.epochs, steps: loader.batches.training, done: begin.step },
    outputs: ['output', ...Object.keys(recipe.loss.sides)],
    memory: () => going.engine.memory().bytes,
    guess: collector.guess,
  });
  const end = await io.interruptible(
    () => {
      interrupted = true;
      io.progress('');
      io.err(lines('stopping after this step; Ctrl-C again leaves at once'));
    },
    () =>
      loop({
        ...{ recipe, epochs: recipe.epochs, stepsPerEpoch: loader.batches.training },
        ...{ trainer, loader, begin },
        watcher: {
          ...watcher,
          step: (done) => {
            const far =
              done.reached.step === 1
                ? farFirstLoss(training, classes.length, done.loss)
                : undefined;
            if (far !== undefined) command.warn(far);
            watcher.step(done);
          },
          epoch: (done) => {
            watcher.epoch(done);
            const found = collector.epoch(done);
            if (found !== undefined) run.keep(found);
          },
        },
        save: async (reached, parameters, isBest) => {
          const kept = run.save(contentsOf(weights, parameters, reached), isBest);
          saved = performance.now();
          if (Either.isLeft(kept)) unsaved = kept.left;
          return Either.isRight(kept);
        },
        breathe: () => new Promise((done) => setImmediate(done)),
        wants: () => {
          if (interrupted) return 'end';
          return performance.now() - saved > savedEvery ? 'checkpoint' : 'nothing';
        },
      }),
  );
  io.progress('');
  const pictured = validation && (await collector.pictured(validation));
  if (pictured !== undefined) run.keep(pictured);
  tellBroken(io, loader.broken());
  const result = await ended(command, going, end, unsaved);
  const report = writeReport(run.folder);
  if (Either.isLeft(report)) command.warn({ ...report.left, severity: 'warning' });
  return result;
};

/** Tells the run and the person how training ended. */
const ended = async (
  { io, file, given }: Command,
  going: Going,
  end: End,
  unsaved: Diagnostic | undefined,
): Promise<Or<Diagnostic, Exit>> => {
  const { training, trainer, run, weights } = going;
  const { step, epoch } = end.reached;
  const failed = (d: Diagnostic): Or<Diagnostic, Exit> => {
    run.finish({ state: 'failed', reason: d.message, step, epoch });
    return Either.left(d);
  };
  switch (end.tag) {
    case 'finished': {
      const all = contentsOf(weights, await trainer.parameters(), end.reached);
      const written = run.finish({ state: 'finished', weights: all.weights, step, epoch });
      if (Either.isLeft(written)) return written;
      const { best } = end.reached;
      io.err(
        lines(
          `${run.folder}: finished after ${plural(epoch, 'epoch')} in ${clock(run.seconds())}` +
            (best === undefined
              ? ''
              : `; best validation top-1 ${percent(best.top1)}, after epoch ${best.epoch}`),
          `next: netc run ${word(file)} --net ${training.net.name} --weights ${word(run.folder)} --input PICTURE.png`,
        ),
      );
      return Either.right(exit.fine);
    }
    case 'stopped': {
      run.finish({ state: 'stopped', step, epoch });
      io.err(
        lines(
          `${run.folder}: stopped after ${plural(step, 'step')}, all saved`,
          `to go on: ${commandOf(file, given)} --resume ${word(run.record.run)}`,
        ),
      );
      return Either.right(exit.interrupted);
    }
    case 'unsaved':
      return failed(
        unsaved ?? error('E0942', startOf(run.folder), 'a checkpoint could not be saved'),
      );
    case 'unreadable':
      return failed(end.fault);
    case 'not finite':
      return failed(
        await notFinite(
          going,
          end,
          (clause) => commandOf(file, setting(given, clause)),
          epoch === 0 ? undefined : `--resume ${word(run.record.run)} --force`,
        ),
      );
    case 'no room':
      return failed(noRoomForStep(going, end));
    default:
      return absurd(end);
  }
};
