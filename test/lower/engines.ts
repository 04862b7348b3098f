/** Engines for the tests. */
import * as Either from 'fp-ts/lib/Either.js';
import { fuse } from '../../src/lower/fuse.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Kernels } from '../../src/lower/kernels.ts';
import type { HostTensor } from '../../src/lower/stored.ts';
import type { LoadedEngine } from '../../src/runtime/engines/engine.ts';
import { engines } from '../../src/runtime/engines/engines.ts';
import { load, type Loaded, type Output } from '../../src/runtime/engines/execute.ts';
import { programOf, weightsOf } from './graphs.ts';

/** cpu and wasm, and others that NETC_ENGINES names where they are installed. */
export const engineNames = (process.env['NETC_ENGINES'] ?? 'cpu,wasm').split(',');

const right = <E, A>(e: Either.Either<E, A>): A => {
  if (Either.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

export const engine = async (name: string): Promise<LoadedEngine> =>
  right(await engines.find((e) => e.name === name)!.load());

/** The program, fused unless given otherwise, with the weights of `weightsOf`. */
export const loadOn = (
  on: LoadedEngine,
  graph: Graph,
  program: Kernels = fuse(programOf(graph)),
): Loaded => loadProgram(on, program, weightsOf(graph));

const none = (path: string): HostTensor => {
  throw new Error(`no weight ${path}`);
};

/** A program that needs no graph. */
export const loadProgram = (
  on: LoadedEngine,
  program: Kernels,
  weight: (path: string) => HostTensor = none,
): Loaded => right(load(on, program, weight));

export const outputsOf = async (loaded: Loaded, x: HostTensor): Promise<readonly Output[]> =>
  right(await loaded.run(x));
