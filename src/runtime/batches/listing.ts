/** What a kind of set finds: pictures with labels, without what reads them. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Address } from './address.ts';
import type { Block, Fetch, Part } from './dataset.ts';

/** Pictures in the order of their set. A `key` is a name that does not depend on where the set lies. */
export type Listing = Pick<Part, 'count' | 'labels' | 'name' | 'address'> & {
  readonly key: (index: number) => string;
};

/** What is found at a path. */
export type Found = {
  /** their names, or how many numbers can be labels; undefined if nothing says so but the labels */
  readonly classes: readonly string[] | number | undefined;
  readonly train: Listing;
  /** what such a set keeps apart to validate with, if it is there */
  readonly usual: Listing | undefined;
  /** what a training refuses, though pictures are there; those that it is about are left out */
  readonly faults: readonly Diagnostic[];
  readonly blocks: readonly Block[];
};

/** How a kind of set looks at a path. */
export type Finder<D> = (root: string, data: D) => Promise<Either<Diagnostic, Found>>;

/** A listing with what fetches its pictures. */
export const partOf = ({ key: _key, ...listing }: Listing, fetch: Fetch): Part => ({
  ...listing,
  pixels: async (index) =>
    E.mapLeft((reason: string) => ({ name: listing.name(index), reason }))(
      await fetch(listing.address(index)),
    ),
});

/** One picture of a listing. */
export type Entry = {
  readonly key: string;
  readonly name: string;
  readonly label: number;
  readonly address: Address;
};

/** A listing of entries that are there one by one. */
export const listed = (entries: readonly Entry[]): Listing => ({
  count: entries.length,
  labels: Uint32Array.from(entries, ({ label }) => label),
  key: (index) => entries[index]!.key,
  name: (index) => entries[index]!.name,
  address: (index) => entries[index]!.address,
});

/** Some pictures of a listing, in the order given. */
const chosen = (listing: Listing, indices: Uint32Array): Listing => ({
  count: indices.length,
  labels: indices.map((i) => listing.labels[i]!),
  key: (index) => listing.key(indices[index]!),
  name: (index) => listing.name(indices[index]!),
  address: (index) => listing.address(indices[index]!),
});

/** One listing after the other. */
export const joined = (listings: readonly Listing[]): Listing => {
  const starts: number[] = [];
  let count = 0;
  for (const listing of listings) {
    starts.push(count);
    count += listing.count;
  }
  const labels = new Uint32Array(count);
  listings.forEach((listing, i) => labels.set(listing.labels, starts[i]!));
  const find = <A>(index: number, get: (listing: Listing, index: number) => A): A => {
    const i = starts.findLastIndex((start) => start <= index);
    return get(listings[i]!, index - starts[i]!);
  };
  return {
    count,
    labels,
    key: (index) => find(index, (listing, i) => listing.key(i)),
    name: (index) => find(index, (listing, i) => listing.name(i)),
    address: (index) => find(index, (listing, i) => listing.address(i)),
  };
};

/** The pictures of a listing that something holds of, by their place. */
export const filtered = (listing: Listing, holds: (index: number) => boolean): Listing =>
  chosen(listing, Uint32Array.from({ length: listing.count }, (_, i) => i).filter(holds));

/** A listing whose labels are places in `from`, with those in `to`; without the classes that are not there. */
export const relabelled = (
  listing: Listing,
  from: readonly string[],
  to: readonly string[],
): { readonly listing: Listing; readonly strange: readonly string[] } => {
  const numbers = from.map((name) => to.indexOf(name));
  const kept = filtered(listing, (i) => numbers[listing.labels[i]!]! >= 0);
  return {
    listing: { ...kept, labels: kept.labels.map((label) => numbers[label]!) },
    strange: from.filter((_, i) => numbers[i]! < 0 && listing.labels.includes(i)),
  };
};

/** Whether classes have names. */
export const areNamed = (classes: Found['classes']): classes is readonly string[] =>
  typeof classes === 'object';
