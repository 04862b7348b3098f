/** The TensorFlow library through its Node binding, on an NVIDIA GPU. */
import * as Either from 'fp-ts/lib/Either.js';
import { byCalls } from './by-calls.ts';
import type { Engine } from './engine.ts';
import { onceOn } from './host.ts';
import { start } from './tensorflow-js.ts';

const binding = '@tensorflow/tfjs-node-gpu';
const remedy = `npm install ${binding}@4.22.0`;

/** Its kernels, one by one. */
export const tensorflowCalls = onceOn(async (host) => {
  const tf = await import('@tensorflow/tfjs-core');
  host.preset('TF_CPP_MIN_LOG_LEVEL', '2'); // or the library reports its instruction sets
  const loaded = await host.optional(binding, remedy);
  if (Either.isLeft(loaded)) return loaded;
  if (tf.findBackendFactory('tensorflow') === null)
    return Either.left({ reason: `${binding} belongs to another tfjs-core`, remedy });
  return start(
    tf,
    {
      name: 'tensorflow',
      backend: 'tensorflow',
      version: 'tfjs-node-gpu',
      room: { all: Infinity, each: 2 ** 33, weightCopies: 1 },
      views: false,
    },
    remedy,
  );
});

export const tensorflow: Engine = {
  name: 'tensorflow',
  doc: 'the TensorFlow library, on an NVIDIA GPU with CUDA',
  load: byCalls(tensorflowCalls),
};
