/** A step of a training takes the memory that was planned, for whatever it is made of. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { graphOfNet } from '../../../src/build/build.ts';
import { sgd } from '../../../src/lower/training/optimisers.ts';
import type { How } from '../../../src/lower/training/step.ts';
import type { HostTensor } from '../../../src/lower/weight-part.ts';
import type { Batch } from '../../../src/runtime/batches/loader.ts';
import type { LoadedEngine } from '../../../src/runtime/engines/engine.ts';
import {
  bytesOfStep,
  planOf,
  programsFor,
  trainerFor,
} from '../../../src/runtime/train/trainer.ts';
import { calledNames, engine, engineNames } from '../../lower/engines.ts';
import { inputOf, weightsOf } from '../../lower/graphs.ts';
import { check } from '../../programs.ts';

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

const how: How = {
  optimiser: sgd({ momentum: 0.9, nesterov: false, weightDecay: 1e-4 }),
  smoothing: 0,
  sideLosses: {},
  decays: () => true,
  trains: () => true,
};

/** Nets of pictures of 16 × 16 with three channels, and of two classes; the head is the same. */
const nets: { readonly [like: string]: string } = {
  'a VGG':
    '2x (conv3-8; relu); maxpool2; 2x (conv3-16; relu); maxpool2; flatten; fc-32; relu; dropout-0.5',
  'a ResNet':
    'conv3-8; batchnorm; relu; 2x ((id + (conv3-8; batchnorm; relu; conv3-8; batchnorm)); relu); gap',
  'a MobileNet':
    'conv3-8/2; batchnorm; relu6; 2x (depthwise3; batchnorm; relu6; conv1-16; batchnorm; relu6); depthwise3/2(multiplier = 2); gap',
  'a DenseNet':
    'conv3-8; 3x (id | (batchnorm; relu; conv1-8; relu; conv3-4)); batchnorm; relu; avgpool2; gap',
  'a GoogLeNet':
    'conv3-8; relu; lrn; conv1-4 | (conv1-4; relu; conv3-8) | (maxpool3/1(pad = 1); conv1-4); relu; lrn; gap',
  'a U-Net':
    'conv3-8; relu; id | (maxpool2; conv3-16; relu; upsample(2); conv3-8; relu); conv3-8; relu; gap',
  'layernorm and gelu': 'conv3-8; layernorm; gelu; conv3-8/2; layernorm; gelu; gap',
  'groupnorm and silu': 'conv3-8; groupnorm-4; silu; conv3-8; groupnorm-2; silu; gap',
  'slopes and curves':
    'conv3-8; elu; conv3-8; softplus; conv3-8; leaky_relu; conv1-4; tanh; prelu; gap',
  'wide strides, rates and averages':
    'conv3-8(dilation = 2); relu; dropout-0.3; conv5-8/3; relu; avgpool2/2; gap',
  'resizing and a wide window': 'conv3-3; upsample(2, bilinear); avgpool32; gap',
};

/** The bytes that were planned for a step of so many pictures, and those that it used. */
const plannedAndUsed = async (on: LoadedEngine, layers: string, pictures: number) => {
  const { net, found } = check(`net N : [16, 16, 3] -> [2] { ${layers}; fc-2; softmax }`);
  expect(found).toEqual([]);
  const graph = graphOfNet(net('N'));
  const programs = right(programsFor(graph, how));
  const own = weightsOf(graph);
  const begin = (path: string): HostTensor | undefined =>
    graph.nodes.some(({ weights }) => weights.some((w) => w.path === path)) ? own(path) : undefined;
  const trainer = right(trainerFor({ engine: on, programs, begin, seed: 7 }));
  const batch: Batch = {
    ...{ position: 0, ...inputOf([pictures, 16, 16, 3], 1) },
    labels: Uint32Array.from({ length: pictures }, (_, i) => i % 2),
    indices: Uint32Array.from({ length: pictures }, (_, i) => i),
  };
  const { weightBytes } = planOf(programs, on, pictures, [16, 16, 3]);
  const resting = on.memory().bytes;
  const most = on.watchMemory?.() ?? (() => NaN);
  right(await trainer.step(batch, { rate: 0.01, step: 1 }));
  const used = most() - resting + weightBytes;
  trainer.dispose();
  return { planned: bytesOfStep(programs, on, pictures, [16, 16, 3]), used };
};

describe.each(engineNames)('on %s', (name) => {
  const says = calledNames.includes(name); // what it holds
  it.runIf(says).each(Object.entries(nets))(
    'a step of %s takes what was planned',
    async (_, layers) => {
      const { planned, used } = await plannedAndUsed(await engine(name), layers, 4);
      expect(used).toBe(planned);
    },
  );
});
