/** Derivatives of programs by central differences, in float64. */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph } from '../../src/graph/graph.ts';
import { derive, gradientOf, type Origin } from '../../src/lower/derive.ts';
import type { KernelProgram } from '../../src/lower/kernels.ts';
import { parameterIn, partOf } from '../../src/lower/weight-part.ts';
import { elements, tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { evaluate } from '../../src/runtime/engines/reference.ts';
import { float64, numbers, weightsOf } from './graphs.ts';

/** What a program is computed from: its inputs and its state, by their names and paths. */
export type Point = ReadonlyMap<string, Tensor>;

/** The same program, each state of which is loaded under its own path, so that one can be moved alone. */
export const apart = (program: KernelProgram): KernelProgram => ({
  ...program,
  parameters: program.state.map(({ path, shape }) => ({ path, shape })),
  state: program.state.map((s) => ({ ...s, initial: { tag: 'weight', name: s.path } })),
});

/** Weights of `weightsOf` so many times as large, under the paths that `apart` gives them, and an input. */
export const pointOf = (graph: Graph, program: KernelProgram, input: Tensor, scale = 1): Point => {
  const weights = weightsOf(graph);
  const state = program.state.map(({ path, initial }) => {
    const { shape, data } = partOf(initial, weights(parameterIn(initial)));
    const factor = path.endsWith('variance') ? 1 : scale;
    return [path, float64({ shape, data: data.map((n) => n * factor) })] as const;
  });
  return new Map([['input', input], ...state]);
};

const along = (point: Point, direction: Point, by: number): Point =>
  new Map(
    [...point].map(([name, { shape, data }]) => {
      const moves = direction.get(name);
      return [
        name,
        moves ? { shape, data: data.map((n, i) => n + by * moves.data[i]!) } : { shape, data },
      ];
    }),
  );

const outputsAt = (program: KernelProgram, point: Point): readonly Tensor[] =>
  evaluate(
    program,
    Object.fromEntries(program.inputs.map(({ name }) => [name, point.get(name)!])),
    (path) => point.get(path)!,
  );

export const inner = (a: Tensor, b: Tensor): number =>
  a.data.reduce((sum, n, i) => sum + n * b.data[i]!, 0);

export const randomAs = ({ shape }: { readonly shape: readonly number[] }, seed: number): Tensor =>
  tensor(shape, numbers(elements(shape), seed));

/** A program with a point, and how much each of its outputs counts: the loss is the sum of all. */
export type Trial = {
  readonly program: KernelProgram;
  readonly point: Point;
  readonly weights: readonly Tensor[];
};

export const trialOf = (program: KernelProgram, point: Point): Trial => {
  const weights = outputsAt(program, point).map((t, i) => randomAs(t, 101 + i));
  return { program, point, weights };
};

const lossAt = ({ program, weights }: Trial, point: Point): number =>
  outputsAt(program, point).reduce((sum, t, i) => sum + inner(t, weights[i]!), 0);

const step = 2 ** -16;

/** The slope of the loss in a direction; undefined where steps of several lengths disagree, across a kink. */
export const slope = (trial: Trial, direction: Point): number | undefined => {
  const central = (h: number): number =>
    (lossAt(trial, along(trial.point, direction, h)) -
      lossAt(trial, along(trial.point, direction, -h))) /
    (2 * h);
  const [long, short] = [central(step), central(step / 4)];
  return Math.abs(long - short) <= 3e-7 * (1e-1 + Math.abs(short)) ? short : undefined;
};

/** The gradients of the loss by the outputs, under the names that the derived program takes them by. */
export const seedsOf = ({ program, weights }: Trial): Point =>
  new Map(program.outputs.map(({ name }, i) => [gradientOf(name), weights[i]!]));

/** The program with the gradients of all that it reads. */
export const derivedProgram = ({ program }: Trial): KernelProgram => {
  const origin: Origin = { tag: 'outputs', names: program.outputs.map((o) => o.name) };
  const by = [...program.inputs, ...program.state].map((v) => v.id);
  const result = derive(program, origin, by);
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

/** The gradients by what they are by. */
export const derived = (
  trial: Trial,
  change: (p: KernelProgram) => KernelProgram = (p) => p,
): Point => {
  const { program, point } = trial;
  const changed = change(derivedProgram(trial));
  const values = outputsAt(changed, new Map([...point, ...seedsOf(trial)]));
  const names = [...program.inputs.map((p) => p.name), ...program.state.map((s) => s.path)];
  return new Map(names.map((name, i) => [name, values[program.outputs.length + i]!]));
};
