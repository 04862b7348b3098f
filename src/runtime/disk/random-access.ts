/** Random access to files: the thin shell under every reader of data. Nothing here throws. */
import * as fs from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import { noteRead } from './guard.ts';

/** Why a file cannot be read. The reason is in words and continues "it …". */
export type FileFault =
  | { readonly tag: 'missing' }
  | { readonly tag: 'not a file'; readonly kind: 'a folder' | 'a device, a pipe or a socket' }
  | { readonly tag: 'unreadable'; readonly reason: string };

/** Bytes that can be read at any position. */
export type RandomAccess = {
  readonly path: string;
  readonly size: number;
  /** Fills `into` from `position` on; a fault when the bytes end before. */
  readonly readAt: (into: Uint8Array, position: number) => Either<FileFault, void>;
};

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

/** The fault of a file in words, which continue "it …". */
export const inWords = (fault: FileFault): string => {
  switch (fault.tag) {
    case 'missing':
      return 'does not exist';
    case 'not a file':
      return `is ${fault.kind}`;
    case 'unreadable':
      return fault.reason;
  }
};

/** The fault of a data file as a diagnostic (E0001) at that file. */
export const unreadable = (path: string, fault: FileFault): Diagnostic =>
  error('E0001', startOf(path), `\`${path}\` cannot be read: it ${inWords(fault)}`);

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

/** Bytes in memory, under the name that messages use. */
export const inMemory = (path: string, bytes: Uint8Array): RandomAccess => ({
  path,
  size: bytes.length,
  readAt: (into, position) => {
    const part = bytes.subarray(position, position + into.length);
    if (part.length < into.length) return E.left({ tag: 'unreadable', reason: 'ends too early' });
    into.set(part);
    return E.right(undefined);
  },
});

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
