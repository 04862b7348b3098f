/** Threads of Node that help wasm to compute. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import * as E from 'fp-ts/lib/Either.js';
import { threadFile } from '../../disk/thread-file.ts';
import type { Helpers } from '../../engines/host.ts';

/** The most threads that compute: with more, one waits for the other's memory. */
const mostThreads = 64;
/** What is taken by itself: more cores are mostly halves of cores. */
const usualThreads = 8;

const variable = 'NETC_WASM_THREADS';

/** How many threads compute with wasm: as many as are asked for, or as there are cores; or why none is started. */
export const threadsFor = (asked: string | undefined, cores: number): E.Either<string, number> => {
  if (asked === undefined || asked === '') return E.right(Math.min(cores, usualThreads));
  const threads = Number(asked);
  return Number.isInteger(threads) && threads >= 1 && threads <= mostThreads
    ? E.right(threads)
    : E.left(`${variable} is \`${asked}\`, and a number from 1 to ${mostThreads} is expected`);
};

/** So long threads may take until they are ready, in milliseconds. */
const usualPatience = 1000;

/** Settles when the thread is ready, or has ended. A thread that is ready does not keep the process from ending. */
const readiness = (worker: Worker): Promise<E.Either<string, void>> =>
  new Promise((resolve) => {
    worker.once('message', () => {
      worker.unref();
      resolve(E.right(undefined));
    });
    worker.once('error', (thrown) => resolve(E.left(thrown.message)));
    worker.once('exit', () => resolve(E.left('a thread has ended')));
  });

const late = (since: number, patience: number): Promise<E.Either<string, void>> =>
  new Promise((resolve) => {
    const left = Math.max(0, since + patience - performance.now());
    const why = `its threads were not ready within ${patience / 1000} s`;
    setTimeout(() => resolve(E.left(why)), left).unref();
  });

/** A sleeping thread wakes within 30 microseconds or so, and a core does some 20 products a nanosecond. */
const worth = 2 ** 19;

/** None, because only one thread is to compute, or because the others cannot be started. */
const none = (why?: string): Helpers => ({
  ...{ count: 0, worth, end: () => undefined },
  join: async () => (why === undefined ? E.right(undefined) : E.left(why)),
});

/** Begins to start threads that help the one that asks; those that are late are not waited for. */
export const startHelpers = (count: number, patience: number = usualPatience): Helpers => {
  const since = performance.now();
  const workers: Worker[] = [];
  const end = (): void => workers.forEach((worker) => void worker.terminate());
  try {
    const file = threadFile('wasm-worker.js');
    for (let i = 0; i < count; i++) workers.push(new Worker(file));
  } catch (thrown) {
    end();
    return none(thrown instanceof Error ? thrown.message : String(thrown));
  }
  const ready = workers.map(readiness);
  return {
    ...{ count, worth, end },
    join: async (each) => {
      workers.forEach((worker, i) => worker.postMessage(each[i]));
      const all = Promise.all(ready).then((found) => found.find(E.isLeft) ?? E.right(undefined));
      const joined = await Promise.race([all, late(since, patience)]);
      if (E.isLeft(joined)) end();
      return joined;
    },
  };
};

/** As many as this machine has cores, or as it is told. */
export const helpersHere = (): Helpers => {
  const threads = threadsFor(process.env[variable], availableParallelism());
  if (E.isLeft(threads)) return none(threads.left);
  return threads.right === 1 ? none() : startHelpers(threads.right - 1);
};
