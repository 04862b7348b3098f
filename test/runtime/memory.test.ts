/** The memory of a run is what the plan says, and nothing is left of it. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/graph/graph.ts';
import { fuse } from '../../src/lower/fuse.ts';
import { withPlans } from '../../src/runtime/engines/by-calls.ts';
import { image } from '../../src/ops/types.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { calledNames, engine, loadOn, outputsOf, withCalls } from '../lower/engines.ts';
import { branching, graphOf, inputOf, vggLike } from '../lower/graphs.ts';

/** Flattening what is used twice: the view keeps its owner alive. */
const views = (): Graph =>
  graphOf(image(16, 16, 4), (b) => {
    const a = b.op('relu', {}, b.input);
    const head = b.op('fc', { units: 8 }, b.op('flatten', {}, a));
    const map = b.op('gap', {}, b.op('maxpool', {}, a));
    return { output: b.op('concat', {}, head, map), map, flat: b.op('flatten', {}, a) };
  });

const nets: readonly (readonly [string, () => Graph, readonly number[]])[] = [
  ['a small VGG', vggLike, [32, 32, 3]],
  ['branches and a residual', branching, [20, 24, 8]],
  ['views', views, [16, 16, 4]],
];

describe.each([...calledNames, 'reference'])('on %s', (name) => {
  describe.each(nets)('%s', (_, net, size) => {
    it.each([1, 3])('takes what was planned for a batch of %i', (batch) =>
      withCalls(name, async (on) => {
        const before = on.memory();
        for (const program of [kernels(net()), fuse(kernels(net()))]) {
          const loaded = loadOn(withPlans(on), net(), program);
          const x = inputOf([batch, ...size]);
          const { weightBytes, peakBytes } = loaded.plan({ input: x.shape });
          expect(on.memory().bytes - before.bytes).toBe(weightBytes);
          const most = on.watchMemory();
          await outputsOf(loaded, x);
          expect(most() - before.bytes).toBe(weightBytes + peakBytes);
          loaded.dispose();
        }
        expect(on.memory()).toEqual(before);
      }),
    );

    it('leaves no tensor after 20 runs', async () => {
      const on = await engine(name);
      const before = on.memory();
      const loaded = loadOn(on, net());
      const x = inputOf([1, ...size]);
      const resting = on.memory();
      const first = await outputsOf(loaded, x);
      for (let i = 1; i < 20; i++)
        expect((await outputsOf(loaded, x)).map((o) => o.data)).toEqual(first.map((o) => o.data));
      expect(on.memory()).toEqual(resting);
      loaded.dispose();
      expect(on.memory()).toEqual(before);
    });
  });
});

it('says no before a run that cannot fit', () =>
  withCalls('cpu', async (on) => {
    const small = { ...on, room: { all: 600_000, each: Infinity, weightCopies: 1 } };
    const loaded = loadOn(withPlans(small), vggLike());
    const result = await loaded.step({ input: inputOf([64, 32, 32, 3]) });
    expect(result).toMatchObject({ _tag: 'Left', left: { has: 600_000 } });
    loaded.dispose();
  }));

it('frees everything when a kernel runs out of memory', () =>
  withCalls('cpu', async (on) => {
    const before = on.memory();
    const failing: typeof on = {
      ...on,
      call: (kernel, ...rest) => {
        if (kernel.op === 'MaxPool') throw new RangeError('Array buffer allocation failed');
        return on.call(kernel, ...rest);
      },
    };
    const loaded = loadOn(withPlans(failing), vggLike());
    const result = await loaded.step({ input: inputOf([1, 32, 32, 3]) });
    expect(result).toMatchObject({ _tag: 'Left', left: { has: undefined } });
    loaded.dispose();
    expect(on.memory()).toEqual(before);
  }));
