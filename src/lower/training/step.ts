/**
 * A step of training as one program: the net in training, the loss, its gradients, the new weights and statistics.
 * What the program keeps from step to step is its state; a step moves it. A batch that comes in parts takes two
 * programs over one state: one for each part, and one that moves.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Graph, GraphNode } from '../../graph/graph.ts';
import { input } from '../../kernel/kernel.ts';
import { derive, type NoGradient } from '../derive.ts';
import { addInput, programFrom, resumed, write } from '../draft.ts';
import { trainingKernels, type MaskInput } from '../from-graph.ts';
import type { KernelProgram, State } from '../kernels.ts';
import { parameterIn } from '../weight-part.ts';
import { crossEntropy, weighted, withLogits } from './loss.ts';
import { recomputing } from './recompute.ts';
import { moveAtOnce, moveByParts, type Movement, type Moves } from './update.ts';

/** How a net is trained, as far as one step knows it. */
export type How = Movement & {
  /** ε of label smoothing; 0 for none */
  readonly smoothing: number;
  /** the weight of each side output in the loss, by name; one that is not named takes no part */
  readonly sideLosses: { readonly [output: string]: number };
  /** parts that a batch comes in, 1 unless given: their gradients are averaged before the weights move */
  readonly parts?: number;
  /** whether the backward pass computes again what lies within blocks, instead of keeping it */
  readonly recomputes?: boolean;
  /** layers that take part; the others stay as they are */
  readonly trains: (layer: GraphNode) => boolean;
};

/** A step of training, and the masks that its program reads. */
export type Step = Moves & { readonly masks: readonly MaskInput[] };

/** Why a net cannot be trained. */
export type Untrainable =
  /** an output whose loss is wanted does not end in softmax */
  | { readonly tag: 'no softmax'; readonly outputs: readonly string[] }
  | ({ readonly tag: 'no gradient' } & NoGradient);

/** The step that trains a graph. */
export const trainingStep = (graph: Graph, how: How): E.Either<Untrainable, Step> => {
  const [main] = graph.outputs;
  if (main === undefined) throw new Bug(`${graph.net} has no output`);
  const names = [main.name, ...Object.keys(how.sideLosses)];
  const scoring = withLogits(graph, names);
  if (scoring === undefined) return E.left({ tag: 'no softmax', outputs: names });
  const { program, masks } = trainingKernels(scoring, how.trains);
  const withLoss = addLoss(program, how);
  const trained = trainedIn(scoring, program, how.trains);
  const ids = trained.map(({ id }) => id);
  return E.bimap(
    (none: NoGradient): Untrainable => ({ tag: 'no gradient', ...none }),
    (derived: KernelProgram): Step => {
      const inParts = (how.parts ?? 1) > 1 || how.report !== undefined;
      const moves = (inParts ? moveByParts : moveAtOnce)(derived, trained, how);
      const program = { ...moves.program, finite: [lossName, ...moves.program.finite] };
      return {
        ...moves,
        program: how.recomputes === true ? recomputing(program, lossName) : program,
        masks,
      };
    },
  )(derive(withLoss, { tag: 'loss', output: lossName }, ids));
};

/** The output that gradients are of. */
export const lossName = 'loss';

/** The states that the optimiser moves: trained weights, or parts of them, of layers that take part. */
const trainedIn = (
  graph: Graph,
  { state }: KernelProgram,
  trains: How['trains'],
): readonly State[] => {
  const trained = new Set(
    graph.nodes
      .filter(trains)
      .flatMap(({ weights }) => weights.filter((w) => w.spec.trained).map((w) => w.path)),
  );
  return state.filter(({ initial }) => trained.has(parameterIn(initial)));
};

/** Adds the labels and the loss of all outputs. */
const addLoss = (program: KernelProgram, { smoothing, sideLosses }: How): KernelProgram => {
  const [main] = program.outputs;
  const [classes] = main?.shape.slice(-1) ?? [];
  if (classes === undefined) throw new Bug(`${program.net} has no classes`);
  const draft = resumed(program);
  const labels = addInput(draft, 'labels', [classes]);
  const weights = program.outputs.map(({ name }, i) => (i === 0 ? 1 : (sideLosses[name] ?? 0)));
  const losses = program.outputs.map(({ id }) =>
    write(
      draft,
      program.net,
      [id, labels],
      crossEntropy({ classes, smoothing }, input(0), input(1)),
    ),
  );
  const id = write(draft, program.net, losses, weighted(weights));
  return programFrom(draft, program.net, [{ name: lossName, id, shape: [] }, ...program.outputs]);
};
