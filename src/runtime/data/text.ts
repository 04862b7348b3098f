/** Small texts in data files, which are not to be trusted. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { unreadable, type RandomAccess } from './bytes.ts';

const kib = (bytes: number): number => Math.ceil(bytes / 1024);

type Reading = (
  file: RandomAccess,
  most: number,
  fault: (what: string) => Diagnostic,
) => Either<Diagnostic, string>;

/** Reads the bytes of a file, and decodes them; undefined if they are not text. */
const decodedBy =
  (decode: (bytes: Uint8Array) => string | undefined): Reading =>
  (file, most, fault) => {
    if (file.size > most)
      return E.left(fault(`the file has ${kib(file.size)} KiB; at most ${kib(most)} KiB are read`));
    const bytes = new Uint8Array(file.size);
    const read = file.readAt(bytes, 0);
    if (E.isLeft(read)) return E.left(unreadable(file.path, read.left));
    const text = decode(bytes);
    return text === undefined ? E.left(fault('the file is not text in UTF-8')) : E.right(text);
  };

/**
 * The text of a file of at most so many bytes of UTF-8, without its byte order mark (E0001). For any other fault,
 * `fault` makes a diagnostic of words that continue "…: ".
 */
export const textOf = decodedBy((bytes) => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
});

/** The same of a file of ASCII, some bytes of which may be damaged: each byte gives one character, whatever it is. */
export const charactersOf = decodedBy((bytes) => new TextDecoder('latin1').decode(bytes));
