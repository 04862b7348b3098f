/** SHA-256, for names of contents: two texts of one digest are the same text. */
import { createHash, randomBytes } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';

/** The digest of pieces one behind the other, 64 hexadecimal digits; ends at the first piece that is a fault. */
export const sha256OfChunks = <F>(chunks: Iterable<Either<F, Uint8Array>>): Either<F, string> => {
  const hash = createHash('sha256');
  for (const chunk of chunks) {
    if (E.isLeft(chunk)) return chunk;
    hash.update(chunk.right);
  }
  return E.right(hash.digest('hex'));
};

/** The digest of a text in UTF-8. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A name that nothing else has, 16 hexadecimal digits. */
export const randomName = (): string => randomBytes(8).toString('hex');
