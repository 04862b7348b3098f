/** Keeps pictures apart to validate with. */
import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Validation } from '../../../protocol/recipe.ts';
import type { Address, Stretch } from '../../batches/address.ts';
import type { Block } from '../../batches/dataset.ts';
import { noneApart, strangeClasses } from '../../batches/faults.ts';
import { areNamed, filtered, relabelled, type Found, type Listing } from '../../batches/listing.ts';

/** Where a key falls between 0 and 1: 48 bits of its SHA-256. It depends on no other picture. */
const placeOf = (key: string): number =>
  createHash('sha256').update(key).digest().readUIntBE(0, 6) / 2 ** 48;

/** Both parts of a set; nobody has to be in the second. */
export type Halves = {
  readonly train: Listing;
  readonly validation: Listing | undefined;
  readonly faults: readonly Diagnostic[];
  readonly blocks: readonly Block[];
};

/** The share of pictures whose keys fall below it. */
const shared = ({ train, blocks, faults }: Found, share: number): Halves => {
  const apart = (index: number): boolean => placeOf(train.key(index)) < share;
  return {
    train: filtered(train, (i) => !apart(i)),
    validation: filtered(train, apart),
    ...{ blocks, faults },
  };
};

const moved = (bytes: Stretch, by: number): Stretch =>
  bytes.tag === 'block' ? { ...bytes, block: bytes.block + by } : bytes;

/** An address in a set whose blocks come after so many others. */
const behind = (address: Address, by: number): Address =>
  address.tag === 'drawn' ? address : { ...address, bytes: moved(address.bytes, by) };

/** The pictures of another path, with the labels of the first (E0914). */
const elsewhere = (found: Found, path: string, other: Found): Halves => {
  const listing = other.usual ?? other.train;
  const [from, to] = [other.classes, found.classes];
  const { listing: validation, strange } =
    areNamed(from) && areNamed(to) ? relabelled(listing, from, to) : { listing, strange: [] };
  const by = found.blocks.length;
  return {
    train: found.train,
    validation: {
      ...validation,
      address: (index) => behind(validation.address(index), by),
    },
    faults: [
      ...found.faults,
      ...other.faults,
      ...(strange.length === 0 ? [] : [strangeClasses(path, strange)]),
    ],
    blocks: [...found.blocks, ...other.blocks],
  };
};

/** Both parts of what is found at `path`; `look` finds what is at another. What is wrong is among the faults. */
export const halves = async (
  path: string,
  found: Found,
  validation: Validation | undefined,
  look: (path: string) => Promise<Either<Diagnostic, Found>>,
): Promise<Either<Diagnostic, Halves>> => {
  const { train, usual, blocks, faults } = found;
  switch (validation?.tag) {
    case undefined:
      return E.right({ train, validation: undefined, blocks, faults });
    case 'usual':
      return E.right({
        ...{ train, validation: usual, blocks },
        faults: usual === undefined ? [...faults, noneApart(path)] : faults,
      });
    case 'share':
      return E.right(shared(found, validation.share));
    case 'path': {
      const other = await look(validation.path);
      return E.map((there: Found) => elsewhere(found, validation.path, there))(other);
    }
  }
};
