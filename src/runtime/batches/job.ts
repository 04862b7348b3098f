/** The work of a thread: samples are fetched and become numbers, or are measured. */
import * as E from 'fp-ts/lib/Either.js';
import { words } from '../../numeric/random.ts';
import type { Address } from './address.ts';
import type { Sample, Source } from './dataset.ts';
import { lookedAt, type Look } from './prepare/look.ts';
import { sumsOf } from './prepare/measure.ts';
import { augmented, steady, type Preparation } from './prepare/prepare.ts';

/** A part of a batch, or of what is measured. */
export type Job = {
  readonly addresses: readonly Address[];
  readonly aim: Aim;
};

/** What is to be made of each sample. */
export type Aim =
  /** its numbers, as it is validated */
  | { readonly tag: 'steady'; readonly preparation: Preparation }
  /** sums, at the size that pictures are validated at, or as they are */
  | { readonly tag: 'measure'; readonly preparation: Preparation | undefined }
  /** its numbers, changed by chance; `indices` are those of the samples in their part: with seed and epoch they name streams */
  | {
      readonly tag: 'augment';
      readonly preparation: Preparation;
      readonly seed: number;
      readonly epoch: number;
      readonly indices: Uint32Array;
    }
  /** the numbers of all pieces that are looked at */
  | { readonly tag: 'look'; readonly look: Look }
  /** nothing: only its size is asked for, which is read without decoding it */
  | { readonly tag: 'size' };

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

/** Those who work; `hands` jobs may be done at once. */
export type Crew = {
  readonly hands: number;
  readonly work: (job: Job) => Promise<Done>;
  readonly close: () => Promise<void>;
};

const made = (
  sample: Sample,
  aim: Exclude<Aim, { readonly tag: 'size' }>,
  i: number,
): Float32Array | Float64Array => {
  switch (aim.tag) {
    case 'steady':
      return steady(sample, aim.preparation);
    case 'measure':
      return sumsOf(sample, aim.preparation);
    case 'augment': {
      const { seed, epoch, indices, preparation } = aim;
      const draw = words({ seed, purpose: 'augment', epoch, index: indices[i]! });
      return augmented(sample, preparation, draw);
    }
    case 'look':
      return lookedAt(sample, aim.look);
  }
};

const doneWith = async (
  source: Source,
  address: Address,
  { aim }: Job,
  i: number,
): Promise<Done[number]> => {
  if (aim.tag === 'size') {
    const size = await source.size(address);
    return E.isLeft(size)
      ? { tag: 'broken', reason: size.left }
      : { tag: 'made', data: new Float32Array(0), ...size.right };
  }
  const sample = await source.fetch(address);
  if (E.isLeft(sample)) return { tag: 'broken', reason: sample.left };
  const { h, w } = sample.right;
  return { tag: 'made', data: made(sample.right, aim, i), h, w };
};

/** Samples that a thread has in its hands at a time: sharp decodes in four threads of its own. */
const lanes = 4;

/** Does a job. A sample that cannot be read costs only itself. */
export const doJob = async (source: Source, job: Job): Promise<Done> => {
  const done: Done[number][] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < job.addresses.length; i = next++)
      done[i] = await doneWith(source, job.addresses[i]!, job, i);
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return done;
};

/** No other thread: the one that asks works itself. */
export const alone = (source: Source, close: Crew['close']): Crew => ({
  hands: 1,
  work: (job) => doJob(source, job),
  close,
});
