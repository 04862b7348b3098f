/**
 * A net on an engine while it is trained: one program for steps, and one for validation, which gets the weights
 * whenever it is used.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph } from '../../graph/graph.ts';
import { kernels } from '../../lower/from-graph.ts';
import { fuse } from '../../lower/fuse.ts';
import type { KernelProgram } from '../../lower/kernels.ts';
import { plan, shapesOfInputs, type Plan } from '../../lower/plan.ts';
import { withLogits } from '../../lower/training/loss.ts';
import { trainingStep, type How, type Step, type Untrainable } from '../../lower/training/step.ts';
import { partOf, parameterIn, type HostTensor } from '../../lower/weight-part.ts';
import type { Batch } from '../batches/loader.ts';
import type { Cluster } from '../engines/cluster.ts';
import type { LoadedEngine, NoRoom } from '../engines/engine.ts';
import { load, shortageFor, type Output, type Session } from '../engines/session.ts';
import { readParameters, type Parameters } from './parameters.ts';
import { atOnce, byParts, type FindUnsound, type TakeStep } from './taking.ts';

/** A net on an engine while it is trained. */
export type Trainer = {
  /** moves the weights by one batch, of which a worker has its share; if there is no room, nothing changes */
  readonly step: TakeStep;
  /** where a step goes wrong whose loss or gradient is not finite */
  readonly unsound: FindUnsound;
  /** the logits of each output at inference, for the weights of the last `refresh` */
  readonly infer: (batch: Batch) => Promise<E.Either<NoRoom, readonly Output[]>>;
  /** gives the weights as they are now to `infer` */
  readonly refresh: () => Promise<E.Either<NoRoom, void>>;
  readonly parameters: () => Promise<Parameters>;
  readonly dispose: () => void;
};

/** The programs of a net that is trained, and what one step of it takes. */
export type Programs = {
  readonly step: Step;
  /** at inference, up to the logits */
  readonly forward: KernelProgram;
  /** parts that a batch is taken in */
  readonly parts: number;
};

/** What a trainer is made for. */
export type Setting = {
  readonly engine: LoadedEngine;
  readonly programs: Programs;
  /** of every weight of the graph; what the optimiser keeps is 0 where it is not given */
  readonly begin: (path: string) => HostTensor | undefined;
  readonly seed: number;
  /** the workers that train together, of which this is one */
  readonly cluster?: Cluster | undefined;
};

/** The programs that train a graph, their kernels fused as for running. */
export const programsFor = (graph: Graph, how: How): E.Either<Untrainable, Programs> =>
  E.map((step: Step): Programs => {
    const names = [graph.outputs[0]!.name, ...Object.keys(how.sideLosses)];
    return {
      step: { ...step, program: fuse(step.program) },
      forward: fuse(kernels(withLogits(graph, names) ?? graph)),
      parts: how.parts ?? 1,
    };
  })(trainingStep(graph, how));

/** The plan of a step, or of a part of one, on an engine, for so many pictures of the shape [h, w, c]. */
export const planOf = (
  { step: { program }, parts }: Programs,
  { within }: Pick<LoadedEngine, 'within'>,
  batch: number,
  picture: readonly number[],
): Plan => plan(program, shapesOfInputs(program, Math.ceil(batch / parts), picture), within);

/** All bytes that a step takes at once on an engine: weights, what the optimiser keeps of them, and what is computed. */
export const bytesOfStep = (
  programs: Programs,
  engine: Pick<LoadedEngine, 'within'>,
  batch: number,
  picture: readonly number[],
): number => {
  const { move } = programs.step;
  const { peakBytes, weightBytes } = planOf(programs, engine, batch, picture);
  const moving = move && plan(move, shapesOfInputs(move, 0, []), engine.within);
  return weightBytes + Math.max(peakBytes, moving?.peakBytes ?? 0);
};

/** What an engine lacks for a step, before it begins; undefined if it has enough. */
export const shortageForStep = (
  programs: Programs,
  engine: LoadedEngine,
  batch: number,
  picture: readonly number[],
): NoRoom | undefined => shortageFor(engine, planOf(programs, engine, batch, picture));

/** What a step learns, without the sums, which are 0 between steps. */
const learnedIn = ({ program, sums }: Step): Pick<KernelProgram, 'parameters' | 'state'> => {
  const passing = new Set(sums);
  return {
    parameters: program.parameters.filter(({ path }) => !passing.has(path)),
    state: program.state.filter(({ path }) => !passing.has(path)),
  };
};

/** Puts a net on an engine to train it. */
export const trainerFor = (setting: Setting): E.Either<NoRoom, Trainer> => {
  const { engine, programs } = setting;
  const { step, forward } = programs;
  const shapes = new Map(step.program.parameters.map(({ path, shape }) => [path, shape]));
  const begin = (path: string): HostTensor => setting.begin(path) ?? zeros(shapes.get(path) ?? []);
  const training = load(engine, step.program, begin);
  if (E.isLeft(training)) return training;
  const inference = load(engine, forward, begin);
  if (E.isLeft(inference)) {
    training.right.dispose();
    return inference;
  }
  return E.right(trainerOf(setting, training.right, inference.right));
};

const zeros = (shape: readonly number[]): HostTensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

const trainerOf = (
  { programs: { step, forward, parts }, seed, cluster }: Setting,
  training: Session,
  inference: Session,
): Trainer => {
  const learned = learnedIn(step);
  const parameters = (): Promise<Parameters> => readParameters(learned, training.read);
  const taking =
    step.move === undefined
      ? atOnce(step, training, seed)
      : byParts(step, step.move, training, { parts, seed, cluster });
  return {
    ...taking,
    infer: ({ shape, data }) => inference.step({ input: { shape, data } }),
    refresh: async () => {
      const now = await parameters();
      for (const { path, initial } of forward.state) {
        const written = inference.write(
          path,
          ownCopy(partOf(initial, now.get(parameterIn(initial))!)),
        );
        if (E.isLeft(written)) return written;
      }
      return E.right(undefined);
    },
    parameters,
    dispose: () => {
      training.dispose();
      inference.dispose();
    },
  };
};

/** An engine may keep an array that is written, so no other weight may lie in it. */
const ownCopy = ({ shape, data }: HostTensor): HostTensor => ({ shape, data: data.slice() });
