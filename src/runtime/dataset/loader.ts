/** Batches of a data set as a net takes them: the interface between pictures and steps. */
import type { Dataset } from './dataset.ts';

/** A batch. It is the reader's own: nobody else writes to its arrays. */
export type Batch = {
  /** [n, h, w, c], as numbers of the net */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** the class of each picture, and its place in the part it comes from */
  readonly labels: Uint32Array;
  readonly indices: Uint32Array;
};

/** What is measured of the training set once, and kept in the run folder. */
export type Measured = {
  /** of each channel as the net takes them, after `scale` */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** of red, green and blue, 3x3 in rows, of bytes 0–255 */
  readonly covariance: readonly number[];
};

/**
 * Gives batches, the next one prepared while the last is used. The same bits come for any number of workers. A picture
 * that cannot be read is counted, named and left out of its batch; an epoch's last batch may be smaller.
 */
export type Loader = {
  readonly dataset: Dataset;
  readonly measured: Measured | undefined;
  /** batches of an epoch of training, in an order drawn from (seed, epoch), without the first `skip` of them */
  readonly training: (epoch: number, skip: number) => AsyncIterable<Batch>;
  /** each picture of the validation part once, without chance */
  readonly validation: () => AsyncIterable<Batch>;
  readonly broken: () => readonly { readonly name: string; readonly reason: string }[];
  readonly close: () => Promise<void>;
};
