/** What the command line says of a training, and the commands that say it. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Training } from '../../../protocol/recipe.ts';
import type { Cluster } from '../../../runtime/engines/cluster.ts';
import type { EngineName } from '../../../runtime/engines/engine.ts';
import { runFolder, runsFolder } from '../../../runtime/runs/list.ts';
import { readState } from '../../../runtime/runs/record.ts';
import type { Io } from '../../host/io.ts';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Chosen } from './choose.ts';

/** The options of `netc train`; of the engine a choice is typed, and a name is kept. */
export type TrainOptions<E = EngineName> = {
  readonly train: string | undefined;
  /** whether all trainings of the file are meant */
  readonly all: boolean;
  readonly set: readonly string[];
  readonly epochs: number | undefined;
  readonly seed: number | undefined;
  readonly engine: E | undefined;
  /** threads that prepare pictures */
  readonly workers: number | undefined;
  /** the processes that train together, of which this is one */
  readonly cluster?: Cluster | undefined;
  readonly strict: boolean;
  readonly recompute: boolean;
  readonly resume: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly overfit: number | undefined;
  readonly runs: string | undefined;
};

/** What all parts of the command know. */
export type Command = {
  readonly file: string;
  readonly given: TrainOptions;
  readonly io: Io;
  readonly chosen: Chosen;
  readonly warn: (w: Diagnostic) => void;
  /** whether this is one of all trainings of the file: what is said of going on is said of them together */
  readonly isOneOfAll?: boolean;
};

/**
 * The number of epochs that stands in place of the recipe's: the one that is given, or else the one that a run which is
 * not finished was to have. So a stopped run goes on as it would have, whatever is left out of the command.
 */
const epochsMeant = (given: TrainOptions): number | undefined => {
  const { epochs, resume, force, set } = given;
  if (epochs !== undefined || resume === undefined || force) return epochs;
  if (set.some(setsEpochs)) return undefined;
  const state = readState(folderOf(resume, given));
  return Either.isRight(state) && state.right.state !== 'finished' ? state.right.epochs : undefined;
};

/** The training with what the command line says, or the run that goes on, in place of its clauses. */
export const overridden = (training: Training, given: TrainOptions): Training => {
  const { seed } = given;
  const epochs = epochsMeant(given);
  return {
    ...training,
    recipe: {
      ...training.recipe,
      ...(epochs === undefined ? {} : { epochs }),
      ...(seed === undefined ? {} : { seed }),
    },
  };
};

/** The word of a clause as `--set` has it. */
export const wordOf = (clause: string): string => clause.slice(0, clause.indexOf('=')).trim();

/** Whether a clause that is set is the number of epochs. */
export const setsEpochs = (clause: string): boolean => wordOf(clause) === 'epochs';

/** Whether a clause that was set, or an argument of one, is set anew. */
export const isReplaced = (clause: string, anew: readonly string[]): boolean =>
  anew.map(wordOf).some((word) => word === wordOf(clause) || wordOf(clause).startsWith(`${word}.`));

/** A word of a command line, quoted where a shell would take it apart. */
export const word = (text: string): string =>
  /^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** What is named beside the file. */
type Named = Pick<
  TrainOptions,
  'train' | 'set' | 'epochs' | 'seed' | 'engine' | 'recompute' | 'runs'
> &
  Partial<Pick<TrainOptions, 'all' | 'workers' | 'strict' | 'cluster'>>;

/** How a worker is said to be one of several. */
const clusterOptions = ({ cluster }: Partial<Pick<TrainOptions, 'cluster'>>): readonly string[] =>
  cluster === undefined
    ? []
    : [`--workers ${word(cluster.addresses.join())}`, `--rank ${cluster.rank}`];

/** The command that begins this training, or all of the file; without what only one run needs. */
export const commandOf = (file: string, given: Named): string =>
  [
    `netc train ${given.all === true ? '--all ' : ''}${word(file)}`,
    ...(given.train === undefined ? [] : [`--train ${given.train}`]),
    ...given.set.map((clause) => `--set ${word(clause)}`),
    ...(given.epochs === undefined ? [] : [`--epochs ${given.epochs}`]),
    ...(given.seed === undefined ? [] : [`--seed ${given.seed}`]),
    ...(given.engine === undefined ? [] : [`--engine ${given.engine}`]),
    ...(given.recompute ? ['--recompute'] : []),
    ...(given.all === true && given.strict === true ? ['--strict'] : []),
    ...(given.all === true && given.workers !== undefined ? [`--workers ${given.workers}`] : []),
    ...clusterOptions(given),
    ...(given.runs === undefined ? [] : [`--runs ${word(given.runs)}`]),
  ].join(' ');

/** The command that begins it with another clause: in place of one of the same word, if it has that. */
export const withClause =
  (file: string, given: Named) =>
  (clause: string): string => {
    const others = given.set.filter((one) => !isReplaced(one, [clause]));
    return commandOf(file, { ...given, set: [...others, clause] });
  };

/** The command that goes on with a run of this name, which remembers what it was asked for. */
export const resumeOf = (
  file: string,
  { runs, cluster }: Pick<TrainOptions, 'runs'> & Partial<Pick<TrainOptions, 'cluster'>>,
  run: string,
  epochs?: number,
): string =>
  [
    `netc train ${word(file)}`,
    ...(epochs === undefined ? [] : [`--epochs ${epochs}`]),
    ...clusterOptions({ cluster }),
    ...(runs === undefined ? [] : [`--runs ${word(runs)}`]),
    `--resume ${word(run)}`,
  ].join(' ');

/** The folder of all runs. */
export const rootOf = ({ runs }: Pick<TrainOptions, 'runs'>): string => runs ?? runsFolder;

/** The folder of a run as it was named; a name that no run has stands for where it would be. */
export const folderOf = (asked: string, given: Pick<TrainOptions, 'runs'>): string =>
  runFolder(rootOf(given), asked) ?? `${rootOf(given)}/${asked}`;
