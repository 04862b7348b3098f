/** Parts of sets, and what stands for their content. */
import * as E from 'fp-ts/lib/Either.js';
import type { Address } from '../address.ts';
import type { Part } from '../dataset.ts';
import type { Shelf } from '../shelf.ts';

/** A part without what reads it: what a kind of set knows. */
export type Listing = Pick<Part, 'count' | 'labels' | 'name' | 'address'>;

/** A listing whose pictures are fetched from a shelf. */
export const partOf = (listing: Listing, shelf: Shelf): Part => ({
  ...listing,
  pixels: async (index) =>
    E.mapLeft((reason: string) => ({ name: listing.name(index), reason }))(
      await shelf.fetch(listing.address(index)),
    ),
});

/** One picture of a listing. */
export type Entry = { readonly name: string; readonly label: number; readonly address: Address };

/** A listing of entries that are there one by one. */
export const listed = (entries: readonly Entry[]): Listing => ({
  count: entries.length,
  labels: Uint32Array.from(entries, ({ label }) => label),
  name: (index) => entries[index]!.name,
  address: (index) => entries[index]!.address,
});
