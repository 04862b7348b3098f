/**
 * The entries of a zip, as NumPy writes it (PKWARE, APPNOTE.TXT): found by the directory at its end, stored as they are
 * or packed with deflate. Encrypted archives, those in several files and those of more than 4 GiB are refused.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { quoted } from '../../data/json.ts';
import { unreadable, type RandomAccess } from '../../data/bytes.ts';
import { malformed, refusedEntry } from '../../batches/faults.ts';

/** An entry of an archive: its content lies at `start`, packed or not. */
export type ZipEntry = {
  readonly name: string;
  readonly start: number;
  readonly packed: number;
  readonly length: number;
  readonly deflated: boolean;
};

const sizes = { end: 22, central: 46, local: 30 } as const;
const signs = { end: 0x06054b50, central: 0x02014b50, local: 0x04034b50 } as const;

/** The longest comment behind the directory, and the largest directory that is read. */
const longestComment = 2 ** 16;
const largestDirectory = 2 ** 22;

/** A directory with this in the place of a number says it elsewhere: zip64. */
const elsewhere = 0xffffffff;

type Reading = (start: number, length: number) => Either<Diagnostic, DataView>;

/** Where the directory is, by the record at the end of the file. */
const directoryOf = (shown: string, size: number, read: Reading): Either<Diagnostic, DataView> => {
  const tail = read(
    Math.max(0, size - sizes.end - longestComment),
    Math.min(size, sizes.end + longestComment),
  );
  if (E.isLeft(tail)) return tail;
  const view = tail.right;
  let at = view.byteLength - sizes.end;
  while (at >= 0 && view.getUint32(at, true) !== signs.end) at--;
  if (at < 0) return E.left(malformed(shown, 'it does not end as a zip does'));
  const length = view.getUint32(at + 12, true);
  const start = view.getUint32(at + 16, true);
  if (start === elsewhere || length === elsewhere)
    return E.left(malformed(shown, 'it is a zip of more than 4 GiB', 'save `.npy` files instead'));
  if (start + length > size || length > largestDirectory)
    return E.left(malformed(shown, 'its directory lies outside of it'));
  return read(start, length);
};

/** Where the content begins: behind a second header, whose name and extras may be longer than those of the first. */
const contentOf = (
  shown: string,
  at: number,
  size: number,
  read: Reading,
): Either<Diagnostic, number> => {
  if (at + sizes.local > size) return E.left(malformed(shown, 'an entry lies outside of it'));
  const local = read(at, sizes.local);
  if (E.isLeft(local)) return local;
  const view = local.right;
  return view.getUint32(0, true) === signs.local
    ? E.right(at + sizes.local + view.getUint16(26, true) + view.getUint16(28, true))
    : E.left(malformed(shown, 'an entry is not where its directory says'));
};

/** The entries of an archive (E0001, E0905, E0906). */
export const readZip = (
  shown: string,
  file: RandomAccess,
): Either<Diagnostic, readonly ZipEntry[]> => {
  const read: Reading = (start, length) => {
    const bytes = new Uint8Array(length);
    const done = file.readAt(bytes, start);
    return E.isLeft(done)
      ? E.left(unreadable(shown, done.left))
      : E.right(new DataView(bytes.buffer));
  };
  if (file.size < sizes.end) return E.left(malformed(shown, 'it does not end as a zip does'));
  const directory = directoryOf(shown, file.size, read);
  if (E.isLeft(directory)) return directory;
  const view = directory.right;
  const entries: ZipEntry[] = [];
  for (let at = 0; at < view.byteLength;) {
    if (at + sizes.central > view.byteLength || view.getUint32(at, true) !== signs.central)
      return E.left(malformed(shown, 'its directory is damaged'));
    const names = view.getUint16(at + 28, true);
    const next =
      at + sizes.central + names + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > view.byteLength) return E.left(malformed(shown, 'its directory is damaged'));
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + sizes.central, names));
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [packed, length] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    if ((flags & 1) !== 0 || (method !== 0 && method !== 8))
      return E.left(
        refusedEntry(shown, `${quoted(name)} is encrypted, or packed with an unknown method`),
      );
    const start = contentOf(shown, view.getUint32(at + 42, true), file.size, read);
    if (E.isLeft(start)) return start;
    if (start.right + packed > file.size || (method === 0 && packed !== length))
      return E.left(malformed(shown, `${quoted(name)} lies outside of it`));
    entries.push({ name, start: start.right, packed, length, deflated: method === 8 });
    at = next;
  }
  return E.right(entries);
};
