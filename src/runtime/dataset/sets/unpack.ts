/**
 * Unpacks gzip and deflate into memory that threads share. Nothing is unpacked further than the file itself says it will
 * go, and a file that claims to be mostly repetition is refused: a few kilobytes could fill the memory.
 */
import {
  constants,
  gunzip,
  gunzipSync,
  inflateRaw,
  type InputType,
  type ZlibOptions,
} from 'node:zlib';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { bytes } from '../../../numeric/figures.ts';
import { codeOf } from '../../disk/random-access.ts';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Block } from '../../batches/dataset.ts';
import { malformed, unpacksTooFar } from '../../batches/faults.ts';

/** So much is unpacked whatever the ratio; labels in order are mostly repetition. */
const always = 2 ** 26;

/** Pictures shrink to a half or a tenth; deflate can reach 1,032. */
const mostRatio = 200;

/** The limit for what lies in memory. */
const most = 2 ** 31;

/** Why a claim of so many bytes is not believed, if so (E0908). */
export const implausible = (
  path: string,
  packed: number,
  unpacked: number,
): Diagnostic | undefined => {
  const claim = `its ${bytes(packed)} claim to become ${bytes(unpacked)}`;
  if (unpacked > most)
    return unpacksTooFar(path, `${claim}, and at most ${bytes(most)} are kept in memory`);
  return unpacked > always && unpacked > packed * mostRatio
    ? unpacksTooFar(path, claim)
    : undefined;
};

/** Bytes in memory that threads share. */
const shared = (content: Uint8Array): Block => {
  const block: Block = new Uint8Array(new SharedArrayBuffer(content.length));
  block.set(content);
  return block;
};

type Unpacker = (
  packed: InputType,
  options: ZlibOptions,
  done: (fault: Error | null, content: Buffer) => void,
) => void;

/** Exactly `length` bytes (E0905 if there are fewer or they are damaged, E0908 if there are more). */
const unpacked = (
  unpack: Unpacker,
  path: string,
  packed: Uint8Array,
  length: number,
): Promise<Either<Diagnostic, Block>> =>
  new Promise((done) => {
    unpack(packed, { maxOutputLength: Math.max(1, length) }, (fault, content) => {
      if (fault !== null) {
        const tooFar = codeOf(fault) === 'ERR_BUFFER_TOO_LARGE';
        const more = `it goes on after the ${bytes(length)} that it announces`;
        return done(
          E.left(
            tooFar
              ? unpacksTooFar(path, more)
              : malformed(path, `it cannot be unpacked (${fault.message})`),
          ),
        );
      }
      const fewer = `it unpacks to ${content.length} bytes, not to ${length}`;
      done(content.length === length ? E.right(shared(content)) : E.left(malformed(path, fewer)));
    });
  });

/** The content of a gzip file, which is to have `length` bytes (E0905, E0908). */
export const gunzipped = (path: string, packed: Uint8Array, length: number) =>
  unpacked(gunzip, path, packed, length);

/** The content of an entry of a zip, which is to have `length` bytes (E0905, E0908). */
export const inflated = (path: string, packed: Uint8Array, length: number) =>
  unpacked(inflateRaw, path, packed, length);

/** Whether bytes begin like gzip. */
export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** The first bytes of what a gzip file holds; none if it is damaged. A kilobyte cannot become more than a megabyte. */
export const gzipHead = (packed: Uint8Array): Uint8Array => {
  try {
    return gunzipSync(packed.subarray(0, 1024), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
};
