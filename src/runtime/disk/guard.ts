/**
 * What a command must not write over: a file that it has read, under whatever name, and a source. Every file is opened
 * and replaced in this room, so this holds for all commands. A process runs one command at a time; what that command
 * has read is a state of the process, like its working directory.
 */
import type { Stats } from 'node:fs';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';

type File = Pick<Stats, 'dev' | 'ino'>;

const identity = ({ dev, ino }: File): string => `${dev} ${ino}`;

const state = { read: new Set<string>(), forced: false };

/** Begins a command, which has read nothing yet. `forced` allows it to write over everything. */
export const guardCommand = (forced: boolean): void => {
  state.read.clear();
  state.forced = forced;
};

/** Remembers a file that was opened for reading. */
export const noteRead = (file: File): void => void state.read.add(identity(file));

/**
 * Why the file at `path` may not be replaced (E0511); undefined if it may. `names` are its names: as asked for, and
 * behind links.
 */
export const protectedFile = (
  path: string,
  names: readonly string[],
  file: File,
): Diagnostic | undefined => {
  const why = state.read.has(identity(file))
    ? 'this command reads it'
    : names.some((name) => /\.net$/i.test(name))
      ? 'it is a source'
      : undefined;
  return why === undefined || state.forced
    ? undefined
    : error('E0511', startOf(path), `\`${path}\` would be written over, and ${why}`, {
        notes: ['name another file, or add `--force` to replace this one'],
      });
};
