/**
 * XNNPACK compiled to WebAssembly, and convolutions of netc's own beside it (`simd`): the default, as it needs nothing
 * else.
 *
 * Kernels of the backend run on one thread. Those of netc are shared among threads on one memory (`simd/crew.ts`), where
 * the host has some: the bits are the same.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { PlannedCall } from '../../lower/plan.ts';
import { byCalls } from './by-calls.ts';
import type { Engine } from './engine.ts';
import { clampsBesideOwn, clampsOfXnnpack, keepingNaN } from './keeping-nan.ts';
import type { Hardware } from './hardware.ts';
import { onceOn, type Helpers, type Host } from './host.ts';
import { registerShared } from './shared-backend.ts';
import { layerIn, tailIn } from './joins.ts';
import { ownLayer, ownTail } from './own-convolutions.ts';
import { crewOf, newBoard } from './simd/crew.ts';
import { mostChannels, workBytes } from './simd/machine.ts';
import { productsOn, type Products } from './simd/products.ts';
import { Memory, mostPages } from './simd/web-assembly.ts';
import { start, type Join } from './tensorflow-js.ts';

/** Room of so many bytes in the module's memory. */
const allocate = (module: object, bytes: number): number => {
  if (!('_malloc' in module) || !(module._malloc instanceof Function))
    throw new Bug('the module of wasm allocates nothing');
  const begin: unknown = module._malloc(bytes);
  if (typeof begin !== 'number' || begin === 0) throw new RangeError('wasm is out of memory');
  return begin >>> 0;
};

/**
 * The memory of the backend, which Emscripten keeps among what the module exports. A memory that threads of the backend
 * share is left alone: there XNNPACK has all of them.
 */
const memoryIn = (module: object): Memory | undefined => {
  const exports: unknown = 'asm' in module ? module.asm : undefined;
  if (typeof exports !== 'object' || exports === null || !('memory' in exports)) return undefined;
  const { memory } = exports;
  return memory instanceof Memory && memory.buffer instanceof ArrayBuffer ? memory : undefined;
};

/** A memory as large as the backend begins with, which threads may share; undefined where there is none. */
const sharedMemory = (): Memory | undefined => {
  try {
    return new Memory({ initial: 256, maximum: mostPages, shared: true });
  } catch {
    return undefined; // all of its addresses are reserved at once, which a limit may forbid
  }
};

const onOneThread = (reason: string): string =>
  `note: wasm computes on one thread, because ${reason}`;

/** A memory to share with helpers, if there are some. */
const memoryFor = async (host: Host, helpers: Helpers): Promise<Memory | undefined> => {
  if (helpers.count === 0) {
    const joined = await helpers.join([]);
    if (Either.isLeft(joined)) host.say(onOneThread(joined.left));
    return undefined;
  }
  const memory = sharedMemory();
  if (memory !== undefined) return memory;
  helpers.end();
  host.say(onOneThread('a memory that threads share is refused'));
  return undefined;
};

/** What computes beside the backend. */
type Own = { readonly products: Products | undefined; readonly threads: number };

/** Products of netc's own on the memory of the backend, alone. */
const byItself = (module: object): Own => {
  const memory = memoryIn(module);
  return { products: memory && productsOn(memory, allocate(module, workBytes)), threads: 1 };
};

/** The same on a memory that helpers share, with those of them that come. */
const together = async (
  host: Host,
  module: object,
  memory: Memory,
  helpers: Helpers,
): Promise<Own> => {
  const begin = allocate(module, workBytes);
  const board = newBoard();
  const each = Array.from({ length: helpers.count }, () => ({
    ...{ board, memory, begin: allocate(module, workBytes) },
  }));
  const joined = await helpers.join(each);
  if (Either.isLeft(joined)) {
    host.say(onOneThread(joined.left));
    return { products: productsOn(memory, begin), threads: 1 };
  }
  const threads = helpers.count + 1;
  return { products: productsOn(memory, begin, crewOf(board, threads, helpers.worth)), threads };
};

/** A convolution with what is around it, or a batch norm or a sum with what follows it. */
const joinOnMemory = (calls: readonly PlannedCall[]): Join | undefined => {
  const layer = layerIn(calls, true);
  if (layer !== undefined)
    return layer.count === 1
      ? undefined
      : { count: layer.count, call: (on) => ownLayer(layer.found, on) };
  const tail = tailIn(calls, true);
  const channels = calls[0]!.results[0]!.at(-1)!;
  return tail === undefined || channels > mostChannels
    ? undefined
    : { count: tail.count, call: (on) => ownTail(tail.found, on) };
};

/** Its kernels, one by one. */
export const wasmCalls = onceOn(async (host) => {
  const helpers = host.helpers(); // they begin while all else is loaded
  const tf = await import('@tensorflow/tfjs-core');
  const backend = await import('@tensorflow/tfjs-backend-wasm');
  const folder = host.folderOf('@tensorflow/tfjs-backend-wasm');
  backend.setWasmPaths(folder);
  // browsers have it where pages are isolated: its threads would leave no memory for products of netc's own
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const hasVectors = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const memory = hasVectors === true ? await memoryFor(host, helpers) : undefined;
  if (memory !== undefined)
    await host.withoutHandlers(() => registerShared(tf, backend, folder, memory));
  const current = (): BackendWasm => {
    const found = tf.backend();
    if (!(found instanceof backend.BackendWasm)) throw new Bug('wasm is not the current backend');
    return found;
  };
  const inPlace = (tensor: TensorInfo): Float32Array => {
    const numbers = current().typedArrayFromHeap(tensor);
    if (!(numbers instanceof Float32Array)) throw new Bug('a tensor of wasm is not float32');
    return numbers;
  };
  let own: Own = { products: undefined, threads: 1 };
  const engine = await host.withoutHandlers(() =>
    start(
      tf,
      {
        name: 'wasm',
        backend: 'wasm',
        version: `tfjs-backend-wasm ${backend.version_wasm}`,
        hardware: { tag: 'cpu', threads: 1 },
        room: {
          all: 2 ** 32 - 2 ** 16 - (helpers.count + 1) * workBytes,
          each: 2 ** 31 - 1,
          weightCopies: 2,
        },
        views: true,
        numbers: inPlace,
        blank: (shape) => current().makeOutput(shape, 'float32'),
        products: () => own.products,
        join: (calls) => (own.products === undefined ? undefined : joinOnMemory(calls)),
        // a failed malloc gives address 0, and kernels write there
        allocated: ({ dataId }) => current().getMemoryOffset(dataId) > 0,
      },
      host.mending,
    ),
  );
  if (Either.isLeft(engine)) return engine;
  const started = tf.findBackend('wasm'); // another one may be current by now
  if (!(started instanceof backend.BackendWasm)) throw new Bug('wasm has not started');
  if (memory !== undefined) own = await together(host, started.wasm, memory, helpers);
  else if (hasVectors === true) own = byItself(started.wasm);
  const clamps = own.products === undefined ? clampsOfXnnpack : clampsBesideOwn;
  const hardware: Hardware = { tag: 'cpu', threads: own.threads };
  return Either.right({ ...keepingNaN(engine.right, clamps, inPlace), hardware });
});

export const wasm: Engine = {
  name: 'wasm',
  doc: 'XNNPACK and netc’s own kernels in WebAssembly with SIMD, on all cores; always there',
  load: byCalls(wasmCalls),
};
