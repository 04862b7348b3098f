/** What the nets of the benches have in common. */
import { square } from '../src/ops/parts/args.ts';
import type { graphOf } from '../test/lower/graphs.ts';

type Draft = Parameters<Parameters<typeof graphOf>[1]>[0];

/** Stages of convolutions of 3 × 3, each with a pool behind it; convolutions are perhaps `normalised`. */
export type Stages = readonly (readonly [channels: number, count: number])[];

export const addStages = (b: Draft, stages: Stages, normalised = false): void => {
  for (const [channels, count] of stages) {
    for (let i = 0; i < count; i++) {
      b.op('conv', { size: square(3), channels });
      if (normalised) b.op('batchnorm');
      b.op('relu');
    }
    b.op('maxpool');
  }
};
