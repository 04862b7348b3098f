/** The work of a thread: samples are fetched and become numbers, or are measured. */
import * as E from 'fp-ts/lib/Either.js';
import { words } from '../../../numeric/random.ts';
import type { Address } from '../address.ts';
import type { Sample } from '../dataset.ts';
import { sumsOf } from '../prepare/measure.ts';
import { augmented, steady, type Preparation } from '../prepare/prepare.ts';
import type { Shelf } from '../shelf.ts';

/** A part of a batch, or of what is measured. */
export type Job = {
  readonly addresses: readonly Address[];
  readonly preparation: Preparation;
  readonly aim:
    | { readonly tag: 'steady' }
    /** at the size that pictures are validated at, or as they are */
    | { readonly tag: 'measure'; readonly prepared: boolean }
    /** `indices` are those of the samples in their part: with seed and epoch they name streams */
    | {
        readonly tag: 'augment';
        readonly seed: number;
        readonly epoch: number;
        readonly indices: Uint32Array;
      };
};

/** What became of each sample, in order: its numbers or sums, or why it cannot be read. */
export type Done = readonly (
  | {
      readonly tag: 'made';
      readonly data: Float32Array | Float64Array;
      /** the size that it had */
      readonly h: number;
      readonly w: number;
    }
  | { readonly tag: 'broken'; readonly reason: string }
)[];

const made = (
  sample: Sample,
  { aim, preparation }: Job,
  i: number,
): Float32Array | Float64Array => {
  switch (aim.tag) {
    case 'steady':
      return steady(sample, preparation);
    case 'measure':
      return sumsOf(sample, aim.prepared ? preparation : undefined);
    case 'augment': {
      const { seed, epoch, indices } = aim;
      const draw = words({ seed, purpose: 'augment', epoch, index: indices[i]! });
      return augmented(sample, preparation, draw);
    }
  }
};

/** Samples that a thread has in its hands at a time: sharp decodes in four threads of its own. */
const lanes = 4;

/** Does a job. A sample that cannot be read costs only itself. */
export const doJob = async (shelf: Shelf, job: Job): Promise<Done> => {
  const done: Done[number][] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < job.addresses.length; i = next++) {
      const sample = await shelf.fetch(job.addresses[i]!);
      if (E.isLeft(sample)) done[i] = { tag: 'broken', reason: sample.left };
      else {
        const { h, w } = sample.right;
        done[i] = { tag: 'made', data: made(sample.right, job, i), h, w };
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return done;
};
