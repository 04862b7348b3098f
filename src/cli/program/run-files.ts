/** Runs where a command takes weights or a run. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, warning, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import { exists } from '../../runtime/disk/folders.ts';
import { openWeights, type WeightFile } from '../../runtime/files/weights.ts';
import {
  runFolder,
  runsFolder,
  runsIn,
  trainingOfRun,
  weightsOfRun,
  type RunWeights,
} from '../../runtime/runs/list.ts';
import { readState } from '../../runtime/runs/record.ts';
import type { Warn } from '../../runtime/runs/saving.ts';
import { changedSinceWritten } from '../../runtime/runs/checkpoint.ts';
import { startOf } from '../../syntax/source.ts';
import type { Io } from '../host/io.ts';
import { tell } from './report.ts';
import { word } from './training/asked.ts';

/** Runs whose names are like this one, or the newest. */
const alternatives = (named: string, runs: string): readonly string[] => {
  const names = runsIn(runs).runs.map(({ record }) => record.run);
  const close = near(named, names);
  return close.length > 0 ? close : names.slice(-3);
};

/** The folder of a run that was named by its path or, below the folder of runs, by its name (E0950). */
export const runNamed = (named: string, runs = runsFolder): Or<Diagnostic, string> => {
  const folder = runFolder(runs, named);
  if (folder !== undefined) return Either.right(folder);
  const others = alternatives(named, runs).map((name) => `\`${name}\``);
  return Either.left(
    error('E0950', startOf(named), `there is no run \`${named}\``, {
      notes: [
        others.length === 0
          ? `there are no runs in \`${runs}/\`: \`netc train\` makes one`
          : `there is ${others.join(' or ')}; \`netc runs${runs === runsFolder ? '' : ` --runs ${word(runs)}`}\` lists them all`,
      ],
    }),
  );
};

/** Is this the name of a run, with its number or, where there are runs of a training, without? */
const isOfRuns = (named: string, runs: string): boolean =>
  /^[\w.]+-\d+$/.test(named) ||
  runsIn(runs).runs.some(({ record }) => trainingOfRun(record.run) === named);

/** Weights that are taken in place of better ones (W0954). */
const instead = (folder: string, file: string, lost: RunWeights['lost']): Diagnostic => {
  const nameOf = (path: string): string => `\`${path.slice(folder.length + 1)}\``;
  const state = readState(folder);
  const best = Either.isRight(state) ? state.right.best : undefined;
  const reasons = lost.map((one) => `${nameOf(one.file)} ${one.reason}`);
  return warning(
    'W0954',
    startOf(folder),
    `${nameOf(file)} of \`${folder}\` is taken: ${reasons.join(', and ')}`,
    {
      notes: [
        ...(best === undefined ? [] : [`the best was that after epoch ${best.epoch}`]),
        'put a copy back under its name, if there is one',
      ],
    },
  );
};

/**
 * The file of weights that is meant: one of this path, or the best checkpoint of a run, else the newest that is whole
 * (W0954, E0504, E0950, E0951).
 */
export const weightsMeant = (
  named: string,
  warn: Warn,
  runs = runsFolder,
): Or<Diagnostic, string> => {
  const folder = runFolder(runs, named);
  if (folder === undefined) {
    if (!exists(named)) return isOfRuns(named, runs) ? runNamed(named, runs) : Either.right(named);
    const changed = changedSinceWritten(named);
    return changed === undefined ? Either.right(named) : Either.left(changed);
  }
  const { file, lost } = weightsOfRun(folder);
  if (file === undefined)
    return Either.left(
      error('E0951', startOf(folder), `the run \`${folder}\` has no weights`, {
        notes: [
          ...lost.map((one) => `\`${one.file}\` ${one.reason}`),
          'a run has a checkpoint from before its first step on: it was deleted, or set aside as `….bad`',
        ],
      }),
    );
  if (lost.length > 0) warn(instead(folder, file, lost));
  return Either.right(file);
};

/** Opens the weights that are meant (W0954, E0001, E0504, E0510, E0950, E0951). They stay open until `close`. */
export const openMeant = (io: Io, named: string): Or<Diagnostic, WeightFile> =>
  Either.chain(openWeights)(weightsMeant(named, (warning) => tell(io, [warning])));
