/**
 * A step of training as one program: the net in training, the loss, its gradients, the new weights and statistics.
 * What the program keeps from step to step is its state; a step moves it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Graph, GraphNode, ValueId } from '../../graph/graph.ts';
import {
  minus,
  over,
  plus,
  rectified,
  root,
  scalar,
  scaled,
  squared,
  summed,
  times,
} from '../../kernel/formulas.ts';
import { input, type Lowered } from '../../kernel/kernel.ts';
import { derive, gradientOf, type NoGradient } from '../derive.ts';
import { addInput, addState, layOut, programFrom, resumed, write, type Draft } from '../draft.ts';
import { trainingKernels, type MaskInput } from '../from-graph.ts';
import type { Kernels, State } from '../kernels.ts';
import { parameterIn } from '../weight-expr.ts';
import { crossEntropy, weighted, withLogits } from './loss.ts';
import type { At, Optimiser } from './optimisers.ts';

/** How a net is trained, as far as one step knows it. */
export type How = {
  readonly optimiser: Optimiser;
  /** ε of label smoothing; 0 for none */
  readonly smoothing: number;
  /** the weight of each side output in the loss, by name; one that is not named takes no part */
  readonly sideLosses: { readonly [output: string]: number };
  /** the largest norm of all gradients together; longer ones are made so long */
  readonly clip?: number;
  /** weights that decay: `kernel`, and others where all do */
  readonly decays: (weight: string) => boolean;
  /** layers that take part; the others stay as they are */
  readonly trains: (layer: GraphNode) => boolean;
};

/** A step of training. */
export type Step = {
  /**
   * Its inputs are `input`, `labels` (one-hot, [batch, classes]), the masks, and the numbers of `numbers`. Its outputs
   * are, in this order, `loss`, the logits of each output under its name, and `norm` of the gradients before clipping.
   */
  readonly program: Kernels;
  readonly masks: readonly MaskInput[];
  /** the inputs that the optimiser computes before a step, by name */
  readonly numbers: (at: At) => { readonly [name: string]: number };
  /** what the optimiser keeps, by the paths of its state; all 0 at first */
  readonly slots: readonly string[];
};

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
    (derived: Kernels): Step => ({ ...update(derived, trained, how), masks }),
  )(derive(withLoss, { tag: 'loss', output: lossName }, ids));
};

const lossName = 'loss';

/** The states that the optimiser moves: trained weights, or parts of them, of layers that take part. */
const trainedIn = (graph: Graph, { state }: Kernels, trains: How['trains']): readonly State[] => {
  const trained = new Set(
    graph.nodes
      .filter(trains)
      .flatMap(({ weights }) => weights.filter((w) => w.spec.trained).map((w) => w.path)),
  );
  return state.filter(({ initial }) => trained.has(parameterIn(initial)));
};

/** Adds the labels and the loss of all outputs. */
const addLoss = (program: Kernels, { smoothing, sideLosses }: How): Kernels => {
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

/** Moves the weights along their gradients, which are outputs of the program and go. */
const update = (program: Kernels, trained: readonly State[], how: How): Omit<Step, 'masks'> => {
  const { optimiser } = how;
  const draft = resumed(program);
  const gradients = trained.map(({ path }) => {
    const port = program.outputs.find(({ name }) => name === gradientOf(path));
    if (port === undefined) throw new Bug(`there is no gradient of ${path}`);
    return port.id;
  });
  const norm = write(draft, program.net, gradients, normOf(trained));
  const clipped =
    how.clip === undefined ? undefined : write(draft, program.net, [norm], shortening(how.clip));
  const names = Object.keys(optimiser.numbers({ rate: 1, step: 1 }));
  const numbers = new Map(names.map((name) => [name, addInput(draft, name, [], false)]));
  const next = new Map<ValueId, ValueId>();
  const slots = trained.flatMap((state, i) => {
    const kept = optimiser.keeps.map((name) => ({
      name,
      path: `${state.path}/${name}`,
      id: addState(draft, `${state.path}/${name}`, state.shape),
    }));
    const moved = move(draft, how, {
      state,
      gradient: gradients[i]!,
      clipped,
      numbers,
      kept: new Map(kept.map(({ name, id }) => [name, id])),
    });
    for (const [before, after] of moved) next.set(before, after);
    return kept.map(({ path }) => path);
  });
  const wanted = program.outputs.slice(0, program.outputs.length - gradients.length);
  const outputs = [...wanted, { name: 'norm', id: norm, shape: [] }];
  return {
    program: programFrom(draft, program.net, outputs, next),
    numbers: optimiser.numbers,
    slots,
  };
};

/** √(Σ g²) over all numbers of the gradients by these states. */
const normOf = (states: readonly State[]): Lowered => {
  const squares = states.map(({ shape }, i) => summed(squared(input(i)), [...shape.keys()]));
  return root(squares.reduce((sum, part) => plus(sum, part), scalar(0)));
};

/** min(1, c / (norm + 1e-6)), as PyTorch clips: 1 / (1 + max(0, (norm + 1e-6)/c − 1)). */
const shortening = (clip: number): Lowered => {
  const ratio = scaled(1 / clip, plus(input(0), scalar(1e-6)));
  return over(scalar(1), plus(scalar(1), rectified(plus(ratio, scalar(-1)))));
};

/** One weight on its way: values of the program. */
type OnItsWay = {
  readonly state: State;
  readonly gradient: ValueId;
  readonly clipped: ValueId | undefined;
  readonly numbers: ReadonlyMap<string, ValueId>;
  readonly kept: ReadonlyMap<string, ValueId>;
};

/** The values that replace a weight and what is kept of it. */
const move = (
  draft: Draft,
  { optimiser, decays }: How,
  { state, gradient, clipped, numbers, kept }: OnItsWay,
): readonly (readonly [before: ValueId, after: ValueId])[] => {
  const operands: ValueId[] = [];
  const mention = (id: ValueId): Lowered => input(operands.push(id) - 1);
  const named = (values: ReadonlyMap<string, ValueId>) =>
    Object.fromEntries(Array.from(values, ([name, id]) => [name, mention(id)]));
  const weight = mention(state.id);
  const slope =
    clipped === undefined ? mention(gradient) : times(mention(gradient), mention(clipped));
  const given = named(numbers);
  const { factor, apart } = optimiser.decay;
  const path = parameterIn(state.initial);
  const decay = factor !== 0 && decays(path.slice(path.lastIndexOf('/') + 1));
  const moved = optimiser.move({
    weight: decay && apart ? minus(weight, times(scaled(factor, weight), given['rate']!)) : weight,
    gradient: decay && !apart ? plus(slope, scaled(factor, weight)) : slope,
    kept: named(kept),
    numbers: given,
  });
  const names = [...kept.keys()];
  const after = layOut(draft, { path: state.path, weights: [] }, operands, [
    moved.weight,
    ...names.map((name) => moved.kept[name]!),
  ]);
  const before = [state.id, ...names.map((name) => kept.get(name)!)];
  return before.map((id, i) => [id, after[i]!] as const);
};
