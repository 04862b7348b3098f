/** Opens the set that `data` of a recipe names. */
import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Data } from '../../protocol/recipe.ts';
import type { Address } from './address.ts';
import type { Block, Dataset } from './dataset.ts';
import { partOf, type Listing } from './sets/part.ts';
import { shapes } from './sets/shapes.ts';
import { newShelf } from './shelf.ts';

/** What a kind of set finds: its classes, and its pictures without what reads them. */
export type Found = {
  readonly classes: readonly string[];
  readonly train: Listing;
  readonly validation: Listing | undefined;
  readonly blocks?: readonly Block[];
};

const lengthOf = (address: Address): number => (address.tag === 'drawn' ? 0 : address.bytes.length);

/** SHA-256 of the classes, and of the name, label and length of each picture. */
const digestOf = ({ classes, train, validation }: Found): string => {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(classes));
  for (const part of [train, validation]) {
    hash.update(`\n${part?.count ?? 'none'}`);
    for (let i = 0; i < (part?.count ?? 0); i++)
      hash.update(
        `\n${JSON.stringify(part!.name(i))} ${part!.labels[i]} ${lengthOf(part!.address(i))}`,
      );
  }
  return hash.digest('hex');
};

const found = async (data: Data, root: string): Promise<Either<Diagnostic, Found>> => {
  switch (data.tag) {
    case 'shapes':
      return E.right(shapes(data));
    default:
      throw new Error(`${root}: ${data.tag} cannot be read yet`);
  }
};

/** The set of a recipe; paths in it are relative to the folder `root`. */
export const openDataset = async (
  data: Data,
  root: string,
): Promise<Either<Diagnostic, Dataset>> => {
  const set = await found(data, root);
  if (E.isLeft(set)) return set;
  const { classes, train, validation, blocks = [] } = set.right;
  const shelf = newShelf(blocks);
  return E.right({
    classes,
    train: partOf(train, shelf),
    validation: validation === undefined ? undefined : partOf(validation, shelf),
    blocks,
    digest: digestOf(set.right),
    close: async () => shelf.close(),
  });
};
