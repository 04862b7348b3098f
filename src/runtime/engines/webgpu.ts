/**
 * WebGPU through Dawn, which the package `webgpu` holds as a Node addon.
 *
 * TensorFlow.js uses WebGPU only in browsers and their workers, so the backend is made here from a device of our own.
 * Dawn does not throw when a buffer is too large: it prints a message and computes zeros. Therefore `room` is checked
 * before a run, and the last error that the device reported is thrown at the next read.
 */
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import { byCalls } from './by-calls.ts';
import type { CalledEngine, Engine } from './engine.ts';
import { onceOn, type Unusable } from './host.ts';
import { start } from './tensorflow-js.ts';

const remedy = 'npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0';
const driver = 'install a Vulkan, Metal or D3D12 driver (Debian: apt install mesa-vulkan-drivers)';

/** Its kernels, one by one. */
export const webgpuCalls = onceOn(async (host) => {
  const tf = await import('@tensorflow/tfjs-core');
  const dawn = await host.optional('webgpu', remedy);
  if (Either.isLeft(dawn)) return dawn;
  const device = await deviceOf(dawn.right);
  if (Either.isLeft(device)) return device;
  const loaded = await host.optional('@tensorflow/tfjs-backend-webgpu', remedy);
  if (Either.isLeft(loaded)) return loaded;
  const backend = asInWorker(device.right.gpu, () => backendOf(loaded.right, device.right));
  tf.registerBackend('webgpu', () => backend, 3);
  const { limits } = device.right.device;
  const each = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  const engine = await start(
    tf,
    {
      name: 'webgpu',
      backend: 'webgpu',
      version: 'tfjs-backend-webgpu 4.22.0',
      room: { all: Infinity, each, weightCopies: 1 },
      views: true,
    },
    remedy,
  );
  return Either.map((e: CalledEngine<Tensor>) => watched(e, device.right.device))(engine);
});

export const webgpu: Engine = {
  name: 'webgpu',
  doc: 'any GPU with a Vulkan, Metal or D3D12 driver',
  load: byCalls(webgpuCalls),
};

/** The parts of WebGPU used here; the two optional packages have these types at the versions named above. */
type Limits = {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeWorkgroupsPerDimension: number;
  readonly maxComputeWorkgroupSizeX: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
};
type Device = {
  readonly limits: Limits;
  onuncapturederror: ((event: { readonly error: { readonly message: string } }) => void) | null;
};
type Adapter = {
  readonly info: object;
  readonly limits: Limits;
  readonly requestDevice: (d: { readonly requiredLimits: object }) => Promise<Device>;
};
type Gpu = { readonly requestAdapter: (o: object) => Promise<Adapter | null> };
type Dawn = { readonly create: (options: readonly string[]) => Gpu; readonly globals: object };
type BackendModule = {
  readonly WebGPUBackend: new (device: Device, info: object) => KernelBackend;
};
type Found = { readonly gpu: Gpu; readonly adapter: Adapter; readonly device: Device };

const isDawn = (m: unknown): m is Dawn =>
  typeof m === 'object' && m !== null && 'create' in m && 'globals' in m;

const isBackend = (m: unknown): m is BackendModule =>
  typeof m === 'object' && m !== null && 'WebGPUBackend' in m;

const deviceOf = async (dawn: unknown): Promise<Either.Either<Unusable, Found>> => {
  if (!isDawn(dawn)) return Either.left({ reason: 'webgpu is not the Dawn addon', remedy });
  Object.assign(globalThis, dawn.globals); // GPUBufferUsage and its like
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return Either.left({ reason: 'Dawn finds no GPU driver', remedy: driver });
  const { limits: l } = adapter;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxBufferSize: l.maxBufferSize,
      maxStorageBufferBindingSize: l.maxStorageBufferBindingSize,
      maxComputeWorkgroupStorageSize: l.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: l.maxComputeWorkgroupsPerDimension,
      maxComputeWorkgroupSizeX: l.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: l.maxComputeInvocationsPerWorkgroup,
    },
  });
  return Either.right({ gpu, adapter, device });
};

const backendOf = (exports: unknown, { device, adapter }: Found): KernelBackend => {
  const module: unknown =
    typeof exports === 'object' && exports !== null && 'default' in exports
      ? exports.default
      : exports;
  if (!isBackend(module)) throw new TypeError('tfjs-backend-webgpu has no WebGPUBackend');
  return new module.WebGPUBackend(device, adapter.info);
};

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

const watched = <V>(engine: CalledEngine<V>, device: Device): CalledEngine<V> => {
  let fault: string | undefined;
  device.onuncapturederror = ({ error }) => {
    fault ??= error.message;
  };
  return {
    ...engine,
    read: async (value) => {
      const data = await engine.read(value);
      if (fault !== undefined) throw new Error(`WebGPU: ${fault}`);
      return data;
    },
  };
};
