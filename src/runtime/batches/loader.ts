/** Batches of a data set as a net takes them: the interface between pictures and steps. */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Extent } from '../../ops/params.ts';
import type { Augmentation, PixelNumbers } from '../../protocol/recipe.ts';
import type { Broken, Part, PictureSet } from './dataset.ts';

/** A batch. It is the reader's own: nobody else writes to its arrays. */
export type Batch = {
  /** its place in the epoch, from 0; the epoch goes on behind it with `skip` = position + 1 */
  readonly position: number;
  /** [n, h, w, c], or [n, c] for vectors, as numbers of the net */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** the class of each picture, and its place in the part it comes from */
  readonly labels: Uint32Array;
  readonly indices: Uint32Array;
  /** the pictures of the whole batch, where this is a worker's share of one, which may have none */
  readonly whole?: number;
};

/** What is measured of the training set once, and kept in the run folder. */
export type Measured = {
  /** of each channel as the net takes them, after `scale` */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** of red, green and blue, 3x3 in rows, of bytes 0–255; empty for arrays of other numbers */
  readonly covariance: readonly number[];
};

/** What a net takes: pictures of a size, or vectors. */
export type Takes =
  | ({ readonly tag: 'map'; readonly c: number } & Extent)
  | { readonly tag: 'vector'; readonly c: number };

/** One of the nearly equal shares of a batch, the first of which is 0. */
export type Share = { readonly rank: number; readonly of: number };

/** How batches are made. */
export type Settings = {
  /** of a net that takes any size, that of the crop */
  readonly takes: Takes;
  readonly input: PixelNumbers;
  readonly augment: readonly Augmentation[];
  readonly batch: number;
  readonly seed: number;
  /** threads that decode and augment beside the one that trains; 0 to do it there, with the same bits */
  readonly workers: number;
  /** whether a picture that cannot be read ends the training */
  readonly strict: boolean;
  /** which share of each batch of training is made, of how many; all of it unless given */
  readonly share?: Share | undefined;
  /** what an earlier part of the run has measured; it is measured where it is needed and not given */
  readonly measured?: Measured | undefined;
};

/**
 * Gives batches, the next ones prepared while the last is used. The same bits come for any number of workers. A picture
 * that cannot be read is counted, named and left out of its batch, or a fault (E0909) where `strict`; after a fault
 * nothing comes. An epoch's last batch may be smaller, and one of which no picture can be read does not come.
 */
export type Loader = {
  readonly dataset: PictureSet;
  readonly measured: Measured | undefined;
  /** batches of an epoch, if all pictures can be read */
  readonly batches: { readonly training: number; readonly validation: number };
  /** batches of an epoch of training, in an order drawn from (seed, epoch), without the first `skip` of them */
  readonly training: (epoch: number, skip: number) => AsyncIterable<Either<Diagnostic, Batch>>;
  /** each picture of the validation part once, without chance */
  readonly validation: () => AsyncIterable<Either<Diagnostic, Batch>>;
  /** each picture of a part once, in its order and without chance */
  readonly steady: (part: Part) => AsyncIterable<Either<Diagnostic, Batch>>;
  /** each picture that could not be read, once */
  readonly broken: () => readonly Broken[];
  readonly close: () => Promise<void>;
};
