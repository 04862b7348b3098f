/**
 * WebGPU through Dawn, which the package `webgpu` holds as a Node addon.
 *
 * TensorFlow.js uses WebGPU only in browsers and their workers, so the backend is made here from a device of our own.
 * Dawn does not throw when a buffer is too large: it prints a message and computes zeros. Therefore `room` is checked
 * before a run, and the device is watched (`webgpu/watched.ts`).
 */
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import { byCalls } from './by-calls.ts';
import type { CalledEngine, Engine } from './engine.ts';
import { hardwareText } from './hardware.ts';
import { onceOn } from './host.ts';
import { start } from './tensorflow-js.ts';
import {
  described,
  deviceOn,
  isDawn,
  type Device,
  type Found,
  type Gpu,
} from './webgpu/adapter.ts';
import { watched } from './webgpu/watched.ts';

const remedy = 'netc doctor --install webgpu';

/** Dawn frees itself with its first object, though devices of it are at work, and the process would crash. */
const alive = new Set<Gpu>();

/** Its kernels, one by one. */
export const webgpuCalls = onceOn(async (host) => {
  const tf = await import('@tensorflow/tfjs-core');
  const packages = await host.webgpu();
  if (Either.isLeft(packages)) return packages;
  const { dawn, backend: exports, api } = packages.right;
  if (!isDawn(dawn)) return Either.left({ reason: 'webgpu is not the Dawn addon', remedy });
  if (!isBackend(exports))
    return Either.left({ reason: 'tfjs-backend-webgpu has no WebGPUBackend', remedy });
  Object.assign(globalThis, dawn.globals); // GPUBufferUsage and its like
  const gpu = dawn.create([]);
  alive.add(gpu);
  const found = await deviceOn(gpu);
  if (Either.isLeft(found)) return found;
  const { adapter, device } = found.right;
  const backend = asInWorker(gpu, () => backendOf(exports, found.right));
  tf.registerBackend('webgpu', () => backend, 3);
  const { limits } = device;
  const each = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  const hardware = described(adapter, api);
  const engine = await start(
    tf,
    {
      name: 'webgpu',
      backend: 'webgpu',
      version: `tfjs-backend-webgpu 4.22.0 on ${hardwareText(hardware)}`,
      hardware,
      room: { all: Infinity, each, weightCopies: 1 },
      views: true,
    },
    remedy,
  );
  return Either.map((e: CalledEngine<Tensor>) => watched(e, device))(engine);
});

export const webgpu: Engine = {
  name: 'webgpu',
  doc: 'any GPU with a Vulkan, Metal or D3D12 driver',
  load: byCalls(webgpuCalls),
};

/** The optional package has this type at the version that netc is made for. */
type BackendModule = {
  readonly WebGPUBackend: new (device: Device, info: object) => KernelBackend;
};

const isBackend = (m: unknown): m is BackendModule =>
  typeof m === 'object' && m !== null && 'WebGPUBackend' in m;

const backendOf = ({ WebGPUBackend }: BackendModule, { device, adapter }: Found): KernelBackend =>
  new WebGPUBackend(device, adapter.info);

/** Runs `work` while this looks like a browser's worker with WebGPU, which the backend insists on. */
const asInWorker = <A>(gpu: Gpu, work: () => A): A => {
  const names = ['navigator', 'WorkerGlobalScope'] as const;
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  const put = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  };
  put('navigator', { gpu });
  put('WorkerGlobalScope', class {});
  try {
    return work();
  } finally {
    names.forEach((name, i) => {
      const own = before[i];
      if (own === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, own);
    });
  }
};
