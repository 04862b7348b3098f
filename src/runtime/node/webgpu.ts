/**
 * The packages of WebGPU: those that a project with netc as a dependency has beside it, or those that netc has installed.
 * Both must be of the version that netc is made for.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { isObject } from '../data/json.ts';
import type { Unusable, Webgpu } from '../engines/host.ts';
import type { Gpu } from '../engines/webgpu/adapter.ts';
import { backendIn } from '../engines/webgpu/backend.ts';
import { installedWebgpu } from '../install/installed.ts';
import { backendOfWebgpu, webgpu } from '../install/product.ts';
import { find, load, loaded, loadAsBeside } from './packages.ts';

/** The scripts of both. */
type Scripts = { readonly dawn: string; readonly backend: string };

const dawnScript = 'index.js';
const backendScript = 'dist/tf-backend-webgpu.node.js';
const remedy = `netc doctor --install ${webgpu.name}`;

const versionIn = (path: string): string => {
  const text: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return isObject(text) && typeof text['version'] === 'string' ? text['version'] : 'unknown';
};

/** The folder of a package beside netc, or why it is not used; undefined if there is none. */
const beside = (name: string, version: string): Either.Either<string, string> | undefined => {
  const path = find(`${name}/package.json`);
  if (path === undefined) return undefined;
  const found = versionIn(path);
  return found === version
    ? Either.right(dirname(path))
    : Either.left(`${name} beside netc has version ${found}, and netc is made for ${version}`);
};

/** Where the packages are, or why they are not used. */
export const webgpuScripts = (
  cache?: string,
  near: typeof beside = beside,
): Either.Either<Unusable, Scripts> => {
  const dawn = near('webgpu', webgpu.version);
  const backend = near(backendOfWebgpu.name, backendOfWebgpu.version);
  if (
    dawn !== undefined &&
    backend !== undefined &&
    Either.isRight(dawn) &&
    Either.isRight(backend)
  )
    return Either.right({
      dawn: join(dawn.right, dawnScript),
      backend: join(backend.right, backendScript),
    });
  const installed = installedWebgpu(cache);
  if (Either.isRight(installed)) {
    const at = (...path: readonly string[]): string => join(installed.right, ...path);
    return Either.right({
      dawn: at('webgpu', dawnScript),
      backend: at('tfjs-backend-webgpu', backendScript),
    });
  }
  for (const other of [dawn, backend])
    if (other !== undefined && Either.isLeft(other))
      return Either.left({ reason: other.left, remedy });
  return installed;
};

/** What Dawn takes by itself. */
const apis: { readonly [platform: string]: string } = { win32: 'D3D12', darwin: 'Metal' };
const api = apis[process.platform] ?? 'Vulkan';

/** What the module of Dawn gives out. */
type Dawn = {
  readonly create: (options: readonly string[]) => Gpu;
  readonly globals: object;
};

const isDawn = (m: unknown): m is Dawn =>
  typeof m === 'object' && m !== null && 'create' in m && 'globals' in m;

const driver =
  'install a driver of Vulkan, Metal or D3D12; Debian: `apt install libvulkan1 mesa-vulkan-drivers`';

/** Dawn frees itself with its first object, though devices of it are at work, and the process would crash. */
const alive = new Set<Gpu>();

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

/** Loads both, with these options of Dawn's. TensorFlow.js uses WebGPU only in browsers and their workers. */
export const loadWebgpu = async (
  options: readonly string[] = [],
): Promise<Either.Either<Unusable, Webgpu>> => {
  const scripts = webgpuScripts();
  if (Either.isLeft(scripts)) return scripts;
  // a module of ECMAScript, which can be required from Node 20.19 on
  const dawn = loaded('webgpu', remedy, () => load(scripts.right.dawn));
  if (Either.isLeft(dawn)) return dawn;
  const backend = loaded(backendOfWebgpu.name, remedy, () => loadAsBeside(scripts.right.backend));
  if (Either.isLeft(backend)) return backend;
  if (!isDawn(dawn.right)) return Either.left({ reason: 'webgpu is not the Dawn addon', remedy });
  const on = backendIn(backend.right, remedy);
  if (Either.isLeft(on)) return on;
  Object.assign(globalThis, dawn.right.globals); // GPUBufferUsage and its like
  const gpu = dawn.right.create(options);
  alive.add(gpu);
  return Either.right({
    ...{ gpu, api },
    backendOn: (found) => asInWorker(gpu, () => on.right(found)),
    unanswered: { reason: 'Dawn finds no GPU driver', remedy: driver },
  });
};
