/** What kind of set lies at a path, when no recipe says it. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Data } from '../../protocol/recipe.ts';
import { kindOf, namesIn } from '../disk/tree.ts';
import { nothingKnown } from '../batches/faults.ts';
import { onDisk } from './sets/files.ts';
import { validationNames } from './sets/folder.ts';

/** Data that is read. */
type Read = Exclude<Data, { readonly tag: 'shapes' }>;

type Guess = {
  readonly sign: RegExp;
  readonly apart: RegExp;
  readonly tag: Exclude<Read['tag'], 'arrays'>;
};

/** By what a folder holds, the surest sign first; `apart` is a sign of pictures to validate with. */
const folders: readonly Guess[] = [
  {
    sign: /^train-images[-.]idx3/,
    apart: /^t10k-images[-.]idx3/,
    tag: 'mnist',
  },
  {
    sign: /^(data_batch_\d\.bin|cifar-10-batches-bin)$/,
    apart: /^(test_batch\.bin|cifar-10-batches-bin)$/,
    tag: 'cifar10',
  },
  {
    sign: /^(train\.bin|cifar-100-binary)$/,
    apart: /^(test\.bin|cifar-100-binary)$/,
    tag: 'cifar100',
  },
  {
    sign: /^/,
    apart: new RegExp(`^(${validationNames.join('|')})$`),
    tag: 'imagefolder',
  },
];

/** The data at a path, with all pictures that it keeps apart (E0901, E0902). */
export const guessed = (root: string, path: string): Either<Diagnostic, Data> => {
  const disk = onDisk(root, path);
  const kind = kindOf(disk);
  if (/\.tar$/i.test(path)) return E.right({ tag: 'webdataset', path });
  if (kind === 'nothing') return E.left(nothingKnown(path, 'E0901'));
  if (kind === 'file' && /\.npz$/i.test(path)) return E.right({ tag: 'arrays', path });
  if (kind !== 'folder') return E.left(nothingKnown(path, 'E0902'));
  const names = namesIn(disk);
  const all = E.isLeft(names) ? [] : names.right;
  const has = (sign: RegExp): boolean => all.some((name) => sign.test(name));
  const guess = folders.find(({ sign }) => has(sign));
  if (guess === undefined) return E.left(nothingKnown(path, 'E0902'));
  const { tag, apart } = guess;
  // a folder `val` says nothing without one that is called `train`
  const divided = has(apart) && (tag !== 'imagefolder' || all.includes('train'));
  return E.right(divided ? { tag, path, validation: { tag: 'usual' } } : { tag, path });
};
