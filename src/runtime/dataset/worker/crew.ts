/** Who does the jobs of a loader. */
import type { Block } from '../dataset.ts';
import { newShelf } from '../shelf.ts';
import { doJob, type Done, type Job } from './job.ts';

/** Those who work; `hands` jobs may be done at once. */
export type Crew = {
  readonly hands: number;
  readonly work: (job: Job) => Promise<Done>;
  readonly close: () => Promise<void>;
};

/** No other thread: the one that asks works itself. */
const alone = (blocks: readonly Block[]): Crew => {
  const shelf = newShelf(blocks);
  return { hands: 1, work: (job) => doJob(shelf, job), close: async () => shelf.close() };
};

/** A crew of so many threads. */
export const newCrew = (_workers: number, blocks: readonly Block[]): Crew => alone(blocks);
