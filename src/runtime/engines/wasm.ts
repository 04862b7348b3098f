/**
 * XNNPACK compiled to WebAssembly: the default, as it needs nothing but Node.
 *
 * One thread, unless NETC_WASM_THREADS asks for more: the threads rest on the inside of the package
 * (threads.ts), so nobody gets them unasked.
 */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { Engine } from './engine.ts';
import { once } from './once.ts';
import { start } from './tensorflow-js.ts';
import { withThreads } from './threads.ts';

export const wasm: Engine = {
  name: 'wasm',
  doc: 'XNNPACK in WebAssembly with SIMD; always there (NETC_WASM_THREADS=4 for four threads)',
  load: once(async () => {
    const tf = await import('@tensorflow/tfjs-core');
    const backend = await import('@tensorflow/tfjs-backend-wasm');
    // beside the package's own script, wherever a bundle of netc may lie
    const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
    backend.setWasmPaths(folder + sep);
    const threads = threadsAsked();
    const begin = () =>
      start(
        tf,
        {
          name: 'wasm',
          backend: 'wasm',
          version: `tfjs-backend-wasm ${backend.version_wasm}`,
          room: { all: 2 ** 32 - 2 ** 16, each: 2 ** 31 - 1, weightCopies: 2 },
          views: true,
        },
        'npm ci',
      );
    if (threads === 1) return withoutHandlers(begin);
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
    backend.setThreadsCount(threads);
    const scripts = join(folder, '..', 'wasm-out');
    return withoutHandlers(() => withThreads(threads, scripts, begin));
  }),
};

const threadsAsked = (): number => {
  const asked = Number(process.env['NETC_WASM_THREADS']);
  return Number.isInteger(asked) && asked >= 1 && asked <= 64 ? asked : 1;
};

const events = ['uncaughtException', 'unhandledRejection'] as const;

/** The module puts its own handlers of lost errors into the process when it starts; they are taken out again. */
const withoutHandlers = async <A>(begin: () => Promise<A>): Promise<A> => {
  const before = events.map((event) => process.rawListeners(event));
  const result = await begin();
  events.forEach((event, i) => {
    for (const listener of process.rawListeners(event))
      if (!before[i]!.includes(listener)) process.off(event, asListener(listener));
  });
  return result;
};

/** `rawListeners` gives them as plain functions. */
const asListener = (f: unknown): ((...args: readonly unknown[]) => void) =>
  f as (...args: readonly unknown[]) => void;
