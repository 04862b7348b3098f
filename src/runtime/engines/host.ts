/** What engines need of the place where they run, beside TensorFlow.js. Node's is in `runtime/node`. */
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Memory } from './simd/web-assembly.ts';
import type { Library } from './tensorflow/library.ts';
import type { Found, Gpu } from './webgpu/adapter.ts';

/** Why an engine cannot be used here, and the command that would enable it, if there is one. */
export type Unusable = { readonly reason: string; readonly remedy: string };

/** What calls the library: the addon of tfjs-node, or koffi, which calls any library; `path` is its module. */
export type Caller = { readonly by: 'addon' | 'koffi'; readonly path: string };

/** TensorFlow's own library on this machine, by its path, and what calls it. */
export type TensorflowLibrary = {
  readonly caller: Caller;
  /** koffi's module, if it is there: a server of several processes needs it, whatever calls the library else */
  readonly koffi: string | undefined;
  readonly library: string;
  readonly version: string;
  readonly variant: 'cpu' | 'cuda';
};

/** What a thread gets that helps to compute on a memory; `begin` is the address of the room that it works in. */
export type Helping = {
  readonly board: Int32Array; // see `simd/crew.ts`
  readonly memory: Memory;
  readonly begin: number;
};

/** Threads that are being started, to help the one that computes. */
export type Helpers = {
  readonly count: number;
  /** products of two numbers that a thread does while another one wakes: a task with fewer is not shared */
  readonly worth: number;
  /** gives each its part, and waits until all are ready; why they are not, otherwise, and then they are ended */
  readonly join: (each: readonly Helping[]) => Promise<Either<string, void>>;
  readonly end: () => void;
};

/** WebGPU as it is here. */
export type Webgpu = {
  readonly gpu: Gpu;
  /** what GPUs are reached by, `Vulkan`; empty where that is not known */
  readonly api: string;
  /** TensorFlow.js's backend for a device */
  readonly backendOn: (found: Found) => KernelBackend;
  /** what is said where no GPU answers */
  readonly unanswered: Unusable;
};

/** Where engines run. */
export type Host = {
  /** the exports of a package that netc uses if it is installed, or why it cannot be loaded */
  readonly optional: (name: string, remedy: string) => Promise<Either<Unusable, unknown>>;
  /** the folder of a package's own script, with a separator at its end: its binaries lie there */
  readonly folderOf: (name: string) => string;
  /** loads TensorFlow's own library, if it is installed for netc */
  readonly tensorflow: () => Promise<Either<Unusable, Library>>;
  /** begins to start threads that help one that computes on a memory, as many as help here, which may be none */
  readonly helpers: () => Helpers;
  /** tells the user a line */
  readonly say: (line: string) => void;
  /** loads what WebGPU needs, if it is there in the versions that netc is made for */
  readonly webgpu: () => Promise<Either<Unusable, Webgpu>>;
  /** what mends the backends that come with netc, where one does not start */
  readonly mending: string;
  /** gives a variable of the environment a value, unless it has one; libraries read it when they are loaded */
  readonly preset: (variable: string, value: string) => void;
  /** removes the handlers of uncaught errors that `begin` adds: such an error must end the program */
  readonly withoutHandlers: <A>(begin: () => Promise<A>) => Promise<A>;
};

/**
 * The same promise for every caller. TensorFlow.js keeps its engines for as long as the program runs, so where the first
 * caller runs decides.
 */
export const onceOn = <A>(load: (host: Host) => Promise<A>): ((host: Host) => Promise<A>) => {
  let loading: Promise<A> | undefined;
  return (host) => (loading ??= load(host));
};
