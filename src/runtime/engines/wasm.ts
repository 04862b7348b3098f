/**
 * XNNPACK compiled to WebAssembly: the default, as it needs nothing but Node.
 *
 * One thread. The backend has threads but does not start them in Node. A shim can start them, with the same results bit
 * for bit (Node's Worker takes no blob URL, and the backend uses half of the reported cores), but may never finish.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { byCalls } from './by-calls.ts';
import type { CalledEngine, Engine } from './engine.ts';
import { clampsOfXnnpack, keepingNaN } from './keeping-nan.ts';
import { once } from './once.ts';
import { start } from './tensorflow-js.ts';

/** Its kernels, one by one. */
export const wasmCalls = once(async () => {
  const tf = await import('@tensorflow/tfjs-core');
  const backend = await import('@tensorflow/tfjs-backend-wasm');
  // beside the package's own script, wherever a bundle of netc may lie
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  backend.setWasmPaths(folder + sep);
  const inPlace = (tensor: TensorInfo): Float32Array => {
    const current = tf.backend();
    const numbers = current instanceof backend.BackendWasm && current.typedArrayFromHeap(tensor);
    if (!(numbers instanceof Float32Array)) throw new Bug('a tensor of wasm is not float32');
    return numbers;
  };
  const engine = await withoutHandlers(() =>
    start(
      tf,
      {
        name: 'wasm',
        backend: 'wasm',
        version: `tfjs-backend-wasm ${backend.version_wasm}`,
        room: { all: 2 ** 32 - 2 ** 16, each: 2 ** 31 - 1, weightCopies: 2 },
        views: true,
        numbers: inPlace,
        // a failed malloc gives address 0, and kernels write there
        allocated: ({ dataId }) => {
          const current = tf.backend();
          return !(current instanceof backend.BackendWasm) || current.getMemoryOffset(dataId) > 0;
        },
      },
      'npm ci',
    ),
  );
  return Either.map((e: CalledEngine<Tensor>) => keepingNaN(e, clampsOfXnnpack, inPlace))(engine);
});

export const wasm: Engine = {
  name: 'wasm',
  doc: 'XNNPACK in WebAssembly with SIMD, one thread; always there',
  load: byCalls(wasmCalls),
};

const events = ['uncaughtException', 'unhandledRejection'] as const;

/** Removes the handlers of uncaught errors that the module adds to the process when it starts. */
const withoutHandlers = async <A>(begin: () => Promise<A>): Promise<A> => {
  const before = events.map((event) => process.rawListeners(event));
  const result = await begin();
  events.forEach((event, i) => {
    for (const listener of process.rawListeners(event))
      if (!before[i]!.includes(listener)) process.off(event, asListener(listener));
  });
  return result;
};

/** `rawListeners` gives listeners as plain functions. */
const asListener = (f: unknown): ((...args: readonly unknown[]) => void) =>
  f as (...args: readonly unknown[]) => void;
