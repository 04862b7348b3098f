/** A thread of a crew. The bundle has this file by itself, as `data-worker.js`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Bug } from '../../../diagnostic/bug.ts';
import type { Block } from '../../batches/dataset.ts';
import { newShelf } from '../shelf.ts';
import { doJob, type Done, type Job } from '../../batches/job.ts';

/** What a thread is started with. */
export type Start = { readonly blocks: readonly Block[] };

/** A job with the number that its answer bears. */
export type Asked = { readonly id: number; readonly job: Job };

/** What became of it; a broken invariant is thrown again by the thread that asked. */
export type Answer = { readonly id: number } & (
  | { readonly tag: 'done'; readonly done: Done }
  | { readonly tag: 'thrown'; readonly thrown: unknown }
);

const buffersOf = (done: Done): ArrayBuffer[] =>
  done.flatMap((one) =>
    one.tag === 'made' && one.data.buffer instanceof ArrayBuffer ? [one.data.buffer] : [],
  );

const port = parentPort;
if (port === null) throw new Bug('this is a thread of a crew, and no program');
const { blocks }: Start = workerData;
const shelf = newShelf(blocks);

port.on('message', async ({ id, job }: Asked) => {
  try {
    const done = await doJob(shelf, job);
    const answer: Answer = { id, tag: 'done', done };
    port.postMessage(answer, [...new Set(buffersOf(done))]);
  } catch (thrown) {
    const answer: Answer = { id, tag: 'thrown', thrown };
    port.postMessage(answer);
  }
});
