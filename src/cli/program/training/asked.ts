/** What the command line says of a training, and the commands that say it. */
import type { Training } from '../../../protocol/recipe.ts';
import type { EngineName } from '../../../runtime/engines/engine.ts';
import { runFolder, runsFolder } from '../../../runtime/runs/list.ts';
import type { Io } from '../../host/io.ts';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Chosen } from './choose.ts';

/** The options of `netc train`. */
export type TrainOptions = {
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

/** What all parts of the command know. */
export type Command = {
  readonly file: string;
  readonly given: TrainOptions;
  readonly io: Io;
  readonly chosen: Chosen;
  readonly warn: (w: Diagnostic) => void;
};

/** The training with what the command line says in place of its clauses. */
export const overridden = (training: Training, { epochs, seed }: TrainOptions): Training => ({
  ...training,
  recipe: {
    ...training.recipe,
    ...(epochs === undefined ? {} : { epochs }),
    ...(seed === undefined ? {} : { seed }),
  },
});

/** A word of a command line, quoted where a shell would take it apart. */
export const word = (text: string): string =>
  /^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** What is named beside the file. */
type Named = Pick<
  TrainOptions,
  'train' | 'set' | 'epochs' | 'seed' | 'engine' | 'recompute' | 'runs'
>;

/** The command that begins this training, without what only one run needs. */
export const commandOf = (file: string, given: Named): string =>
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

/** The command that begins it with another clause: in place of one of the same word, if it has that. */
export const withClause =
  (file: string, given: Named) =>
  (clause: string): string => {
    const wordOf = (text: string): string => text.slice(0, text.indexOf('=')).trim();
    const others = given.set.filter((one) => wordOf(one) !== wordOf(clause));
    return commandOf(file, { ...given, set: [...others, clause] });
  };

/** The command that goes on with a run of this name. */
export const resumeOf = (file: string, given: Named, run: string): string =>
  `${commandOf(file, given)} --resume ${word(run)}`;

/** The folder of all runs. */
export const rootOf = ({ runs }: Pick<TrainOptions, 'runs'>): string => runs ?? runsFolder;

/** The folder of a run as it was named; a name that no run has stands for where it would be. */
export const folderOf = (asked: string, given: Pick<TrainOptions, 'runs'>): string =>
  runFolder(rootOf(given), asked) ?? `${rootOf(given)}/${asked}`;
