/** Takes what is kept of an archive into the folder of an installation, entry by entry: no file lies in memory whole. */
import { createHash } from 'node:crypto';
import * as fsp from 'node:fs/promises';
import * as nodePath from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as yauzl from 'yauzl';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { inMemory } from '../data/bytes.ts';
import { quoted } from '../data/json.ts';
import { codeOf, reasonOf } from '../disk/random-access.ts';
import { readTar } from '../dataset/sets/tar.ts';
import type { Parcel } from './catalogue.ts';
import { notAsPinned, unwritable } from './faults.ts';
import type { Written } from './manifest.ts';
import type { Watch } from './transfer.ts';

/** An entry that is kept, and a way to read it. */
type Entry = {
  readonly name: string;
  readonly executable: boolean;
  readonly read: () => Promise<AsyncIterable<Uint8Array>>;
};

/** What the upper half of a zip's attributes says: the kind of a file, and who may do what with it (`stat.h`). */
const kindOf = (attributes: number): number => (attributes >>> 28) & 0xf;
const regular = new Set([0, 8]);

async function* entriesOfZip(path: string, keeps: RegExp): AsyncGenerator<Entry> {
  const zip = await yauzl.openPromise(path, { autoClose: false, strictFileNames: true });
  try {
    // names that climb out are refused by the library
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (!keeps.test(name)) continue;
      if (!regular.has(kindOf(entry.externalFileAttributes)))
        throw new Error(`${quoted(name)} is a link or a device`);
      if (!entry.canDecodeFileData())
        throw new Error(`${quoted(name)} is encrypted, or packed in an unknown way`);
      yield {
        name,
        executable: ((entry.externalFileAttributes >>> 16) & 0o100) !== 0,
        read: () => zip.openReadStreamPromise(entry),
      };
    }
  } finally {
    zip.close();
  }
}

/** The packages of npm that are needed unpack to less, in the memory of this process. */
const mostOfTar = 2 ** 28;

async function* entriesOfTar(path: string, keeps: RegExp): AsyncGenerator<Entry> {
  const packed = await fsp.readFile(path);
  const tar = gunzipSync(packed, { maxOutputLength: mostOfTar });
  const entries = readTar(path, inMemory(path, tar));
  if (E.isLeft(entries)) throw new Error(entries.left.message);
  for (const { name, start, length } of entries.right)
    if (keeps.test(name)) {
      const read = async function* () {
        yield tar.subarray(start, start + length);
      };
      yield { name, executable: false, read: async () => read() };
    }
}

/** Writes an entry under a temporary name first: a program that has the old file in its memory keeps that. */
const write = async (
  entry: Entry,
  to: string,
  signal: AbortSignal,
  came: (bytes: number) => void,
): Promise<{ readonly size: number; readonly sha256: string }> => {
  const temporary = `${to}.part`;
  const hash = createHash('sha256');
  let size = 0;
  await fsp.mkdir(nodePath.dirname(to), { recursive: true });
  const file = await fsp.open(temporary, 'w', entry.executable ? 0o755 : 0o644);
  try {
    for await (const chunk of await entry.read()) {
      signal.throwIfAborted();
      hash.update(chunk);
      await file.writeFile(chunk);
      size += chunk.length;
      came(chunk.length);
    }
    await file.sync();
    await file.close();
    await fsp.rename(temporary, to);
  } catch (thrown) {
    await file.close().catch(() => undefined);
    await fsp.rm(temporary, { force: true });
    throw thrown;
  }
  return { size, sha256: hash.digest('hex') };
};

const isOfDisk = (thrown: unknown): boolean =>
  thrown instanceof Error && 'syscall' in thrown && codeOf(thrown) !== '';

/**
 * The files of a parcel, written below `folder`. After a fault those written so far are gone (E0509, E0714); so they are if
 * the signal comes.
 */
export const unpack = async (
  parcel: Parcel,
  archive: string,
  folder: string,
  { signal, bytes }: Watch,
): Promise<Either<Diagnostic, readonly Written[]>> => {
  const written: Written[] = [];
  const { keeps, moves } = parcel;
  let done = 0;
  try {
    const entries = parcel.source === 'npm' ? entriesOfTar : entriesOfZip;
    for await (const entry of entries(archive, keeps)) {
      const path = entry.name.replace(moves[0], moves[1]);
      const came = (more: number): void => bytes((done += more));
      const { size, sha256 } = await write(entry, nodePath.join(folder, path), signal, came);
      written.push({ path, size, sha256 });
    }
    if (done === parcel.unpacked) return E.right(written);
    throw new Error(`what is kept of it has ${done} bytes, not ${parcel.unpacked}`);
  } catch (thrown) {
    for (const { path } of written) await fsp.rm(nodePath.join(folder, path), { force: true });
    if (isOfDisk(thrown)) return E.left(unwritable(folder, reasonOf(thrown)));
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    return E.left(notAsPinned(parcel.file, `cannot be unpacked: ${said}`));
  }
};
