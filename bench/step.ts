/** Steps of training for the benches: nets, their programs, what goes into them, and how long they take. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Graph } from '../src/graph/graph.ts';
import { fuse } from '../src/lower/fuse.ts';
import { sgd } from '../src/lower/training/optimisers.ts';
import { trainingStep } from '../src/lower/training/step.ts';
import { elements } from '../src/numeric/tensor.ts';
import { image } from '../src/ops/types.ts';
import { initialValues } from '../src/runtime/store/initialise.ts';
import { graphOf, numbers } from '../test/lower/graphs.ts';
import { median, sure } from './measure.ts';
import type { Layers, Rival, Taken } from './rivals.ts';
import { addStages } from './stages.ts';

/** A net of stages for pictures of 32 × 32. */
export const graphFor = ({ stages, units, normalised }: Layers): Graph =>
  graphOf(image(32, 32, 3), (b) => {
    addStages(b, stages, normalised);
    b.op('flatten');
    units.forEach((n, i) => {
      if (i > 0) b.op('relu');
      b.op('fc', { units: n });
    });
    return b.op('softmax');
  });

export const vggA: Layers = {
  stages: [
    ...[64, 128].map((c) => [c, 1] as const),
    ...[256, 512, 512].map((c) => [c, 2] as const),
  ],
  units: [512, 512, 10],
};

const optimiser = sgd({ momentum: 0.9, nesterov: false, weightDecay: 5e-4 });

/** A step of a net for pictures of 32 × 32, with its first weights and a batch. */
export const stepOf = (graph: Graph, batch: number) => {
  const made = trainingStep(graph, {
    ...{ optimiser, smoothing: 0, sideLosses: {}, trains: () => true },
    decays: (weight) => weight === 'kernel',
  });
  if (Either.isLeft(made)) throw new Error(made.left.tag);
  const program = fuse(made.right.program);
  const weights = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w]));
  const sizes = new Map(program.parameters.map((p) => [p.path, p.shape]));
  const weightAt = (path: string) => {
    const [weight, size] = [weights.get(path), sure(sizes.get(path), path)];
    return {
      shape: size,
      data: weight ? initialValues(weight, 1) : new Float32Array(elements(size)),
    };
  };
  const [classes] = sure(
    program.inputs.find(({ name }) => name === 'labels'),
    'labels',
  ).shape;
  const sized = { input: [batch, 32, 32, 3], labels: [batch, classes ?? 1], rate: [] };
  const labels = numbers(elements(sized.labels), 0).map((_, i) =>
    Math.floor(i / sized.labels[1]!) % sized.labels[1]! === i % sized.labels[1]! ? 1 : 0,
  );
  const inputs = {
    input: { shape: sized.input, data: numbers(elements(sized.input), 1) },
    labels: { shape: sized.labels, data: labels },
    rate: { shape: sized.rate, data: Float32Array.of(0.01) },
  };
  return { program, weightAt, inputs, sized };
};

/** How long something takes. */
export const timed = async (work: () => Promise<unknown>): Promise<Taken> => {
  const [begin, busy] = [performance.now(), process.cpuUsage()];
  await work();
  const clock = performance.now() - begin;
  const { user, system } = process.cpuUsage(busy);
  const memory = 1024 * process.resourceUsage().maxRSS;
  return { clock, processor: (user + system) / 1e3, memory };
};

/** The median of so many steps. */
export const several = async ({ step }: Pick<Rival, 'step'>, count: number): Promise<Taken> => {
  const taken: Taken[] = [];
  for (let i = 0; i < count; i++) taken.push(await step());
  const of = (by: keyof Taken): number => median(taken.map((one) => one[by]));
  return { clock: of('clock'), processor: of('processor'), memory: of('memory') };
};
