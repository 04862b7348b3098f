/** The metadata that travels with weights: how pictures are prepared, class names, provenance. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { numberOf, showType } from '../../ops/types.ts';
import { withFile } from '../../runtime/disk/random-access.ts';
import { classesIn, classesKey, encodeClasses } from '../../runtime/store/classes.ts';
import { originsKey } from '../../runtime/store/provenance.ts';
import { encodeInput, inputKey, preparationIn } from '../../runtime/store/preprocess.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';

/** The names of files, as given. */
type Files = {
  readonly classes?: string | undefined;
  readonly input?: string | undefined;
};

/** The numbers that the net gives for an image, or for each pixel of it. The net must be without faults. */
export const outputsOf = ({ name, output }: TypedNet): number => {
  if (output.tag === 'unknown' || typeof output.c !== 'number')
    throw new Bug(`the output of ${name} is ${showType(output)}`);
  return output.c;
};

/** The channels of the pictures that the net takes; undefined when it takes none. */
const channelsOf = ({ input }: TypedNet): number | undefined =>
  input.tag === 'map' ? numberOf(input.c) : undefined;

/** The files that were given, as metadata of weights of this net (E0001, E0520, E0521). */
export const attachedFor = (
  net: TypedNet,
  { classes, input }: Files,
): Or<Diagnostic, ReadonlyMap<string, string>> => {
  const { name } = net;
  const metadata = new Map<string, string>();
  if (input !== undefined) {
    const preparation = withFile(input, (file) =>
      preparationIn(file, { name, channels: channelsOf(net) }),
    );
    if (Either.isLeft(preparation)) return preparation;
    metadata.set(inputKey, encodeInput(preparation.right));
  }
  if (classes !== undefined) {
    const names = withFile(classes, (file) => classesIn(file, { name, outputs: outputsOf(net) }));
    if (Either.isLeft(names)) return names;
    metadata.set(classesKey, encodeClasses(names.right));
  }
  return Either.right(metadata);
};

/** The metadata of a weight file that belongs to its model too. */
export const travelling = (
  metadata: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] =>
  [inputKey, classesKey, originsKey].flatMap((key) => {
    const value = metadata.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });
