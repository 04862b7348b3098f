/** SHA-256, for names of contents: two texts of one digest are the same text. */
import { createHash, randomBytes } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { FileFault, RandomAccess } from '../data/bytes.ts';

/** The digest of pieces one behind the other, 64 hexadecimal digits; ends at the first piece that is a fault. */
export const sha256OfChunks = <F>(chunks: Iterable<Either<F, Uint8Array>>): Either<F, string> => {
  const hash = createHash('sha256');
  for (const chunk of chunks) {
    if (E.isLeft(chunk)) return chunk;
    hash.update(chunk.right);
  }
  return E.right(hash.digest('hex'));
};

/** Bytes that are read at a time. */
const part = 2 ** 22;

function* partsOf(file: RandomAccess): Generator<Either<FileFault, Uint8Array>> {
  for (let at = 0; at < file.size; at += part) {
    const bytes = new Uint8Array(Math.min(part, file.size - at));
    yield E.map(() => bytes)(file.readAt(bytes, at));
  }
}

/** The digest of a file. */
export const sha256OfFile = (file: RandomAccess): Either<FileFault, string> =>
  sha256OfChunks(partsOf(file));

/** The digest of a text in UTF-8. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A name that nothing else has, 16 hexadecimal digits. */
export const randomName = (): string => randomBytes(8).toString('hex');
