/**
 * Saves checkpoints so that a reader never sees half of one, and finds the newest that is whole. `last.safetensors` is
 * the newest, `previous.safetensors` the one before, and `best.safetensors` that of the best epoch: each a file of its own.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { exists, renameTo, secondName } from '../disk/folders.ts';
import { writeFileAtomically } from '../disk/files.ts';
import {
  checkpointChunks,
  readCheckpoint,
  stepIn,
  type Checkpoint,
  type Contents,
  type Identity,
} from './checkpoint.ts';
import { cannotSave, noCheckpoint, notSaved, setAside } from './faults.ts';

/** The names of checkpoints; of two with equally many steps, the first is loaded. */
export const checkpointFiles = {
  last: 'last.safetensors',
  previous: 'previous.safetensors',
  best: 'best.safetensors',
} as const;

/** Where a warning goes. */
export type Warn = (warning: Diagnostic) => void;

/** Saves one checkpoint after the other. */
export type Saver = {
  /**
   * True once the checkpoint is on the disk, flushed. False, after a warning (W0941), if it could not be written: what was
   * there before is whole. If that happens twice in a row, training must stop (E0942).
   */
  readonly save: (contents: Contents, isBest: boolean) => Either<Diagnostic, boolean>;
};

/** What checkpoints of a run say beside their numbers; `metadata` is what readers of weights look for. */
export type Marks = {
  readonly identity: Identity;
  readonly metadata: ReadonlyMap<string, string>;
};

/** Writes one checkpoint of a run (E0509). */
export const writeCheckpoint = (
  folder: string,
  name: string,
  contents: Contents,
  { identity, metadata }: Marks,
): Either<Diagnostic, void> =>
  writeFileAtomically(`${folder}/${name}`, checkpointChunks(contents, identity, metadata));

/** `resume` is the command that goes on. */
export const saverIn = (folder: string, marks: Marks, resume: string, warn: Warn): Saver => {
  let failedBefore = false;
  const write = (name: string, contents: Contents): Either<Diagnostic, void> =>
    writeCheckpoint(folder, name, contents, marks);
  const writeAll = (contents: Contents, isBest: boolean): Either<Diagnostic, void> => {
    const { last, previous, best } = checkpointFiles;
    // first, since a run goes on from whichever is newer: after the last alone nothing would write the best any more
    const kept = isBest ? write(best, contents) : E.right(undefined);
    if (E.isLeft(kept)) return kept;
    const before = secondName(`${folder}/${last}`);
    const saved = write(last, contents);
    // only now the one before the last may go
    if (E.isRight(saved)) before.keepAs(previous);
    else before.drop();
    return saved;
  };
  return {
    save: (contents, isBest) => {
      const saved = writeAll(contents, isBest);
      if (E.isRight(saved)) {
        failedBefore = false;
        return E.right(true);
      }
      const path = `${folder}/${checkpointFiles.last}`;
      if (failedBefore) return E.left(cannotSave(path, resume, saved.left));
      failedBefore = true;
      warn(notSaved(path, saved.left));
      return E.right(false);
    },
  };
};

/**
 * The newest checkpoint of a run that is whole (E0947 if there is none). One that is damaged, or another run's, is set
 * aside with a warning (W0946), and the next is taken.
 */
export const loadCheckpoint = (
  folder: string,
  run: string,
  warn: Warn,
): Either<Diagnostic, Checkpoint> => {
  const found = Object.values(checkpointFiles)
    .map((name) => ({ name, path: `${folder}/${name}` }))
    .filter(({ path }) => exists(path))
    // one whose steps cannot be read comes first, and is set aside
    .map((file) => ({ ...file, step: stepIn(file.path) ?? Infinity }))
    .sort((a, b) => b.step - a.step || 0);
  for (const { name, path } of found) {
    const read = readCheckpoint(path);
    if (E.isRight(read) && read.right.identity.run === run) return read;
    const reason = E.isLeft(read) ? read.left : 'belongs to another run';
    renameTo(path, `${name}.bad`);
    warn(setAside(path, reason));
  }
  return E.left(noCheckpoint(folder, found.length));
};
