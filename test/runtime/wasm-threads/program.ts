/**
 * A program that computes on wasm, as its first argument says, with as many threads as `NETC_WASM_THREADS` says. Tasks are
 * shared however small they are.
 */
import { createHash } from 'node:crypto';
import { Worker, isMainThread } from 'node:worker_threads';
import * as E from 'fp-ts/lib/Either.js';
import { withPlans } from '../../../src/runtime/engines/by-calls.ts';
import type { LoadedEngine } from '../../../src/runtime/engines/engine.ts';
import type { Session } from '../../../src/runtime/engines/session.ts';
import { wasmCalls } from '../../../src/runtime/engines/wasm.ts';
import { node } from '../../../src/runtime/node/host.ts';
import { square } from '../../../src/ops/parts/args.ts';
import { image } from '../../../src/ops/types.ts';
import { kernelCases, kernelNames } from '../../kernel/samples.ts';
import { resultsOn } from '../../kernel/on-engine.ts';
import { loadOn, outputsOf } from '../../lower/engines.ts';
import { graphOf, inputOf } from '../../lower/graphs.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const digest = (all: readonly Float32Array[]): string => {
  const hash = createHash('sha256');
  for (const numbers of all) hash.update(Buffer.from(numbers.slice().buffer));
  return hash.digest('hex').slice(0, 16);
};

const engine = async (): Promise<LoadedEngine> => {
  const loaded = await wasmCalls({ ...node, helpers: () => ({ ...node.helpers(), worth: 0 }) });
  if (E.isLeft(loaded)) throw new Error(loaded.left.reason);
  return withPlans(loaded.right);
};

/** A net with convolutions in a row, which take a few milliseconds. */
const netOn = (on: LoadedEngine): (() => Promise<readonly Float32Array[]>) => {
  const graph = graphOf(image(24, 24, 3), (b) => {
    for (const channels of [32, 64, 64]) {
      b.op('conv', { size: square(3), channels });
      b.op('relu');
    }
    return b.op('flatten');
  });
  const session: Session = loadOn(on, graph);
  const x = inputOf([1, 24, 24, 3]);
  return async () => (await outputsOf(session, x)).map(({ data }) => data);
};

const modes: { readonly [mode: string]: () => Promise<void> } = {
  /** the bits of each kernel, one a line */
  rows: async () => {
    const on = await engine();
    print(on.hardware.tag === 'cpu' ? `threads ${on.hardware.threads}` : '');
    for (const op of kernelNames)
      for (const c of kernelCases(op)) print(`${c.title} ${digest(await resultsOn(on, c))}`);
  },
  /** runs to its end */
  end: async () => {
    const run = netOn(await engine());
    print(digest(await run()));
  },
  throw: async () => {
    await netOn(await engine())();
    throw new Error('on purpose');
  },
  exit: async () => {
    await netOn(await engine())();
    process.exit(7);
  },
  /** until it is ended from outside */
  forever: async () => {
    const run = netOn(await engine());
    await run();
    print('running');
    for (;;) await run();
  },
  /** bytes of the process after a thousand runs and after another thousand, and what the engine holds */
  many: async () => {
    const on = await engine();
    const run = netOn(on);
    const held = (): readonly number[] => {
      globalThis.gc?.(); // outputs that nobody has any more
      return [process.memoryUsage.rss(), on.memory().tensors];
    };
    for (let i = 0; i < 1000; i++) await run();
    const before = held();
    for (let i = 0; i < 1000; i++) await run();
    print([...before, ...held()].join(' '));
  },
  /** in a thread of the program, which ends by itself and is then ended */
  thread: async () => {
    if (!isMainThread) return modes['end']!();
    const worker = new Worker(new URL(import.meta.url), { argv: ['thread'] });
    await new Promise((resolve) => worker.once('exit', resolve));
    const other = new Worker(new URL(import.meta.url), { argv: ['forever'], stdout: true });
    await new Promise((resolve) => other.stdout.once('data', resolve));
    await other.terminate();
    await modes['end']!();
  },
};

await modes[process.argv[2] ?? '']!();
