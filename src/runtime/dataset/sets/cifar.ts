/**
 * CIFAR-10 and CIFAR-100 in their binary versions (Krizhevsky 2009): records of a label (of CIFAR-100 the coarse one and
 * the fine one, which is used) and 32x32 bytes of red, then of green, then of blue.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Data } from '../../../protocol/recipe.ts';
import { kindOf } from '../../disk/tree.ts';
import { readText } from '../../files/texts.ts';
import { unreadable } from '../../data/bytes.ts';
import { openFile } from '../../disk/random-access.ts';
import { malformed, notThere, otherForm } from '../../batches/faults.ts';
import { below, firstFile, onDisk, type Home } from './files.ts';
import { joined, type Finder, type Listing } from '../../batches/listing.ts';

/** What differs between both. */
type Version = {
  readonly classes: number;
  /** bytes before the pixels; the last of them is the label */
  readonly head: number;
  readonly train: readonly string[];
  readonly test: readonly string[];
  readonly names: string;
};

const versions: { readonly [tag in 'cifar10' | 'cifar100']: Version } = {
  cifar10: {
    classes: 10,
    head: 1,
    train: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`),
    test: ['test_batch.bin'],
    names: 'batches.meta.txt',
  },
  cifar100: {
    classes: 100,
    head: 2,
    train: ['train.bin'],
    test: ['test.bin'],
    names: 'fine_label_names.txt',
  },
};

/** The folders that the archives unpack to. */
const inside = ['cifar-10-batches-bin', 'cifar-100-binary'];

const side = 32;
const pixels = side * side * 3;

/** The records of a file. */
const readBatch = (root: string, path: string, head: number): Either<Diagnostic, Listing> => {
  const onItsDisk = onDisk(root, path);
  const file = openFile(onItsDisk);
  if (E.isLeft(file)) return E.left(unreadable(path, file.left));
  const { size, readAt, close } = file.right;
  try {
    const record = head + pixels;
    if (size === 0 || size % record !== 0)
      return E.left(
        malformed(path, `a picture takes ${record} bytes, and ${size} are no multiple of that`),
      );
    const count = size / record;
    const labels = new Uint32Array(count);
    const one = new Uint8Array(1);
    for (let i = 0; i < count; i++) {
      const read = readAt(one, i * record + head - 1);
      if (E.isLeft(read)) return E.left(unreadable(path, read.left));
      labels[i] = one[0]!;
    }
    const batch = path.slice(path.lastIndexOf('/') + 1);
    return E.right({
      count,
      labels,
      key: (index) => `${batch} ${index}`,
      name: (index) => `${path} ${index}`,
      address: (index) => ({
        tag: 'raw',
        bytes: { tag: 'file', path: onItsDisk, start: index * record + head, length: pixels },
        ...{ h: side, w: side, channels: 3, layout: 'planes' },
      }),
    });
  } finally {
    close();
  }
};

/** What is read of some files. */
type Batches = { readonly listing: Listing | undefined; readonly faults: readonly Diagnostic[] };

/** The records of those of the files that are there, and the faults of the others (E0001, E0905). */
const readBatches = ({ root, path }: Home, names: readonly string[], head: number): Batches => {
  const listings: Listing[] = [];
  const faults: Diagnostic[] = [];
  for (const name of names) {
    const file = firstFile({ root, path }, [name]);
    if (file === undefined) continue;
    const batch = readBatch(root, file, head);
    if (E.isLeft(batch)) faults.push(batch.left);
    else listings.push(batch.right);
  }
  return { listing: listings.length === 0 ? undefined : joined(listings), faults };
};

const mostNames = 2 ** 16;

/** The names of the classes, if the file that comes with the set is there; a broken one is a fault. */
const readNames = (
  home: Home,
  { names, classes }: Version,
): Either<Diagnostic, readonly string[] | number> => {
  const file = firstFile(home, [names]);
  if (file === undefined) return E.right(classes);
  const fault = (what: string): Diagnostic => malformed(file, what);
  const text = readText(onDisk(home.root, file), mostNames, fault);
  if (E.isLeft(text)) return text;
  const found = text.right.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return found.length === classes
    ? E.right(found)
    : E.left(fault(`it has ${found.length} names for ${classes} classes`));
};

export const findCifar: Finder<Data & { readonly tag: 'cifar10' | 'cifar100' }> = async (
  root,
  { tag, path },
) => {
  const kind = kindOf(onDisk(root, path));
  if (kind === 'nothing') return E.left(notThere(tag, path));
  if (kind !== 'folder') return E.left(otherForm(tag, path, 'it is not a folder'));
  const version = versions[tag];
  const home = [path, ...inside.map((name) => below(path, name))]
    .map((path) => ({ root, path }))
    .find((home) => firstFile(home, [...version.train, ...version.test]) !== undefined) ?? {
    root,
    path,
  };
  const train = readBatches(home, version.train, version.head);
  const usual = readBatches(home, version.test, version.head);
  const faults = [...train.faults, ...usual.faults];
  if (train.listing === undefined)
    return E.left(faults[0] ?? otherForm(tag, path, `it has no \`${version.train[0]}\``));
  const classes = readNames(home, version);
  if (E.isLeft(classes)) return classes;
  return E.right({
    ...{ classes: classes.right, train: train.listing, usual: usual.listing },
    ...{ blocks: [], faults },
  });
};
