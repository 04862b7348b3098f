/** Small texts in files. */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { charactersOf, textOf } from '../data/text.ts';
import { withFile } from '../disk/random-access.ts';

/** The text of a file of at most so many bytes (E0001, or the fault, of words that continue "…: "). */
export const readText = (
  path: string,
  most: number,
  fault: (what: string) => Diagnostic,
): Either<Diagnostic, string> => withFile(path, (file) => textOf(file, most, fault));

/** A character for each byte of a file of ASCII that may be damaged in places (E0001, or the fault). */
export const readCharacters: typeof readText = (path, most, fault) =>
  withFile(path, (file) => charactersOf(file, most, fault));
