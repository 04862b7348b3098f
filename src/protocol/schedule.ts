/**
 * The rate of each step, and when a plateau lowers it. Rates follow from numbers alone, with the same bits on every
 * machine, so a run that was interrupted goes on with those that it would have had.
 */
import { absurd } from '../diagnostic/bug.ts';
import { cosineAndSine } from '../numeric/random.ts';
import type { Schedule } from './recipe.ts';

/** What a plateau has seen of the epochs so far: plain data, which a checkpoint keeps. */
export type Watched = {
  /** the best accuracy so far, null before the first */
  readonly best: number | null;
  /** epochs since then, or since the rate was lowered */
  readonly waited: number;
  /** how many times the rate was lowered */
  readonly drops: number;
  /** whether training ends */
  readonly over: boolean;
};

/** What has been seen before the first epoch. */
export const nothingWatched: Watched = { best: null, waited: 0, drops: 0, over: false };

/** An accuracy is better when it is larger than the best one by more than this share of it, as PyTorch has it. */
const margin = 1e-4;

/**
 * What has been seen after one more epoch, which reached this accuracy in validation. `patience` epochs that are not
 * better lower the rate; when it was lowered `drops` times, so many more end the training. NaN is never better.
 */
export const afterEpoch = ({ shape }: Schedule, watched: Watched, accuracy: number): Watched => {
  if (shape.tag !== 'plateau') return watched;
  const { best, drops } = watched;
  const better = best === null ? !Number.isNaN(accuracy) : accuracy > best * (1 + margin);
  if (better) return { ...watched, best: accuracy, waited: 0 };
  const waited = watched.waited + 1;
  if (waited < shape.patience) return { ...watched, waited };
  return drops < shape.drops
    ? { ...watched, waited: 0, drops: drops + 1 }
    : { ...watched, waited, over: true };
};

/** Where a step stands in its run. */
export type Progress = {
  /** steps that are done before it, of all epochs */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly watched: Watched;
};

/** The rate η of a step, for a rate to start from. */
export const rateAt = (schedule: Schedule, base: number, progress: Progress): number =>
  base * warming(schedule, progress) * shaped(schedule, progress);

/** The steps of the warm-up. */
const warmSteps = ({ warmup }: Schedule, { stepsPerEpoch }: Progress): number =>
  warmup * stepsPerEpoch;

/** From a tenth to 1 in equal steps, as Goyal et al. 2017, section 2.2, begin gradually. */
const warming = (schedule: Schedule, progress: Progress): number => {
  const share = progress.step / warmSteps(schedule, progress);
  return share < 1 ? 0.1 + 0.9 * share : 1;
};

const shaped = (schedule: Schedule, progress: Progress): number => {
  const { shape } = schedule;
  const epoch = Math.floor(progress.step / progress.stepsPerEpoch);
  switch (shape.tag) {
    case 'constant':
      return 1;
    case 'step':
      return power(shape.factor, shape.at.filter((at) => at <= epoch).length);
    case 'every':
      return power(shape.factor, Math.floor(epoch / shape.every));
    case 'cosine':
      return descent(schedule, progress);
    case 'plateau':
      return power(shape.factor, progress.watched.drops);
    default:
      return absurd(shape);
  }
};

/** By multiplying: engines of JavaScript differ in the last bits of `**`. */
const power = (factor: number, times: number): number => {
  let product = 1;
  for (let i = 0; i < times; i++) product *= factor;
  return product;
};

/**
 * ½(1 + cos πs), where s is the share that is done of the steps after the warm-up (Loshchilov and Hutter 2017,
 * equation 5, without restarts).
 */
const descent = (schedule: Schedule, progress: Progress): number => {
  const first = warmSteps(schedule, progress);
  const all = progress.epochs * progress.stepsPerEpoch - first;
  const share = all > 0 ? (progress.step - first) / all : 0;
  const [cosine] = cosineAndSine(2 * Math.min(1, Math.max(0, share)));
  return (1 + cosine) / 2;
};
