/** TensorFlow.js's backend for WebGPU, which is an optional package. */
import type { KernelBackend } from '@tensorflow/tfjs-core';
import * as E from 'fp-ts/lib/Either.js';
import type { Unusable, Webgpu } from '../host.ts';
import type { Device } from './adapter.ts';

/** It has this type at the version that netc is made for. */
type BackendModule = {
  readonly WebGPUBackend: new (device: Device, info: object) => KernelBackend;
};

const isBackend = (m: unknown): m is BackendModule =>
  typeof m === 'object' && m !== null && 'WebGPUBackend' in m;

/** What makes backends, in the exports of the package. */
export const backendIn = (
  exports: unknown,
  remedy: string,
): E.Either<Unusable, Webgpu['backendOn']> =>
  isBackend(exports)
    ? E.right(({ device, adapter }) => new exports.WebGPUBackend(device, adapter.info))
    : E.left({ reason: 'tfjs-backend-webgpu has no WebGPUBackend', remedy });
