/** Loads a program from the disk, checks it, and reports faults under the names the user knows. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { analyse } from '../../check.ts';
import {
  checked,
  diagnosticsOf,
  gate,
  hasErrors,
  resultOf,
  type Checked,
} from '../../diagnostic/checked.ts';
import { error, moved, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import { plural } from '../../numeric/figures.ts';
import { lines } from '../../report/table.ts';
import { startOf, type Source, type Sources, type Span } from '../../syntax/source.ts';
import type { Watch } from '../../phase.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { diskFiles, locate } from './disk.ts';
import { exitFor, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { renamed, sourcesRenamed } from './shown-paths.ts';
import { tell } from './report.ts';
import { isUnneeded, type Needed } from './unneeded.ts';
import type { Files } from '../../typecheck/program/modules.ts';
import { newWorkspace, type Workspace } from '../../workspace/workspace.ts';
import type { Program } from '../../typecheck/program/program.ts';

/** `program` exists even if it has errors; `sources` are all files that were read. */
export type LoadedProgram = {
  readonly file: string;
  readonly program: Program | undefined;
  readonly found: readonly Diagnostic[];
  readonly faulty: boolean;
  readonly sources: Sources;
  /** a path of the program as the user would write it */
  readonly shown: (path: string) => string;
  /** where a place of the program lies, in a file as the user would write it */
  readonly locate: (place: Span) => Span;
};

/** All that can be said of a program, however broken, its assertions included. */
export const loadProgram = (cwd: string, file: string, watch?: Watch): LoadedProgram =>
  loaded(cwd, file, (files, entry) => analyse(files, entry, { asserts: true }, watch));

/** The same each time it is called, with what has changed on the disk: the rest is not checked again. */
export const loader = (cwd: string): ((file: string, watch: Watch) => LoadedProgram) => {
  const workspaces = new Map<string, Workspace>();
  return (file, watch) => {
    const { root, entry, shown } = locate(cwd, file);
    const workspace = workspaces.get(root) ?? newWorkspace(diskFiles(root));
    workspaces.set(root, workspace);
    workspace.refresh();
    const view = workspace.view(entry, watch);
    return {
      file,
      program: view.program,
      found: view.found.map((d) => renamed(d, shown)),
      faulty: view.found.some((d) => d.severity === 'error'),
      sources: sourcesRenamed(view.sources.values(), shown),
      shown,
      locate: (place) => {
        const found = view.locate(place);
        return { ...found, path: shown(found.path) };
      },
    };
  };
};

const loaded = (
  cwd: string,
  file: string,
  look: (files: Files, entry: string) => Checked<Program>,
): LoadedProgram => {
  const { root, entry, shown } = locate(cwd, file);
  const read: Source[] = [];
  const disk = diskFiles(root);
  // remembered here, because faults of a program that cannot be checked have places too
  const files = {
    ...disk,
    read: (path: string) => {
      const source = disk.read(path);
      if (Either.isRight(source)) read.push(source.right);
      return source;
    },
  };
  const seen = look(files, entry);
  return {
    file,
    program: resultOf(seen),
    found: diagnosticsOf(seen).map((d) => renamed(d, shown)),
    faulty: hasErrors(seen),
    sources: sourcesRenamed(read, shown),
    shown,
    locate: (place) => ({ ...place, path: shown(place.path) }),
  };
};

/** A program without errors. */
export type Sound = LoadedProgram & { readonly program: Program };

/**
 * The program if what is needed of it has no errors; its warnings are left to `tellDoubts`, which knows whom they
 * concern. `left` is the exit code of the command.
 */
export const loadSound = (io: Io, file: string, needed: Needed, watch?: Watch): Or<Exit, Sound> => {
  const sound = loadedHere(io, file, (program) => isUnneeded(program, needed), watch);
  const { program, found, sources, passedOver } = sound;
  if (program === undefined) {
    tell(io, found, sources);
    return Either.left(exitFor(found));
  }
  const names = needed.nets.map((name) => `\`${name}\``);
  tellPassedOver(io, file, passedOver, names.length === 0 ? 'its nets' : names.join(' and '));
  return Either.right({ ...sound, program });
};

/** Says that faults were passed over, which have nothing to do with what a command is about. */
export const tellPassedOver = (io: Io, file: string, faults: number, whom: string): void => {
  if (faults > 0)
    io.err(
      lines(
        `${plural(faults, 'fault')} elsewhere in ${file} ${faults === 1 ? 'does' : 'do'} not concern ${whom}; \`netc check\` says more`,
      ),
    );
};

/** Whether a fault of a program is of no concern. */
export type Elsewhere = (program: Program) => (d: Diagnostic) => boolean;

/** A program in which faults elsewhere are passed over; `passedOver` counts them. */
export type SoundHere = Sound & { readonly passedOver: number };

/** The program if it has no errors here; prints warnings. `left` is the exit code of the command. */
export const loadSoundHere = (io: Io, file: string, elsewhere: Elsewhere): Or<Exit, SoundHere> => {
  const sound = loadedHere(io, file, elsewhere);
  tell(io, sound.found, sound.sources);
  const { program, found } = sound;
  return program === undefined ? Either.left(exitFor(found)) : Either.right({ ...sound, program });
};

/** The program, if all that is wrong with it is elsewhere; `passedOver` counts that. */
const loadedHere = (io: Io, file: string, elsewhere: Elsewhere, watch?: Watch) => {
  let passedOver = 0;
  const sound = loaded(io.cwd, file, (files, entry) => {
    const here = hereIn(analyse(files, entry, { asserts: false }, watch), elsewhere);
    passedOver = here.passedOver;
    return gate(here.program);
  });
  return { ...sound, passedOver };
};

const hereIn = (all: Checked<Program>, elsewhere: Elsewhere) => {
  const program = resultOf(all);
  if (program === undefined) return { program: all, passedOver: 0 };
  const isPassedOver = elsewhere(program);
  const found = diagnosticsOf(all);
  const kept = found.filter((d) => !isPassedOver(d));
  const faults = found.filter((d) => d.severity === 'error' && isPassedOver(d));
  return { program: checked(program, kept), passedOver: faults.length };
};

/** A file that a command writes itself, in memory. */
export type OwnFile = {
  /** what messages show in its place: the text that it is made of */
  readonly shown: Source;
  readonly text: string;
  /** a place of the file, in what is shown */
  readonly back: (span: Span) => Span;
};

/** Whether a place is in such a file, however its path begins. */
export const isIn = ({ shown }: OwnFile, { path }: Span): boolean =>
  path === shown.path || path.endsWith(`/${shown.path}`);

/** A name like this one that no declaration of the program has: for what a command declares itself. */
export const unusedName = ({ files }: Program, like: string): string => {
  const used = new Set(
    Array.from(files.values(), ({ tree }) => tree.declarations)
      .flat()
      .flatMap((d) => ('name' in d ? [d.name.text] : [])),
  );
  let name = like;
  while (used.has(name)) name += '_';
  return name;
};

/** What is found in a file of our own that lies beside `file`; the program is there unless that is an error. */
export const seenWith = (
  cwd: string,
  file: string,
  made: OwnFile,
  elsewhere: Elsewhere,
): LoadedProgram => {
  const { shown, text } = made;
  const own = (entry: string): string => entry.slice(0, entry.lastIndexOf('/') + 1) + shown.path;
  const sound = loaded(cwd, file, (files, entry) =>
    gate(
      hereIn(
        analyse(
          {
            ...files,
            read: (path) => (path === own(entry) ? Either.right({ path, text }) : files.read(path)),
          },
          own(entry),
          { asserts: false },
        ),
        elsewhere,
      ).program,
    ),
  );
  const sources = new Map([...sound.sources, [shown.path, shown] as const]);
  const move = (span: Span): Span => (isIn(made, span) ? made.back(span) : span);
  const found = sound.found.map((d) => {
    // what is written between parts of the shown text cannot be replaced in it
    const fixes = d.fixes.filter(({ edits }) =>
      edits.every(({ span }) => {
        const { start, end } = move(span);
        return end - start === span.end - span.start;
      }),
    );
    return moved({ ...d, fixes }, move);
  });
  return { ...sound, found, sources };
};

/** A sound program and the name of its file. */
export type Held = { readonly program: Program; readonly file: string };

const quoted = (names: readonly string[]): readonly string[] => names.map((name) => `\`${name}\``);

/** A net whose parameters lack defaults. */
type Open = { readonly name: string; readonly lacking: readonly string[] };

/** The nets of the file that are not nets of the program, because parameters lack defaults. */
const netsWithoutDefaults = ({ files, entry }: Program): readonly Open[] =>
  (files.get(entry)?.tree.declarations ?? []).flatMap((d) => {
    if (d.tag !== 'net') return [];
    const lacking = d.parameters.flatMap((p) =>
      p.tag === 'parameter' && p.default === undefined ? [p.name.text] : [],
    );
    return lacking.length === 0 ? [] : [{ name: d.name.text, lacking }];
  });

const needsArguments = (file: string, { name, lacking }: Open): Diagnostic => {
  const values = lacking.map((p) => `${p} = …`).join(', ');
  const have = lacking.length === 1 ? 'has no default' : 'have no defaults';
  return error(
    'E0316',
    startOf(file),
    `\`${name}\` needs arguments: ${quoted(lacking).join(' and ')} ${have}`,
    {
      notes: [
        `declare a net with arguments, \`net NAME = ${name}(${values})\`, and use --net NAME`,
      ],
    },
  );
};

const noNet = ({ file, program }: Held, asked: string): Diagnostic => {
  const open = netsWithoutDefaults(program).find(({ name }) => name === asked);
  if (open !== undefined) return needsArguments(file, open);
  const names = program.nets.map((n) => n.name);
  const [close] = near(asked, names);
  return error('E0316', startOf(file), `there is no net \`${asked}\` in this file`, {
    label: close === undefined ? '' : `did you mean \`${close}\`?`,
    notes: [
      names.length === 0 ? 'the file declares no net' : `its nets are ${quoted(names).join(', ')}`,
    ],
  });
};

export const noNets = ({ file, program }: Held): Diagnostic => {
  const [open] = netsWithoutDefaults(program);
  return open === undefined
    ? error('E0316', startOf(file), 'this file declares no net')
    : needsArguments(file, open);
};

/** Describes how to choose one of these nets at the command line. */
type Written = (names: readonly string[]) => string;

/** The description for every command but `diff`. */
export const optionsFor: Written = (names) => `--net NAME, where NAME is ${names.join(' or ')}`;

/** All nets of the file, or the one that was asked for. */
export const netsAsked = (
  held: Held,
  asked: string | undefined,
): Or<Diagnostic, readonly TypedNet[]> => {
  if (asked === undefined) return Either.right(held.program.nets);
  const net = held.program.nets.find((n) => n.name === asked);
  return net === undefined ? Either.left(noNet(held, asked)) : Either.right([net]);
};

/** The net that was asked for, or the only one. */
export const netAsked = (
  held: Held,
  asked: string | undefined,
  written: Written = optionsFor,
): Or<Diagnostic, TypedNet> => {
  const nets = netsAsked(held, asked);
  if (Either.isLeft(nets)) return nets;
  const [net, ...others] = nets.right;
  if (net === undefined) return Either.left(noNets(held));
  if (others.length === 0) return Either.right(net);
  const names = nets.right.map((n) => n.name);
  const what = `this file declares ${names.length} nets; say which`;
  return Either.left(error('E0316', startOf(held.file), what, { notes: [written(names)] }));
};
