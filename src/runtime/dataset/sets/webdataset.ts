/**
 * WebDataset (github.com/webdataset/webdataset): tars in which `key.jpg` or `key.png` is a picture and `key.cls` its
 * label, a number in text. A key is a path up to the first point of its name.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Data } from '../../../protocol/recipe.ts';
import { quoted } from '../../data/json.ts';
import { unreadable, type RandomAccess } from '../../data/bytes.ts';
import { openFile } from '../../disk/random-access.ts';
import { incomplete, labelsOutside, otherForm, unreadableData } from '../../batches/faults.ts';
import { onDisk } from './files.ts';
import { joined, listed, type Entry, type Finder, type Listing } from '../../batches/listing.ts';
import { readTar, type TarEntry } from './tar.ts';
import { isGzip } from './unpack.ts';

/** The files that `train-{000..009}.tar` stands for; every number has as many digits as the first. */
const shardsOf = (path: string): readonly string[] => {
  const [whole, from, to] = /\{(\d{1,9})\.\.(\d{1,9})\}/.exec(path) ?? [];
  if (whole === undefined || from === undefined || to === undefined) return [path];
  const count = Math.min(mostShards, Number(to) - Number(from) + 1);
  return Array.from({ length: Math.max(0, count) }, (_, i) =>
    path.replace(whole, String(Number(from) + i).padStart(from.length, '0')),
  );
};

/** More shards than any set has. */
const mostShards = 100_000;

/** The key of a file, and what follows the first point of its name. */
const split = (name: string): readonly [key: string, ending: string] => {
  const [, key = name, ending = ''] = /^((?:.*\/)?[^./][^./]*)\.([^/]*)$/.exec(name) ?? [];
  return [key, ending.toLowerCase()];
};

const isPicture = (ending: string): boolean => ['jpg', 'jpeg', 'png'].includes(ending);

/** A label is a few digits; spaces and the end of a line may surround it. */
const longestLabel = 20;

/** A label, or what stands in its place. */
const readLabel = (
  shown: string,
  file: RandomAccess,
  { start, length }: TarEntry,
): Either<Diagnostic, number | string> => {
  const bytes = new Uint8Array(Math.min(length, longestLabel + 1));
  const read = file.readAt(bytes, start);
  if (E.isLeft(read)) return E.left(unreadable(shown, read.left));
  const text = Buffer.from(bytes).toString('latin1').trim();
  return E.right(length <= longestLabel && /^\d{1,9}$/.test(text) ? Number(text) : text);
};

/** The pictures among the entries of an archive; `path` is its path on the disk. */
const shardOf = (
  shown: string,
  path: string,
  file: RandomAccess,
  entries: readonly TarEntry[],
): Either<Diagnostic, Shard> => {
  const labels = new Map<string, TarEntry>();
  const pictures = new Map<string, TarEntry>();
  const [unclear, outside]: [string[], string[]] = [[], []];
  for (const entry of entries) {
    const [key, ending] = split(entry.name);
    const those = ending === 'cls' ? labels : isPicture(ending) ? pictures : undefined;
    if (those?.has(key) === true) unclear.push(`there are two files for ${quoted(entry.name)}`);
    else those?.set(key, entry);
  }
  const found: Entry[] = [];
  for (const [key, { name, start, length }] of pictures) {
    const cls = labels.get(key);
    if (cls === undefined) {
      unclear.push(`${quoted(name)} has no ${quoted(`${key}.cls`)}`);
      continue;
    }
    const label = readLabel(shown, file, cls);
    if (E.isLeft(label)) return label;
    if (typeof label.right === 'string') {
      outside.push(`${quoted(cls.name)} holds ${quoted(label.right)}`);
      continue;
    }
    const address = { tag: 'encoded', bytes: { tag: 'file', path, start, length } } as const;
    found.push({ key: name, name: `${shown}: ${name}`, label: label.right, address });
  }
  const faults = [
    ...(unclear.length === 0 ? [] : [incomplete(shown, unclear)]),
    ...(outside.length === 0 ? [] : [labelsOutside(shown, outside)]),
  ];
  return E.right({ listing: listed(found), faults });
};

/** The pictures of one archive, each with its label, and what is wrong with others (E0905, E0907). */
type Shard = { readonly listing: Listing; readonly faults: readonly Diagnostic[] };

const readShard = (root: string, shown: string): Either<Diagnostic, Shard> => {
  const path = onDisk(root, shown);
  const opened = openFile(path);
  if (E.isLeft(opened)) return E.left(unreadableData('webdataset', shown, opened.left));
  const file = opened.right;
  try {
    const head = new Uint8Array(Math.min(2, file.size));
    file.readAt(head, 0);
    if (isGzip(head))
      return E.left(
        otherForm(
          'webdataset',
          shown,
          'it is packed with gzip',
          'pictures are read in any order, so unpack it: `gunzip FILE`',
        ),
      );
    const entries = readTar(shown, file);
    if (E.isLeft(entries)) return entries;
    return shardOf(shown, path, file, entries.right);
  } finally {
    file.close();
  }
};

export const findWebdataset: Finder<Data & { readonly tag: 'webdataset' }> = async (
  root,
  { path },
) => {
  const listings: Listing[] = [];
  const faults: Diagnostic[] = [];
  for (const shard of shardsOf(path)) {
    const read = readShard(root, shard);
    if (E.isLeft(read)) faults.push(read.left);
    else {
      listings.push(read.right.listing);
      faults.push(...read.right.faults);
    }
  }
  const train = joined(listings);
  return train.count === 0
    ? E.left(faults[0] ?? otherForm('webdataset', path, 'it has no pictures'))
    : E.right({ classes: undefined, train, usual: undefined, blocks: [], faults });
};
