/** The last part of a step: gradients move the weights, at once or when those of all parts of a batch are there. */
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import {
  minus,
  over,
  plus,
  rectified,
  root,
  scalar,
  scaled,
  sumOfSquares,
  times,
  zerosLike,
} from '../../kernel/formulas.ts';
import { atOnce } from '../../kernel/at-once.ts';
import { input, type Lowered } from '../../kernel/kernel.ts';
import { gradientOf } from '../derive.ts';
import { addInput, addState, layOut, programFrom, resumed, write, type Draft } from '../draft.ts';
import type { KernelProgram, Port, State } from '../kernels.ts';
import { parameterIn } from '../weight-part.ts';
import type { At, Optimiser } from './optimisers.ts';

/** How gradients move weights. */
export type Movement = {
  readonly optimiser: Optimiser;
  /** the largest norm of all gradients together; longer ones are made so long */
  readonly clip?: number;
  /** weights that decay: `kernel`, and others where all do */
  readonly decays: (weight: string) => boolean;
  /** how many numbers each of the workers reports of its share of a batch, where several train together */
  readonly report?: number;
};

/** The programs of a step. */
export type Moves = {
  /**
   * Its inputs are `input`, `labels` (one-hot, [batch, classes]), the masks, and the numbers of `numbers`. Its outputs
   * are, in this order, `loss`, the logits of each output under its name, and `norm` of the gradients before clipping.
   */
  readonly program: KernelProgram;
  /**
   * Where a batch comes in parts: `program` adds their gradients up and moves no weight. It has the input `share`, of
   * the batch that the part is, in place of the numbers, and no output `norm`. This one has those, and moves the
   * weights when all parts are done; it has the same state.
   */
  readonly move?: KernelProgram;
  /** the inputs that the optimiser computes before a step, by name */
  readonly numbers: (at: At) => { readonly [name: string]: number };
  /** what the optimiser keeps, by the paths of its state; all 0 at first */
  readonly slots: readonly string[];
  /** the sums of gradients, by the paths of their state; 0 when no batch is under way */
  readonly sums: readonly string[];
};

/** A program whose last outputs are the gradients by these states, in their order, which become moves. */
type Moved = (derived: KernelProgram, trained: readonly State[], how: Movement) => Moves;

/** One program does it all. */
export const moveAtOnce: Moved = (derived, trained, how) => {
  const draft = resumed(derived);
  const { next, norm, slots } = moveAll(draft, derived.net, slopesIn(derived, trained), how);
  const outputs = [...withoutSlopes(derived, trained), norm];
  return {
    program: { ...programFrom(draft, derived.net, outputs, next), finite: [normName] },
    numbers: how.optimiser.numbers,
    slots,
    sums: [],
  };
};

/** One program for each part of a batch, and one that moves. */
export const moveByParts: Moved = (derived, trained, how) => {
  const { net } = derived;
  const draft = resumed(derived);
  const share = addInput(draft, 'share', [], false);
  const slopes = slopesIn(derived, trained).map(({ state, gradient }) => {
    const path = `${state.path}/sum`;
    const sum = addState(draft, path, state.shape);
    const [more] = atOnce([plus(input(0), times(input(1), input(2)))]);
    return { state, path, sum, after: write(draft, state.path, [sum, gradient, share], more!) };
  });
  const gathered = new Map(slopes.map(({ sum, after }) => [sum, after]));
  const part = programFrom(draft, net, withoutSlopes(derived, trained), gathered);

  const rest: Draft = { ...resumed(part), inputs: [], calls: [], state: part.state.map(resting) };
  const reports =
    how.report === undefined
      ? []
      : [{ id: addInput(rest, reportName, [how.report], false), shape: [how.report] }];
  const sums = slopes.map(({ state, sum }) => ({ state, gradient: sum }));
  const { next, norm, slots } = moveAll(rest, net, sums, how);
  const emptied = slopes.map(
    ({ state, sum }) => [sum, write(rest, state.path, [sum], zerosLike(input(0)))] as const,
  );
  const told = reports.map(({ id, shape }): Port => ({ name: reportName, id, shape }));
  const move: KernelProgram = {
    ...programFrom(rest, net, [norm, ...told], new Map([...next, ...emptied])),
    finite: [normName, ...told.map(({ name }) => name)],
    allReduced:
      how.report === undefined
        ? []
        : [...slopes.map(({ sum }) => sum), ...reports.map(({ id }) => id)],
  };
  return {
    program: amid(part, move),
    move,
    numbers: how.optimiser.numbers,
    slots,
    sums: slopes.map(({ path }) => path),
  };
};

/** A state that stays as it is. */
const resting = ({ next: _, ...state }: State): State => state;

/** A program with all the state of another, whose draft went on from it. */
const amid = (
  program: KernelProgram,
  { values, parameters, state, constants }: KernelProgram,
): KernelProgram => {
  const own = new Map(program.state.map((s) => [s.id, s]));
  return {
    ...program,
    values,
    parameters,
    constants,
    state: state.map((s) => own.get(s.id) ?? resting(s)),
  };
};

/** A weight, or a part of one, with the value that is its gradient. */
type Slope = { readonly state: State; readonly gradient: ValueId };

const slopesIn = ({ outputs }: KernelProgram, trained: readonly State[]): readonly Slope[] =>
  trained.map((state) => {
    const port = outputs.find(({ name }) => name === gradientOf(state.path));
    if (port === undefined) throw new Bug(`there is no gradient of ${state.path}`);
    return { state, gradient: port.id };
  });

const withoutSlopes = ({ outputs }: KernelProgram, trained: readonly State[]): readonly Port[] =>
  outputs.slice(0, outputs.length - trained.length);

type AllMoved = {
  readonly next: ReadonlyMap<ValueId, ValueId>;
  readonly norm: Port;
  readonly slots: readonly string[];
};

/** The output that is the norm of all gradients. */
export const normName = 'norm';

/** The input that is what a worker reports of its share of a batch, and the output that is what all do. */
export const reportName = 'report';

/** Writes how all weights move, with what is kept of them. */
const moveAll = (draft: Draft, net: string, slopes: readonly Slope[], how: Movement): AllMoved => {
  const { optimiser } = how;
  const gradients = slopes.map(({ gradient }) => gradient);
  // a net without weights has a norm too
  const squares =
    gradients.length === 0 ? scalar(0) : sumOfSquares(gradients.map((_, i) => input(i)));
  const norm = write(draft, net, gradients, root(squares));
  const clipped =
    how.clip === undefined ? undefined : write(draft, net, [norm], shortening(how.clip));
  const names = Object.keys(optimiser.numbers({ rate: 1, step: 1 }));
  const numbers = new Map(names.map((name) => [name, addInput(draft, name, [], false)]));
  const next = new Map<ValueId, ValueId>();
  const slots = slopes.flatMap(({ state, gradient }) => {
    const kept = optimiser.keeps.map((name) => ({
      name,
      path: `${state.path}/${name}`,
      id: addState(draft, `${state.path}/${name}`, state.shape),
    }));
    const ids = new Map(kept.map(({ name, id }) => [name, id]));
    const moved = move(draft, how, { state, gradient, clipped, numbers, kept: ids });
    for (const [before, after] of moved) next.set(before, after);
    return kept.map(({ path }) => path);
  });
  return { next, norm: { name: normName, id: norm, shape: [] }, slots };
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
  { optimiser, decays }: Movement,
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
  const after = layOut(
    draft,
    { path: state.path, weights: [] },
    operands,
    atOnce([moved.weight, ...names.map((name) => moved.kept[name]!)]),
  );
  const before = [state.id, ...names.map((name) => kept.get(name)!)];
  return before.map((id, i) => [id, after[i]!] as const);
};
