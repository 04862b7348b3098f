/** Weight files: opened, written, and written again with other metadata. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { unreadable, type RandomAccess } from '../data/bytes.ts';
import { writeFileAtomically } from '../disk/files.ts';
import { openFile } from '../disk/random-access.ts';
import { relabelled, weightChunks, type Outgoing } from '../store/safetensors-write.ts';
import { readWeights, type Header, type Provider, type Weights } from '../store/safetensors.ts';

/** An open file. The caller closes it; the provider cannot be used afterwards. */
export type WeightFile = Weights & { readonly close: () => void };

/** Opens a weight file (E0001, E0504, E0510). It stays open until `close`. */
export const openWeights = (path: string): Either<Diagnostic, WeightFile> => {
  const file = openFile(path);
  if (E.isLeft(file)) return E.left(unreadable(path, file.left));
  const weights = readWeights(file.right);
  if (E.isLeft(weights)) {
    file.right.close();
    return weights;
  }
  return E.right({ ...weights.right, close: file.right.close });
};

/** Writes a weight file (E0509, or what the provider says). */
export const writeWeights = (
  path: string,
  tensors: readonly Outgoing[],
  provider: Provider,
  metadata: ReadonlyMap<string, string> = new Map(),
): Either<Diagnostic, void> => writeFileAtomically(path, weightChunks(tensors, provider, metadata));

/** Writes an open weight file again with other metadata, its numbers byte by byte (E0001, E0509, E0520). */
export const writeAgain = (
  path: string,
  file: RandomAccess,
  header: Header,
  metadata: ReadonlyMap<string, string>,
): Either<Diagnostic, void> => {
  const chunks = relabelled(file, header, metadata);
  return E.isLeft(chunks) ? chunks : writeFileAtomically(path, chunks.right);
};
