/** Whole nets on every engine, and what an executor promises. */
import { describe, expect, it } from 'vitest';
import { fuse } from '../../src/lower/fuse.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { square } from '../../src/ops/parts/args.ts';
import { freeAxis, image, mapType } from '../../src/ops/types.ts';
import { withMainOutput } from '../../src/graph/main-output.ts';
import { engine, engineNames, loadOn, outputsOf } from '../lower/engines.ts';
import {
  branching,
  distance,
  float64,
  graphOf,
  inputOf,
  vggLike,
  weightsOf,
} from '../lower/graphs.ts';

const nets: readonly (readonly [string, () => Graph, readonly number[]])[] = [
  ['a small VGG', vggLike, [32, 32, 3]],
  ['branches, a residual and two outputs', branching, [20, 24, 8]],
];

const reference = (graph: Graph, x: ReturnType<typeof inputOf>) => {
  const weights = weightsOf(graph);
  return interpret(graph, float64(x), (path) => float64(weights(path)));
};

describe.each(engineNames)('%s', (name) => {
  it.each(nets)('computes %s, fused or not', async (_, net, size) => {
    const on = await engine(name);
    const graph = net();
    const x = inputOf([2, ...size]);
    const expected = reference(graph, x);
    for (const program of [kernels(graph), fuse(kernels(graph))]) {
      const loaded = loadOn(on, graph, program);
      const outputs = await outputsOf(loaded, x);
      expect(outputs.map((o) => o.name)).toEqual([...expected.keys()]);
      for (const o of outputs) {
        expect(o.shape).toEqual(expected.get(o.name)!.shape);
        expect(distance(o.data, expected.get(o.name)!)).toBeLessThanOrEqual(1);
      }
      loaded.dispose();
    }
  });

  it('runs one program on images of several sizes', async () => {
    const on = await engine(name);
    const graph = graphOf(mapType(freeAxis('h'), freeAxis('w'), 3), (b) => {
      b.op('conv', { size: square(3), channels: 6 });
      b.op('relu6');
      b.op('maxpool', { size: square(3), stride: square(2), pad: 'half' });
      b.op('conv', { size: square(3), channels: 4, stride: square(2), pad: 'same' });
      b.op('sigmoid');
      return b.op('conv', { size: square(1), channels: 2 });
    });
    const loaded = loadOn(on, graph);
    for (const size of [
      [9, 12],
      [14, 7],
      [9, 12],
    ]) {
      const x = inputOf([2, ...size, 3]);
      const [output] = await outputsOf(loaded, x);
      const expected = reference(graph, x).get('output')!;
      expect(output!.shape).toEqual(expected.shape);
      expect(distance(output!.data, expected)).toBeLessThanOrEqual(1);
    }
    loaded.dispose();
  });

  it('gives a batch of two what it gives two batches of one', async () => {
    const on = await engine(name);
    const loaded = loadOn(on, branching());
    const x = inputOf([2, 20, 24, 8]);
    const half = x.data.length / 2;
    const [both] = await outputsOf(loaded, x);
    for (const i of [0, 1]) {
      const data = x.data.slice(i * half, (i + 1) * half);
      const [one] = await outputsOf(loaded, { shape: [1, 20, 24, 8], data });
      const part = both!.data.slice(i * 10, (i + 1) * 10);
      expect(
        distance(one!.data, { shape: [1, 10], data: Float64Array.from(part) }),
      ).toBeLessThanOrEqual(1);
    }
    loaded.dispose();
  });

  it('does not hand out the input of a net that does nothing', async () => {
    const on = await engine(name);
    const loaded = loadOn(
      on,
      graphOf(image(2, 2, 1), (b) => b.op('id')),
    );
    const x = inputOf([1, 2, 2, 1]);
    const [output] = await outputsOf(loaded, x);
    expect(output!.data).toEqual(x.data);
    expect(output!.data.buffer).not.toBe(x.data.buffer);
    loaded.dispose();
  });
});

it('leaves out what only an unwanted output needs', () => {
  const graph = branching();
  const main = kernels(withMainOutput(graph));
  const all = kernels(graph);
  expect(main.outputs.map((o) => o.name)).toEqual(['output']);
  expect(main.calls.length).toBeLessThan(all.calls.length);
  expect(main.parameters.length).toBe(all.parameters.length - 2);
});
