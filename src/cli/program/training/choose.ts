/** Which training of a file, and with which clauses given at the command line. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { near } from '../../../diagnostic/suggest.ts';
import type { Training } from '../../../protocol/recipe.ts';
import { startOf } from '../../../syntax/source.ts';
import type { Program } from '../../../typecheck/program/program.ts';
import type { Exit } from '../../host/exit.ts';
import type { Io } from '../../host/io.ts';
import { loadSound, loadWith, type LoadedProgram } from '../load.ts';
import { fail } from '../report.ts';

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

/** Nothing among the trainings of these names is called so (E0961); `option` says which is meant. */
export const noTraining = (
  file: string,
  names: readonly string[],
  option: string,
  asked: string,
): Diagnostic => {
  if (names.length === 0)
    return error('E0961', startOf(file), 'this file declares no training', {
      notes: ['declare one: `train first : NET { data shapes }`'],
    });
  const [close] = near(asked, names);
  return error('E0961', startOf(file), `there is no training \`${asked}\` in this file`, {
    label: close === undefined ? '' : `did you mean \`${close}\`?`,
    notes: [`${option} NAME, where NAME is ${names.join(' or ')}`],
  });
};

/** The only training, or the one that was asked for (E0961). */
const among = (
  file: string,
  trainings: readonly Training[],
  asked: string | undefined,
): Or<Diagnostic, Training> => {
  const names = trainings.map(({ name }) => name);
  const [only] = trainings;
  if (asked === undefined && only !== undefined && trainings.length === 1)
    return Either.right(only);
  const found = trainings.find(({ name }) => name === asked);
  if (found !== undefined) return Either.right(found);
  if (only === undefined) return Either.left(noTraining(file, names, '--train', asked ?? ''));
  const which = `--train NAME, where NAME is ${names.join(' or ')}`;
  if (asked === undefined)
    return Either.left(
      error('E0961', startOf(file), `this file declares ${names.length} trainings; say which`, {
        notes: [which],
      }),
    );
  return Either.left(noTraining(file, names, '--train', asked));
};

/**
 * A clause as `--set` has it, as it is written in a file; undefined where it is not one. The word may be two, as in
 * `init from`, and the value may end in one pair of braces.
 */
const clauseOf = (text: string): string | undefined => {
  const match = /^\s*([a-z_]+(?: +[a-z_]+)?)\s*=\s*([^\n\r{}]+(?:\{[^\n\r{}]*\}\s*)?)$/.exec(text);
  return match === null ? undefined : `${match[1]} ${match[2]}`;
};

/** The program with its faults printed, and the training that was asked for. */
export const chosen = (io: Io, file: string, { train, set }: Asked): Or<Exit, Chosen> => {
  const loaded = loadSound(io, file);
  if (Either.isLeft(loaded)) return loaded;
  const { program } = loaded.right;
  const training = among(file, program.trainings, train);
  if (Either.isLeft(training)) return Either.left(fail(io, [training.left]));
  if (set.length === 0) return Either.right({ loaded: loaded.right, training: training.right });
  const clauses: string[] = [];
  for (const text of set) {
    const clause = clauseOf(text);
    if (clause === undefined) return Either.left(fail(io, [noClause(text)]));
    clauses.push(`  ${clause}\n`);
  }
  const { name, span } = training.right;
  const again = loadWith(io, file, withClauses(file, program, name, clauses.join('')));
  return Either.map((other: Chosen['loaded']) => ({
    loaded: { ...loaded.right, sources: other.sources },
    training: { ...other.program.trainings[0]!, name, span },
  }))(again);
};

const noClause = (text: string): Diagnostic =>
  error('E0961', startOf('--set'), `\`${text}\` is not a clause`, {
    notes: ['write it as `--set batch=32` or `--set "optimizer=adam(rate = 1e-3)"`'],
  });

/** A file that takes the training over from its own, with some clauses anew. */
const withClauses = (file: string, program: Program, name: string, clauses: string): string => {
  const main = program.files.get(program.entry)!;
  const declared = main.tree.declarations.find((d) => d.tag === 'train' && d.name.text === name);
  const net = declared?.tag === 'train' ? declared.net : undefined;
  const written = net && main.source.text.slice(net.span.start, net.span.end);
  const base = file.slice(file.replaceAll('\\', '/').lastIndexOf('/') + 1);
  return `import "${base}"\ntrain set : ${written} with ${name} {\n${clauses}}\n`;
};
