/** Who does the jobs of a loader: threads, or the one that asks. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Bug } from '../../../diagnostic/bug.ts';
import { threadFile } from '../../disk/thread-file.ts';
import type { Block } from '../../batches/dataset.ts';
import { newShelf } from '../shelf.ts';
import { alone, type Crew, type Done, type Job } from '../../batches/job.ts';
import type { Answer, Asked, Start } from './thread.ts';

/** More threads than this wait for each other. */
const mostWorkers = 64;

/** As many threads as help: one core is left for the steps. */
export const usualWorkers = (): number => Math.min(8, availableParallelism() - 1);

type Waiting = {
  readonly resolve: (done: Done) => void;
  readonly reject: (thrown: unknown) => void;
};

/** One thread, and the jobs that it has. */
type Hand = {
  readonly load: () => number;
  readonly work: (job: Job) => Promise<Done>;
  readonly close: () => Promise<void>;
};

const newHand = (file: URL, start: Start): Hand => {
  const worker = new Worker(file, { workerData: start });
  const waiting = new Map<number, Waiting>();
  let ended: unknown;
  let next = 0;
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.tag === 'done') asked?.resolve(answer.done);
    else asked?.reject(answer.thrown);
  });
  const end = (thrown: unknown): void => {
    ended ??= thrown;
    for (const asked of waiting.values()) asked.reject(ended);
    waiting.clear();
  };
  worker.on('error', end);
  worker.on('exit', () => end(new Bug('a thread that reads pictures has ended')));
  return {
    load: () => waiting.size,
    work: (job) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        const asked: Asked = { id: next++, job };
        waiting.set(asked.id, { resolve, reject });
        worker.postMessage(asked);
      }),
    close: async () => void (await worker.terminate()),
  };
};

/** A crew of so many threads; of none, the thread that asks does the work. */
export const newCrew = (workers: number, blocks: readonly Block[]): Crew => {
  if (workers === 0) {
    const shelf = newShelf(blocks);
    return alone(shelf, async () => shelf.close());
  }
  const file = threadFile('data-worker.js');
  const hands = Array.from({ length: Math.min(workers, mostWorkers) }, () =>
    newHand(file, { blocks }),
  );
  return {
    hands: hands.length,
    work: (job) => hands.reduce((idle, h) => (h.load() < idle.load() ? h : idle)).work(job),
    close: async () => void (await Promise.all(hands.map((h) => h.close()))),
  };
};
