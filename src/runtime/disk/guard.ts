/**
 * What a command must not write over: a file that it has read, under whatever name, and a source. Every file is opened
 * and replaced in this room, so this holds for all commands. A process runs one command at a time; what that command
 * has read is a state of the process, like its working directory.
 */
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';

type File = Pick<Stats, 'dev' | 'ino'>;

const identity = ({ dev, ino }: File): string => `${dev} ${ino}`;

/** What the command under way has read, and whether it may write over everything; undefined between commands. */
let command:
  { readonly read: Set<string>; readonly own: Set<string>; readonly forced: boolean } | undefined;

/** Runs a command, which has read nothing at first. `forced` allows it to write over everything. */
export const guarded = async <A>(forced: boolean, run: () => Promise<A>): Promise<A> => {
  command = { read: new Set(), own: new Set(), forced };
  try {
    return await run();
  } finally {
    command = undefined;
  }
};

/** Remembers a file that was opened for reading. */
export const noteRead = (file: File): void => void command?.read.add(identity(file));

/**
 * Says that the files of a folder, whose real path this is, are the command's own: it may replace what it has read there,
 * as a training that is resumed replaces its checkpoint. The result takes that back.
 */
export const claim = (folder: string): (() => void) => {
  const own = command?.own;
  own?.add(folder);
  return () => void own?.delete(folder);
};

/**
 * Why the file at `path` may not be replaced (E0511); undefined if it may. `names` are its names: as asked for, and
 * last, behind links.
 */
export const protectedFile = (
  path: string,
  names: readonly string[],
  file: File,
): Diagnostic | undefined => {
  if (command === undefined || command.forced) return undefined;
  if (command.own.has(dirname(names.at(-1) ?? path))) return undefined;
  const why = command.read.has(identity(file))
    ? 'this command reads it'
    : names.some((name) => /\.net$/i.test(name))
      ? 'it is a source'
      : undefined;
  return why === undefined
    ? undefined
    : error('E0511', startOf(path), `\`${path}\` would be written over, and ${why}`, {
        notes: ['name another file, or add `--force` to replace this one'],
      });
};
