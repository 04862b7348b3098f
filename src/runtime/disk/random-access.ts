/** Opens files for reading at any position. Nothing here throws. */
import * as fs from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { unreadable, type FileFault, type RandomAccess } from '../data/bytes.ts';
import { noteRead } from './guard.ts';

/** An open file; `close` may be called twice. */
export type OpenFile = RandomAccess & { readonly close: () => void };

const reasons: { readonly [code: string]: string } = {
  EACCES: 'may not be used by this user',
  EPERM: 'may not be used by this user',
  EROFS: 'lies on a disk that is read only',
  ENOTDIR: 'lies below something that is not a folder',
  EISDIR: 'is a folder',
  EEXIST: 'is not a folder',
  ELOOP: 'is a link that leads to itself',
  ENAMETOOLONG: 'has too long a name',
  ENOENT: 'does not exist',
  ENOSPC: 'does not fit on the disk',
  EDQUOT: 'does not fit in the quota of this user',
  EFBIG: 'is larger than the disk allows',
  EMFILE: 'cannot be opened, as too many files are open',
  ENFILE: 'cannot be opened, as too many files are open',
  EBUSY: 'is in use',
  EIO: 'lies on a disk that reports a failure',
  ERR_INVALID_ARG_VALUE: 'has a name that no file can have',
};

/** The code of an error of Node's, `ENOENT`. */
export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

/** The meaning of an error of the file system, which continues "it …". */
export const reasonOf = (thrown: unknown): string =>
  reasons[codeOf(thrown)] ??
  `gives an error: ${thrown instanceof Error ? thrown.message : String(thrown)}`;

/** The fault for an error of the file system. */
export const faultOf = (thrown: unknown): FileFault => {
  const code = codeOf(thrown);
  if (code === 'ENOENT') return { tag: 'missing' };
  if (code === 'EISDIR') return { tag: 'not a file', kind: 'a folder' };
  return { tag: 'unreadable', reason: reasonOf(thrown) };
};

/** The limit on bytes requested by one call of `read`; it may give fewer. */
const mostAtOnce = 2 ** 30;

const readFully = (file: number, into: Uint8Array, position: number): Either<FileFault, void> => {
  let done = 0;
  try {
    while (done < into.length) {
      const want = Math.min(into.length - done, mostAtOnce);
      const got = fs.readSync(file, into, done, want, position + done);
      if (got === 0) return E.left({ tag: 'unreadable', reason: 'ends too early' });
      done += got;
    }
  } catch (thrown) {
    return E.left(faultOf(thrown));
  }
  return E.right(undefined);
};

const closed = (file: number): void => {
  try {
    fs.closeSync(file);
  } catch {
    // nothing was written, so nothing is lost
  }
};

/**
 * Opens a regular file. Its kind is checked on the open file, so it cannot be exchanged in between. Opening does not
 * wait, so a pipe does not hang.
 */
export const openFile = (path: string): Either<FileFault, OpenFile> => {
  let file: number;
  try {
    file = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    // what opening a socket or a device without driver gives
    if (codeOf(thrown) === 'ENXIO' || codeOf(thrown) === 'ENODEV')
      return E.left({ tag: 'not a file', kind: 'a device, a pipe or a socket' });
    return E.left(faultOf(thrown));
  }
  let open = true;
  const close = (): void => {
    if (open) closed(file);
    open = false;
  };
  try {
    const stat = fs.fstatSync(file);
    if (!stat.isFile()) {
      close();
      const kind = stat.isDirectory() ? 'a folder' : 'a device, a pipe or a socket';
      return E.left({ tag: 'not a file', kind });
    }
    noteRead(stat);
    const readAt = (into: Uint8Array, position: number): Either<FileFault, void> =>
      open
        ? readFully(file, into, position)
        : E.left({ tag: 'unreadable', reason: 'is closed already' });
    return E.right({ path, size: stat.size, readAt, close });
  } catch (thrown) {
    close();
    return E.left(faultOf(thrown));
  }
};

/** Opens a file, hands it on and closes it, whatever happens. */
export const withFile = <A>(
  path: string,
  use: (file: RandomAccess) => Either<Diagnostic, A>,
): Either<Diagnostic, A> => {
  const file = openFile(path);
  if (E.isLeft(file)) return E.left(unreadable(path, file.left));
  try {
    return use(file.right);
  } finally {
    file.right.close();
  }
};
