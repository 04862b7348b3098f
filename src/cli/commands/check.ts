/** `netc check FILE…`: reports every fault of programs, without running anything. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { githubAnnotations } from '../../diagnostic/machine/github.ts';
import { jsonDiagnostics } from '../../diagnostic/machine/json.ts';
import { paint } from '../../diagnostic/terminal/paint.ts';
import { sarif } from '../../diagnostic/machine/sarif.ts';
import { plural } from '../../numeric/figures.ts';
import { showAdmissible } from '../../report/sizes.ts';
import { showSizes } from '../../size/sizes.ts';
import { showTypes, typesOf } from '../../report/types.ts';
import { exitFor, type Exit } from '../host/exit.ts';
import { version } from '../host/home.ts';
import type { Io } from '../host/io.ts';
import { loader, loadProgram, type LoadedProgram } from '../program/load.ts';
import { renamed } from '../program/shown-paths.ts';
import { timed } from '../program/timing.ts';
import { tell } from '../program/report.ts';
import { watching } from '../program/watching.ts';
import { lines } from '../../report/table.ts';
import { lookingAtAll } from '../../protocol/evaluation.ts';
import type { Program } from '../../typecheck/program/program.ts';
import type { Sources } from '../../syntax/source.ts';
import type { formats as names } from '../host/choices.ts';

type Format = (typeof names)[number];

/** Without `format`, output is for people. */
type How = {
  readonly format: Format | undefined;
  readonly sizes: boolean;
  readonly types: boolean;
  readonly time: boolean;
};

/** Counts the nets, passes, rules, trainings and evaluations that a program declares itself. */
const contentsOf = (program: Program | undefined): readonly string[] => {
  const declared = program?.files.get(program.entry)?.tree.declarations ?? [];
  const passes = declared.flatMap((d) => (d.tag === 'rewrite' ? [d] : []));
  const rules = passes.reduce((n, { rules }) => n + rules.length, 0);
  const rewrites =
    passes.length === 0 ? [] : [plural(passes.length, 'pass', 'passes'), plural(rules, 'rule')];
  const protocols = (['train', 'eval'] as const).flatMap((tag) => {
    const n = declared.filter((d) => d.tag === tag).length;
    return n === 0 ? [] : [plural(n, tag === 'train' ? 'training' : 'evaluation')];
  });
  const others = [...rewrites, ...protocols];
  const nets = program?.nets.length ?? 0;
  return nets === 0 && others.length > 0 ? others : [plural(nets, 'net'), ...others];
};

/** The message for files without a mistake, one line each. */
const praise = (loaded: readonly LoadedProgram[]): string =>
  lines(
    ...loaded
      .filter((o) => !o.faulty)
      .map(({ file, program }) => `${file}: ${contentsOf(program).join(', ')}, no errors`),
  );

/** Diagnostics of a file that two programs import are reported once. */
const merged = (loaded: readonly LoadedProgram[]): Pick<LoadedProgram, 'found' | 'sources'> => {
  const seen = new Map(
    loaded.flatMap((o) => o.found.map((d) => [JSON.stringify([d.code, d.primary]), d] as const)),
  );
  return {
    found: [...seen.values()],
    sources: new Map(loaded.flatMap((o) => [...o.sources])),
  };
};

/** Prints diagnostics for machines, on stdout. */
const formats: {
  readonly [format in Exclude<Format, 'json'>]: (
    found: readonly Diagnostic[],
    sources: Sources,
  ) => string;
} = {
  sarif: (found, sources) => printed(sarif(found, sources, version())),
  github: githubAnnotations,
};

/** What `--types` and `--sizes` add to the JSON. */
const asked = (loaded: readonly LoadedProgram[], { types, sizes }: How): object => {
  const programs = loaded.flatMap(({ program }) => program ?? []);
  const admissible = programs.flatMap(({ nets }) =>
    nets.flatMap(({ name, admissible: set }) =>
      set === undefined ? [] : [{ net: name, h: showSizes(set.h), w: showSizes(set.w) }],
    ),
  );
  return {
    ...(types ? { types: programs.flatMap(typesOf) } : {}),
    ...(sizes ? { admissible } : {}),
  };
};

const printed = (data: object): string => `${JSON.stringify(data, undefined, 2)}\n`;

const checked = (
  files: readonly string[],
  how: How,
  io: Io,
  load: ReturnType<typeof loader>,
): Promise<readonly LoadedProgram[]> =>
  timed(how.time, io, async (watch) => {
    const loaded = await Promise.all(files.map((file) => withViews(load(file, watch))));
    tellAll(loaded, how, io);
    return loaded;
  });

/**
 * With what keeps a net from looking at whole pictures, where an evaluation asks it to (E0936). The rewriter says that,
 * which other programs need not wait for.
 */
const withViews = async (loaded: LoadedProgram): Promise<LoadedProgram> => {
  const { program, faulty, found, shown } = loaded;
  const all = program === undefined || faulty ? [] : lookingAtAll(program.evaluations);
  // what is said of a net is said once
  const dense = all.filter(({ net }, i) => i === all.findIndex((other) => other.net === net));
  if (dense.length === 0) return loaded;
  const { forWholePictures } = await import('../program/evaluation/whole-pictures.ts');
  const faults = dense.flatMap((evaluation) => {
    const made = forWholePictures(evaluation);
    return Either.isLeft(made) ? [renamed(made.left, shown)] : [];
  });
  return { ...loaded, found: [...found, ...faults], faulty: faults.length > 0 };
};

const tellAll = (loaded: readonly LoadedProgram[], how: How, io: Io): void => {
  const { found, sources } = merged(loaded);
  if (how.format === 'json')
    io.out(printed({ diagnostics: jsonDiagnostics(found, sources), ...asked(loaded, how) }));
  else if (how.format !== undefined) io.out(formats[how.format](found, sources));
  else {
    tell(io, found, sources);
    io.err(paint(io.colour.err)('fix', praise(loaded)));
    if (how.types)
      for (const { program } of loaded) if (program !== undefined) io.out(showTypes(program));
    if (how.sizes)
      for (const { program, locate } of loaded)
        io.out(showAdmissible(program?.nets ?? [], sources, locate));
  }
};

const codeOf = (loaded: readonly LoadedProgram[]): Exit => exitFor(loaded.flatMap((o) => o.found));

/** Checks again when something changes; only what the change concerns. */
const watch = (files: readonly string[], how: How, io: Io): Promise<Exit> => {
  const load = loader(io.cwd);
  const round = async (): Promise<readonly string[]> => {
    const loaded = await checked(files, how, io, load);
    return [...files, ...loaded.flatMap(({ sources }) => [...sources.keys()])];
  };
  return watching(io, round, how.format !== undefined);
};

type CheckOptions = {
  readonly json: boolean;
  readonly format: Format | undefined;
  readonly sizes: boolean;
  readonly types: boolean;
  readonly watch: boolean;
  readonly time: boolean;
};

export const check = async (
  files: readonly string[],
  given: CheckOptions,
  io: Io,
): Promise<Exit> => {
  const { sizes, types, time } = given;
  const how: How = { format: given.json ? 'json' : given.format, sizes, types, time };
  if (given.watch) return watch(files, how, io);
  return codeOf(await checked(files, how, io, (file, each) => loadProgram(io.cwd, file, each)));
};
