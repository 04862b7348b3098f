/** Adapters of WebGPU and their devices, as Dawn and browsers have them. */
import type { Gpu as Described } from '../hardware.ts';

/** The parts of WebGPU used here. */
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
    // browsers say neither to pages
    name: all.length > 0 ? all.join(', ') : [vendor, architecture].join(' ').trim(),
    ...{ vendor, architecture, api },
    software: info.isFallbackAdapter === true || software.test(`${architecture} ${all.join(' ')}`),
    features: features.filter((name) => offered.has(name)),
  };
};

/** An adapter with its device. */
export type Found = { readonly adapter: Adapter; readonly device: Device };
