/** Steps of training in float64, for the tests. */
import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'vitest';
import type { KernelProgram } from '../../../src/lower/kernels.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { sgd } from '../../../src/lower/training/optimisers.ts';
import { trainingStep, type How, type Step } from '../../../src/lower/training/step.ts';
import { tensor, type Tensor } from '../../../src/numeric/tensor.ts';
import { evaluate } from '../../../src/runtime/engines/reference.ts';
import { float64, inputOf, numbers, weightsOf } from '../graphs.ts';
import { inner, slope, type Point, type Trial } from '../slopes.ts';

export const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

/** Moves each weight by its gradient, so that a step shows gradients. */
export const plain: How = {
  optimiser: sgd({ momentum: 0, nesterov: false, weightDecay: 0 }),
  smoothing: 0,
  sideLosses: {},
  decays: (weight) => weight === 'kernel',
  trains: () => true,
};

export const stepOf = (graph: Graph, how: Partial<How> = {}): Step =>
  right(trainingStep(graph, { ...plain, ...how }));

/** The labels 0, 1, … of a batch, one-hot. */
export const labelsOf = (batch: number, classes: number): Tensor =>
  tensor(
    [batch, classes],
    Array.from({ length: batch * classes }, (_, i) =>
      Math.floor(i / classes) % classes === i % classes ? 1 : 0,
    ),
  );

/** Weights, a batch of three, its labels, masks of 0 and 2, and a rate of 1. */
export const pointOf = (
  graph: Graph,
  { program, numbers: extra }: Step,
  size: readonly number[],
): Point => {
  const weights = weightsOf(graph);
  const batch = 3;
  const atStart = extra({ rate: 1, step: 1 });
  const inputs = program.inputs.map(({ name, shape }, i): readonly [string, Tensor] => {
    const whole = [batch, ...shape.map((n) => n ?? 1)];
    if (name === 'input') return [name, float64(inputOf([batch, ...size]))];
    if (name === 'labels') return [name, labelsOf(batch, shape[0]!)];
    if (name in atStart) return [name, tensor([], [atStart[name]!])];
    const count = whole.reduce((a, b) => a * b, 1);
    return [
      name,
      tensor(
        whole,
        Array.from(numbers(count, i), (n) => (n > 0 ? 2 : 0)),
      ),
    ];
  });
  const parameters = program.parameters.map(({ path, shape }): readonly [string, Tensor] => {
    const own = graph.nodes.some((node) => node.weights.some((w) => w.path === path));
    const count = shape.reduce((a, b) => a * b, 1);
    return [path, own ? float64(weights(path)) : tensor(shape, new Array<number>(count).fill(0))];
  });
  return new Map([...inputs, ...parameters]);
};

/** The outputs and the next states of a step in float64, by name. */
export const stepAt = ({ program }: Step, point: Point): Point => {
  const inputs = Object.fromEntries(program.inputs.map(({ name }) => [name, point.get(name)!]));
  const results = evaluate(program, inputs, (path) => point.get(path)!);
  const moved = program.state.filter((s) => s.next !== undefined).map((s) => s.path);
  const names = [...program.outputs.map((o) => o.name), ...moved];
  return new Map(names.map((name, i) => [name, results[i]!]));
};

/** The program of the loss alone, to be moved about. */
export const lossOf = ({ program }: Step): KernelProgram => ({
  ...program,
  outputs: program.outputs.filter(({ name }) => name === 'loss'),
  state: program.state.map(({ next: _, ...state }) => state),
});

/** Expects of a graph that each trained weight moves along the slope of the loss. */
export const expectGradients = (
  graph: Graph,
  size: readonly number[],
  how: Partial<How> = {},
): void => {
  const step = stepOf(graph, how);
  const point = pointOf(graph, step, size);
  const after = stepAt(step, point);
  const trial: Trial = { program: lossOf(step), point, weights: [tensor([], [1])] };
  const statistics = /\/(mean|variance)$/;
  const trained = [...after.keys()].filter((name) => point.has(name) && !statistics.test(name));
  expect(trained.length).toBeGreaterThan(0);
  for (let seed = 1; seed <= 8; seed++) {
    const direction: Point = new Map(
      trained.map((name, i) => {
        const { shape, data } = point.get(name)!;
        return [name, tensor(shape, numbers(data.length, 100 * seed + i))];
      }),
    );
    const expected = slope(trial, direction);
    if (expected === undefined) continue;
    const found = trained.reduce((sum, name) => {
      const [before, moves] = [point.get(name)!, direction.get(name)!];
      return sum + inner(before, moves) - inner(after.get(name)!, moves);
    }, 0);
    expect(Math.abs(found - expected) / (0.1 + Math.abs(expected))).toBeLessThan(1e-6);
    return;
  }
  throw new Error('kinks everywhere');
};
