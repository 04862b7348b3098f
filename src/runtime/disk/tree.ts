/** What lies at a path, and what lies below a folder. Nothing here throws. */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { FileFault } from '../data/bytes.ts';
import { faultOf } from './random-access.ts';

/** What lies at a path, links followed. */
export type Kind = 'file' | 'folder' | 'nothing' | 'other';

export const kindOf = (path: string): Kind => {
  try {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return 'nothing';
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
  } catch {
    return 'nothing'; // such as a path through a file
  }
};

/** By the bytes of UTF-8: the same order on every system. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Names in a folder that do not begin with a point, in the order of their bytes. */
export const namesIn = (folder: string): Either<FileFault, readonly string[]> =>
  E.tryCatch(
    () =>
      fs
        .readdirSync(folder)
        .filter((name) => !name.startsWith('.'))
        .sort(byBytes),
    faultOf,
  );

/** A file below a folder: its path from there, with `/`, and its length. */
export type Below = { readonly name: string; readonly length: number };

/** Folders in folders; a link that leads upwards would have no end. */
const deepest = 32;

/** The files below a folder, links followed, in the order of the bytes of their paths. */
export const filesBelow = (folder: string): Either<FileFault, readonly Below[]> => {
  const found: Below[] = [];
  const visit = (below: string, depth: number): Either<FileFault, void> => {
    const names = namesIn(nodePath.join(folder, below));
    if (E.isLeft(names)) return names;
    for (const name of names.right) {
      const path = below === '' ? name : `${below}/${name}`;
      try {
        const stat = fs.statSync(nodePath.join(folder, path), { throwIfNoEntry: false });
        if (stat?.isFile() === true) found.push({ name: path, length: stat.size });
        else if (stat?.isDirectory() === true && depth < deepest) {
          const inside = visit(path, depth + 1);
          if (E.isLeft(inside)) return inside;
        }
      } catch (thrown) {
        return E.left(faultOf(thrown));
      }
    }
    return E.right(undefined);
  };
  return E.map(() => found.sort((a, b) => byBytes(a.name, b.name)))(visit('', 0));
};
