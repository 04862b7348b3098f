/** The passes of a command: those given, from netc, the program or a file, then the default ones. */
import { readFileSync } from 'node:fs';
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { analyse } from '../../check.ts';
import { diagnosticsOf, hasErrors, resultOf } from '../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import { passesFrom } from '../../rewrite/rule/compile.ts';
import type { Pass } from '../../rewrite/rule/pattern.ts';
import { passesOfRows, passTable } from '../../rewrite/passes.ts';
import { startOf, type Source, type Sources } from '../../syntax/source.ts';
import type { Files } from '../../typecheck/program/modules.ts';
import { diskFiles, locate } from './disk.ts';
import type { Exit } from '../host/exit.ts';
import { inHome } from '../host/home.ts';
import type { Io } from '../host/io.ts';
import { namedIn } from './file-and-net.ts';
import type { LoadedProgram } from './load.ts';
import { renamed, sourcesRenamed } from './shown-paths.ts';
import { fail, tell } from './report.ts';
import type { Rewrite } from '../../syntax/tree.ts';
import type { Program } from '../../typecheck/program/program.ts';

/** As the options of commands have it. */
export type PassesGiven = {
  readonly pass: readonly string[];
  readonly defaultPasses: boolean;
};

/** The passes of one command, compiled. */
export type Passes = {
  /** those given, each once: their outcome is always reported */
  readonly asked: readonly Pass[];
  /** in the order in which they are applied */
  readonly all: readonly Pass[];
  /** the options that give the same passes again; `noDefaults` is ` --no-default-passes` or empty */
  readonly options: string;
  readonly noDefaults: string;
  /** of the program and of the passes, as the user knows them */
  readonly sources: Sources;
  /** a path of either as the user would write it */
  readonly shown: (path: string) => string;
};

/** The passes found for one option with their files, or the faults, under the names the user knows. */
type Found = {
  readonly passes: readonly Pass[];
  readonly faults: readonly Diagnostic[];
  readonly sources: readonly Source[];
};

/** `left` is the exit code of the command: no pass has this name (E0801), or its file has faults. */
export const passesAsked = (
  io: Io,
  { pass: given, defaultPasses }: PassesGiven,
  loaded: LoadedProgram & { readonly program: Program },
): Or<Exit, Passes> => {
  const names = [...new Set(given)];
  const found = new Map(names.map((text) => [text, foundFor(io.cwd, text, loaded)]));
  const byDefault = shippedBy((row) => row.byDefault && defaultPasses);
  const sources = new Map(
    [...found.values(), byDefault].flatMap((f) => f.sources.map((s) => [s.path, s] as const)),
  );
  const shown = (path: string): string => (sources.has(path) ? shownAs(path) : loaded.shown(path));
  const faults = [...found.values()].flatMap((f) => f.faults);
  const places = new Map([...loaded.sources, ...sourcesRenamed(sources.values(), shown)]);
  if (faults.some((d) => d.severity === 'error')) return Either.left(fail(io, faults, places));
  tell(io, faults, places);
  const noDefaults = defaultPasses ? '' : ' --no-default-passes';
  const passesOf = (text: string): readonly Pass[] => found.get(text)?.passes ?? [];
  return Either.right({
    asked: [...new Set(names.flatMap(passesOf))],
    // the default passes come last: a given pass may leave them something to do
    all: [
      ...given.flatMap(passesOf),
      ...byDefault.passes.map((pass) => ({ ...pass, unasked: true })),
    ],
    options: given.map((text) => ` --pass ${text}`).join('') + noDefaults,
    noDefaults,
    sources: places,
    shown,
  });
};

/** Finds all passes of `FILE.net`, one with `FILE.net:PASS`, or one of the program or of netc by its name. */
const foundFor = (
  cwd: string,
  text: string,
  { program, shown }: LoadedProgram & { readonly program: Program },
): Found => {
  const file = namedIn(text);
  if (file !== undefined) return inFile(cwd, file.file, file.name);
  const { byName: declared, ambiguous } = program.passes();
  const own = declared.get(text);
  if (own !== undefined) return compiled([own], [], shown);
  const files = ambiguous.get(text)?.map((path) => `\`${shown(path)}\``);
  if (files !== undefined)
    return faulty(
      error('E0309', startOf('--pass'), `\`${text}\` comes from ${files.join(' and from ')}`, {
        notes: ['`--pass FILE.net:PASS` chooses one'],
      }),
    );
  const shipped = shippedBy((row) => row.name === text);
  if (shipped.passes.length > 0) return shipped;
  const names = new Set([...declared.keys(), ...passTable.map((row) => row.name)]);
  return noPass(
    '--pass',
    text,
    [...names],
    ['`--pass FILE.net` takes the passes of a file, `--pass FILE.net:PASS` one of them'],
  );
};

const noPass = (
  place: string,
  name: string,
  names: readonly string[],
  notes: readonly string[] = [],
): Found => {
  const [close] = near(name, names);
  const fault = error('E0801', startOf(place), `there is no pass \`${name}\``, {
    label: close === undefined ? '' : `did you mean \`${close}\`?`,
    notes: [`the passes are ${names.map((p) => `\`${p}\``).join(', ')}`, ...notes],
  });
  return faulty(fault);
};

const faulty = (fault: Diagnostic): Found => ({ passes: [], faults: [fault], sources: [] });

const compiled = (
  declared: readonly Rewrite[],
  sources: readonly Source[],
  shown: (path: string) => string,
): Found => {
  const result = passesFrom(declared);
  const faults = diagnosticsOf(result).map((d) => renamed(d, shown));
  return { passes: resultOf(result) ?? [], faults, sources };
};

// ------------------------------------------------------------------------------------- of netc itself

const shippedBy = (wanted: (row: (typeof passTable)[number]) => boolean): Found => {
  const rows = passTable.filter(wanted);
  const sources = [...new Set(rows.map((row) => row.file))].map((file) => {
    const path = ofNetc + file;
    return { path, text: readFileSync(inHome('passes', file), 'utf8') };
  });
  return { passes: passesOfRows(rows, sources), faults: [], sources };
};

/** Passes that netc ships, by their names, and behind them those that every net for inference gets. */
export const passesOfNetc = (names: readonly string[]): readonly Pass[] =>
  [shippedBy((row) => names.includes(row.name)), shippedBy((row) => row.byDefault)].flatMap(
    ({ passes }) => passes,
  );

// ------------------------------------------------------------------------------------------ of a file

const ofNetc = '--pass passes/';
const ofUser = '--pass ';

/** The path of a pass's source as the user would write it. */
const shownAs = (path: string): string => path.slice(ofUser.length);

/** The same files under separate names: the program may have other files of the same names. */
const apart = (disk: Files, shown: (path: string) => string): Files => {
  const inside = new Map<string, string>();
  const outside = (path: string): string => {
    const name = ofUser + shown(path);
    inside.set(name, path);
    return name;
  };
  return {
    read: (name) => {
      const source = disk.read(inside.get(name) ?? name);
      return Either.map((s: Source) => ({ ...s, path: outside(s.path) }))(source);
    },
    resolve: (from, written) => {
      const path = disk.resolve(inside.get(from) ?? from, written);
      return Either.map(outside)(path);
    },
  };
};

/** The passes of a file, which is checked as `netc check` would. */
const inFile = (cwd: string, file: string, name: string | undefined): Found => {
  const { root, entry, shown } = locate(cwd, file);
  const result = analyse(apart(diskFiles(root), shown), entry, { asserts: false });
  const program = resultOf(result);
  const sources = [...(program?.files.values() ?? [])].map((f) => f.source);
  const called = (path: string): string => (path === entry ? shown(path) : shownAs(path));
  const faults = diagnosticsOf(result).map((d) => renamed(d, called));
  if (program === undefined || hasErrors(result)) return { passes: [], faults, sources };
  const { byName } = program.passes();
  const all = [...byName.values()];
  const own = all.filter((pass) => pass.name.span.path === program.files.get(entry)?.tree.path);
  const named = all.filter((pass) => byName.get(name ?? '') === pass);
  const wanted = name === undefined ? own : named;
  if (wanted.length === 0)
    return name === undefined ? faulty(noPasses(file)) : noPass(file, name, [...byName.keys()]);
  const { passes, faults: more } = compiled(wanted, sources, called);
  return { passes, faults: [...faults, ...more], sources };
};

const noPasses = (file: string): Diagnostic =>
  error('E0801', startOf(file), 'this file declares no pass', {
    notes: ['a pass is `rewrite name { … }`, with rules in it'],
  });
