/**
 * A browser as the host of engines.
 *
 * wasm computes on one thread: netc's helpers share memory, which a browser gives to isolated pages only
 * (`crossOriginIsolated`), and whoever asks them waits without the event loop, which a page may not.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Host, Unusable, Webgpu } from '../engines/host.ts';
import type { Gpu } from '../engines/webgpu/adapter.ts';
import { backendIn } from '../engines/webgpu/backend.ts';

/** What a browser has under `navigator`, where it has WebGPU. */
type Navigator = { readonly gpu?: Gpu };

declare const navigator: Navigator;

const unusable = (reason: string, remedy = ''): E.Either<Unusable, never> =>
  E.left({ reason, remedy });

const remedy = 'use a browser with WebGPU, on a page that comes by https or from localhost';

const webgpu = async (): Promise<E.Either<Unusable, Webgpu>> => {
  const { gpu } = navigator;
  if (gpu === undefined) return unusable('this browser has no WebGPU', remedy);
  const exports: unknown = await import('@tensorflow/tfjs-backend-webgpu');
  return E.map((backendOn: Webgpu['backendOn']) => ({
    ...{ gpu, api: '', backendOn },
    unanswered: { reason: 'the browser finds no GPU', remedy },
  }))(backendIn(exports, remedy));
};

/** A browser in which the `.wasm` files of TensorFlow.js lie in this folder, an address that ends in `/`. */
export const browserHost = (folder: string, say: Host['say']): Host => ({
  optional: async (name) => unusable(`${name} is not for browsers`),
  folderOf: () => folder,
  tensorflow: async () => unusable('the library is not for browsers'),
  helpers: () => ({ count: 0, worth: 0, join: async () => E.right(undefined), end: () => {} }),
  say,
  webgpu,
  mending: `put the .wasm files of @tensorflow/tfjs-backend-wasm into ${folder}`,
  preset: () => {},
  withoutHandlers: (begin) => begin(),
});
