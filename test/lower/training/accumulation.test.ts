/** A batch in parts moves the weights as the whole batch does, where no layer mixes pictures. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/graph/graph.ts';
import type { KernelProgram } from '../../../src/lower/kernels.ts';
import { adamw, sgd } from '../../../src/lower/training/optimisers.ts';
import { trainingStep, type How, type Step } from '../../../src/lower/training/step.ts';
import { tensor, type Tensor } from '../../../src/numeric/tensor.ts';
import { image } from '../../../src/ops/types.ts';
import { evaluate } from '../../../src/runtime/engines/reference.ts';
import { cutInParts } from '../../../src/runtime/train/taking.ts';
import { programsFor, trainerFor } from '../../../src/runtime/train/trainer.ts';
import { engine, engineNames } from '../engines.ts';
import { float64, graphOf, inputOf, weightsOf } from '../graphs.ts';

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

const graph: Graph = graphOf(image(5, 5, 2), (b) => {
  b.op('conv', { size: { h: 3, w: 3 }, channels: 4 });
  b.op('tanh');
  const mid = b.op('maxpool', { size: { h: 2, w: 2 } });
  b.op('gap', {}, mid);
  b.op('fc', { units: 3 });
  const side = b.op('softmax');
  b.op('flatten', {}, mid);
  b.op('fc', { units: 3 });
  return { output: b.op('softmax'), side };
});

const ways: { readonly [name: string]: How } = {
  'sgd with momentum, decay and clipping': {
    optimiser: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
    smoothing: 0.1,
    sideLosses: { side: 0.3 },
    clip: 0.2,
    decays: (weight) => weight === 'kernel',
    trains: () => true,
  },
  adamw: {
    optimiser: adamw({ beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1 }),
    smoothing: 0,
    sideLosses: {},
    decays: () => true,
    trains: () => true,
  },
};

type Values = ReadonlyMap<string, Tensor>;

/** The state after a program, and its outputs by name. */
const after = (
  { program }: { readonly program: KernelProgram },
  state: Values,
  inputs: { readonly [name: string]: Tensor },
): { readonly state: Values; readonly outputs: Values } => {
  const results = evaluate(program, inputs, (path) => state.get(path)!);
  const { outputs } = program;
  const moved = program.state.filter((s) => s.next !== undefined);
  const entry = (path: string, i: number) => [path, results[i]!] as const;
  const next = moved.map(({ path }, i) => entry(path, outputs.length + i));
  return {
    outputs: new Map(outputs.map(({ name }, i) => entry(name, i))),
    state: new Map([...state, ...next]),
  };
};

const batch = { ...inputOf([7, 5, 5, 2]), labels: Uint32Array.of(0, 1, 2, 0, 1, 2, 2) };
const whole = { ...batch, position: 0, indices: batch.labels };
const oneHot = (labels: Uint32Array): Tensor =>
  tensor(
    [labels.length, 3],
    [...labels].flatMap((l) => [0, 1, 2].map((c) => (c === l ? 1 : 0))),
  );

const begin = ({ program }: Step): Values =>
  new Map(
    program.state.map(({ path, shape }) => {
      const own = graph.nodes.some((n) => n.weights.some((w) => w.path === path));
      const zeros = tensor(shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0));
      return [path, own ? float64(weightsOf(graph)(path)) : zeros];
    }),
  );

const numbersOf = ({ numbers }: Step, step: number) =>
  Object.fromEntries(
    Object.entries(numbers({ rate: 0.3, step })).map(([name, n]) => [name, tensor([], [n])]),
  );

describe.each(Object.entries(ways))('%s', (_, how) => {
  const atOnce = right(trainingStep(graph, how));

  it.each([2, 3, 7])('moves in %s parts as at once, three times', (parts) => {
    const step = right(trainingStep(graph, { ...how, parts }));
    expect(step.sums.length).toBeGreaterThan(0);
    let [one, many] = [begin(atOnce), begin(step)];
    for (let n = 1; n <= 3; n++) {
      const all = { input: float64(batch), labels: oneHot(batch.labels), ...numbersOf(atOnce, n) };
      const expected = after(atOnce, one, all);
      one = expected.state;
      let loss = 0;
      for (const part of cutInParts(whole, parts)) {
        const share = part.labels.length / batch.labels.length;
        const done = after(step, many, {
          input: float64(part),
          labels: oneHot(part.labels),
          share: tensor([], [share]),
        });
        many = done.state;
        loss += share * done.outputs.get('loss')!.data[0]!;
      }
      expect(loss).toBeCloseTo(expected.outputs.get('loss')!.data[0]!, 12);
      const moved = after({ program: step.move! }, many, numbersOf(step, n));
      many = moved.state;
      expect(moved.outputs.get('norm')!.data[0]).toBeCloseTo(
        expected.outputs.get('norm')!.data[0]!,
        12,
      );
    }
    for (const [path, { data }] of one)
      data.forEach((x, i) =>
        expect(Math.abs(many.get(path)!.data[i]! - x), path).toBeLessThan(
          1e-6 * (1e-3 + Math.abs(x)),
        ),
      );
    for (const path of step.sums) expect(many.get(path)!.data.every((x) => x === 0)).toBe(true);
  });

  it.each(engineNames)('does so on %s, and leaves nothing there', async (name) => {
    const on = await engine(name);
    const before = on.memory();
    const end = async (parts: number) => {
      const programs = right(programsFor(graph, { ...how, parts }));
      const setting = { engine: on, programs, begin: weightsIn, seed: 1 };
      const trainer = right(trainerFor(setting));
      const steps = [];
      for (let step = 1; step <= 2; step++)
        steps.push(right(await trainer.step(whole, { rate: 0.3, step })));
      const learned = await trainer.parameters();
      trainer.dispose();
      return { steps, learned };
    };
    const [expected, found] = [await end(1), await end(3)];
    expect([...found.learned.keys()]).toEqual([...expected.learned.keys()]);
    for (const [path, { data }] of expected.learned)
      data.forEach((x, i) =>
        expect(Math.abs(found.learned.get(path)!.data[i]! - x), path).toBeLessThan(
          1e-4 * (0.01 + Math.abs(x)),
        ),
      );
    found.steps.forEach(({ loss, norm, scores }, i) => {
      expect(loss).toBeCloseTo(expected.steps[i]!.loss, 5);
      expect(norm).toBeCloseTo(expected.steps[i]!.norm, 5);
      scores.forEach(({ loss, ...counts }, output) => {
        const { loss: once, ...others } = expected.steps[i]!.scores[output]!;
        expect(counts).toEqual(others);
        expect(loss).toBeCloseTo(once, 4);
      });
      expect(scores.length).toBe(expected.steps[i]!.scores.length);
    });
    expect(on.memory()).toEqual(before);
  });
});

const weightsIn = (path: string) =>
  graph.nodes.some((n) => n.weights.some((w) => w.path === path))
    ? weightsOf(graph)(path)
    : undefined;

it('cuts a batch in parts of nearly the same size, none of which is empty', () => {
  const sizes = (parts: number) => cutInParts(whole, parts).map(({ labels }) => labels.length);
  expect([1, 2, 3, 4, 7, 9].map(sizes)).toEqual([
    [7],
    [4, 3],
    [3, 2, 2],
    [2, 2, 2, 1],
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1],
  ]);
  const parts = cutInParts(whole, 3);
  expect(parts.flatMap(({ data }) => [...data])).toEqual([...whole.data]);
  expect(parts.flatMap(({ labels }) => [...labels])).toEqual([...whole.labels]);
});
