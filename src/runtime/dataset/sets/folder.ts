/** Folders of pictures: one for each class, of any nesting below it. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Data } from '../../../protocol/recipe.ts';
import { filesBelow, kindOf, namesIn } from '../../disk/tree.ts';
import {
  emptyClasses,
  notThere,
  otherForm,
  strangeClasses,
  unreadableData,
} from '../../batches/faults.ts';
import { below, onDisk, type Home } from './files.ts';
import {
  listed,
  relabelled,
  type Entry,
  type Finder,
  type Listing,
} from '../../batches/listing.ts';

/** What such folders are called that hold pictures to validate with. */
export const validationNames = ['val', 'valid', 'validation', 'test'];

const isPicture = (name: string): boolean => /\.(jpe?g|png)$/i.test(name);

/** The endings of files that are no pictures to netc, the most frequent first: `3 x .webp, 1 x .txt`. */
const endings = (names: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const name of names) {
    const ending = /\.[^./]+$/.exec(name)?.[0].toLowerCase() ?? 'without an ending';
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([ending, count]) => `${count} x ${ending}`)
    .join(', ');
};

const readable = 'netc reads `.jpg`, `.jpeg` and `.png`';

/** Folders in a folder, in the order of the bytes of their names. */
const foldersIn = ({ root, path }: Home): Either<Diagnostic, readonly string[]> =>
  E.bimap(
    (fault: Parameters<typeof unreadableData>[2]) => unreadableData('imagefolder', path, fault),
    (names: readonly string[]) =>
      names.filter((name) => kindOf(onDisk(root, below(path, name))) === 'folder'),
  )(namesIn(onDisk(root, path)));

type Classes = {
  readonly classes: readonly string[];
  readonly train: Listing;
  readonly faults: readonly Diagnostic[];
};

/** Pictures below the folders of a folder, each of which is a class; of those to validate with some may be empty (E0902, E0904). */
const readClasses = (home: Home, partial: boolean): Either<Diagnostic, Classes> => {
  const { root, path } = home;
  const classes = foldersIn(home);
  if (E.isLeft(classes)) return classes;
  if (classes.right.length === 0)
    return E.left(otherForm('imagefolder', path, 'it has no folders, which would be its classes'));
  const entries: Entry[] = [];
  const others: string[] = [];
  const empty: string[] = [];
  for (const [label, name] of classes.right.entries()) {
    const folder = below(path, name);
    const files = filesBelow(onDisk(root, folder));
    if (E.isLeft(files)) return E.left(unreadableData('imagefolder', folder, files.left));
    const pictures = files.right.filter((file) => isPicture(file.name));
    others.push(...files.right.flatMap((file) => (isPicture(file.name) ? [] : [file.name])));
    if (pictures.length === 0) empty.push(name);
    for (const { name: file, length } of pictures) {
      const shown = `${folder}/${file}`;
      const bytes = { tag: 'whole', path: onDisk(root, shown), length } as const;
      entries.push({
        key: `${name}/${file}`,
        name: shown,
        label,
        address: { tag: 'encoded', bytes },
      });
    }
  }
  const there = others.length === 0 ? [] : [`${readable}; other files there: ${endings(others)}`];
  if (entries.length === 0)
    return E.left(otherForm('imagefolder', path, 'its folders have no pictures', ...there));
  return E.right({
    ...{ classes: classes.right, train: listed(entries) },
    faults: empty.length > 0 && !partial ? [emptyClasses(path, empty, ...there)] : [],
  });
};

/**
 * `PATH/CLASS`, or `PATH/train/CLASS` with `PATH/val/CLASS` to validate with. A folder `train` is a class of its own,
 * where folders stand beside it that are not there to validate.
 */
export const findFolder: Finder<Data & { readonly tag: 'imagefolder' }> = async (
  root,
  { path },
) => {
  const kind = kindOf(onDisk(root, path));
  if (kind === 'nothing') return E.left(notThere('imagefolder', path));
  if (kind !== 'folder') return E.left(otherForm('imagefolder', path, 'it is not a folder'));
  const folders = foldersIn({ root, path });
  if (E.isLeft(folders)) return folders;
  const divided =
    folders.right.includes('train') &&
    folders.right.every((name) => name === 'train' || validationNames.includes(name));
  const train = readClasses({ root, path: divided ? below(path, 'train') : path }, false);
  if (E.isLeft(train)) return train;
  const apart = validationNames.find((name) => divided && folders.right.includes(name));
  if (apart === undefined) return E.right({ ...train.right, usual: undefined, blocks: [] });
  const other = below(path, apart);
  const validation = readClasses({ root, path: other }, true);
  if (E.isLeft(validation)) return validation;
  const { classes } = train.right;
  const usual = relabelled(validation.right.train, validation.right.classes, classes);
  const strange = usual.strange.length === 0 ? [] : [strangeClasses(other, usual.strange)];
  return E.right({
    ...train.right,
    ...{ usual: usual.listing, blocks: [], faults: [...train.right.faults, ...strange] },
  });
};
