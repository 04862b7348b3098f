/** A run that goes on remembers what it began with: what its record keeps of the command stands where none is given. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { EngineName } from '../../../runtime/engines/engine.ts';
import { engineNames } from '../../../runtime/engines/names.ts';
import { readRecord, type RunOptions } from '../../../runtime/runs/record.ts';
import { runNamed } from '../run-files.ts';
import { isReplaced, rootOf, setsEpochs, type TrainOptions } from './asked.ts';

/** What a run remembers of the command that trains it. */
export const remembered = ({
  train,
  set,
  seed,
  engine,
  strict,
  recompute,
  cluster,
}: TrainOptions): RunOptions => ({
  ...{ train, set, seed, engine, strict, recompute },
  workers: cluster?.addresses.length,
});

/**
 * The options with those of the run that goes on in place of what is not given (E0944, E0950). One that contradicts is
 * found where the recipes are compared. The number of epochs is in the state of the run.
 */
export const withRecorded = <E>(
  given: TrainOptions<E>,
): Or<Diagnostic, TrainOptions<E | EngineName>> => {
  if (given.resume === undefined) return Either.right(given);
  const folder = runNamed(given.resume, rootOf(given));
  return Either.map(
    (record: { readonly options: RunOptions | undefined }): TrainOptions<E | EngineName> =>
      record.options === undefined ? given : together(given, record.options),
  )(Either.chain(readRecord)(folder));
};

/** The options that are given, and for the rest those of a run. */
const together = <E>(
  given: TrainOptions<E>,
  options: RunOptions,
): TrainOptions<E | EngineName> => ({
  ...given,
  train: given.train ?? options.train,
  set: [
    ...options.set.filter((clause) => !setsEpochs(clause) && !isReplaced(clause, given.set)),
    ...given.set,
  ],
  seed: given.seed ?? options.seed,
  engine: given.engine ?? engineNames.find((name) => name === options.engine),
  strict: given.strict || options.strict,
  recompute: given.recompute || options.recompute,
});
