/** Ten steps of each optimiser against its formula, written once more on plain numbers. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { fuse } from '../../../src/lower/fuse.ts';
import { adam, adamw, sgd, type Optimiser } from '../../../src/lower/training/optimisers.ts';
import { trainingStep, type How } from '../../../src/lower/training/step.ts';
import { tensor, type Tensor } from '../../../src/numeric/tensor.ts';
import { vectorType } from '../../../src/ops/types.ts';
import { evaluate } from '../../../src/runtime/engines/reference.ts';
import { load } from '../../../src/runtime/engines/session.ts';
import { engine, engineNames } from '../engines.ts';
import { float64, graphOf, inputOf, weightsOf } from '../graphs.ts';

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

const graph = graphOf(vectorType(3), (b) => b.op('softmax', {}, b.op('fc', { units: 2 }, b.input)));
const batch = 4;
const x = float64(inputOf([batch, 3]));
const labels = tensor([batch, 2], [1, 0, 0, 1, 0, 1, 1, 0]);
const steps = 10;
const rateAt = (step: number): number => (step <= 5 ? 0.5 : 0.05);

type Weights = { readonly kernel: readonly number[]; readonly bias: readonly number[] };
type Key = keyof Weights;
const keys: readonly Key[] = ['kernel', 'bias'];
const begin: Weights = Object.fromEntries(
  keys.map((key) => [key, [...weightsOf(graph)(graph.nodes[0]!.path + '/' + key).data]]),
) as unknown as Weights;

/** The gradient of the mean cross entropy of scores x·kernel + bias, by hand: (p − label) / batch on each score. */
const gradientAt = ({ kernel, bias }: Weights): Weights => {
  const byKernel = kernel.map(() => 0);
  const byBias = bias.map(() => 0);
  for (let n = 0; n < batch; n++) {
    const row = x.data.subarray(3 * n, 3 * n + 3);
    const scores = bias.map(
      (b, j) => b + row.reduce((sum, v, i) => sum + v * kernel[2 * i + j]!, 0),
    );
    const powers = scores.map(Math.exp);
    const all = powers[0]! + powers[1]!;
    powers.forEach((power, j) => {
      const g = (power / all - labels.data[2 * n + j]!) / batch;
      byBias[j]! += g;
      row.forEach((v, i) => (byKernel[2 * i + j]! += g * v));
    });
  }
  return { kernel: byKernel, bias: byBias };
};

type Settings = {
  readonly optimiser: Optimiser;
  readonly how?: Partial<How>;
  /** one number of one weight: its gradient with decay, and what is kept of it in `memory` */
  readonly move: (theta: number, g: number, memory: number[], step: number, rate: number) => number;
  readonly decay?: { readonly factor: number; readonly biases?: boolean };
  readonly clip?: number;
};

/** The weights after ten steps, by the formula. */
const expected = ({ move, decay, clip }: Settings): Weights => {
  let weights = begin;
  const memory = new Map<string, number[]>();
  for (let step = 1; step <= steps; step++) {
    const gradient = gradientAt(weights);
    const norm = Math.hypot(...gradient.kernel, ...gradient.bias);
    const factor = clip === undefined ? 1 : Math.min(1, clip / (norm + 1e-6));
    const after = (key: Key): readonly number[] =>
      weights[key].map((theta, i) => {
        const own = memory.get(`${key}${i}`) ?? [0, 0];
        memory.set(`${key}${i}`, own);
        const decays = decay !== undefined && (key === 'kernel' || decay.biases === true);
        const g = factor * gradient[key][i]! + (decays ? decay.factor * theta : 0);
        return move(theta, g, own, step, rateAt(step));
      });
    weights = { kernel: after('kernel'), bias: after('bias') };
  }
  return weights;
};

const momentum =
  (mu: number, nesterov: boolean): Settings['move'] =>
  (theta, g, v, _, rate) => {
    v[0] = mu * v[0]! + g;
    return theta - rate * (nesterov ? g + mu * v[0]! : v[0]!);
  };

const [beta1, beta2, eps] = [0.9, 0.999, 1e-8];
const moments: Settings['move'] = (theta, g, m, t, rate) => {
  m[0] = beta1 * m[0]! + (1 - beta1) * g;
  m[1] = beta2 * m[1]! + (1 - beta2) * g * g;
  const mean = m[0]! / (1 - beta1 ** t);
  return theta - (rate * mean) / (Math.sqrt(m[1]! / (1 - beta2 ** t)) + eps);
};

const settings: { readonly [name: string]: Settings } = {
  'sgd alone': {
    optimiser: sgd({ momentum: 0, nesterov: false, weightDecay: 0 }),
    move: (theta, g, _, __, rate) => theta - rate * g,
  },
  'sgd with momentum and decay of kernels': {
    optimiser: sgd({ momentum: 0.9, nesterov: false, weightDecay: 0.1 }),
    move: momentum(0.9, false),
    decay: { factor: 0.1 },
  },
  'sgd with decay of biases too': {
    optimiser: sgd({ momentum: 0.9, nesterov: false, weightDecay: 0.1 }),
    how: { decays: () => true },
    move: momentum(0.9, false),
    decay: { factor: 0.1, biases: true },
  },
  "sgd with Nesterov's momentum": {
    optimiser: sgd({ momentum: 0.8, nesterov: true, weightDecay: 0 }),
    move: momentum(0.8, true),
  },
  'sgd with gradients that are clipped': {
    optimiser: sgd({ momentum: 0.9, nesterov: false, weightDecay: 0.1 }),
    how: { clip: 0.05 },
    move: momentum(0.9, false),
    decay: { factor: 0.1 },
    clip: 0.05,
  },
  'sgd with a clip that is never reached': {
    optimiser: sgd({ momentum: 0.9, nesterov: false, weightDecay: 0 }),
    how: { clip: 1000 },
    move: momentum(0.9, false),
    clip: 1000,
  },
  'adam with decay in the gradient': {
    optimiser: adam({ beta1, beta2, eps, weightDecay: 0.1 }),
    move: moments,
    decay: { factor: 0.1 },
  },
  'adamw with decay apart': {
    optimiser: adamw({ beta1, beta2, eps, weightDecay: 0.1 }),
    how: { decays: () => true },
    move: (theta, g, memory, t, rate) => moments(theta * (1 - rate * 0.1), g, memory, t, rate),
  },
};

const stepOf = ({ optimiser, how }: Settings) =>
  right(
    trainingStep(graph, {
      optimiser,
      smoothing: 0,
      sideLosses: {},
      decays: (weight) => weight === 'kernel',
      trains: () => true,
      ...how,
    }),
  );

const pathOf = (key: Key): string => `${graph.nodes[0]!.path}/${key}`;

const zeros = ({ shape }: { readonly shape: readonly number[] }): Tensor =>
  tensor(shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0));

describe.each(Object.entries(settings))('%s', (_, setting) => {
  const end = expected(setting);

  it('moves as its formula says', () => {
    const { program, numbers } = stepOf(setting);
    let state = new Map<string, Tensor>(
      program.parameters.map((p): [string, Tensor] => [p.path, zeros(p)]),
    );
    for (const key of keys)
      state.set(pathOf(key), tensor(state.get(pathOf(key))!.shape, [...begin[key]]));
    for (let step = 1; step <= steps; step++) {
      const now = Object.entries(numbers({ rate: rateAt(step), step }));
      const given = Object.fromEntries(now.map(([name, n]) => [name, tensor([], [n])]));
      const results = evaluate(program, { input: x, labels, ...given }, (path) => state.get(path)!);
      const moved = program.state.filter((s) => s.next !== undefined);
      state = new Map([
        ...state,
        ...moved.map(({ path }, i) => [path, results[program.outputs.length + i]!] as const),
      ]);
    }
    for (const key of keys)
      end[key].forEach((n, i) => expect(state.get(pathOf(key))!.data[i]).toBeCloseTo(n, 9));
  });

  it.each(engineNames)('and does so on %s', async (name) => {
    const { program, numbers } = stepOf(setting);
    const on = await engine(name);
    const before = on.memory();
    const session = right(
      load(on, fuse(program), (path) => {
        const key = keys.find((k) => pathOf(k) === path);
        const { shape } = program.parameters.find((p) => p.path === path)!;
        return {
          shape,
          data: Float32Array.from(key === undefined ? zeros({ shape }).data : begin[key]),
        };
      }),
    );
    const resting = on.memory();
    const as32 = ({ shape, data }: Tensor) => ({ shape, data: Float32Array.from(data) });
    for (let step = 1; step <= steps; step++) {
      const now = Object.entries(numbers({ rate: rateAt(step), step }));
      const given = Object.fromEntries(
        now.map(([key, n]) => [key, { shape: [], data: Float32Array.of(n) }]),
      );
      right(await session.step({ input: as32(x), labels: as32(labels), ...given }));
    }
    for (const key of keys) {
      const { data } = await session.read(pathOf(key));
      end[key].forEach((n, i) =>
        expect(Math.abs(data[i]! - n) / (1e-5 + Math.abs(n))).toBeLessThan(1e-4),
      );
    }
    expect(on.memory()).toEqual(resting);
    session.dispose();
    expect(on.memory()).toEqual(before);
  });
});
