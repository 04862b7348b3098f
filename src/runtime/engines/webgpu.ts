/**
 * WebGPU, on a device of our own, as it is to be watched (`webgpu/watched.ts`): nothing throws when a buffer is too large,
 * and zeros are computed. Therefore `room` is checked before a run, too.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import { byCalls } from './by-calls.ts';
import type { CalledEngine, Engine } from './engine.ts';
import { hardwareText } from './hardware.ts';
import { onceOn } from './host.ts';
import { start } from './tensorflow-js.ts';
import { described } from './webgpu/adapter.ts';
import { deviceOn } from './webgpu/device.ts';
import { watched } from './webgpu/watched.ts';

/** Its kernels, one by one. */
export const webgpuCalls = onceOn(async (host) => {
  const tf = await import('@tensorflow/tfjs-core');
  const webgpu = await host.webgpu();
  if (Either.isLeft(webgpu)) return webgpu;
  const { api, backendOn, unanswered } = webgpu.right;
  const found = await deviceOn(webgpu.right);
  if (Either.isLeft(found)) return found;
  const { adapter, device } = found.right;
  const backend = backendOn(found.right);
  // in a browser TensorFlow.js has registered one that takes a device of its own
  if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
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
    unanswered.remedy,
  );
  return Either.map((e: CalledEngine<Tensor>) => watched(e, device))(engine);
});

export const webgpu: Engine = {
  name: 'webgpu',
  doc: 'any GPU with a Vulkan, Metal or D3D12 driver',
  load: byCalls(webgpuCalls),
};
