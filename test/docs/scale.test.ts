/** docs/scale.md: its tables are fresh, a ring sends what they say, and replicas that exchange gradients train as one. */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { ringBytes, ringSeconds, stepTime, withTables } from '../../bench/scale.ts';
import { sgd } from '../../src/lower/training/optimisers.ts';
import type { How } from '../../src/lower/training/step.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { image } from '../../src/ops/types.ts';
import { load } from '../../src/runtime/engines/session.ts';
import { cutInParts } from '../../src/runtime/train/taking.ts';
import { programsFor, trainerFor } from '../../src/runtime/train/trainer.ts';
import { engine } from '../lower/engines.ts';
import { graphOf, inputOf, weightsOf } from '../lower/graphs.ts';

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

it('is fresh: else run node scripts/scale-doc.mjs', () => {
  const page = readFileSync('docs/scale.md', 'utf8');
  expect(page).toContain('| VGG-D | 553 MB |'); // 138,357,544 parameters
  expect(page).toBe(withTables(page));
});

/**
 * Adds vectors up in a ring: in each round everyone sends a piece to the next, which adds it to its own; then sums go
 * round. What each has sent, in numbers.
 */
const ring = (vectors: readonly Float32Array[]): number => {
  const n = vectors.length;
  const length = vectors[0]?.length ?? 0;
  const pieceOf = (i: number): readonly [number, number] => {
    const k = ((i % n) + n) % n;
    return [Math.floor((k * length) / n), Math.floor(((k + 1) * length) / n)];
  };
  let sent = 0;
  for (let round = 0; round < 2 * (n - 1); round++) {
    const messages = vectors.map((own, i) => own.slice(...pieceOf(i - round)));
    sent += messages[0]?.length ?? 0;
    messages.forEach((message, i) => {
      const into = vectors[(i + 1) % n]!;
      const [from] = pieceOf(i - round);
      message.forEach((x, k) => (into[from + k] = round < n - 1 ? into[from + k]! + x : x));
    });
  }
  return sent;
};

describe('a ring', () => {
  it.each([1, 2, 3, 4, 8])('of %i sends what the formula says, and everyone has the sum', (n) => {
    const vectors = Array.from({ length: n }, (_, i) =>
      Float32Array.from({ length: 24 * n }, (_, k) => i * 100 + k),
    );
    const sum = Array.from({ length: 24 * n }, (_, k) => n * k + 50 * n * (n - 1));
    expect(4 * ring(vectors)).toBe(ringBytes(4 * 24 * n, n));
    for (const v of vectors) expect([...v]).toEqual(sum);
  });
});

describe('the time of a step', () => {
  const link = { gpus: 4, flops: 2, bandwidth: 15e6, latency: 1 };
  const megabyte = 1e6;
  const heavy = { gradients: 40 * megabyte, forward: 3, backward: 6 };
  const light = { gradients: 1 * megabyte, forward: 5, backward: 5 };

  it('lets the pass go on while gradients are exchanged', () => {
    // 6 messages of a second, and 60 MB at 15 MB a second
    expect(ringSeconds(heavy.gradients, link)).toBe(6 + 4);
    // the heavy layer is behind: 8 s forward, 6 s for its gradients, then 5 s beside the exchange of 10 s
    expect(stepTime([light, heavy], 1, link)).toEqual({
      ...{ computing: 19, exchanging: 10 + 6.1, all: 14 + 10 + 6.1 },
    });
    // the heavy layer is first: one exchange of all, when everything is computed
    expect(stepTime([heavy, light], 1, link)).toEqual({
      ...{ computing: 19, exchanging: 6 + 4.1, all: 19 + 6 + 4.1 },
    });
  });

  it('exchanges nothing on one GPU, and nothing of layers without weights', () => {
    expect(stepTime([light, heavy], 2, { ...link, gpus: 1 })).toEqual({
      ...{ computing: 38, exchanging: 0, all: 38 },
    });
    expect(stepTime([{ ...light, gradients: 0 }], 1, link).exchanging).toBe(0);
  });
});

describe('replicas that exchange their sums', () => {
  const graph = graphOf(image(5, 5, 2), (b) => {
    b.op('conv', { size: { h: 3, w: 3 }, channels: 4 });
    b.op('tanh');
    b.op('maxpool', { size: { h: 2, w: 2 } });
    b.op('flatten');
    b.op('fc', { units: 3 });
    return b.op('softmax');
  });
  const how: How = {
    optimiser: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
    ...{ smoothing: 0.1, sideLosses: {}, clip: 0.2 },
    ...{ decays: (weight) => weight === 'kernel', trains: () => true },
  };
  const batch = { ...inputOf([7, 5, 5, 2]), labels: Uint32Array.of(0, 1, 2, 0, 1, 2, 2) };
  const whole = { ...batch, position: 0, indices: batch.labels };
  const own = new Set(graph.nodes.flatMap((n) => n.weights).map(({ path }) => path));
  const begin = (path: string): HostTensor | undefined =>
    own.has(path) ? weightsOf(graph)(path) : undefined;
  const scalar = (x: number): HostTensor => ({ shape: [], data: Float32Array.of(x) });
  const oneHot = (labels: Uint32Array): HostTensor => ({
    shape: [labels.length, 3],
    data: Float32Array.from([...labels].flatMap((l) => [0, 1, 2].map((c) => (c === l ? 1 : 0)))),
  });
  const rate = 0.3;

  it.each([
    [2, 'cpu'],
    [3, 'wasm'],
    [4, 'cpu'],
  ] as const)('train as one device does: %i on %s', async (replicas, name) => {
    const on = await engine(name);
    const alone = right(
      trainerFor({ engine: on, programs: right(programsFor(graph, how)), begin, seed: 1 }),
    );
    const { step } = right(programsFor(graph, { ...how, parts: replicas }));
    const { move } = step;
    if (move === undefined) throw new Error('a step in parts has a program that moves');
    const shapes = new Map(step.program.parameters.map(({ path, shape }) => [path, shape]));
    const zeros = (path: string): HostTensor => {
      const shape = shapes.get(path) ?? [];
      return { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
    };
    const sessions = Array.from({ length: replicas }, () => {
      const session = right(load(on, step.program, (path) => begin(path) ?? zeros(path)));
      return { session, moving: session.along(move) };
    });
    for (let n = 1; n <= 3; n++) {
      right(await alone.step(whole, { rate, step: n }));
      for (const [i, part] of cutInParts(whole, replicas).entries())
        right(
          await sessions[i]!.session.step({
            input: { shape: part.shape, data: part.data },
            labels: oneHot(part.labels),
            share: scalar(part.labels.length / batch.labels.length),
          }),
        );
      for (const path of step.sums) {
        const sums = await Promise.all(sessions.map(({ session }) => session.read(path)));
        const vectors = sums.map(({ data }) => data.slice());
        ring(vectors);
        for (const [i, { session }] of sessions.entries())
          right(session.write(path, { shape: sums[i]!.shape, data: vectors[i]! }));
      }
      const numbers = Object.entries(step.numbers({ rate, step: n }));
      const given = Object.fromEntries(numbers.map(([key, x]) => [key, scalar(x)]));
      for (const { moving } of sessions) right(await moving.step(given));
    }
    const learned = await alone.parameters();
    expect(own.size).toBe(4);
    for (const path of own) {
      const [first, ...others] = await Promise.all(
        sessions.map(async ({ session }) => (await session.read(path)).data.slice()),
      );
      for (const other of others) expect([...other]).toEqual([...first!]);
      const expected = learned.get(path)!.data;
      expect([...expected]).not.toEqual([...begin(path)!.data]);
      expected.forEach((x, k) => expect(Math.abs(first![k]! - x), path).toBeLessThan(1e-5));
    }
    alone.dispose();
    for (const { session } of sessions) session.dispose();
  });
});
