/**
 * XNNPACK compiled to WebAssembly, and convolutions of netc's own beside it (`simd`): the default, as it needs nothing
 * else.
 *
 * One thread. The backend has threads but does not start them in Node. A shim can start them, with the same results bit
 * for bit (Node's Worker takes no blob URL, and the backend uses half of the reported cores), but may never finish.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { byCalls } from './by-calls.ts';
import type { CalledEngine, Engine } from './engine.ts';
import { clampsBesideOwn, clampsOfXnnpack, keepingNaN } from './keeping-nan.ts';
import { onceOn } from './host.ts';
import { workBytes } from './simd/machine.ts';
import { productsOn, type Products } from './simd/products.ts';
import { Memory } from './simd/web-assembly.ts';
import { start } from './tensorflow-js.ts';

/**
 * Products of netc's own on the memory of the backend, which Emscripten keeps among what the module exports. A memory
 * that threads share is left alone: there XNNPACK has all of them.
 */
const ownProducts = (module: object): Products | undefined => {
  const exports: unknown = 'asm' in module ? module.asm : undefined;
  if (typeof exports !== 'object' || exports === null || !('memory' in exports)) return undefined;
  const { memory } = exports;
  if (!(memory instanceof Memory) || !(memory.buffer instanceof ArrayBuffer)) return undefined;
  if (!('_malloc' in module) || !(module._malloc instanceof Function)) return undefined;
  const begin: unknown = module._malloc(workBytes);
  return typeof begin === 'number' && begin !== 0 ? productsOn(memory, begin >>> 0) : undefined;
};

/** Its kernels, one by one. */
export const wasmCalls = onceOn(async (host) => {
  const tf = await import('@tensorflow/tfjs-core');
  const backend = await import('@tensorflow/tfjs-backend-wasm');
  backend.setWasmPaths(host.folderOf('@tensorflow/tfjs-backend-wasm'));
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
  let products: Products | undefined;
  const engine = await host.withoutHandlers(() =>
    start(
      tf,
      {
        name: 'wasm',
        backend: 'wasm',
        version: `tfjs-backend-wasm ${backend.version_wasm}`,
        hardware: { tag: 'cpu', threads: 1 },
        room: { all: 2 ** 32 - 2 ** 16 - workBytes, each: 2 ** 31 - 1, weightCopies: 2 },
        views: true,
        numbers: inPlace,
        blank: (shape) => current().makeOutput(shape, 'float32'),
        products: () => products,
        // a failed malloc gives address 0, and kernels write there
        allocated: ({ dataId }) => current().getMemoryOffset(dataId) > 0,
      },
      'npm ci',
    ),
  );
  return Either.map((e: CalledEngine<Tensor>) => {
    const started = tf.findBackend('wasm'); // another one may be current by now
    if (started instanceof backend.BackendWasm && tf.env().getBool('WASM_HAS_SIMD_SUPPORT'))
      products = ownProducts(started.wasm);
    return keepingNaN(e, products === undefined ? clampsOfXnnpack : clampsBesideOwn, inPlace);
  })(engine);
});

export const wasm: Engine = {
  name: 'wasm',
  doc: 'XNNPACK in WebAssembly with SIMD, one thread; always there',
  load: byCalls(wasmCalls),
};
