/** Opens the set that `data` of a recipe names. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Data } from '../../protocol/recipe.ts';
import { loadSharp } from '../files/pictures.ts';
import { noSharp } from '../store/picture.ts';
import type { Dataset } from '../batches/dataset.ts';
import { digestOf, type Parts } from './digest.ts';
import {
  labelsOutside,
  noneApart,
  nothingToTrain,
  oneClass,
  withOthers,
} from '../batches/faults.ts';
import { findArrays } from './sets/arrays.ts';
import { findCifar } from './sets/cifar.ts';
import { findFolder } from './sets/folder.ts';
import { findMnist } from './sets/mnist.ts';
import { areNamed, filtered, partOf, type Found, type Listing } from '../batches/listing.ts';
import { findShapes } from '../batches/shapes/shapes.ts';
import { halves } from './sets/validation.ts';
import { findWebdataset } from './sets/webdataset.ts';
import { newShelf } from './shelf.ts';

/** What is at the path of a set. */
const find = (data: Data, root: string): Promise<Either<Diagnostic, Found>> => {
  switch (data.tag) {
    case 'shapes':
      return findShapes(root, data);
    case 'imagefolder':
      return findFolder(root, data);
    case 'cifar10':
    case 'cifar100':
      return findCifar(root, data);
    case 'mnist':
      return findMnist(root, data);
    case 'webdataset':
      return findWebdataset(root, data);
    case 'arrays':
      return findArrays(root, data);
  }
};

const largest = (labels: Uint32Array): number => labels.reduce((a, b) => Math.max(a, b), 0);

/** Labels are not believed beyond this, unless a net has as many outputs. */
const mostClasses = 100_000;

/**
 * The names of the classes. Where nothing but labels says how many there are, it is as many as the net tells apart,
 * `outputs`, if a net is there.
 */
const classesOf = (
  { classes, train }: Found,
  validation: Listing | undefined,
  outputs: number | undefined,
): readonly string[] => {
  const numbered = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, i) => String(i));
  const most = Math.max(largest(train.labels), largest(validation?.labels ?? new Uint32Array()));
  const known = areNamed(classes) ? classes.length : classes;
  const count = known ?? outputs ?? Math.min(mostClasses, most + 1);
  return areNamed(classes) ? classes : numbered(count);
};

/** Pictures whose labels are numbers of classes, and what is wrong with the others (E0907). */
const within = (
  path: string,
  classes: readonly string[],
  listing: Listing,
): { readonly listing: Listing; readonly faults: readonly Diagnostic[] } => {
  const wrong: string[] = [];
  listing.labels.forEach((label, i) => {
    if (label >= classes.length) wrong.push(`\`${listing.name(i)}\` has the label ${label}`);
  });
  if (wrong.length === 0) return { listing, faults: [] };
  const range = `classes are numbered from 0 to ${classes.length - 1}`;
  return {
    listing: filtered(listing, (i) => listing.labels[i]! < classes.length),
    faults: [labelsOutside(path, wrong, range)],
  };
};

/** How many pictures there are of each class. */
export const countsOf = (labels: Iterable<number>, classes: number): readonly number[] => {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
};

/** Whether there is something to learn and to validate with (E0903, E0911). */
const sparse = (path: string, { classes, train, validation }: Parts): Diagnostic | undefined => {
  const present = countsOf(train.labels, classes.length).filter((n) => n > 0);
  if (present.length < 2) return oneClass(path, classes[train.labels[0]!]!);
  return validation?.count === 0 ? noneApart(path, { pictures: train.count }) : undefined;
};

/** sharp is needed for JPEG and PNG only (E0702). */
const decodable = async (path: string, { train }: Parts): Promise<Diagnostic | undefined> => {
  if (train.count === 0 || train.address(0).tag !== 'encoded') return undefined;
  const sharp = await loadSharp().catch(() => undefined);
  return sharp === undefined ? noSharp(path) : undefined;
};

/** What a set is called in messages. */
const pathOf = (data: Data): string => (data.tag === 'shapes' ? 'shapes' : data.path);

/**
 * The set of a recipe; paths in it are relative to the folder `root`. `outputs` are the classes of the net, if there is
 * one; a set that nothing is trained on may have one class (E0001, E0505, E0510, E0702, E0901 to E0908, E0911, E0914).
 */
export const openDataset = async (
  data: Data,
  root: string,
  outputs?: number,
  isTrainedOn = true,
): Promise<Either<Diagnostic, Dataset>> => {
  const opened = await openFaulty(data, root, outputs, isTrainedOn);
  if (E.isLeft(opened)) return opened;
  const { dataset, faults } = opened.right;
  const [fault, ...others] = faults;
  if (fault === undefined) return E.right(dataset);
  await dataset.close();
  return E.left(withOthers(fault, others.length, dataset.path));
};

/** A set with what is wrong with it; the pictures that this is about are left out. */
export type Faulty = { readonly dataset: Dataset; readonly faults: readonly Diagnostic[] };

/** The same, as far as there is anything to train on. */
export const openFaulty = async (
  data: Data,
  root: string,
  outputs?: number,
  isTrainedOn = true,
): Promise<Either<Diagnostic, Faulty>> => {
  const path = pathOf(data);
  const found = await find(data, root);
  if (E.isLeft(found)) return found;
  const asked = data.tag === 'shapes' ? usualOf(data.validation) : data.validation;
  const apart = await halves(path, found.right, asked, (path) => find(at(data, path), root));
  if (E.isLeft(apart)) return apart;
  const { blocks } = apart.right;
  const classes = classesOf(found.right, apart.right.validation, outputs);
  const train = within(path, classes, apart.right.train);
  const validation = apart.right.validation && within(path, classes, apart.right.validation);
  const parts: Parts = { classes, train: train.listing, validation: validation?.listing };
  const faults = [...apart.right.faults, ...train.faults, ...(validation?.faults ?? [])];
  if (parts.train.count === 0)
    return E.left(faults[0] ?? nothingToTrain(path, { pictures: parts.validation?.count ?? 0 }));
  const missing = await decodable(path, parts);
  if (missing !== undefined) return E.left(missing);
  // too little is there because of what was left out, which is said already
  const few = isTrainedOn && faults.length === 0 ? sparse(path, parts) : undefined;
  const shelf = newShelf(blocks);
  const dataset: Dataset = {
    ...{ path, classes, blocks },
    train: partOf(parts.train, shelf.fetch),
    validation: parts.validation && partOf(parts.validation, shelf.fetch),
    digest: () => digestOf(parts, shelf),
    close: async () => shelf.close(),
  };
  return E.right({ dataset, faults: few === undefined ? faults : [...faults, few] });
};

/** The same kind of data at another path; the labels of arrays are in the same archive there. */
const at = (data: Data, path: string): Data => {
  if (data.tag === 'shapes') throw new Bug('`shapes` has no path');
  return data.tag === 'arrays' ? { tag: 'arrays', path } : { ...data, path };
};

/** Pictures that are drawn are kept apart if there are to be any. */
const usualOf = (validation: number) =>
  validation === 0 ? undefined : ({ tag: 'usual' } as const);
