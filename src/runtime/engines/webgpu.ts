/**
 * WebGPU, on a device of our own, as it is to be watched (`webgpu/watched.ts`): nothing throws when a buffer is too large,
 * and zeros are computed. Therefore `room` is checked before a run, too.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import type { PlannedCall } from '../../lower/plan.ts';
import { byCalls } from './by-calls.ts';
import type { CalledEngine, Engine } from './engine.ts';
import { hardwareText } from './hardware.ts';
import { onceOn } from './host.ts';
import { clamping } from './compose.ts';
import { layerIn, paddedPoolIn, tailIn } from './joins.ts';
import { paddedConvolution, paddedPool } from './registry.ts';
import { start, type Join } from './tensorflow-js.ts';
import { registerAdded } from './webgpu/added.ts';
import { described } from './webgpu/adapter.ts';
import { deviceOn } from './webgpu/device.ts';
import { watched } from './webgpu/watched.ts';

/** Convolutions and pools with what is put around their maps, and a sum with its activation. */
const join = (calls: readonly PlannedCall[]): Join | undefined => {
  const layer = layerIn(calls, false);
  if (layer !== undefined && layer.count > 1)
    return { count: layer.count, call: (on) => paddedConvolution(layer.found, on) };
  const pool = paddedPoolIn(calls);
  if (pool !== undefined) return { count: pool.count, call: (on) => paddedPool(pool.found, on) };
  const tail = tailIn(calls, false);
  if (tail?.found.plus === undefined) return undefined;
  const [, most] = clamping(tail.found.activation)!;
  return {
    count: tail.count,
    call: (on) => on.run('AddActivated', { a: on.operand(0), b: on.operand(1) }, { most }),
  };
};

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
  registerAdded(tf);
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
      join,
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
