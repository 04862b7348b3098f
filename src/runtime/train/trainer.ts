/**
 * A net on an engine while it is trained: one program for steps, and one for validation, which gets the weights
 * whenever it is used.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph } from '../../graph/graph.ts';
import { kernels } from '../../lower/from-graph.ts';
import { fuse } from '../../lower/fuse.ts';
import type { Kernels } from '../../lower/kernels.ts';
import type { Plan } from '../../lower/plan.ts';
import { withLogits } from '../../lower/training/loss.ts';
import type { At } from '../../lower/training/optimisers.ts';
import { trainingStep, type How, type Step, type Untrainable } from '../../lower/training/step.ts';
import { weightValue, parameterIn, type HostTensor } from '../../lower/weight-expr.ts';
import type { Batch } from '../dataset/loader.ts';
import type { LoadedEngine, NoRoom } from '../engines/engine.ts';
import { load, type Inputs, type Output, type Session } from '../engines/session.ts';
import { maskFor } from './masks.ts';
import { readParameters, type Parameters } from './parameters.ts';

/** What a step did. */
export type Stepped = {
  /** the loss that was trained for: with smoothing and side losses, before the weights moved */
  readonly loss: number;
  /** √(Σ g²) of all gradients, before clipping */
  readonly norm: number;
  /** the scores [n, classes] of each output, before softmax */
  readonly logits: readonly Output[];
};

/** A net on an engine while it is trained. */
export type Trainer = {
  /** moves the weights by one batch; if there is no room, or if loss or norm is not finite, nothing changes */
  readonly step: (batch: Batch, at: At) => Promise<E.Either<NoRoom, Stepped>>;
  /** the logits of each output at inference, for the weights of the last `refresh` */
  readonly infer: (batch: Batch) => Promise<E.Either<NoRoom, readonly Output[]>>;
  /** gives the weights as they are now to `infer` */
  readonly refresh: () => Promise<E.Either<NoRoom, void>>;
  readonly parameters: () => Promise<Parameters>;
  /** of a step with so many pictures of the shape [h, w, c] */
  readonly plan: (batch: number, picture: readonly number[]) => Plan;
  readonly dispose: () => void;
};

/** What a trainer is made for. */
export type Setting = {
  readonly engine: LoadedEngine;
  readonly graph: Graph;
  readonly how: How;
  /** of every weight of the graph; what the optimiser keeps is 0 where it is not given */
  readonly begin: (path: string) => HostTensor | undefined;
  readonly seed: number;
};

/** Why there is no trainer. */
export type NoTrainer = Untrainable | ({ readonly tag: 'no room' } & NoRoom);

const noRoom = (short: NoRoom): NoTrainer => ({ tag: 'no room', ...short });

/** The step of a graph, its kernels fused as for running. */
const stepFor = (graph: Graph, how: How): E.Either<Untrainable, Step> =>
  E.map((step: Step): Step => ({ ...step, program: fuse(step.program) }))(trainingStep(graph, how));

/** Puts a net on an engine to train it. */
export const trainerFor = (setting: Setting): E.Either<NoTrainer, Trainer> => {
  const { engine, graph, how } = setting;
  const made = stepFor(graph, how);
  if (E.isLeft(made)) return made;
  const step = made.right;
  const shapes = new Map(step.program.parameters.map(({ path, shape }) => [path, shape]));
  const begin = (path: string): HostTensor => setting.begin(path) ?? zeros(shapes.get(path) ?? []);
  const scoring = withLogits(graph, [graph.outputs[0]!.name, ...Object.keys(how.sideLosses)]);
  const forward = fuse(kernels(scoring ?? graph));
  const training = load(engine, step.program, begin);
  if (E.isLeft(training)) return E.mapLeft(noRoom)(training);
  const inference = load(engine, forward, begin);
  if (E.isLeft(inference)) {
    training.right.dispose();
    return E.mapLeft(noRoom)(inference);
  }
  return E.right(trainerOf(step, forward, training.right, inference.right, setting.seed));
};

const zeros = (shape: readonly number[]): HostTensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

const trainerOf = (
  step: Step,
  forward: Kernels,
  training: Session,
  inference: Session,
  seed: number,
): Trainer => {
  const parameters = (): Promise<Parameters> => readParameters(step.program, training.read);
  return {
    step: async (batch, at) =>
      E.map(stepped)(await training.step(inputsOf(step, batch, at, seed), canMove)),
    infer: ({ shape, data }) => inference.step({ input: { shape, data } }),
    refresh: async () => {
      const now = await parameters();
      for (const { path, initial } of forward.state) {
        const written = inference.write(
          path,
          ownCopy(weightValue(initial, now.get(parameterIn(initial))!)),
        );
        if (E.isLeft(written)) return written;
      }
      return E.right(undefined);
    },
    parameters,
    plan: (batch, picture) => training.plan(shapesOf(step.program, batch, picture)),
    dispose: () => {
      training.dispose();
      inference.dispose();
    },
  };
};

/** An engine may keep an array that is written, so no other weight may lie in it. */
const ownCopy = ({ shape, data }: HostTensor): HostTensor => ({ shape, data: data.slice() });

/** Whether loss and norm are numbers: then every gradient is. */
const canMove = (outputs: readonly Float32Array[]): boolean =>
  Number.isFinite(outputs[0]?.[0]) && Number.isFinite(outputs[outputs.length - 1]?.[0]);

/** The outputs of a step begin with the loss and end with the norm. */
const stepped = (outputs: readonly Output[]): Stepped => ({
  loss: outputs[0]?.data[0] ?? NaN,
  norm: outputs[outputs.length - 1]?.data[0] ?? NaN,
  logits: outputs.slice(1, -1),
});

/** The shapes of all inputs of a step; a free size is that of the picture. */
const shapesOf = (program: Kernels, batch: number, picture: readonly number[]) =>
  Object.fromEntries(
    program.inputs.map(({ name, id, shape }) => {
      const sized = name === 'input' ? picture : shape.map((n) => n ?? 1);
      return [name, program.values[id]!.batched ? [batch, ...sized] : sized];
    }),
  );

/** The inputs of a step: pictures, labels, masks, and the numbers that the optimiser computes before it. */
const inputsOf = (
  { program, masks, numbers }: Step,
  { shape, data, labels }: Batch,
  at: At,
  seed: number,
): Inputs => {
  const [batch = 0, ...picture] = shape;
  const shapes = shapesOf(program, batch, picture);
  const drawn = masks.map((mask): readonly [string, HostTensor] => [
    mask.name,
    maskFor(mask, shapes[mask.name]!, { seed, step: at.step, part: 0 }),
  ]);
  const given = Object.entries(numbers(at)).map(([name, value]): readonly [string, HostTensor] => [
    name,
    { shape: [], data: Float32Array.of(value) },
  ]);
  return {
    input: { shape, data },
    labels: oneHot(labels, shapes['labels']![1]!),
    ...Object.fromEntries([...drawn, ...given]),
  };
};

const oneHot = (labels: Uint32Array, classes: number): HostTensor => {
  const data = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => (data[i * classes + label] = 1));
  return { shape: [labels.length, classes], data };
};
