/** Writes files that were made of others. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Chunks } from '../data/bytes.ts';
import { writeFileAtomically } from '../disk/files.ts';

/** Writes what was made, unless it is faults (E0509). */
export const writeMade = <A extends { readonly chunks: Chunks }>(
  output: string,
  made: Either<readonly Diagnostic[], A>,
): Either<readonly Diagnostic[], A> => {
  if (E.isLeft(made)) return made;
  const written = writeFileAtomically(output, made.right.chunks);
  return E.isLeft(written) ? E.left([written.left]) : made;
};
