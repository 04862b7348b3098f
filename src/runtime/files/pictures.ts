/** Pictures in files, decoded by sharp where it is installed. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { withFile } from '../disk/random-access.ts';
import type { LoadSharp } from '../store/picture-decode.ts';
import type { Frame } from '../store/picture-place.ts';
import { channelFault, decodePicture, encodedIn, type Picture } from '../store/picture.ts';
import type { Input } from '../store/preprocess.ts';

/** sharp as it is installed here. */
export const loadSharp: LoadSharp = async () => (await import('sharp')).default;

/**
 * Reads a picture for a net that takes `frame` (E0001, E0506, E0507, E0508, E0702), prepared as `input` says. A test
 * hands in how sharp is found.
 */
export const readPicture = async (
  path: string,
  frame: Frame,
  input: Input,
  load: LoadSharp = loadSharp,
): Promise<Either<Diagnostic, Picture>> => {
  const fault = channelFault(path, frame, input);
  if (fault !== undefined) return E.left(fault);
  const encoded = withFile(path, encodedIn);
  return E.isLeft(encoded) ? encoded : decodePicture(encoded.right, frame, input, load);
};
