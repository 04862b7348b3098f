/**
 * Threads for the wasm backend, which has them but does not start them in Node: it hands blob URLs to
 * Node's Worker, which takes files, and its own script in a form that only its bundle can read. Both lie
 * as files in its package. It also uses no more threads than half the cores it is told of.
 *
 * The result of a kernel is the same to the bit for any number of threads: they share out a result's
 * elements, not the sums in them.
 */
import os from 'node:os';
import { join } from 'node:path';
import workers, { type Transferable } from 'node:worker_threads';

const script = 'tfjs-backend-wasm-threaded-simd.js';
const workerScript = 'tfjs-backend-wasm-threaded-simd.worker.js';

/**
 * Runs `start`, which is to start the backend, while the process looks to it as it wants. `folder` is
 * where the two scripts lie.
 */
export const withThreads = async <A>(
  count: number,
  folder: string,
  start: () => Promise<A>,
): Promise<A> => {
  const { Worker } = workers;
  const { cpus } = os;
  class PackageWorker extends Worker {
    constructor(file: string | URL) {
      super(String(file).startsWith('blob:') ? join(folder, workerScript) : file);
    }
    override postMessage(message: unknown, transfer?: readonly Transferable[]): void {
      const sent = isLoad(message) ? { ...message, urlOrBlob: join(folder, script) } : message;
      super.postMessage(sent, transfer);
    }
  }
  const core = cpus()[0]!;
  Object.assign(workers, { Worker: PackageWorker });
  Object.assign(os, { cpus: () => Array.from({ length: 2 * count }, () => core) });
  try {
    return await start();
  } finally {
    Object.assign(workers, { Worker });
    Object.assign(os, { cpus });
  }
};

const isLoad = (message: unknown): message is { readonly cmd: 'load' } =>
  typeof message === 'object' && message !== null && 'cmd' in message && message.cmd === 'load';
