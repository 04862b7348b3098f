/**
 * Writes files so that a reader never sees half of one: writes a temporary file in the same folder, flushes it to the
 * disk, renames it, and flushes the folder. A process killed at any moment leaves the old file or the new one.
 */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import type { Chunks } from '../data/bytes.ts';
import { protectedFile } from './guard.ts';
import { dropTemporary, newTemporary, removeLeftovers } from './leftovers.ts';
import { codeOf, reasonOf } from './random-access.ts';

/** A file of an output folder; its name contains no folder. */
export type OutputFile = { readonly name: string; readonly chunks: Chunks };

const unwritable = (path: string, reason: string): Diagnostic =>
  error('E0509', startOf(path), `\`${path}\` cannot be written: it ${reason}`);

/** Runs `act`; an error of the file system becomes E0509 for `path`. */
const attempt = <A>(path: string, act: () => A): Either<Diagnostic, A> =>
  E.tryCatch(act, (thrown) => {
    if (thrown instanceof Bug || codeOf(thrown) === '') throw thrown;
    const folderMissing = codeOf(thrown) === 'ENOENT';
    return unwritable(
      path,
      folderMissing ? 'lies in a folder that does not exist' : reasonOf(thrown),
    );
  });

const ignoring = (act: () => void): void => {
  try {
    act();
  } catch {
    // this clears up, and what has happened otherwise is what to report
  }
};

/** `write` may take less than it is given. */
const writeFully = (file: number, bytes: Uint8Array): void => {
  let done = 0;
  while (done < bytes.length)
    done += fs.writeSync(file, bytes, done, Math.min(bytes.length - done, 2 ** 30));
};

/** Flushes renames in a folder to the disk. Systems that cannot do this for folders give one of these errors. */
const syncFolder = (folder: string): void => {
  let file: number | undefined;
  try {
    file = fs.openSync(folder, 'r');
    fs.fsyncSync(file);
  } catch (thrown) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(codeOf(thrown)))
      throw thrown;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
};

/** A complete file under a temporary name. */
type Staged = { readonly path: string; readonly temporary: string; readonly target: string };

/** A file to write, and who may read, write and run the one that it replaces, if there is one. */
type Target = { readonly file: string; readonly mode: number | undefined };

/**
 * The file to replace for `path`, if it may be (E0509, E0511): a link stays, and its file is replaced. A device is
 * refused, because renaming over `/dev/null` would destroy it.
 */
const targetOf = (path: string): Either<Diagnostic, Target> => {
  const stat = attempt(path, () => fs.statSync(path, { throwIfNoEntry: false }));
  if (E.isLeft(stat)) return stat;
  const file = stat.right;
  if (file === undefined) return E.right({ file: nodePath.resolve(path), mode: undefined });
  if (!file.isFile())
    return E.left(unwritable(path, file.isDirectory() ? 'is a folder' : 'is a device or a pipe'));
  const target = attempt(path, () => {
    fs.accessSync(path, fs.constants.W_OK); // a rename does not ask
    return fs.realpathSync(path);
  });
  if (E.isLeft(target)) return target;
  const fault = protectedFile(path, [path, target.right], file);
  return fault === undefined
    ? E.right({ file: target.right, mode: file.mode & 0o777 })
    : E.left(fault);
};

/**
 * Writes the temporary file and flushes it to the disk; after a fault nothing is left of it. It has the mode of the file
 * that it replaces, from before its first byte: what was private is never open to others.
 */
const stage = (path: string, chunks: Chunks): Either<Diagnostic, Staged> => {
  const found = targetOf(path);
  if (E.isLeft(found)) return found;
  const { file: target, mode } = found.right;
  const folder = nodePath.dirname(target);
  const temporary = nodePath.join(folder, newTemporary());
  const file = attempt(path, () => fs.openSync(temporary, 'wx'));
  if (E.isLeft(file)) return file;
  let complete = false;
  try {
    if (mode !== undefined) ignoring(() => fs.fchmodSync(file.right, mode)); // some systems have no modes
    removeLeftovers(folder, fs.fstatSync(file.right).mtimeMs);
    for (const chunk of chunks) {
      if (E.isLeft(chunk)) return chunk;
      const written = attempt(path, () => writeFully(file.right, chunk.right));
      if (E.isLeft(written)) return written;
    }
    const synced = attempt(path, () => fs.fsyncSync(file.right));
    if (E.isLeft(synced)) return synced;
    complete = true;
    return E.right({ path, temporary, target });
  } finally {
    ignoring(() => fs.closeSync(file.right));
    if (!complete) remove(temporary);
  }
};

const remove = (temporary: string): void => {
  ignoring(() => fs.unlinkSync(temporary));
  dropTemporary(nodePath.basename(temporary));
};

const discard = (files: readonly Staged[]): void => files.forEach((f) => remove(f.temporary));

/** Renames staged files to their names, in order. Those that cannot be renamed are removed. */
const publish = (files: readonly Staged[]): Either<Diagnostic, void> => {
  for (const [i, { path, temporary, target }] of files.entries()) {
    const renamed = attempt(path, () => {
      fs.renameSync(temporary, target);
      dropTemporary(nodePath.basename(temporary));
      syncFolder(nodePath.dirname(target));
    });
    if (E.isLeft(renamed)) {
      discard(files.slice(i));
      return renamed;
    }
  }
  return E.right(undefined);
};

/** Replaces the file at `path` by the chunks, or leaves it as it was (E0509, E0511, or the fault of a chunk). */
export const writeFileAtomically = (path: string, chunks: Chunks): Either<Diagnostic, void> => {
  const staged = stage(path, chunks);
  return E.isLeft(staged) ? staged : publish([staged.right]);
};

/**
 * Writes over a small file where it lies, which needs no room of its own: for the last words on a full disk. False if
 * that fails too. A reader may see half of it.
 */
export const overwrite = (path: string, text: string): boolean => {
  const written = attempt(path, () => {
    const file = fs.openSync(path, 'r+');
    try {
      const bytes = new TextEncoder().encode(text);
      writeFully(file, bytes);
      fs.ftruncateSync(file, bytes.length);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
  });
  return E.isRight(written);
};

/**
 * Makes a folder and those above it. Node's own recursive version never ends if an existing folder, such as `/proc`,
 * refuses new ones with the error that it does not exist.
 */
export const makeFolder = (folder: string): void => {
  const missing: string[] = [];
  for (let at = nodePath.resolve(folder); !fs.existsSync(at); at = nodePath.dirname(at))
    missing.push(at);
  for (const path of missing.reverse())
    try {
      fs.mkdirSync(path);
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown; // another process was quicker
    }
};

/** Files of an earlier write, which the next one makes useless; those that it must not take away are faults (E0511). */
const outdated = (
  folder: string,
  names: ReadonlySet<string>,
  isOld: (name: string) => boolean,
): Either<Diagnostic, readonly string[]> => {
  const found = attempt(folder, () => fs.readdirSync(folder));
  if (E.isLeft(found)) return found;
  const old: string[] = [];
  for (const name of found.right.filter((name) => isOld(name) && !names.has(name))) {
    const path = nodePath.join(folder, name);
    const target = targetOf(path);
    if (E.isRight(target)) old.push(path);
    else if (target.left.code === 'E0511') return target; // else it is not a file, so nothing of ours
  }
  return E.right(old);
};

/** Writes the files under temporary names; after a fault nothing is left of them. */
const stageAll = (
  folder: string,
  files: readonly OutputFile[],
): Either<Diagnostic, readonly Staged[]> => {
  const staged: Staged[] = [];
  for (const { name, chunks } of files) {
    if (name !== nodePath.basename(name)) throw new Bug(`${name} is not a name of a file`);
    const next = stage(nodePath.join(folder, name), chunks);
    if (E.isLeft(next)) {
      discard(staged);
      return next;
    }
    staged.push(next.right);
  }
  return E.right(staged);
};

/**
 * Writes several files of one folder, which is made if necessary. The last one is the file that a reader opens first
 * (`model.json`): it is removed before any other is replaced, and written when all others are in place, so it never
 * stands beside files of another run. Until all are written in full, nothing in the folder changes. Other files that
 * `isOld` names are removed at the end.
 */
export const writeFilesAtomically = (
  folder: string,
  files: readonly OutputFile[],
  isOld: (name: string) => boolean = () => false,
): Either<Diagnostic, void> => {
  const made = attempt(folder, () => makeFolder(folder));
  if (E.isLeft(made)) return made;
  const old = outdated(folder, new Set(files.map(({ name }) => name)), isOld);
  if (E.isLeft(old)) return old;
  const staged = stageAll(folder, files);
  if (E.isLeft(staged)) return staged;
  const last = staged.right.at(-1);
  if (last !== undefined && staged.right.length > 1) {
    const removed = attempt(last.path, () => {
      fs.rmSync(last.target, { force: true });
      syncFolder(nodePath.dirname(last.target));
    });
    if (E.isLeft(removed)) {
      discard(staged.right);
      return removed;
    }
  }
  const published = publish(staged.right);
  if (E.isRight(published)) for (const path of old.right) ignoring(() => fs.unlinkSync(path));
  return published;
};
