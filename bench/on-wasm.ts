/** Programs on wasm, watched call by call. */
import * as Either from 'fp-ts/lib/Either.js';
import type { KernelProgram } from '../src/lower/kernels.ts';
import type { HostTensor } from '../src/lower/weight-part.ts';
import { withPlans } from '../src/runtime/engines/by-calls.ts';
import type { CalledEngine } from '../src/runtime/engines/engine.ts';
import { load, type Inputs, type Output, type Session } from '../src/runtime/engines/session.ts';
import { wasmCalls } from '../src/runtime/engines/wasm.ts';
import { node } from '../src/runtime/node/host.ts';

const there = <E, A>(found: Either.Either<E, A>): A => {
  if (Either.isLeft(found)) throw new Error(JSON.stringify(found.left));
  return found.right;
};

/** Sees each kernel when it is done, and how many milliseconds it took. */
type Seen = (kernel: string, ms: number) => void;

type Loaded = {
  readonly plan: Session['plan'];
  readonly step: (inputs: Inputs) => Promise<readonly Output[]>;
  readonly dispose: () => void;
};

/** The engine: what it holds, in bytes, and programs on it. */
export const onWasm = async () => {
  const watching = <V>(on: CalledEngine<V>) => ({
    bytes: () => on.memory().bytes,
    load: (program: KernelProgram, weight: (path: string) => HostTensor, seen: Seen): Loaded => {
      const watched: typeof on = {
        ...on,
        call: (kernel, ...rest) => {
          const begin = performance.now();
          const made = on.call(kernel, ...rest);
          seen(kernel.op, performance.now() - begin);
          return made;
        },
      };
      const { plan, step, dispose } = there(load(withPlans(watched), program, weight));
      return { plan, step: async (inputs) => there(await step(inputs)), dispose };
    },
  });
  return watching(there(await wasmCalls(node)));
};

export type OnWasm = Awaited<ReturnType<typeof onWasm>>;
