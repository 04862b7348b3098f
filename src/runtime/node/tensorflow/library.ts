/** TensorFlow's library in a thread of its own. */
import { Worker } from 'node:worker_threads';
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import { threadFile } from '../../disk/thread-file.ts';
import type { TensorflowLibrary, Unusable } from '../../engines/host.ts';
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

/** An answer of another kind than was asked for. */
const unexpected = (answer: Answer): Bug =>
  new Bug(answer.tag === 'failed' ? `TensorFlow: ${answer.reason}` : `TensorFlow ${answer.tag}`);

/** What TensorFlow says when there is no memory; its text is all that the addon passes on. */
const isOutOfMemory = (reason: string): boolean => /\bOOM when allocating\b/.test(reason);

const modelOn = (ask: Ask, model: number): OpenModel => ({
  run: async (fed, wanted) => {
    // of a view the whole buffer would be copied
    const own = fed.map(({ data, ...rest }) => ({ ...rest, data: data.slice() }));
    const buffers = own.map(({ data }) => data.buffer);
    const answer = await ask({ tag: 'run', model, fed: own, wanted }, buffers);
    if (answer.tag === 'done') return E.right(answer.outputs);
    if (answer.tag === 'failed' && isOutOfMemory(answer.reason))
      return E.left({ tag: 'out of memory' });
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
      if (answer.tag !== 'opened') throw unexpected(answer);
      return modelOn(ask, answer.model);
    },
  });
};
