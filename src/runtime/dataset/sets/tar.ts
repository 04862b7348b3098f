/**
 * The index of a tar (POSIX.1-2001 `pax`, with the long names of GNU): where the content of each regular file begins.
 * Headers are read, contents are passed over, so a shard of gigabytes takes no memory. What is not a regular file or
 * a folder is refused, and so is what would lie outside.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { quoted } from '../../data/json.ts';
import { unreadable, type RandomAccess } from '../../data/bytes.ts';
import { malformed, refusedEntry } from '../../batches/faults.ts';

/** A regular file of an archive. */
export type TarEntry = { readonly name: string; readonly start: number; readonly length: number };

const block = 512;

/** What a header says. `kind` is its type flag. */
type Header = { readonly name: string; readonly length: number; readonly kind: string };

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Text up to the first zero, in UTF-8. */
const textOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
};

/** An octal number, or one of GNU with the highest bit set: the rest is binary. */
const numberOf = (bytes: Uint8Array): number | undefined => {
  if ((bytes[0]! & 0x80) !== 0) {
    const value = bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, bytes[0]! & 0x7f);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = textOf(bytes).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
};

/** The sum of all bytes of a header, with spaces in the place of the sum. */
const sumOf = (header: Uint8Array): number =>
  header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);

/** A header, or what is wrong with it. */
const headerOf = (bytes: Uint8Array): Either<string, Header> => {
  if (numberOf(bytes.subarray(148, 156)) !== sumOf(bytes))
    return E.left('a header has a wrong sum');
  const length = numberOf(bytes.subarray(124, 136));
  if (length === undefined) return E.left('a header has no length');
  const prefix =
    latin(bytes.subarray(257, 262)) === 'ustar' ? textOf(bytes.subarray(345, 500)) : '';
  const gnu = latin(bytes.subarray(257, 265)) === 'ustar  \0'; // which has other things in the place of the prefix
  const name = textOf(bytes.subarray(0, 100));
  const kind = String.fromCharCode(bytes[156]!);
  return E.right({ name: prefix === '' || gnu ? name : `${prefix}/${name}`, length, kind });
};

/** The records of a pax header that matter: `27 path=some/long/name\n`. */
const paxOf = (bytes: Uint8Array): ReadonlyMap<string, string> => {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const digits = /^\d{1,10}(?= )/.exec(latin(bytes.subarray(at, at + 11)))?.[0];
    const length = Number(digits ?? 0);
    if (length === 0 || at + length > bytes.length) break;
    const record = Buffer.from(bytes.subarray(at + digits!.length + 1, at + length - 1)).toString(
      'utf8',
    );
    const equals = record.indexOf('=');
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
};

/** Why an entry is refused, if so. */
const refusal = ({ name, kind }: Header): string | undefined => {
  const words: { readonly [kind: string]: string } = {
    '1': 'a link',
    '2': 'a link',
    '3': 'a device',
    '4': 'a device',
    '6': 'a pipe',
  };
  const what = words[kind];
  if (what !== undefined) return `${quoted(name)} is ${what}`;
  if (!['0', '\0', '5', '7'].includes(kind))
    return `${quoted(name)} is of the unknown kind ${quoted(kind)}`;
  const climbs =
    name.startsWith('/') || /^[a-z]:/i.test(name) || name.split(/[/\\]/).includes('..');
  return climbs ? `${quoted(name)} lies outside the archive` : undefined;
};

/** The longest name or pax header that is read. */
const longestExtra = 2 ** 16;

const tooLong = 'a header has more than 64 KiB';

/** The regular files of an archive, in its order (E0001, E0905, E0906). */
export const readTar = (
  shown: string,
  file: RandomAccess,
): Either<Diagnostic, readonly TarEntry[]> => {
  const { size, readAt } = file;
  const entries: TarEntry[] = [];
  const header = new Uint8Array(block);
  let name: string | undefined; // of the next entry, where an entry before it says so
  let length: number | undefined;
  for (let at = 0; ;) {
    if (at + block > size)
      return E.left(malformed(shown, `it ends at byte ${size}, without the zeros that end a tar`));
    const read = readAt(header, at);
    if (E.isLeft(read)) return E.left(unreadable(shown, read.left));
    if (header.every((byte) => byte === 0)) return E.right(entries);
    const parsed = headerOf(header);
    if (E.isLeft(parsed)) return E.left(malformed(shown, `${parsed.left}, at byte ${at}`));
    const { kind } = parsed.right;
    const start = at + block;
    const own = length ?? parsed.right.length;
    if (start + own > size) {
      const entry = quoted(name ?? parsed.right.name);
      return E.left(
        malformed(shown, `${entry} has ${own} bytes, of which ${size - start} are there`),
      );
    }
    at = start + Math.ceil(own / block) * block;
    if (kind === 'g') continue; // says things of the whole archive, such as a comment
    if (kind === 'x' || kind === 'L') {
      if (own > longestExtra) return E.left(malformed(shown, tooLong));
      const extra = new Uint8Array(own);
      const said = readAt(extra, start);
      if (E.isLeft(said)) return E.left(unreadable(shown, said.left));
      if (kind === 'L') name = textOf(extra);
      else {
        const pax = paxOf(extra);
        name = pax.get('path') ?? name;
        const given = pax.get('size');
        if (given !== undefined) length = Number(given);
        if (length !== undefined && !Number.isSafeInteger(length))
          return E.left(malformed(shown, 'a header has no length'));
      }
      continue;
    }
    const entry = { ...parsed.right, name: name ?? parsed.right.name };
    const refused = refusal(entry);
    if (refused !== undefined) return E.left(refusedEntry(shown, refused));
    if (kind !== '5') entries.push({ name: entry.name, start, length: own });
    [name, length] = [undefined, undefined];
  }
};
