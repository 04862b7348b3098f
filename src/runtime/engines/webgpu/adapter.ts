/** The adapter of WebGPU that an engine takes, and its device. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Gpu as Described } from '../hardware.ts';
import type { Unusable } from '../host.ts';

/** The parts of WebGPU used here; Dawn and browsers have these types. */
type Limits = {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeWorkgroupsPerDimension: number;
  readonly maxComputeWorkgroupSizeX: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
};
type Info = {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
};
type GpuError = { readonly message: string };
export type Device = {
  readonly limits: Limits;
  onuncapturederror: ((event: { readonly error: GpuError }) => void) | null;
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  readonly destroy: () => void;
};
export type Adapter = {
  readonly info: Info;
  readonly features: { readonly has: (name: string) => boolean };
  readonly limits: Limits;
  readonly requestDevice: (d: {
    readonly requiredLimits: object;
    readonly requiredFeatures: readonly string[];
  }) => Promise<Device>;
};
export type Gpu = { readonly requestAdapter: (o: object) => Promise<Adapter | null> };

/** What the module of Dawn gives out. */
export type Dawn = {
  readonly create: (options: readonly string[]) => Gpu;
  readonly globals: object;
};

export const isDawn = (m: unknown): m is Dawn =>
  typeof m === 'object' && m !== null && 'create' in m && 'globals' in m;

const driver =
  'install a driver of Vulkan, Metal or D3D12; Debian: `apt install libvulkan1 mesa-vulkan-drivers`';

/** Programs that play a GPU. Not all of them say that they do. */
const software = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

/** What netc can say of, or could make use of. */
const features = ['shader-f16', 'subgroups', 'timestamp-query'] as const;

/** An adapter, said for people; `api` is what it is reached by. */
export const described = ({ info, features: offered }: Adapter, api: string): Described => {
  const { vendor, architecture, device, description } = info;
  const all = [device.replace(/[^\p{L}\p{N}]+$/u, ''), description].filter((part) => part !== '');
  return {
    tag: 'gpu',
    name: all.join(', '),
    ...{ vendor, architecture, api },
    software: info.isFallbackAdapter === true || software.test(`${architecture} ${all.join(' ')}`),
    features: features.filter((name) => offered.has(name)),
  };
};

/** An adapter with its device, of which as much is asked as it has. */
export type Found = { readonly adapter: Adapter; readonly device: Device };

export const deviceOn = async (gpu: Gpu): Promise<Either<Unusable, Found>> => {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return E.left({ reason: 'Dawn finds no GPU driver', remedy: driver });
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
    return E.left({ reason: `its GPU refuses to serve: ${why}`, remedy: driver });
  }
};
