/**
 * Installs a product for netc: fetches what is pinned, keeps the needed files, makes what calls a library, and writes the
 * account last. What was done is found again by the next call, which goes on from there, or repairs what was damaged.
 */
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { bytes, largest } from '../../numeric/figures.ts';
import { textChunks } from '../data/bytes.ts';
import { writeFileAtomically } from '../disk/files.ts';
import { folderAt, removeFolder } from '../disk/folders.ts';
import type { Lock } from '../disk/lock.ts';
import { reasonOf } from '../disk/random-access.ts';
import { addonName, build as buildAddon } from './addon.ts';
import type { Parcel } from './catalogue.ts';
import { areUnchanged, sha256Of } from './digest.ts';
import { notAsPinned, unwritable } from './faults.ts';
import { alone } from './holding.ts';
import { downloadsIn, folderIn, machineName, wholeIn } from './installed.ts';
import { koffiName, tryKoffi } from './koffi.ts';
import { manifestName, manifestText, type Written } from './manifest.ts';
import { meansFor, type Means } from './means.ts';
import type { Order, Place, Progress } from './order.ts';
import { remember, unpackedBefore } from './records.ts';
import type { Source } from './sources.ts';
import type { Watch } from './transfer.ts';
import { unpack } from './unpack.ts';

/** What there is now. `fresh` is false where it was whole before. */
export type Outcome = { readonly folder: string; readonly bytes: number; readonly fresh: boolean };

/** What each parcel became before; undefined for one that is to be fetched. */
type Known = ReadonlyMap<Parcel, readonly Written[] | undefined>;

const sumOf = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

const outcomeOf = (folder: string, files: readonly Written[], fresh: boolean): Outcome => ({
  folder,
  bytes: sumOf(files.map(({ size }) => size)),
  fresh,
});

/**
 * Installs what is ordered, or says that it is there; one process at a time (E0509, E0712 to E0716). Undefined if the
 * signal came: what a step reports then says only that it was interrupted.
 */
export const install = async (order: Order): Promise<Either<Diagnostic, Outcome> | undefined> => {
  try {
    // without a lock, as it may lie on a disk that is read only
    const whole = await wholeAlready(order, await unpackedAlready(order));
    if (whole !== undefined) return E.right(whole);
    const made = await alone(order.cache, order.build.product, (lock) => installed(order, lock));
    return E.isLeft(made) && order.signal.aborted ? undefined : made;
  } catch (thrown) {
    if (order.signal.aborted) return undefined;
    throw thrown;
  }
};

const unpackedAlready = async ({ cache, build, parcels, signal }: Order): Promise<Known> => {
  const known = new Map<Parcel, readonly Written[] | undefined>();
  for (const parcel of parcels)
    known.set(parcel, await unpackedBefore(folderIn(cache, build), parcel, signal));
  return known;
};

const outstandingIn = (known: Known): readonly Parcel[] =>
  Array.from(known).flatMap(([parcel, files]) => (files === undefined ? [parcel] : []));

/** The installation, if every file of it is what it was when it was written. */
const wholeAlready = async (
  { cache, build, signal }: Order,
  known: Known,
): Promise<Outcome | undefined> => {
  const folder = folderIn(cache, build);
  const whole = wholeIn(folder);
  if (outstandingIn(known).length > 0 || whole === undefined || E.isLeft(whole)) return undefined;
  const { files } = whole.right;
  const addon = files.filter(({ path }) => path === addonName);
  return (await areUnchanged(folder, addon, signal)) ? outcomeOf(folder, files, false) : undefined;
};

const installed = async (order: Order, lock: Lock): Promise<Either<Diagnostic, Outcome>> => {
  const { cache, build, by, signal } = order;
  const folder = folderIn(cache, build);
  const known = await unpackedAlready(order); // again, as another process may have been at work until now
  const outstanding = outstandingIn(known);
  const means = await meansFor(outstanding, order);
  if (E.isLeft(means)) return means;
  signal.throwIfAborted(); // nothing was changed yet
  // one that works stays until something of it is written anew
  if (!(await isSound(folder, signal))) fs.rmSync(nodePath.join(folder, manifestName), anyway);
  const ready = prepared(order, folder, outstanding);
  if (E.isLeft(ready)) return ready;
  const files = await performed({ order, folder, lock, known, means: means.right });
  if (E.isLeft(files)) return files;
  const manifest = {
    ...{ version: build.product.version, machine: machineName() },
    ...(by && { caller: { by, path: by === 'addon' ? addonName : koffiName } }),
    files: files.right,
  };
  const text = textChunks(manifestText(manifest));
  const written = writeFileAtomically(nodePath.join(folder, manifestName), text);
  if (E.isLeft(written)) return written;
  removeFolder(downloadsIn(cache, build.product));
  return E.right(outcomeOf(folder, files.right, true));
};

/** The bytes of a parcel that an earlier attempt has left; those of a file that is too long are worth nothing. */
const partOf = ({ cache, build }: Order, { file, size }: Parcel): number => {
  const path = nodePath.join(downloadsIn(cache, build.product), file);
  const found = fs.statSync(path, { throwIfNoEntry: false });
  return found === undefined || found.size > size ? 0 : found.size;
};

const anyway = { force: true, recursive: true } as const;

/** Whether an installation has all files as they were written. */
const isSound = async (folder: string, signal: AbortSignal): Promise<boolean> => {
  const whole = wholeIn(folder);
  if (whole === undefined || E.isLeft(whole)) return false;
  return areUnchanged(folder, whole.right.files, signal);
};

/** Makes the folders, and says what is going to happen, if there is room for it (E0509). */
const prepared = (
  order: Order,
  folder: string,
  outstanding: readonly Parcel[],
): Either<Diagnostic, void> => {
  const { cache, build, parcels, tell } = order;
  for (const path of [folder, downloadsIn(cache, build.product)]) {
    const made = folderAt(path);
    if (E.isLeft(made)) return E.left(unwritable(path, made.left));
  }
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    const free = bavail * bsize;
    const missing = outstanding.map((parcel) => parcel.size - partOf(order, parcel));
    const fetched = sumOf(missing);
    const unpacked = sumOf(parcels.map((parcel) => parcel.unpacked));
    tell({ tag: 'plan', build, folder, fetched, unpacked, free });
    // each archive is removed when it is unpacked
    const needs = sumOf(outstanding.map((parcel) => parcel.unpacked)) + largest(missing);
    if (needs > free)
      return E.left(unwritable(folder, `needs ${bytes(needs)}, and its disk has ${bytes(free)}`));
    return E.right(undefined);
  } catch (thrown) {
    return E.left(unwritable(folder, reasonOf(thrown)));
  }
};

/** All that a step needs. */
type Work = {
  readonly order: Order;
  readonly folder: string;
  readonly lock: Lock;
  readonly known: Known;
  readonly means: Means;
};

/** Takes all steps, and gives every file of the installation. */
const performed = async (work: Work): Promise<Either<Diagnostic, readonly Written[]>> => {
  const { order, known } = work;
  const { parcels, by, tell } = order;
  const of = parcels.length + (by === undefined ? 0 : 1);
  const files: Written[] = [];
  for (const [i, parcel] of parcels.entries()) {
    const place = { step: i + 1, of };
    const before = known.get(parcel);
    if (before !== undefined) tell({ tag: 'there already', parcel, place });
    const got = before === undefined ? await obtained(work, parcel, place) : E.right(before);
    if (E.isLeft(got)) return got;
    files.push(...got.right);
  }
  if (by === undefined) return E.right(files);
  const caller = await callerMade(work, { step: of, of });
  return E.isLeft(caller) ? caller : E.right([...files, ...caller.right]);
};

/** Makes what calls the library, and tries it. */
const callerMade = async (
  { order: { env, node, signal, tell }, folder, means: { compiler } }: Work,
  place: Place,
): Promise<Either<Diagnostic, readonly Written[]>> => {
  if (compiler !== undefined) {
    tell({ tag: 'addon', place, compiler: compiler.version });
    return E.map((addon: Written) => [addon])(
      await buildAddon(folder, compiler, node, { env, signal }),
    );
  }
  tell({ tag: 'koffi', place });
  return E.map(() => [])(await tryKoffi(folder, node, { env, signal }));
};

/** Fetches a parcel, and unpacks it. */
const obtained = async (
  { order, folder, lock, means }: Work,
  parcel: Parcel,
  place: Place,
): Promise<Either<Diagnostic, readonly Written[]>> => {
  const source = means.sources[parcel.source];
  if (source === undefined) throw new Bug(`nothing brings ${parcel.file}`);
  const { cache, build, signal, tell } = order;
  const watch = (what: Progress, of: number): Watch => ({
    signal,
    bytes: (done) => {
      lock.touch();
      tell({ tag: 'progress', what, done, of });
    },
  });
  const downloads = downloadsIn(cache, build.product);
  const archive = nodePath.join(downloads, parcel.file);
  const isThere =
    partOf(order, parcel) === parcel.size && (await sha256Of(archive, signal)) === parcel.sha256;
  tell({ tag: 'parcel', parcel, place, by: isThere ? 'an earlier attempt' : source.name });
  const came = isThere
    ? E.right(undefined)
    : await fetched(source, parcel, downloads, watch('fetched', parcel.size));
  if (E.isLeft(came)) return came;
  fs.rmSync(nodePath.join(folder, manifestName), anyway); // until all is whole again
  const files = await unpack(parcel, archive, folder, watch('unpacked', parcel.unpacked));
  if (E.isLeft(files)) {
    // what is not as it should be; what does not fit on the disk is wanted by the next attempt
    if (files.left.code === 'E0714' && !signal.aborted) await fsp.rm(archive, { force: true });
    return files;
  }
  const remembered = remember(folder, parcel, files.right);
  if (E.isLeft(remembered)) return remembered;
  await fsp.rm(archive, { force: true });
  return files;
};

/** Puts the pinned file into the folder of downloads. One that went on from a part and is wrong is fetched from its beginning. */
const fetched = async (
  source: Source,
  parcel: Parcel,
  downloads: string,
  watch: Watch,
): Promise<Either<Diagnostic, void>> => {
  const path = nodePath.join(downloads, parcel.file);
  for (;;) {
    const before = fs.existsSync(path);
    const came = await source.bring(parcel, downloads, watch);
    if (E.isLeft(came)) return came;
    const sha256 = await sha256Of(path, watch.signal);
    if (sha256 === parcel.sha256) return came;
    if (!watch.signal.aborted) await fsp.rm(path, { force: true });
    if (!before || watch.signal.aborted)
      return E.left(notAsPinned(parcel.file, `has the digest ${sha256}, not ${parcel.sha256}`));
  }
};
