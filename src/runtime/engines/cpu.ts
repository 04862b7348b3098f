/** Plain JavaScript: slow, available everywhere, and the simplest engine to compare with. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import { byCalls } from './by-calls.ts';
import type { CalledEngine, Engine } from './engine.ts';
import { clampsOfCpu, keepingNaN } from './keeping-nan.ts';
import { onceOn } from './host.ts';
import { numbersIn, start } from './tensorflow-js.ts';

/** Its kernels, one by one. */
export const cpuCalls = onceOn(async (host) => {
  const tf = await import('@tensorflow/tfjs-core');
  const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
  // at its first use the backend advertises another one on the console
  Object.assign(tf.findBackend('cpu'), { firstUse: false });
  const engine = await start(
    tf,
    {
      name: 'cpu',
      backend: 'cpu',
      version: `tfjs-backend-cpu ${version}`,
      hardware: { tag: 'cpu', threads: 1 },
      room: { all: Infinity, each: 2 ** 33, weightCopies: 1 },
      views: true,
      numbers: numbersIn(tf),
    },
    host.mending,
  );
  return Either.map((e: CalledEngine<Tensor>) => keepingNaN(e, clampsOfCpu, numbersIn(tf)))(engine);
});

export const cpu: Engine = {
  name: 'cpu',
  doc: 'plain JavaScript, one thread; for comparison, about 50 times slower than wasm',
  load: byCalls(cpuCalls),
};
