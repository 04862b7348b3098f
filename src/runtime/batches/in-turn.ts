/** Samples that are made ahead of their use, and what is kept of them. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { joined } from '../../numeric/joined.ts';
import type { Broken, Part } from './dataset.ts';
import { brokenPicture } from './faults.ts';
import type { Aim, Crew, Done } from './job.ts';
import { doneFor } from './share.ts';

/** Lists that are being worked on while one is used, so that no thread has to wait. */
const ahead = 2;

/** What is done for each of these lists of samples, one after the other. */
export async function* inTurn(
  crew: Crew,
  part: Part,
  lists: readonly Uint32Array[],
  aim: (indices: Uint32Array) => Aim,
): AsyncGenerator<Done> {
  const begun: Promise<Done>[] = [];
  const begin = (list: Uint32Array | undefined): void => {
    if (list === undefined) return;
    const done = doneFor(crew, part, list, aim);
    done.catch(() => {}); // it is thrown where it is waited for
    begun.push(done);
  };
  for (const list of lists.slice(0, ahead)) begin(list);
  for (const i of lists.keys()) {
    const done = await begun.shift()!;
    begin(lists[i + ahead]);
    yield done;
  }
}

/** What is done with samples that cannot be read. */
export type Unreadable = {
  /** whether one of them is a fault */
  readonly strict: boolean;
  /** hears of each, with its place in the part */
  readonly broken: (picture: Broken, place: number) => void;
};

/** Samples that could be read: their places in the part, and their numbers one behind the other. */
export type Read = { readonly places: Uint32Array; readonly data: Float32Array };

/** Those of some samples that could be read (E0909 where `strict`). */
export const readOf = (
  part: Part,
  places: Uint32Array,
  done: Done,
  { strict, broken }: Unreadable,
): Either<Diagnostic, Read> => {
  const kept: number[] = [];
  const numbers: (Float32Array | Float64Array)[] = [];
  for (const [i, one] of done.entries()) {
    const place = places[i]!;
    if (one.tag === 'made') {
      kept.push(place);
      numbers.push(one.data);
      continue;
    }
    const picture = { name: part.name(place), reason: one.reason };
    if (strict) return E.left(brokenPicture(picture));
    broken(picture, place);
  }
  return E.right({ places: Uint32Array.from(kept), data: joined(numbers) });
};
