/** The device that an engine takes: of the fastest adapter, with as much as it has. */
import * as E from 'fp-ts/lib/Either.js';
import type { Unusable, Webgpu } from '../host.ts';
import type { Found } from './adapter.ts';

/** A device, or why there is none. */
export const deviceOn = async ({
  gpu,
  unanswered,
}: Pick<Webgpu, 'gpu' | 'unanswered'>): Promise<E.Either<Unusable, Found>> => {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return E.left(unanswered);
  const { limits: l } = adapter;
  const wanted = {
    requiredLimits: {
      maxBufferSize: l.maxBufferSize,
      maxStorageBufferBindingSize: l.maxStorageBufferBindingSize,
      maxComputeWorkgroupStorageSize: l.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: l.maxComputeWorkgroupsPerDimension,
      maxComputeWorkgroupSizeX: l.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: l.maxComputeInvocationsPerWorkgroup,
    },
    // with it the backend can measure its kernels
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
  };
  try {
    return E.right({ adapter, device: await adapter.requestDevice(wanted) });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown);
    return E.left({ reason: `its GPU refuses to serve: ${why}`, remedy: unanswered.remedy });
  }
};
