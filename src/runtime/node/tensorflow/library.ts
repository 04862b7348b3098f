/** TensorFlow's library in a thread of its own. */
import { Worker } from 'node:worker_threads';
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import { threadFile } from '../../disk/thread-file.ts';
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

/** A thread, which keeps the process from ending only while it is asked something. */
const newThread = (start: Start): Ask => {
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
  return (question, moved = []) =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, ...question }, [...moved]);
    });
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

const modelOn = (ask: Ask, model: number): OpenModel => ({
  run: async (fed, wanted) => {
    // of a view the whole buffer would be copied
    const own = fed.map(({ data, ...rest }) => ({ ...rest, data: data.slice() }));
    const buffers = own.map(({ data }) => data.buffer);
    const answer = await ask({ tag: 'run', model, fed: own, wanted }, buffers);
    if (answer.tag === 'done') return E.right(answer.outputs);
    if (isOutOfMemory(answer)) return outOfMemory;
    throw unexpected(answer);
  },
  close: () => void ask({ tag: 'close', model }).catch(() => undefined), // the thread may have ended
});

/** Loads the library that is installed. */
export const loadLibrary = async (
  { caller, library }: TensorflowLibrary,
  threads: number,
): Promise<E.Either<Unusable, Library>> => {
  const ask = newThread({ caller, library });
  const started = await ask({ tag: 'start' });
  if (started.tag !== 'started')
    return E.left({
      reason: `TensorFlow does not load: ${started.tag === 'failed' ? started.reason : ''}`,
      remedy: 'netc doctor --install tensorflow',
    });
  return E.right({
    version: started.version,
    usesGpu: started.usesGpu,
    threads,
    bytes: process.availableMemory(),
    open: async (bytes) => {
      const answer = await ask({ tag: 'open', model: bytes }, [bytes.buffer]);
      if (answer.tag === 'opened') return E.right(modelOn(ask, answer.model));
      if (isOutOfMemory(answer)) return outOfMemory;
      throw unexpected(answer);
    },
  });
};
