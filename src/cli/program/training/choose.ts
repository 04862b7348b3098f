/** Which training of a file, and with which clauses given at the command line. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { Bug } from '../../../diagnostic/bug.ts';
import type { Training } from '../../../protocol/recipe.ts';
import { clauses as table } from '../../../protocol/clauses.ts';
import { clauseTexts } from '../../../protocol/write.ts';
import { startOf, type Sources } from '../../../syntax/source.ts';
import type { Program } from '../../../typecheck/program/program.ts';
import { exitFor, type Exit } from '../../host/exit.ts';
import type { Io } from '../../host/io.ts';
import {
  loadSoundHere,
  seenWith,
  tellPassedOver,
  unusedName,
  type LoadedProgram,
  type OwnFile,
} from '../load.ts';
import { choiceOf, notDeclared } from '../not-declared.ts';
import { inPlaceOf, optionsOf, ownFile, textAt } from '../own-file.ts';
import { fail, tell } from '../report.ts';
import { clausesSet, type SetClauses } from '../set.ts';
import { isElsewhere, trainingsDeclared } from './concerns.ts';

/** A sound program, and a training in it. */
export type Chosen = {
  readonly loaded: LoadedProgram & { readonly program: Program };
  readonly training: Training;
};

/** What the command line says of it. */
export type Asked = {
  readonly train: string | undefined;
  /** `batch=32`, `optimizer=adam(rate = 1e-3)` */
  readonly set: readonly string[];
};

/** The name of the only training, or of the one that was asked for (E0961). */
const among = (
  file: string,
  names: readonly string[],
  asked: string | undefined,
): Or<Diagnostic, string> => {
  const [only] = names;
  if (asked === undefined && only !== undefined && names.length === 1) return Either.right(only);
  const found = names.find((name) => name === asked);
  if (found !== undefined) return Either.right(found);
  if (only === undefined || asked !== undefined)
    return Either.left(notDeclared(file, 'train', names, '--train', asked ?? ''));
  const which = `--train NAME, where NAME is ${choiceOf(names)}`;
  return Either.left(
    error('E0961', startOf(file), `this file declares ${names.length} trainings; say which`, {
      notes: [which, '`--all` trains them all, each after the one that it begins with'],
    }),
  );
};

/** A training of this name, which is sound. */
const trainingIn = ({ trainings, entry }: Program, name: string): Training => {
  const found = trainings.find((t) => t.name === name);
  if (found === undefined) throw new Bug(`${name} of ${entry} is not sound, and has no fault`);
  return found;
};

/** The program with its faults printed, as far as they concern the training that was asked for, and that training. */
export const chosen = (io: Io, file: string, { train, set }: Asked): Or<Exit, Chosen> => {
  const loaded = loadSoundHere(io, file, (program) => isElsewhere(program, train));
  if (Either.isLeft(loaded)) return loaded;
  const { program, passedOver } = loaded.right;
  const name = among(file, trainingsDeclared(program), train);
  if (Either.isLeft(name)) return Either.left(fail(io, [name.left]));
  const training = trainingIn(program, name.right);
  tellPassedOver(io, file, passedOver, `\`${training.name}\``);
  if (set.length === 0) return Either.right({ loaded: loaded.right, training });
  const other = withSet(io.cwd, file, { loaded: loaded.right, training }, set);
  if (Either.isLeft(other)) return Either.left(fail(io, [other.left]));
  const { found, sources, chosen: made } = other.right;
  tell(io, found, sources);
  return made === undefined ? Either.left(exitFor(found)) : Either.right(made);
};

/** What is found where clauses of a training are set, and the training with them, unless that is an error. */
export type WithSet = {
  readonly found: readonly Diagnostic[];
  readonly sources: Sources;
  readonly chosen: Chosen | undefined;
};

/** The training with these clauses in place of its own (E0961). */
export const withSet = (
  cwd: string,
  file: string,
  { loaded, training }: Chosen,
  set: readonly string[],
): Or<Diagnostic, WithSet> =>
  Either.map((clauses: SetClauses): WithSet => {
    const setName = unusedName(loaded.program, 'set');
    const own = withClauses(loaded, training.name, setName, clauses);
    const { found, sources, program } = seenWith(cwd, file, own, (p) => isElsewhere(p, setName));
    if (program === undefined) return { found, sources, chosen: undefined };
    const made = trainingIn(program, setName);
    const changed = inPlaceOf(own, made, training);
    return { found, sources, chosen: { loaded: { ...loaded, sources }, training: changed } };
  })(clausesSet(table, set, clauseTexts(training.recipe)));

/** A file that takes the training over from its own, as `setName`, with some clauses anew. */
const withClauses = (
  loaded: Chosen['loaded'],
  name: string,
  setName: string,
  clauses: SetClauses,
): OwnFile => {
  const { program } = loaded;
  const { tree } = program.files.get(program.entry)!;
  const declared = tree.declarations.find((d) => d.tag === 'train' && d.name.text === name);
  const net = declared?.tag === 'train' ? declared.net?.span : undefined;
  if (net === undefined) throw new Bug(`\`${name}\` trains no net`);
  return ownFile(loaded, {
    keyword: 'train',
    name: setName,
    net,
    head: `${textAt(program, net)} with ${name}`,
    clauses,
    behind: '',
    shown: optionsOf(clauses),
  });
};
