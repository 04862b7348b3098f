/** Small texts in data files, which are not to be trusted. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { unreadable, type RandomAccess } from './bytes.ts';

const kib = (bytes: number): number => Math.ceil(bytes / 1024);

/**
 * The text of a file of at most so many bytes of UTF-8, without its byte order mark (E0001). For any other fault,
 * `fault` makes a diagnostic of words that continue "…: ".
 */
export const textOf = (
  file: RandomAccess,
  most: number,
  fault: (what: string) => Diagnostic,
): Either<Diagnostic, string> => {
  if (file.size > most)
    return E.left(fault(`the file has ${kib(file.size)} KiB; at most ${kib(most)} KiB are read`));
  const bytes = new Uint8Array(file.size);
  const read = file.readAt(bytes, 0);
  if (E.isLeft(read)) return E.left(unreadable(file.path, read.left));
  try {
    return E.right(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return E.left(fault('the file is not text in UTF-8'));
  }
};
