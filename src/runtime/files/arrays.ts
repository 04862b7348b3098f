/** Arrays in files of NumPy's. */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { writeFileAtomically } from '../disk/files.ts';
import { withFile } from '../disk/random-access.ts';
import { npyChunks, parseNpy, type NpyArray } from '../store/npy.ts';

/** Reads an array file (E0001, E0505, E0510). */
export const readNpy = (path: string): Either<Diagnostic, NpyArray> => withFile(path, parseNpy);

/** Writes an array to a file (E0509). */
export const writeNpy = (path: string, array: NpyArray): Either<Diagnostic, void> =>
  writeFileAtomically(path, npyChunks(array));
