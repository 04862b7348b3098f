/** TensorFlow's library in a thread of its own. */
import { Worker } from 'node:worker_threads';
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import { threadFile } from '../../disk/thread-file.ts';
import type { Cluster } from '../../engines/cluster.ts';
import type { TensorflowLibrary, Unusable } from '../../engines/host.ts';
import { EngineFailure } from '../../engines/failure.ts';
import type { Library, OpenModel } from '../../engines/tensorflow/library.ts';
import type { Answer, Asked, Start } from './thread.ts';

/** What is asked of the thread, and its answer. */
type Ask = (question: Question, moved?: readonly ArrayBuffer[]) => Promise<Answer>;
type Question = Asked extends infer A ? (A extends Asked ? Omit<A, 'id'> : never) : never;

type Waiting = {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (thrown: unknown) => void;
};

/** `end` lets all that is asked, now and later, fail for this reason, also where the thread does not come back. */
type Thread = { readonly ask: Ask; readonly end: (thrown: unknown) => void };

/** A thread, which keeps the process from ending only while it is asked something. */
const newThread = (start: Start): Thread => {
  const worker = new Worker(threadFile('tensorflow-worker.js'), { workerData: start });
  const waiting = new Map<number, Waiting>();
  let ended: unknown;
  let next = 0;
  worker.unref();
  const settled = (id: number): Waiting | undefined => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    return asked;
  };
  worker.on('message', (answer: Answer) => settled(answer.id)?.resolve(answer));
  const end = (thrown: unknown): void => {
    ended ??= thrown;
    for (const id of [...waiting.keys()]) settled(id)?.reject(ended);
  };
  worker.on('error', end);
  worker.on('exit', () => end(new Bug('the thread of TensorFlow has ended')));
  const ask: Ask = (question, moved = []) =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, ...question }, [...moved]);
    });
  return { ask, end };
};

/** What TensorFlow says where a GPU fails; its text is all that the addon passes on. */
const isOfGpu = (reason: string): boolean =>
  /\b(CUDA_ERROR_|CUDNN_STATUS_|CUBLAS_STATUS_)|failed to (enqueue|launch)/i.test(reason);

/** An answer of another kind than was asked for: the machine fails, or netc has asked for something that is not there. */
const unexpected = (answer: Answer): Error => {
  if (answer.tag !== 'failed') return new Bug(`TensorFlow ${answer.tag}`);
  const { by, reason } = answer;
  return by === 'disk' || isOfGpu(reason)
    ? new EngineFailure('tensorflow', reason.split('\n')[0]!)
    : new Bug(`TensorFlow: ${reason}`);
};

/** What TensorFlow says when there is no memory. */
const isOutOfMemory = (answer: Answer): boolean =>
  answer.tag === 'failed' && /\bOOM when allocating\b/.test(answer.reason);

const outOfMemory = E.left({ tag: 'out of memory' } as const);

/** What is thrown where an answer is another one than was asked for. */
type Fault = (answer: Answer) => Promise<unknown>;

const modelOn = (ask: Ask, fault: Fault, model: number): OpenModel => ({
  run: async (fed, wanted) => {
    // of a view the whole buffer would be copied
    const own = fed.map(({ data, ...rest }) => ({ ...rest, data: data.slice() }));
    const buffers = own.map(({ data }) => data.buffer);
    const answer = await ask({ tag: 'run', model, fed: own, wanted }, buffers);
    if (answer.tag === 'done') return E.right(answer.outputs);
    if (isOutOfMemory(answer)) return outOfMemory;
    throw await fault(answer);
  },
  close: () => void ask({ tag: 'close', model }).catch(() => undefined), // the thread may have ended
});

/** Loads the library that is installed. */
export const loadLibrary = async (
  { caller, library }: TensorflowLibrary,
  threads: number,
): Promise<E.Either<Unusable, Library>> => {
  const { ask } = newThread({ caller, library, cluster: undefined });
  return libraryOn(ask, async (answer) => unexpected(answer), threads, 1);
};

/** The library on the server of a worker, and how it is told that it waits for others in vain. */
export type Serving = { readonly library: Library; readonly end: (thrown: unknown) => void };

/**
 * Loads the library that is installed, and starts the server of a worker. Where a run fails, `reason` may know why: another
 * worker is lost.
 */
export const serveLibrary = async (
  { koffi, library }: TensorflowLibrary & { readonly koffi: string },
  threads: number,
  cluster: Cluster,
  reason: () => Promise<unknown>,
): Promise<E.Either<Unusable, Serving>> => {
  const { ask, end } = newThread({ caller: { by: 'koffi', path: koffi }, library, cluster });
  const fault: Fault = async (answer) => (await reason()) ?? failedTogether(answer);
  const loaded = await libraryOn(ask, fault, threads, cluster.addresses.length);
  return E.map((library: Library): Serving => ({ library, end }))(loaded);
};

/** What others do may be the reason of any fault, so none is said to be a bug of netc. */
const failedTogether = (answer: Answer): Error =>
  answer.tag === 'failed'
    ? new EngineFailure('tensorflow', answer.reason.split('\n')[0]!)
    : unexpected(answer);

const libraryOn = async (
  ask: Ask,
  fault: Fault,
  threads: number,
  workers: number,
): Promise<E.Either<Unusable, Library>> => {
  const started = await ask({ tag: 'start' });
  if (started.tag !== 'started')
    return E.left({
      reason: `TensorFlow does not load: ${started.tag === 'failed' ? started.reason : ''}`,
      remedy: 'netc doctor --install tensorflow',
    });
  return E.right({
    version: started.version,
    usesGpu: started.usesGpu,
    ...{ threads, workers },
    bytes: process.availableMemory(),
    open: async (bytes) => {
      const answer = await ask({ tag: 'open', model: bytes }, [bytes.buffer]);
      if (answer.tag === 'opened') return E.right(modelOn(ask, fault, answer.model));
      if (isOutOfMemory(answer)) return outOfMemory;
      throw await fault(answer);
    },
  });
};
