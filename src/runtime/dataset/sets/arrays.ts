/**
 * Arrays of NumPy: pictures [n, h, w, c] or vectors [n, c], and labels [n]; two `.npy`, or an `.npz` with `x` and `y`,
 * and perhaps `x_validation`, `y_validation` and `classes`, as `netc run --train` writes it.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Data } from '../../../protocol/recipe.ts';
import { formats, readNumbers } from '../../data/numbers.ts';
import { showShape } from '../../data/shape.ts';
import { inMemory, unreadable, type RandomAccess } from '../../data/bytes.ts';
import { openFile } from '../../disk/random-access.ts';
import { npyLayout, npyStrings, type NpyLayout } from '../../store/npy.ts';
import type { Address, Stretch } from '../../batches/address.ts';
import { labelsOutside, otherForm, unreadableData } from '../../batches/faults.ts';
import { newBlocks, onDisk, type Blocks } from './files.ts';
import { filtered, type Finder, type Listing } from '../../batches/listing.ts';
import { implausible, inflated } from './unpack.ts';
import { readZip, type ZipEntry } from './zip.ts';

/** An array that is somewhere: in a file of its own, in an archive, or unpacked. */
type Located = {
  readonly shown: string;
  readonly layout: NpyLayout;
  /** the array file as it could be opened */
  readonly file: RandomAccess;
  readonly at: (start: number, length: number) => Stretch;
};

/** A part of a file as a file. */
const within = (file: RandomAccess, path: string, from: number, size: number): RandomAccess => ({
  path,
  size,
  readAt: (into, position) =>
    position + into.length > size
      ? E.left({ tag: 'unreadable', reason: 'ends too early' })
      : file.readAt(into, from + position),
});

/** An array in a file, from a byte on. */
const inFile =
  (path: string, from: number) =>
  (start: number, length: number): Stretch => ({
    tag: 'file',
    path,
    start: from + start,
    length,
  });

const located = (file: RandomAccess, at: Located['at']): Either<Diagnostic, Located> =>
  E.map((layout: NpyLayout) => ({ shown: file.path, layout, file, at }))(npyLayout(file));

/** An entry of an archive; what is packed becomes a block (E0905, E0908). */
const inArchive = async (
  archive: RandomAccess,
  shown: string,
  { start, packed, length, deflated }: ZipEntry,
  blocks: Blocks,
): Promise<Either<Diagnostic, Located>> => {
  if (!deflated) return located(within(archive, shown, start, length), inFile(archive.path, start));
  const doubt = implausible(shown, packed, length);
  if (doubt !== undefined) return E.left(doubt);
  const bytes = new Uint8Array(packed);
  const read = archive.readAt(bytes, start);
  if (E.isLeft(read)) return E.left(unreadable(shown, read.left));
  const content = await inflated(shown, bytes, length);
  if (E.isLeft(content)) return content;
  const block = blocks.add(content.right);
  const at = (from: number, length: number): Stretch => ({
    tag: 'block',
    block,
    start: from,
    length,
  });
  return located(inMemory(shown, content.right), at);
};

/** Both arrays, as they are asked for. */
type Pair = { readonly x: Located; readonly y: Located };

/** What an archive has: pictures to train on, perhaps others to validate with, perhaps the names of the classes. */
type Archive = {
  readonly train: Pair;
  readonly usual: Pair | undefined;
  readonly classes: readonly string[] | undefined;
};

const names = {
  x: ['x', 'images', 'data', 'arr_0'],
  y: ['y', 'labels', 'arr_1'],
  apart: ['x_validation'],
  theirs: ['y_validation'],
  classes: ['classes'],
} as const;

/** The arrays of an archive; `classes`, `x_validation` and `y_validation` need not be there. */
const readArchive = async (
  archive: RandomAccess,
  shown: string,
  blocks: Blocks,
): Promise<Either<Diagnostic, Archive>> => {
  const entries = readZip(shown, archive);
  if (E.isLeft(entries)) return entries;
  const find = (of: readonly string[]): ZipEntry | undefined =>
    of.flatMap((name) => entries.right.filter((entry) => entry.name === `${name}.npy`))[0];
  const pair = async (x: ZipEntry, y: ZipEntry): Promise<Either<Diagnostic, Pair>> => {
    const pictures = await inArchive(archive, `${shown}:${arrayName(x)}`, x, blocks);
    if (E.isLeft(pictures)) return pictures;
    const labels = await inArchive(archive, `${shown}:${arrayName(y)}`, y, blocks);
    return E.isLeft(labels) ? labels : E.right({ x: pictures.right, y: labels.right });
  };
  const [x, y, apart, theirs] = [names.x, names.y, names.apart, names.theirs].map(find);
  if (x === undefined || y === undefined) {
    const there = entries.right.map((entry) => `\`${arrayName(entry)}\``).join(', ');
    return E.left(otherForm('arrays', shown, `it has the arrays ${there}`));
  }
  if ((apart === undefined) !== (theirs === undefined)) {
    const lacks = apart === undefined ? names.apart : names.theirs;
    return E.left(otherForm('arrays', shown, `it lacks the array \`${lacks[0]}\``));
  }
  const train = await pair(x, y);
  if (E.isLeft(train)) return train;
  const usual =
    apart === undefined || theirs === undefined ? E.right(undefined) : await pair(apart, theirs);
  if (E.isLeft(usual)) return usual;
  const named = find(names.classes);
  const classes = named === undefined ? E.right(undefined) : classesIn(archive, shown, named);
  return E.isLeft(classes)
    ? classes
    : E.right({ train: train.right, usual: usual.right, classes: classes.right });
};

const arrayName = ({ name }: ZipEntry): string => name.replace(/\.npy$/, '');

/** The names of the classes, where they lie in the archive unpacked as netc writes them. */
const classesIn = (
  archive: RandomAccess,
  shown: string,
  { start, length, deflated }: ZipEntry,
): Either<Diagnostic, readonly string[] | undefined> =>
  deflated ? E.right(undefined) : npyStrings(within(archive, `${shown}:classes`, start, length));

/** What a message says of an array that is neither. */
const shapes =
  'pictures are [n, h, w, c], vectors [n, c]; `x[..., None]` adds a channel to grey pictures';

/** The address of each row of an array; bytes of one or three channels are pixels. */
const addresses = ({ layout, at }: Located): ((index: number) => Address) => {
  const { shape, start, format, little } = layout;
  const [h, w, channels] = shape.length === 4 ? shape.slice(1) : [1, 1, shape[1]];
  const [height, width, depth] = [h!, w!, channels!];
  const length = height * width * depth * formats[format].bytes;
  const bytes = (index: number): Stretch => at(start + index * length, length);
  if (shape.length === 4 && format === 'u1' && (depth === 1 || depth === 3))
    return (index) => ({
      tag: 'raw',
      bytes: bytes(index),
      ...{ h: height, w: width, channels: depth, layout: 'rows' },
    });
  return (index) => ({
    tag: 'numbers',
    bytes: bytes(index),
    ...{ h: height, w: width, channels: depth, format, little },
  });
};

/** The numbers that are to be labels. */
const readLabels = ({ shown, layout, file }: Located): Either<Diagnostic, Float32Array> => {
  const { start, format, little, shape } = layout;
  const read = readNumbers(file, start, shape[0]!, format, little);
  return E.isLeft(read) ? E.left(unreadable(shown, read.left)) : read;
};

/** Labels are integers from 0 on. */
const isLabel = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < 2 ** 31;

type Rows = { readonly listing: Listing; readonly faults: readonly Diagnostic[] };

/** The pictures of both arrays, in their order, without those whose labels are none (E0907). */
const listingOf = (path: string, { x, y }: Pair): Either<Diagnostic, Rows> => {
  const { shape } = x.layout;
  if ((shape.length !== 4 && shape.length !== 2) || shape.slice(1).some((n) => n === 0))
    return E.left(otherForm('arrays', x.shown, `the array is ${showShape(shape)}`, shapes));
  if (y.layout.shape.length !== 1 || y.layout.shape[0] !== shape[0])
    return E.left(
      otherForm(
        'arrays',
        y.shown,
        `the labels are ${showShape(y.layout.shape)} for ${shape[0]} pictures`,
      ),
    );
  const labels = readLabels(y);
  if (E.isLeft(labels)) return labels;
  const all: Listing = {
    count: shape[0]!,
    labels: Uint32Array.from(labels.right),
    key: String,
    name: (index) => `${path} ${index}`,
    address: addresses(x),
  };
  const wrong = Array.from(labels.right.entries()).filter(([, label]) => !isLabel(label));
  return E.right(
    wrong.length === 0
      ? { listing: all, faults: [] }
      : {
          listing: filtered(all, (index) => isLabel(labels.right[index]!)),
          faults: [
            labelsOutside(
              y.shown,
              wrong.map(([i, label]) => `number ${i} is ${label}`),
            ),
          ],
        },
  );
};

/** Opens a file that stays open as long as `use` needs it. */
const opened = async <A>(
  root: string,
  path: string,
  use: (file: RandomAccess) => Promise<Either<Diagnostic, A>>,
): Promise<Either<Diagnostic, A>> => {
  const file = openFile(onDisk(root, path));
  if (E.isLeft(file)) return E.left(unreadableData('arrays', path, file.left));
  try {
    return await use(file.right);
  } finally {
    file.right.close();
  }
};

export const findArrays: Finder<Data & { readonly tag: 'arrays' }> = async (
  root,
  { path, labels },
) => {
  const blocks = newBlocks();
  const alone = (file: RandomAccess, shown: string): Either<Diagnostic, Located> =>
    located(within(file, shown, 0, file.size), inFile(file.path, 0));
  const archive = await opened(root, path, async (file) => {
    if (labels === undefined) return E.chain(rowsOf(path))(await readArchive(file, path, blocks));
    const x = alone(file, path);
    if (E.isLeft(x)) return x;
    return opened(root, labels, async (second) =>
      E.chain((y: Located) =>
        rowsOf(path)({ train: { x: x.right, y }, usual: undefined, classes: undefined }),
      )(alone(second, labels)),
    );
  });
  return E.map(({ train, usual, classes }: ReadRows) => ({
    ...{ classes, train: train.listing, usual: usual?.listing, blocks: blocks.all },
    faults: [...train.faults, ...(usual?.faults ?? [])],
  }))(archive);
};

type ReadRows = {
  readonly train: Rows;
  readonly usual: Rows | undefined;
  readonly classes: readonly string[] | undefined;
};

/** The pictures of an archive: read while it is open. */
const rowsOf =
  (path: string) =>
  ({ train, usual, classes }: Archive): Either<Diagnostic, ReadRows> => {
    const own = listingOf(path, train);
    if (E.isLeft(own)) return own;
    const apart = usual === undefined ? E.right(undefined) : listingOf(path, usual);
    return E.map((found: Rows | undefined) => ({ train: own.right, usual: found, classes }))(apart);
  };
