/** Pictures as they are looked at when a net is measured: grouped by the size at which they reach it, in batches. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { elements } from '../../numeric/tensor.ts';
import type { PictureSize } from '../store/picture-place.ts';
import type { Broken, Part } from '../batches/dataset.ts';
import { brokenPicture } from '../batches/faults.ts';
import { seenOf, type Look, type Seen } from '../batches/prepare/look.ts';
import type { Crew, Done } from '../batches/job.ts';
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
export type Looking = {
  readonly crew: Crew;
  readonly part: Part;
  readonly look: Look;
  readonly takesVectors: boolean;
  /** whether a picture that cannot be read is a fault */
  readonly strict: boolean;
  /** hears of a picture that cannot be read, with its place in the part */
  readonly broken: (picture: Broken, place: number) => void;
};

/** Batches that are being made while one is used. */
const ahead = 2;

/** The pictures of a group, so many at a time, without those that cannot be read (E0909 where `strict`). */
export async function* lookedAtOf(
  looking: Looking,
  group: Group,
  pictures: number,
): AsyncGenerator<Either<Diagnostic, Looked>> {
  const { crew, part, look } = looking;
  const all = pieces(group.places, pictures);
  const begun: Promise<Done>[] = [];
  const begin = (places: Uint32Array | undefined): void => {
    if (places === undefined) return;
    const done = doneFor(crew, part, places, () => ({ tag: 'look', look }));
    done.catch(() => {}); // it is thrown where it is waited for
    begun.push(done);
  };
  for (const places of all.slice(0, ahead)) begin(places);
  for (const [i, places] of all.entries()) {
    const done = await begun.shift()!;
    begin(all[i + ahead]);
    const looked = lookedIn(looking, group, places, done);
    if (E.isLeft(looked)) {
      yield looked;
      return;
    }
    if (looked.right.places.length > 0) yield looked;
  }
}

const lookedIn = (
  { part, look, takesVectors, strict, broken }: Looking,
  { pieces: each, size }: Group,
  places: Uint32Array,
  done: Done,
): Either<Diagnostic, Looked> => {
  const kept: { readonly place: number; readonly data: Float32Array | Float64Array }[] = [];
  for (const [i, one] of done.entries()) {
    const place = places[i]!;
    if (one.tag === 'made') kept.push({ place, data: one.data });
    else {
      const picture = { name: part.name(place), reason: one.reason };
      if (strict) return E.left(brokenPicture(picture));
      broken(picture, place);
    }
  }
  const piece = takesVectors ? [look.channels] : [size.h, size.w, look.channels];
  const shape = [kept.length * each, ...piece];
  const data = new Float32Array(elements(shape));
  kept.forEach((one, i) => data.set(one.data, i * each * elements(piece)));
  return E.right({
    places: Uint32Array.from(kept, ({ place }) => place),
    pieces: each,
    shape,
    data,
  });
};
