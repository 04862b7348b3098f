/** The digest of a set: another one when a picture, a name, a label or the order is another. */
import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { modifiedAt } from '../disk/folders.ts';
import type { Address, Stretch } from '../batches/address.ts';
import type { Digest, Pictured } from '../batches/dataset.ts';
import type { Listing } from '../batches/listing.ts';
import type { Shelf } from './shelf.ts';

/** What a set has. */
export type Parts = {
  readonly classes: readonly string[];
  readonly train: Listing;
  readonly validation: Listing | undefined;
};

/** Bytes of files that are read for a digest, all together: half a second, or more from a slow disk. */
const mostRead = 2 ** 28;

const stretchOf = (address: Address): Stretch | undefined =>
  address.tag === 'drawn' ? undefined : address.bytes;

const lengthOf = (address: Address): number => stretchOf(address)?.length ?? 0;

/** Each picture of a listing, with its place. */
const eachOf = (listing: Listing | undefined): readonly number[] =>
  Array.from({ length: listing?.count ?? 0 }, (_, i) => i);

const bytesIn = (listing: Listing | undefined): number =>
  eachOf(listing).reduce((sum, i) => sum + lengthOf(listing!.address(i)), 0);

/**
 * SHA-256 of the classes, and of the key, label, length and bytes of each picture. Of more than 256 MiB the bytes in
 * files are not read, and the times at which the files were changed stand for them. What cannot be read counts as empty.
 */
export const digestOf = (
  { classes, train, validation }: Parts,
  { bytes }: Pick<Shelf, 'bytes'>,
  most = mostRead,
): Digest => {
  const isRead = bytesIn(train) + bytesIn(validation) <= most;
  const isListed = train.count + (validation?.count ?? 0) <= mostListed;
  const times = new Map<string, number>();
  const timeOf = (path: string): number => {
    const time = times.get(path) ?? modifiedAt(path) ?? 0;
    times.set(path, time);
    return time;
  };
  const sumOf = (stretch: Stretch): string => {
    const hash = createHash('sha256').update(`${stretch.length} `);
    if (isRead || stretch.tag === 'block') {
      const read = bytes(stretch);
      if (E.isRight(read)) hash.update(read.right);
    } else hash.update(String(timeOf(stretch.path)));
    return hash.digest('hex');
  };
  const whole = createHash('sha256').update(JSON.stringify(classes));
  const pictures: Pictured[] = [];
  for (const [part, listing] of [
    ['train', train],
    ['validation', validation],
  ] as const) {
    whole.update(`\n${listing?.count ?? 'none'}`);
    for (const i of eachOf(listing)) {
      const [key, label] = [listing!.key(i), listing!.labels[i]!];
      const stretch = stretchOf(listing!.address(i));
      const sum = stretch === undefined ? '' : sumOf(stretch);
      whole.update(`\n${JSON.stringify(key)} ${label} ${sum}`);
      if (stretch !== undefined && isListed)
        pictures.push({ part, key, label: classes[label] ?? '', sum: sum.slice(0, shortSum) });
    }
  }
  return { sum: whole.digest('hex'), pictures };
};

/** The list of more pictures would be larger than checkpoints are. */
const mostListed = 200_000;

/** Digits that tell two pictures of one name apart. */
const shortSum = 12;
