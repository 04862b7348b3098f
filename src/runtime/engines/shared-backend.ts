/**
 * The backend of TensorFlow.js on a memory that threads share, without threads of its own.
 *
 * Its module for threads (Emscripten) starts eight of them while it loads, in a way that Node does not have, and waits for
 * all; later it blocks on threads that may never come. Netc's own threads (`simd/crew.ts`) need its memory alone. So it
 * gets stand-ins for threads, which say at once that they are ready, and is told to compute on one thread: then it asks
 * them for nothing. Its kernels give the bits of the module without threads, and are as fast.
 */
import type * as Backend from '@tensorflow/tfjs-backend-wasm';
import type * as Core from '@tensorflow/tfjs-core';
import type { Memory } from './simd/web-assembly.ts';

type Module = ConstructorParameters<typeof Backend.BackendWasm>[0];

/** Gives functions of the module, with the types of C. */
type Cwraps = {
  readonly cwrap: (name: string, result: string | null, of: readonly string[]) => never;
};

/** Starts the module with these settings of Emscripten's. */
type Factory = (settings: {
  readonly wasmMemory: Memory;
  readonly locateFile: (name: string) => string;
}) => Promise<Module>;

/** What the module asks of a thread while it loads. */
type StandIn = {
  onmessage: (event: { readonly data: { readonly cmd: 'loaded' } }) => void;
  readonly postMessage: (message: { readonly cmd: string }) => void;
  readonly on: () => void;
  readonly ref: () => void;
  readonly unref: () => void;
  readonly terminate: () => void;
};

/** Is called with `new`, as a constructor that gives an object of its own. */
function standIn(): StandIn {
  const nothing = (): void => undefined;
  const self: StandIn = {
    onmessage: nothing,
    postMessage: ({ cmd }) => {
      if (cmd === 'load') queueMicrotask(() => self.onmessage({ data: { cmd: 'loaded' } }));
    },
    ...{ on: nothing, ref: nothing, unref: nothing, terminate: nothing },
  };
  return self;
}

/** Runs what makes threads at once, by the global `Worker`, which it may set: it gets stand-ins instead. */
const withStandIns = <A>(run: () => A): A => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  Object.defineProperty(globalThis, 'Worker', {
    configurable: true,
    get: () => standIn,
    set: () => undefined,
  });
  try {
    return run();
  } finally {
    Reflect.deleteProperty(globalThis, 'Worker');
    if (before !== undefined) Object.defineProperty(globalThis, 'Worker', before);
  }
};

/** Registers the backend `wasm` anew: when it is started, it computes on this memory. `folder` has its binaries. */
export const registerShared = async (
  tf: typeof Core,
  backend: typeof Backend,
  folder: string,
  memory: Memory,
): Promise<Module> => {
  const scripts: unknown =
    await import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js');
  const { default: load } = scripts as { readonly default: Factory }; // a CommonJS module is one function
  const module = await withStandIns(() =>
    load({ wasmMemory: memory, locateFile: (name) => folder + name }),
  );
  const { cwrap } = module as Module & Cwraps;
  module.tfjs = {
    init: cwrap('init', null, []),
    initWithThreadsCount: cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: cwrap('get_threads_count', 'number', []),
    registerTensor: cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: cwrap('dispose_data', null, ['number']),
    dispose: cwrap('dispose', null, []),
  };
  backend.setThreadsCount(1);
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => new backend.BackendWasm(module), 2);
  return module;
};
