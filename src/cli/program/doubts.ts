/** Warnings and hints of a sound program, as far as they concern what a command is about; `netc check` prints all. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import type { Program } from '../../typecheck/program/program.ts';
import { reachedFrom } from '../../typecheck/program/reach.ts';
import type { Io } from '../host/io.ts';
import type { Sound } from './load.ts';
import { tell } from './report.ts';
import { renamed } from './shown-paths.ts';

/** Prints what concerns some nets of a program. */
export const tellDoubts = (
  io: Io,
  { program, found, sources, shown }: Sound,
  nets: readonly TypedNet[],
): void => {
  const concerns = concerning(program, nets);
  // they have the paths that the user knows
  const files = new Map([...program.files.keys()].map((path) => [shown(path), path]));
  const inFiles = (d: Diagnostic): Diagnostic => renamed(d, (path) => files.get(path) ?? path);
  tell(
    io,
    found.filter((d) => concerns(inFiles(d).primary.span)),
    sources,
  );
};

/** Whether a place belongs to some nets. */
const concerning = (program: Program, nets: readonly TypedNet[]) =>
  reachedFrom(
    program,
    (d) =>
      d.tag === 'net' &&
      nets.some(({ span: { path, start } }) => path === d.span.path && start === d.name.span.start),
  );
