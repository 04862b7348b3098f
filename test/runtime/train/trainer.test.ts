/** A net on an engine while it is trained: what is read goes on where it was, and inference sees it. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/graph/graph.ts';
import { adam } from '../../../src/lower/training/optimisers.ts';
import type { How } from '../../../src/lower/training/step.ts';
import { putBack, partOf, type HostTensor } from '../../../src/lower/weight-part.ts';
import type { WeightPart } from '../../../src/kernel/kernel.ts';
import { image } from '../../../src/ops/types.ts';
import type { Batch } from '../../../src/runtime/batches/loader.ts';
import { maskFor } from '../../../src/runtime/train/masks.ts';
import type { Parameters } from '../../../src/runtime/train/parameters.ts';
import { guessOf, meansOf, scoresOf } from '../../../src/runtime/train/scores.ts';
import { programsFor, trainerFor, type Trainer } from '../../../src/runtime/train/trainer.ts';
import { engine, engineNames } from '../../lower/engines.ts';
import { graphOf, inputOf, numbers, weightsOf } from '../../lower/graphs.ts';

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

const how: How = {
  optimiser: adam({ beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 1e-3 }),
  smoothing: 0.1,
  sideLosses: { side: 0.3 },
  decays: () => true,
  trains: () => true,
};

/** Groups are parts of one weight; batch norm has statistics; dropout has masks. */
const graph: Graph = graphOf(image(6, 6, 4), (b) => {
  b.op('conv', { size: { h: 3, w: 3 }, channels: 8, groups: 2 });
  b.op('batchnorm');
  const mid = b.op('relu');
  b.op('gap', {}, mid);
  b.op('fc', { units: 5 });
  const side = b.op('softmax');
  b.op('flatten', {}, mid);
  b.op('dropout', { rate: 0.5 });
  b.op('fc', { units: 5 });
  return { output: b.op('softmax'), side };
});

const trainerWith = async (name: string, begin: (path: string) => HostTensor | undefined) =>
  right(
    trainerFor({
      engine: await engine(name),
      programs: right(programsFor(graph, how)),
      begin,
      seed: 7,
    }),
  );

const own = weightsOf(graph);
const fresh = (path: string): HostTensor | undefined =>
  graph.nodes.some(({ weights }) => weights.some((w) => w.path === path)) ? own(path) : undefined;

const batchOf = (seed: number, pictures = 6): Batch => ({
  position: 0,
  ...inputOf([pictures, 6, 6, 4], seed),
  labels: Uint32Array.from({ length: pictures }, (_, i) => (i * seed) % 5),
  indices: Uint32Array.from({ length: pictures }, (_, i) => i),
});

const steps = async (trainer: Trainer, from: number, to: number): Promise<readonly number[]> => {
  const losses: number[] = [];
  for (let step = from; step <= to; step++)
    losses.push(right(await trainer.step(batchOf(step), { rate: 0.01, step })).loss);
  return losses;
};

const bytes = (all: Parameters): unknown =>
  Array.from(all, ([path, { shape, data }]) => [path, shape, [...new Uint32Array(data.buffer)]]);

describe.each(engineNames)('training on %s', (name) => {
  it('goes on from what was read, bit for bit', async () => {
    const whole = await trainerWith(name, fresh);
    await steps(whole, 1, 3);
    const middle = await whole.parameters();
    const losses = await steps(whole, 4, 6);
    const end = await whole.parameters();
    whole.dispose();

    const resumed = await trainerWith(name, (path) => middle.get(path));
    expect(bytes(await resumed.parameters())).toEqual(bytes(middle));
    expect(await steps(resumed, 4, 6)).toEqual(losses);
    expect(bytes(await resumed.parameters())).toEqual(bytes(end));
    resumed.dispose();
  });

  it('holds whole weights, statistics and what the optimiser keeps', async () => {
    const trainer = await trainerWith(name, fresh);
    const all = await trainer.parameters();
    trainer.dispose();
    expect(all.get('N/conv1/kernel')?.shape).toEqual([3, 3, 2, 8]);
    expect([...all.get('N/conv1/kernel')!.data]).toEqual([...own('N/conv1/kernel').data]);
    expect(all.has('N/batchnorm2/variance')).toBe(true);
    expect([...all.keys()].filter((p) => p.endsWith('/square')).length).toBeGreaterThan(4);
  });

  it('infers with the weights of the last refresh', async () => {
    const trainer = await trainerWith(name, fresh);
    const logits = async () => right(await trainer.infer(batchOf(1))).map(({ data }) => [...data]);
    const before = await logits();
    await steps(trainer, 1, 2);
    expect(await logits()).toEqual(before);
    right(await trainer.refresh());
    const after = await logits();
    expect(after).not.toEqual(before);
    const now = await trainer.parameters();
    trainer.dispose();
    const other = await trainerWith(name, (path) => now.get(path));
    expect(right(await other.infer(batchOf(1))).map(({ data }) => [...data])).toEqual(after);
    other.dispose();
  });

  it('does not move where the loss is not finite', async () => {
    const trainer = await trainerWith(name, fresh);
    const before = await trainer.parameters();
    const bad = batchOf(1);
    bad.data[0] = NaN;
    const { loss } = right(await trainer.step(bad, { rate: 0.01, step: 1 }));
    expect(loss).toBeNaN();
    expect(bytes(await trainer.parameters())).toEqual(bytes(before));
    trainer.dispose();
  });

  it('leaves no tensor behind', async () => {
    const on = await engine(name);
    const trainer = await trainerWith(name, fresh);
    await steps(trainer, 1, 2);
    const { tensors } = on.memory();
    await steps(trainer, 3, 6);
    expect(on.memory().tensors).toBe(tensors);
    trainer.dispose();
  });
});

describe('parts of weights', () => {
  it('go back where they were taken from', () => {
    const cut = (
      of: WeightPart,
      begin: readonly number[],
      size: readonly number[],
    ): WeightPart => ({
      tag: 'slice',
      of,
      begin,
      size,
    });
    const w: WeightPart = { tag: 'weight', name: 'w' };
    const shape = [3, 4, 5];
    const cases = [
      w,
      cut(w, [1, 0, 0], [2, 4, 5]),
      cut(w, [0, 1, 2], [3, 2, 3]),
      { tag: 'reshape', of: cut(w, [0, 1, 2], [3, 2, 3]), shape: [18] } as const,
      cut({ tag: 'reshape', of: w, shape: [12, 5] }, [3, 1], [4, 2]),
      cut({ tag: 'reshape', of: cut(w, [0, 1, 2], [3, 2, 3]), shape: [6, 3] }, [1, 1], [3, 2]),
    ];
    for (const e of cases) {
      const whole = { shape, data: numbers(60, 3) };
      const part = partOf(e, whole).data.map((n) => n + 100);
      const before = whole.data.slice();
      putBack(e, part, whole);
      expect([...partOf(e, whole).data]).toEqual([...part]);
      expect(whole.data.filter((n, i) => n !== before[i]).length).toBe(part.length);
    }
  });
});

describe('masks', () => {
  it('keep their share, scaled, and differ by step, part, layer and seed alone', () => {
    const layer = { path: 'N/dropout1', keep: 0.8 };
    const key = { seed: 1, step: 3, part: 0 };
    const { data } = maskFor(layer, [40_000], key);
    expect(new Set(data)).toEqual(new Set([0, Math.fround(1.25)]));
    const share = data.filter((n) => n > 0).length / data.length;
    expect(Math.abs(share - 0.8)).toBeLessThan(0.01); // five deviations
    expect(maskFor(layer, [40_000], key).data).toEqual(data);
    for (const other of [
      maskFor(layer, [40_000], { ...key, step: 4 }),
      maskFor(layer, [40_000], { ...key, part: 1 }),
      maskFor(layer, [40_000], { ...key, seed: 2 }),
      maskFor({ ...layer, path: 'N/dropout2' }, [40_000], key),
    ]) {
      const alike = other.data.filter((n, i) => n === data[i]).length / data.length;
      expect(Math.abs(alike - (0.8 * 0.8 + 0.2 * 0.2))).toBeLessThan(0.015);
    }
  });
});

describe('scores', () => {
  const logits: HostTensor = {
    shape: [3, 6],
    data: Float32Array.from([1, 3, 2, 0, 0, 0, 5, 5, 5, 5, 5, 5, 9, 1, 2, 3, 4, 5]),
  };

  it('count what is first and what is among five', () => {
    const scores = scoresOf(logits, Uint32Array.from([1, 5, 1]));
    expect(scores).toMatchObject({ pictures: 3, top1: 1, top5: 1 });
    const first = Math.log(Math.exp(1 - 3) + 1 + Math.exp(2 - 3) + 3 * Math.exp(-3));
    const last = Math.log([9, 1, 2, 3, 4, 5].reduce((sum, z) => sum + Math.exp(z), 0)) - 1;
    expect(scores.loss).toBeCloseTo(first + Math.log(6) + last, 6);
    expect(meansOf(scores).top1).toBeCloseTo(1 / 3, 12);
  });

  it('takes the first of equal scores', () => {
    expect(guessOf(logits, 1, 0)).toMatchObject({ guessed: 0, rank: 0 });
    expect(guessOf(logits, 1, 2)).toMatchObject({ guessed: 0, rank: 2 });
  });
});
