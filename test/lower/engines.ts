/** Engines for the tests. */
import * as Either from 'fp-ts/lib/Either.js';
import { fuse } from '../../src/lower/fuse.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { KernelProgram } from '../../src/lower/kernels.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { withPlans } from '../../src/runtime/engines/by-calls.ts';
import type { CalledEngine, LoadedEngine } from '../../src/runtime/engines/engine.ts';
import { cpuCalls } from '../../src/runtime/engines/cpu.ts';
import { reference } from '../../src/runtime/engines/reference.ts';
import { tensorflow } from '../../src/runtime/engines/tensorflow.ts';
import { wasmCalls } from '../../src/runtime/engines/wasm.ts';
import { webgpuCalls } from '../../src/runtime/engines/webgpu.ts';
import { node } from '../../src/runtime/node/host.ts';
import { load, type Inputs, type Session, type Output } from '../../src/runtime/engines/session.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { weightsOf } from './graphs.ts';

/** cpu and wasm, and others that NETC_ENGINES names where they are installed. */
export const engineNames = (process.env['NETC_ENGINES'] ?? 'cpu,wasm').split(',');

const right = <E, A>(e: Either.Either<E, A>): A => {
  if (Either.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

const calls = { cpu: cpuCalls, wasm: wasmCalls, webgpu: webgpuCalls };

/** The engines whose kernels are called one by one. */
export const calledNames = engineNames.filter((name) => name !== tensorflow.name);

/** An engine of this name by its calls; `reference` is the float64 one. What it holds numbers as stays its own. */
export const withCalls = async <A>(
  name: string,
  use: <V>(on: CalledEngine<V>) => A | Promise<A>,
): Promise<A> =>
  name === 'reference'
    ? use(reference())
    : use(right(await calls[name as keyof typeof calls](node)));

export const engine = async (name: string): Promise<LoadedEngine> =>
  name === tensorflow.name ? right(await tensorflow.load(node)) : withCalls(name, withPlans);

/** The program, fused unless given otherwise, with the weights of `weightsOf`. */
export const loadOn = (
  on: LoadedEngine,
  graph: Graph,
  program: KernelProgram = fuse(kernels(graph)),
): Session => loadProgram(on, program, weightsOf(graph));

const none = (path: string): HostTensor => {
  throw new Error(`no weight ${path}`);
};

/** A program that needs no graph. */
export const loadProgram = (
  on: LoadedEngine,
  program: KernelProgram,
  weight: (path: string) => HostTensor = none,
): Session => right(load(on, program, weight));

export const outputsOfAll = async (loaded: Session, inputs: Inputs): Promise<readonly Output[]> =>
  right(await loaded.step(inputs));

export const outputsOf = (loaded: Session, x: HostTensor): Promise<readonly Output[]> =>
  outputsOfAll(loaded, { input: x });
