/** The trainings that `--all` means, with what the command line sets in all of them: refused before anything begins. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../../diagnostic/diagnostic.ts';
import { lines } from '../../../../report/table.ts';
import type { Sources } from '../../../../syntax/source.ts';
import { exitFor, type Exit } from '../../../host/exit.ts';
import type { Io } from '../../../host/io.ts';
import { loadSoundHere, tellPassedOver } from '../../load.ts';
import { notDeclared } from '../../not-declared.ts';
import { fail, tell } from '../../report.ts';
import { overridden, type TrainOptions } from '../asked.ts';
import { withSet, type Chosen, type WithSet } from '../choose.ts';
import { isElsewhereOf, trainingsDeclared } from '../concerns.ts';
import { inOrder } from './order.ts';

/** The first of each code: what is set is wrong in the same way for one training after the other. */
const oneOfEachCode = (found: readonly Diagnostic[]): readonly Diagnostic[] =>
  found.filter(({ code }, i) => found.findIndex((d) => d.code === code) === i);

const isFaulty = ({ chosen }: WithSet): boolean => chosen === undefined;

/** The trainings with these clauses in place of their own; those that refuse one are named. */
const set = (
  io: Io,
  file: string,
  own: readonly Chosen[],
  clauses: readonly string[],
): Or<Exit, readonly Chosen[]> => {
  if (clauses.length === 0) return Either.right(own);
  const made: WithSet[] = [];
  for (const one of own) {
    const other = withSet(io.cwd, file, one, clauses);
    if (Either.isLeft(other)) return Either.left(fail(io, [other.left]));
    made.push(other.right);
  }
  const found = oneOfEachCode(made.flatMap((one) => one.found));
  const sources: Sources = new Map(made.flatMap((one) => [...one.sources]));
  tell(io, found, sources);
  const refusing = own.filter((_, i) => isFaulty(made[i]!)).map(({ training }) => training.name);
  if (refusing.length === 0) return Either.right(made.flatMap(({ chosen }) => chosen ?? []));
  const who = refusing.length === own.length ? 'all trainings' : refusing.join(', ');
  io.err(lines(`nothing has begun: what is set does not fit ${who}`));
  return Either.left(exitFor(found));
};

/** The trainings of a file in the order in which they are trained (E0926, E0961). */
export const gathered = (
  io: Io,
  file: string,
  given: TrainOptions,
): Or<Exit, readonly Chosen[]> => {
  const loaded = loadSoundHere(io, file, (p) => isElsewhereOf(p, trainingsDeclared(p)));
  if (Either.isLeft(loaded)) return loaded;
  const { program, passedOver } = loaded.right;
  if (program.trainings.length === 0)
    return Either.left(fail(io, [notDeclared(file, 'train', [], '--train', '')]));
  tellPassedOver(io, file, passedOver, 'its trainings');
  const own = program.trainings.map((training) => ({ loaded: loaded.right, training }));
  const made = set(io, file, own, given.set);
  if (Either.isLeft(made)) return made;
  const all = made.right.map(({ loaded: own, training }) => ({
    loaded: own,
    training: overridden(training, given),
  }));
  const order = inOrder(all.map(({ training }) => training));
  if (Either.isLeft(order)) return Either.left(fail(io, [order.left]));
  return Either.right(
    order.right.flatMap((training) => all.filter((one) => one.training === training)),
  );
};
