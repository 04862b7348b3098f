/** Where weights come from that a program names: a file, a run, or the newest finished run of a training. */
import { basename, dirname, resolve } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { InitFrom, Recipe, Training } from '../../../protocol/recipe.ts';
import { showSelections } from '../../../protocol/selection.ts';
import { near } from '../../../diagnostic/suggest.ts';
import { exists, namesIn } from '../../../runtime/disk/folders.ts';
import { newestFinished, runsIn, runsOf } from '../../../runtime/runs/list.ts';
import { doing, type Listed } from '../../../runtime/runs/listed.ts';
import type { Warn } from '../../../runtime/runs/saving.ts';
import type { Span } from '../../../syntax/source.ts';
import type { Program } from '../../../typecheck/program/program.ts';
import { weightsMeant } from '../run-files.ts';
import { commandOf, resumeOf } from './asked.ts';

/** Where weights are looked for. */
export type Asking = {
  readonly program: Program;
  /** a path of the program as a person writes it */
  readonly shown: (path: string) => string;
  /** paths in the recipe are relative to this folder */
  readonly root: string;
  /** the folder of runs, and what was given for it */
  readonly runs: string;
  readonly warn: Warn;
};

/** Who is to have the weights, as messages say it. */
export type Asker = {
  /** as in `` `deep` begins with the weights of `first` `` */
  readonly needs: string;
  readonly at: Span;
  /** how to take the weights of a run that is not finished */
  readonly asTheyAre: (run: string) => string;
};

/** A training that begins with weights. */
export const beginner = ({ name, places, span, recipe }: Training): Asker => ({
  needs: `\`${name}\` begins with`,
  at: places.get('init from') ?? span,
  asTheyAre: (run) => `--set '${sameOf(recipe, run)}'`,
});

/** The clause that takes the same layers of a run. */
const sameOf = ({ initFrom }: Recipe, run: string): string => {
  const chosen = showSelections(initFrom?.selections ?? []);
  return `init from="${run}"${chosen === '' ? '' : ` { ${chosen} }`}`;
};

/** The file of weights that is meant, by the path that messages have (W0954, E0950, E0951, E0952). */
export const weightsSource = (
  asking: Asking,
  asker: Asker,
  source: InitFrom['source'],
): Or<Diagnostic, string> =>
  source.tag === 'file' ? inFile(asking, source.path) : ofTraining(asking, asker, source.name);

const inFile = ({ root, runs, warn }: Asking, written: string): Or<Diagnostic, string> => {
  const path = resolve(root, written);
  const isHere = resolve(written) === path || !exists(path);
  return weightsMeant(isHere ? written : path, warn, runs);
};

/** Names that are listed where none is near. */
const mostNamed = 3;

/** What `init from "nowhere"` may have meant: a training, a run or a file that is called nearly so. */
export const meantInstead = (
  { program, runs }: Asking,
  written: string,
  path: string,
): readonly string[] => {
  const trainings = program.trainings.map(({ name }) => name);
  const all = runsIn(runs).runs.map(({ record }) => record.run);
  const close = near(written, all);
  const named = (close.length > 0 ? close : all.slice(-mostNamed)).map((run) => `"${run}"`);
  const weights = namesIn(dirname(path)).filter((name) => name.endsWith('.safetensors'));
  const ending = '.safetensors';
  const files = near(
    basename(path, ending),
    weights.map((name) => basename(name, ending)),
  );
  return [
    ...(trainings.includes(written)
      ? [`\`${written}\` is a training: without quotes its newest finished run is taken`]
      : []),
    ...(files.length === 0 ? [] : [`the same folder has \`${files[0]}${ending}\``]),
    ...(named.length === 0 ? [] : [`the runs in \`${runs}/\` are called ${named.join(', ')}`]),
    'in quotes stands a file of weights, by its path, or a run, by its name',
  ];
};

const ofTraining = (asking: Asking, asker: Asker, name: string): Or<Diagnostic, string> => {
  const own = name.slice(name.lastIndexOf('.') + 1); // `r.first` is `first` of a file that is imported
  const run = newestFinished(asking.runs, own);
  if (run === undefined) return Either.left(noneFinished(asking, asker, own));
  return weightsMeant(run.folder, asking.warn, asking.runs);
};

/** The file that declares a training, as a person writes it. */
const fileOf = ({ program, shown }: Asking, name: string): string => {
  const declares = (path: string): boolean =>
    program.files
      .get(path)
      ?.tree.declarations.some((d) => d.tag === 'train' && d.name.text === name) ?? false;
  return shown([program.entry, ...program.files.keys()].find(declares) ?? program.entry);
};

/** What to run first, where no run is finished whose weights could be taken. */
const noneFinished = (asking: Asking, asker: Asker, name: string): Diagnostic => {
  const { runs, program } = asking;
  const file = fileOf(asking, name);
  const all = { train: undefined, all: true };
  const given = {
    ...{
      train: name,
      set: [],
      epochs: undefined,
      seed: undefined,
      engine: undefined,
      recompute: false,
    },
    runs: runs === 'runs' ? undefined : runs,
  };
  const newest = runsOf(runs, name).at(-1);
  return error(
    'E0952',
    asker.at,
    `${asker.needs} the weights of \`${name}\`, and no run of \`${name}\` is finished in \`${runs}\``,
    {
      notes:
        newest === undefined
          ? [
              `train it first: \`${commandOf(file, given)}\``,
              ...(program.trainings.some((t) => t.name === name)
                ? [`or all of the file, in order: \`${commandOf(file, { ...given, ...all })}\``]
                : []),
            ]
          : [
              `${stateOf(newest)}; finish it: \`${resumeOf(file, given, newest.record.run)}\``,
              `or take its weights as they are: \`${asker.asTheyAre(newest.record.run)}\``,
            ],
    },
  );
};

const stateOf = (run: Listed): string => {
  const now = doing(run);
  return `\`${run.record.run}\` ${now === 'failed' ? 'failed' : `is ${now === 'killed' ? 'not finished' : now}`}`;
};
