/** Data sets for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import * as E from 'fp-ts/lib/Either.js';
import type { Data } from '../../../src/protocol/recipe.ts';
import type { Address } from '../../../src/runtime/batches/address.ts';
import type { Broken, Dataset, Part, Sample } from '../../../src/runtime/batches/dataset.ts';
import { openLoader } from '../../../src/runtime/dataset/load.ts';
import type { Batch, Loader, Settings } from '../../../src/runtime/batches/loader.ts';
import { openDataset } from '../../../src/runtime/dataset/open.ts';
import { partOf, type Entry, listed } from '../../../src/runtime/batches/listing.ts';
import { newShelf } from '../../../src/runtime/dataset/shelf.ts';

/** The right side; a fault fails the test with its message. */
export const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

export const opened = async (data: Data, root = '.'): Promise<Dataset> =>
  right(await openDataset(data, root));

const rooms: string[] = [];
afterAll(() => rooms.forEach((room) => rmSync(room, { recursive: true })));

/** A folder with these files, for the tests of a file. */
export const put = (files: { readonly [name: string]: Uint8Array | string }): string => {
  const room = mkdtempSync(join(tmpdir(), 'netc-data-'));
  rooms.push(room);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(room, name)), { recursive: true });
    writeFileSync(join(room, name), content);
  }
  return room;
};

/** A small set that is drawn. */
export const drawn = (images: number, validation = 0, clutter = 0): Promise<Dataset> =>
  opened({ tag: 'shapes', size: 16, classes: 10, images, validation, clutter });

/** A set of these addresses, all of one class. */
export const setOf = (addresses: readonly Address[], name = (i: number) => `${i}.png`): Dataset => {
  const entries = addresses.map((address, i): Entry => ({
    key: name(i),
    name: name(i),
    label: 0,
    address,
  }));
  const train: Part = partOf(listed(entries), newShelf([]).fetch);
  return {
    path: 'test',
    classes: ['a'],
    train,
    validation: undefined,
    blocks: [],
    digest: () => ({ sum: '', pictures: [] }),
    close: async () => {},
  };
};

export const plain: Settings = {
  takes: { tag: 'map', h: 16, w: 16, c: 3 },
  input: { order: 'rgb', scale: 1, mean: [], std: [] },
  augment: [],
  batch: 4,
  seed: 7,
  workers: 0,
  strict: false,
};

/** Gives a loader to a test, and closes it. */
export const withLoader = async <A>(
  dataset: Dataset,
  settings: Partial<Settings>,
  use: (loader: Loader) => Promise<A>,
): Promise<A> => {
  const loader = right(await openLoader(dataset, { ...plain, ...settings }));
  try {
    return await use(loader);
  } finally {
    await loader.close();
  }
};

export const batchesOf = async (
  from: AsyncIterable<E.Either<{ readonly message: string }, Batch>>,
): Promise<readonly Batch[]> => {
  const all: Batch[] = [];
  for await (const batch of from) all.push(right(batch));
  return all;
};

export const sampleOf = async (part: Part, index: number): Promise<Sample> =>
  right(E.mapLeft(({ reason }: Broken) => ({ message: reason }))(await part.pixels(index)));
