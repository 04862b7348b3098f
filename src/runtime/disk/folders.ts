/** Folders, and names in them. Nothing here throws for what the file system says. */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { makeFolder } from './files.ts';
import { claim } from './guard.ts';
import { dropTemporary, newTemporary } from './leftovers.ts';
import { codeOf, reasonOf } from './random-access.ts';

const attempt = <A>(act: () => A): Either<string, A> =>
  E.tryCatch(act, (thrown) => {
    if (codeOf(thrown) === '') throw thrown;
    return reasonOf(thrown);
  });

/** The names in a folder, sorted; none if it cannot be listed. */
export const namesIn = (folder: string): readonly string[] => {
  const names = attempt(() => fs.readdirSync(folder));
  return E.isLeft(names) ? [] : names.right.sort();
};

/** Whether there is something of this name. */
export const exists = (path: string): boolean => fs.existsSync(path);

/** The largest N of the names `name-N` in a folder; 0 if there is none. */
const lastNumber = (folder: string, name: string): number =>
  namesIn(folder).reduce((most, other) => {
    const [, digits] = /^-(\d{1,9})$/.exec(other.slice(name.length)) ?? [];
    return other.startsWith(name) && digits !== undefined ? Math.max(most, Number(digits)) : most;
  }, 0);

/**
 * Makes the folder `name-N` in `root` with the next N after all that are there, and `root` too. It is new and empty: of
 * two processes that want one number, the second takes the next. A fault continues "it …".
 */
export const numberedFolder = (root: string, name: string): Either<string, string> =>
  attempt(() => {
    makeFolder(root);
    for (let n = lastNumber(root, name) + 1; ; n++) {
      const numbered = `${name}-${n}`;
      try {
        fs.mkdirSync(nodePath.join(root, numbered));
        return numbered;
      } catch (thrown) {
        if (codeOf(thrown) !== 'EEXIST') throw thrown;
      }
    }
  });

/** Makes a folder and those above it. A fault continues "it …". */
export const folderAt = (path: string): Either<string, void> => attempt(() => makeFolder(path));

/** Removes a folder with all that is in it, as far as possible. */
export const removeFolder = (path: string): void =>
  void attempt(() => fs.rmSync(path, { recursive: true, force: true }));

/** A file that has a second name, so that it lives on when its first name goes to another file. */
export type Second = {
  /** the second name is this one from now on, whatever had it before */
  readonly keepAs: (name: string) => void;
  readonly drop: () => void;
};

/** Gives a file a second name for now. Does nothing where the disk knows no second names, or there is no such file. */
export const secondName = (path: string): Second => {
  const temporary = newTemporary();
  const folder = nodePath.dirname(path);
  const at = nodePath.join(folder, temporary);
  const linked = attempt(() => fs.linkSync(path, at));
  const drop = (): void => {
    attempt(() => fs.rmSync(at, { force: true }));
    dropTemporary(temporary);
  };
  return {
    keepAs: (name) => {
      if (E.isRight(linked)) attempt(() => fs.renameSync(at, nodePath.join(folder, name)));
      drop(); // what two names of one file leave when one is renamed to the other
    },
    drop,
  };
};

/** Renames a file within its folder. A fault continues "it …". */
export const renameTo = (path: string, name: string): Either<string, void> =>
  attempt(() => fs.renameSync(path, nodePath.join(nodePath.dirname(path), name)));

/** When a file was changed last, in milliseconds since 1970; undefined where that cannot be known. */
export const modifiedAt = (path: string): number | undefined => {
  const time = attempt(() => fs.statSync(path).mtimeMs);
  return E.isRight(time) ? time.right : undefined;
};

/** Does something in a folder whose files are the command's own, so that it may replace what it has read there. */
export const asOwn = <A>(folder: string, act: () => A): A => {
  const release = claim(fs.realpathSync(folder));
  try {
    return act();
  } finally {
    release();
  }
};
