/** Pictures as they are looked at when a net is measured: grouped by the size at which they reach it, in batches. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { PictureSize } from '../store/picture-place.ts';
import type { Broken, Part } from '../batches/dataset.ts';
import { inTurn, readOf, type Unreadable } from '../batches/in-turn.ts';
import { seenOf, type Look, type Seen } from '../batches/prepare/look.ts';
import type { Crew } from '../batches/job.ts';
import { doneFor, pieces } from '../batches/share.ts';

/** The sizes of some pictures of a part, by their places in it, and those that cannot be read. */
export type Sizes = {
  readonly sizes: ReadonlyMap<number, PictureSize>;
  /** with their places */
  readonly broken: ReadonlyMap<number, Broken>;
};

/** Pictures whose headers one hand is given at a time. */
const atOnce = 64;

/** Reads how large the pictures at these places are, without decoding them; undefined where somebody wants an end. */
export const sizesOf = async (
  crew: Crew,
  part: Part,
  places: Uint32Array,
  goesOn: () => Promise<boolean>,
): Promise<Sizes | undefined> => {
  const sizes = new Map<number, PictureSize>();
  const broken = new Map<number, Broken>();
  for (const some of pieces(places, atOnce * crew.hands)) {
    if (!(await goesOn())) return undefined;
    const done = await doneFor(crew, part, some, () => ({ tag: 'size' }));
    done.forEach((one, i) => {
      const place = some[i]!;
      if (one.tag === 'made') sizes.set(place, { h: one.h, w: one.w });
      else broken.set(place, { name: part.name(place), reason: one.reason });
    });
  }
  return { sizes, broken };
};

/** Pictures that reach the net at one size, in the order of the set. */
export type Group = Seen & { readonly places: Uint32Array };

/** Groups pictures by the size at which they are looked at, the one with the most pictures first. */
export const groupsOf = (sizes: ReadonlyMap<number, PictureSize>, look: Look): readonly Group[] => {
  const groups = new Map<string, Seen & { readonly places: number[] }>();
  for (const [place, picture] of sizes) {
    const seen = seenOf(picture, look);
    const key = `${seen.size.h}x${seen.size.w}`;
    const group = groups.get(key) ?? { ...seen, places: [] };
    group.places.push(place);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map((group): Group => ({ ...group, places: Uint32Array.from(group.places) }))
    .sort((a, b) => b.places.length - a.places.length);
};

/** Some pictures of a group, all pieces of one behind the other. */
export type Looked = {
  readonly places: Uint32Array;
  /** pieces of each picture */
  readonly pieces: number;
  /** [pictures · pieces, h, w, c], or [pictures · pieces, c] for vectors */
  readonly shape: readonly number[];
  readonly data: Float32Array;
};

/** Who looks, at what. */
export type Looking = Unreadable & {
  readonly crew: Crew;
  readonly part: Part;
  readonly look: Look;
  readonly takesVectors: boolean;
};

/** The pictures of a group, so many at a time, without those that cannot be read (E0909 where `strict`). */
export async function* lookedAtOf(
  looking: Looking,
  group: Group,
  pictures: number,
): AsyncGenerator<Either<Diagnostic, Looked>> {
  const { crew, part, look, takesVectors } = looking;
  const piece = takesVectors ? [look.channels] : [group.size.h, group.size.w, look.channels];
  const all = pieces(group.places, pictures);
  let next = 0;
  for await (const done of inTurn(crew, part, all, () => ({ tag: 'look', look }))) {
    const read = readOf(part, all[next++]!, done, looking);
    if (E.isLeft(read)) {
      yield read;
      return;
    }
    const { places, data } = read.right;
    const shape = [places.length * group.pieces, ...piece];
    if (places.length > 0) yield E.right({ places, pieces: group.pieces, shape, data });
  }
}
