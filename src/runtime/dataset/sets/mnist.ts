/** MNIST and what looks like it: IDX files of pictures and of labels, under their usual names. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Data } from '../../../protocol/recipe.ts';
import { kindOf } from '../../disk/tree.ts';
import { malformed, notThere, otherForm } from '../../batches/faults.ts';
import { firstFile, newBlocks, onDisk, bytesAt, type Blocks, type Home } from './files.ts';
import { readIdx } from './idx.ts';
import type { Finder, Listing } from '../../batches/listing.ts';

/** Digits, or articles of clothing. */
const classes = 10;

/** `train-images-idx3-ubyte` as LeCun has it, and as Windows unpacks it, with a point; perhaps with `.gz`. */
const namesOf = (half: string, what: string): readonly string[] =>
  ['-', '.'].flatMap((dash) => [`${half}-${what}${dash}ubyte`, `${half}-${what}${dash}ubyte.gz`]);

const idx = { images: 'images-idx3', labels: 'labels-idx1' } as const;

/** The pictures of a half, `train` or `t10k`; none if their file is not there. */
const readHalf = async (
  home: Home,
  half: string,
  blocks: Blocks,
): Promise<Either<Diagnostic, Listing | undefined>> => {
  const images = firstFile(home, namesOf(half, idx.images));
  if (images === undefined) return E.right(undefined);
  const labels = firstFile(home, namesOf(half, idx.labels));
  if (labels === undefined)
    return E.left(otherForm('mnist', home.path, `\`${images}\` is there without its labels`));
  const pictures = await readIdx(home.root, images, 3, blocks);
  if (E.isLeft(pictures)) return pictures;
  const answers = await readIdx(home.root, labels, 1, blocks);
  if (E.isLeft(answers)) return answers;
  const [count = 0, h = 0, w = 0] = pictures.right.shape;
  if (answers.right.shape[0] !== count)
    return E.left(
      malformed(labels, `it has ${answers.right.shape[0]} labels for ${count} pictures`),
    );
  const bytes = bytesAt(labels, answers.right.at(0, count), blocks);
  if (E.isLeft(bytes)) return bytes;
  const key = (index: number): string => `${half} ${index}`;
  return E.right({
    count,
    labels: Uint32Array.from(bytes.right),
    key,
    name: (index) => `${images} ${index}`,
    address: (index) => ({
      tag: 'raw',
      bytes: pictures.right.at(index * h * w, h * w),
      ...{ h, w, channels: 1, layout: 'rows' },
    }),
  });
};

export const findMnist: Finder<Data & { readonly tag: 'mnist' }> = async (root, { path }) => {
  const home = { root, path };
  const kind = kindOf(onDisk(root, path));
  if (kind === 'nothing') return E.left(notThere('mnist', path));
  if (kind !== 'folder') return E.left(otherForm('mnist', path, 'it is not a folder'));
  const blocks = newBlocks();
  const train = await readHalf(home, 'train', blocks);
  if (E.isLeft(train)) return train;
  const usual = await readHalf(home, 't10k', blocks);
  if (E.isLeft(usual)) return usual;
  if (train.right === undefined)
    return E.left(otherForm('mnist', path, 'it has no `train-images-idx3-ubyte`'));
  return E.right({
    classes,
    train: train.right,
    usual: usual.right,
    blocks: blocks.all,
    faults: [],
  });
};
