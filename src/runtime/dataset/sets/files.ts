/** Files of a set that are there as a whole, packed or not. */
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { kindOf } from '../../disk/tree.ts';
import { unreadable } from '../../data/bytes.ts';
import { withFile } from '../../disk/random-access.ts';
import type { Stretch } from '../../batches/address.ts';
import type { Block } from '../../batches/dataset.ts';

/** Where a set is: its path as written, which messages show, and the folder that it starts from. */
export type Home = { readonly path: string; readonly root: string };

/** The path for the file system. */
export const onDisk = (root: string, path: string): string => nodePath.resolve(root, path);

/** A path below another, as written. */
export const below = (path: string, name: string): string => nodePath.posix.join(path, name);

/** The first of these names that a folder has as a file. */
export const firstFile = ({ path, root }: Home, names: readonly string[]): string | undefined =>
  names.map((name) => below(path, name)).find((file) => kindOf(onDisk(root, file)) === 'file');

/** All bytes of a file (E0001). */
export const bytesOf = (root: string, path: string): Either<Diagnostic, Uint8Array> =>
  withFile(onDisk(root, path), (file) => {
    const bytes = new Uint8Array(file.size);
    return E.bimap(
      (fault: Parameters<typeof unreadable>[1]) => unreadable(path, fault),
      () => bytes,
    )(file.readAt(bytes, 0));
  });

/** All bytes of a stretch (E0001). */
export const bytesAt = (
  path: string,
  stretch: Stretch,
  blocks: Blocks,
): Either<Diagnostic, Uint8Array> => {
  if (stretch.tag === 'block') {
    const { block, start, length } = stretch;
    return E.right(blocks.all[block]!.subarray(start, start + length));
  }
  return withFile(stretch.path, (file) => {
    const bytes = new Uint8Array(stretch.length);
    const read = file.readAt(bytes, stretch.tag === 'file' ? stretch.start : 0);
    return E.isLeft(read) ? E.left(unreadable(path, read.left)) : E.right(bytes);
  });
};

/** Blocks that are added one by one, with the place of each. */
export const newBlocks = () => {
  const all: Block[] = [];
  return { all, add: (block: Block): number => all.push(block) - 1 };
};
export type Blocks = ReturnType<typeof newBlocks>;
