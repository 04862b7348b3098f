/** A step of training: its loss, its gradients and its statistics, in float64 and on engines. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { fuse } from '../../../src/lower/fuse.ts';
import { trainingStep } from '../../../src/lower/training/step.ts';
import { tensor, type Tensor } from '../../../src/numeric/tensor.ts';
import { image, vectorType } from '../../../src/ops/types.ts';
import { load } from '../../../src/runtime/engines/session.ts';
import { engine, engineNames } from '../engines.ts';
import { distance, graphOf, inputOf, weightsOf } from '../graphs.ts';
import { randomNet } from '../random-nets.ts';
import { right, plain, stepOf, labelsOf, pointOf, stepAt, expectGradients } from './steps.ts';

const vector = graphOf(vectorType(3), (b) =>
  b.op('softmax', {}, b.op('fc', { units: 4 }, b.input)),
);

describe('the loss', () => {
  /** −Σ labels·ln p over the classes and the mean over the batch, from probabilities of float64. */
  const expected = (logits: Tensor, smoothing: number): number => {
    const [batch, classes] = logits.shape as [number, number];
    let sum = 0;
    for (let n = 0; n < batch; n++) {
      const powers = Array.from(logits.data.slice(n * classes, (n + 1) * classes), Math.exp);
      const all = powers.reduce((a, b) => a + b, 0);
      powers.forEach((power, i) => {
        const label = (i === n % classes ? 1 - smoothing : 0) + smoothing / classes;
        sum -= label * Math.log(power / all);
      });
    }
    return sum / batch;
  };

  it.each([0, 0.1])(
    'is the cross entropy of the logits, with labels smoothed by %s',
    (smoothing) => {
      const step = stepOf(vector, { smoothing });
      const after = stepAt(step, pointOf(vector, step, [3]));
      const loss = after.get('loss')!.data[0]!;
      expect(loss).toBeCloseTo(expected(after.get('output')!, smoothing), 12);
    },
  );

  it.each(engineNames)('is finite where probabilities are 0 or 1 in float32: %s', async (name) => {
    const step = stepOf(vector);
    const large = (path: string) => {
      const { shape, data } = weightsOf(vector)(path);
      return { shape, data: data.map((n) => n * 1000) };
    };
    const session = right(load(await engine(name), fuse(step.program), large));
    const { shape, data } = labelsOf(2, 4);
    const inputs = {
      input: inputOf([2, 3]),
      labels: { shape, data: Float32Array.from(data) },
      rate: { shape: [], data: Float32Array.of(0) },
    };
    const [loss] = right(await session.step(inputs));
    expect(loss!.data[0]).toBeGreaterThan(10);
    expect(Number.isFinite(loss!.data[0])).toBe(true);
    session.dispose();
  });

  it('adds the side outputs that it names, so many times, and leaves out the others', () => {
    const graph = graphOf(vectorType(3), (b) => {
      const scores = b.op('fc', { units: 4 }, b.input);
      const aside = b.op('softmax', {}, b.op('fc', { units: 4 }, b.input));
      const unused = b.op('softmax', {}, b.op('fc', { units: 4 }, b.input));

      return { output: b.op('softmax', {}, scores), aux: aside, idle: unused };
    });
    const step = stepOf(graph, { sideLosses: { aux: 0.3 } });
    expect(step.program.outputs.map((o) => o.name)).toEqual(['loss', 'output', 'aux', 'norm']);
    const after = stepAt(step, pointOf(graph, step, [3]));
    const total = expected(after.get('output')!, 0) + 0.3 * expected(after.get('aux')!, 0);
    expect(after.get('loss')!.data[0]).toBeCloseTo(total, 12);
  });

  it('is not there for a net that does not end in softmax', () => {
    const scores = graphOf(vectorType(3), (b) => b.op('fc', { units: 4 }, b.input));
    expect(trainingStep(scores, plain)).toEqual(E.left({ tag: 'no softmax', outputs: ['output'] }));
  });
});

describe('gradients', () => {
  // every other random net ends in softmax
  it.each(Array.from({ length: 12 }, (_, i) => 2 * i + 1))('of random net %s', (seed) => {
    expectGradients(randomNet(seed), [11, 9, 3], { smoothing: 0.1 });
  });

  it('go through statistics of the batch, of maps and of vectors', () => {
    const graph = graphOf(image(4, 3, 2), (b) => {
      const map = b.op(
        'batchnorm',
        {},
        b.op('conv', { size: { h: 3, w: 3 }, channels: 3 }, b.input),
      );
      const flat = b.op('batchnorm', {}, b.op('fc', { units: 5 }, b.op('flatten', {}, map)));
      return b.op('softmax', {}, b.op('fc', { units: 4 }, b.op('relu', {}, flat)));
    });
    expectGradients(graph, [4, 3, 2]);
  });

  it('go where the mask of dropout lets them', () => {
    const graph = graphOf(vectorType(6), (b) => {
      const wide = b.op('dropout', { rate: 0.5 }, b.op('fc', { units: 7 }, b.input));
      return b.op('softmax', {}, b.op('fc', { units: 4 }, wide));
    });
    expect(stepOf(graph).masks.map(({ keep }) => keep)).toEqual([0.5]);
    expectGradients(graph, [6]);
  });
});

it('multiplies by the mask of dropout, once', () => {
  const scores = (rate: number) =>
    graphOf(vectorType(6), (b) => {
      const x = b.op('dropout', { rate }, b.input);
      return b.op('softmax', {}, b.op('fc', { units: 4 }, x));
    });
  const [dropping, plain] = [scores(0.5), scores(0)];
  const [masked, bare] = [stepOf(dropping), stepOf(plain)];
  expect(bare.masks).toEqual([]);
  const point = pointOf(dropping, masked, [6]);
  const [x, mask] = [point.get('input')!, point.get(masked.masks[0]!.name)!];
  const product = tensor(
    x.shape,
    Array.from(x.data, (n, i) => n * mask.data[i]!),
  );
  expect(stepAt(masked, point).get('output')).toEqual(
    stepAt(bare, new Map([...point, ['input', product]])).get('output'),
  );
});

describe('a layer that takes no part', () => {
  it('keeps its weights and its statistics, and normalises by the running ones', () => {
    const graph = graphOf(vectorType(3), (b) => {
      const normal = b.op('batchnorm', {}, b.op('fc', { units: 5 }, b.input));
      return b.op('softmax', {}, b.op('fc', { units: 4 }, normal));
    });
    const last = graph.nodes.findLast((n) => n.weights.length > 0)!;
    const step = stepOf(graph, { trains: (layer) => layer.id === last.id });
    const moved = step.program.state.filter((s) => s.next !== undefined).map((s) => s.path);
    expect(moved).toEqual(last.weights.map((w) => w.path));
  });
});

describe('the norm', () => {
  it('is that of all gradients together, which a step without momentum moves weights by', () => {
    const graph = graphOf(image(4, 4, 2), (b) => {
      b.op('conv', { size: { h: 3, w: 3 }, channels: 3 });
      b.op('gap');
      b.op('fc', { units: 4 });
      return b.op('softmax');
    });
    const step = stepOf(graph);
    const point = pointOf(graph, step, [4, 4, 2]);
    const after = stepAt(step, point);
    const moves = step.program.state.flatMap(({ path }) =>
      Array.from(point.get(path)!.data, (before, i) => before - after.get(path)!.data[i]!),
    );
    expect(after.get('norm')!.data[0]).toBeCloseTo(Math.hypot(...moves), 9);
  });

  it('is 0 of a net without weights', () => {
    const graph = graphOf(vectorType(3), (b) => b.op('softmax', {}, b.input));
    const step = stepOf(graph);
    expect(stepAt(step, pointOf(graph, step, [3])).get('norm')!.data[0]).toBe(0);
  });
});

describe('running statistics', () => {
  it('move to those of the batch, by the unbiased variance', () => {
    const graph = graphOf(image(2, 2, 1), (b) => {
      const normal = b.op('batchnorm', { momentum: 0.25 }, b.input);
      return b.op('softmax', {}, b.op('fc', { units: 2 }, b.op('gap', {}, normal)));
    });
    const step = stepOf(graph);
    const point = pointOf(graph, step, [2, 2, 1]);
    const x = point.get('input')!.data;
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    const unbiased = x.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (x.length - 1);
    const after = stepAt(step, point);
    const path = [...after.keys()].find((name) => name.endsWith('/mean'))!;
    const spread = path.replace(/mean$/, 'variance');
    const moved = (old: number, batch: number): number => 0.75 * old + 0.25 * batch;
    expect(after.get(path)!.data[0]).toBeCloseTo(moved(point.get(path)!.data[0]!, mean), 12);
    expect(after.get(spread)!.data[0]).toBeCloseTo(
      moved(point.get(spread)!.data[0]!, unbiased),
      12,
    );
  });
});

describe.each(engineNames)('%s', (name) => {
  it.each([1, 5, 9])('takes the step of random net %s as float64 does', async (seed) => {
    const graph = randomNet(seed);
    const step = stepOf(graph);
    const point = pointOf(graph, step, [11, 9, 3]);
    const exact = stepAt(step, point);
    const on = await engine(name);
    const resting = on.memory();
    const as32 = ({ shape, data }: Tensor) => ({ shape, data: Float32Array.from(data) });
    const session = right(load(on, fuse(step.program), (path) => as32(point.get(path)!)));
    const inputs = Object.fromEntries(
      step.program.inputs.map((port) => [port.name, as32(point.get(port.name)!)]),
    );
    for (const output of right(await session.step(inputs)))
      expect(distance(output.data, exact.get(output.name)!), output.name).toBeLessThan(10);
    for (const { path, next } of step.program.state)
      if (next !== undefined)
        expect(distance((await session.read(path)).data, exact.get(path)!), path).toBeLessThan(10);
    session.dispose();
    expect(on.memory()).toEqual(resting);
  });
});
