/** What a session promises of inputs by name and of a state that changes, with a program written by hand. */
import * as Either from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { kernel, result, type Lowered } from '../../src/kernel/kernel.ts';
import { fuse } from '../../src/lower/fuse.ts';
import { plan } from '../../src/lower/plan.ts';
import { showPlan } from '../../src/lower/show-plan.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { elements } from '../../src/numeric/tensor.ts';
import { withPlans } from '../../src/runtime/engines/by-calls.ts';
import type { LoadedEngine } from '../../src/runtime/engines/engine.ts';
import { evaluate } from '../../src/runtime/engines/reference.ts';
import { load, type Session } from '../../src/runtime/engines/session.ts';
import { graphModel } from '../../src/emit/graph-model/graph-model.ts';
import { engine, calledNames, engineNames, withCalls } from '../lower/engines.ts';
import { distance, float64, numbers } from '../lower/graphs.ts';
import { onesInRow, programWith } from '../lower/programs.ts';

const constant = (...data: readonly number[]): Lowered => ({
  ...{ tag: 'constant', shape: [], data: Float64Array.from(data) },
});
const add = (a: Lowered, b: Lowered) => kernel({ op: 'AddV2' }, a, b);
const times = (a: Lowered, b: Lowered) => kernel({ op: 'Mul' }, a, b);

/**
 * Counts its steps, adds rate · mean(x) to a total, and remembers the last mean, which is also an output: one value
 * that two want, seen by the state under another shape.
 */
const counting = programWith(
  {
    inputs: { x: [3] },
    single: { rate: [] },
    state: { 'N/steps': [], 'N/total': [3], 'N/last': [1, 3] },
  },
  ({ x, rate, 'N/steps': steps, 'N/total': total }) => {
    const norm = kernel({ op: 'BatchNorm', epsilon: 1 }, x!, onesInRow(3), onesInRow(3));
    const mean = result(norm, 1);
    return {
      outputs: { mean, before: total! },
      next: {
        'N/steps': add(steps!, constant(1)),
        'N/total': add(total!, times(rate!, mean)),
        'N/last': kernel({ op: 'Reshape', shape: [1, 3] }, mean),
      },
    };
  },
);
const paths = ['N/steps', 'N/total', 'N/last'];

const zeros = (shape: readonly number[]): HostTensor => ({
  shape,
  data: new Float32Array(elements(shape)),
});
const begin = (path: string): HostTensor =>
  zeros(counting.parameters.find((p) => p.path === path)!.shape);

/** Batches of two and three by turns. */
const inputsAt = (step: number) => {
  const shape = [2 + (step % 2), 3];
  const rate = { shape: [], data: Float32Array.of(1 / (step + 1)) };
  return { x: { shape, data: numbers(elements(shape), step + 1) }, rate };
};

const right = <A>(e: Either.Either<unknown, A>): A => {
  if (Either.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

const start = (on: LoadedEngine): Session => right(load(on, counting, begin));
const stateOf = (s: Session) => Promise.all(paths.map((path) => s.read(path)));
const run = async (s: Session, from: number, to: number): Promise<void> => {
  for (let step = from; step < to; step++) right(await s.step(inputsAt(step)));
};

describe.each([...engineNames, 'reference'])('%s', (name) => {
  it('keeps the state from step to step', async () => {
    const on = await engine(name);
    const session = start(on);
    const state = new Map(counting.state.map((s) => [s.path, float64(begin(s.path))]));
    for (let step = 0; step < 5; step++) {
      const inputs = inputsAt(step);
      const exact = { x: float64(inputs.x), rate: float64(inputs.rate) };
      const expected = evaluate(counting, exact, (path) => state.get(path)!);
      const outputs = right(await session.step(inputs));
      expect(outputs.map((o) => o.name)).toEqual(['mean', 'before']);
      outputs.forEach((o, i) => expect(distance(o.data, expected[i]!)).toBeLessThanOrEqual(1));
      paths.forEach((path, i) => state.set(path, expected[outputs.length + i]!));
      for (const path of paths) {
        const held = await session.read(path);
        expect(held.shape).toEqual(state.get(path)!.shape);
        expect(distance(held.data, state.get(path)!)).toBeLessThanOrEqual(1);
      }
    }
    expect((await session.read('N/steps')).data).toEqual(Float32Array.of(5));
    session.dispose();
  });

  it('gives out no array of its own', async () => {
    const session = start(await engine(name));
    const [mean] = right(await session.step(inputsAt(0)));
    const before = structuredClone(await stateOf(session));
    mean!.data.fill(99);
    for (const { data } of await stateOf(session)) data.fill(99);
    expect(await stateOf(session)).toEqual(before);
    session.dispose();
  });

  it('holds no more after a thousand steps than after one, and nothing at the end', async () => {
    const on = await engine(name);
    const before = on.memory();
    const session = start(on);
    const resting = on.memory();
    await run(session, 0, 1);
    expect(on.memory()).toEqual(resting);
    await run(session, 1, 1000);
    expect(on.memory()).toEqual(resting);
    expect((await session.read('N/steps')).data).toEqual(Float32Array.of(1000));
    for (const path of paths) right(session.write(path, begin(path)));
    expect(on.memory()).toEqual(resting);
    session.dispose();
    expect(on.memory()).toEqual(before);
  });

  it('trains a filter for a thousand steps and forgets every one of them', async () => {
    const on = await engine(name);
    const plain = { strides: [1, 1], dilations: [1, 1], padding: 'SAME' } as const;
    const program = fuse(
      programWith(
        { inputs: { x: [5, 5, 2] }, state: { 'N/kernel': [3, 3, 2, 2], 'N/bias': [2] } },
        ({ x, 'N/kernel': filter, 'N/bias': bias }) => {
          const y = kernel(
            { op: 'BiasAdd' },
            kernel({ op: 'Conv2D', ...plain }, x!, filter!),
            bias!,
          );
          const next = { 'N/kernel': times(filter!, constant(0.999)) };
          return { outputs: { y: kernel({ op: 'Relu' }, y) }, next };
        },
      ),
    );
    expect(program.calls.map((c) => c.kernel.op)).toEqual(['Fused', 'Mul']);
    const before = on.memory();
    const weight = (path: string): HostTensor => {
      const { shape } = program.parameters.find((p) => p.path === path)!;
      return { shape, data: numbers(elements(shape), 3) };
    };
    const session = right(load(on, program, weight));
    const x = { shape: [2, 5, 5, 2], data: numbers(100, 5) };
    let filter = float64(weight('N/kernel'));
    for (let step = 0; step < 1000; step++) {
      const [y] = right(await session.step({ x }));
      if (step % 333 === 0) {
        const exact = evaluate(program, { x: float64(x) }, (path) =>
          path === 'N/kernel' ? filter : float64(weight(path)),
        );
        expect(distance(y!.data, exact[0]!)).toBeLessThanOrEqual(1);
      }
      filter = { shape: filter.shape, data: filter.data.map((w) => w * 0.999) };
    }
    session.dispose();
    expect(on.memory()).toEqual(before);
  });
});

describe.each([...calledNames, 'reference'])('%s', (name) => {
  it('takes what was planned, next states among it', () =>
    withCalls(name, async (on) => {
      const before = on.memory().bytes;
      const session = start(withPlans(on));
      const inputs = inputsAt(1);
      const most = on.watchMemory();
      right(await session.step(inputs));
      const p = session.plan({ x: inputs.x.shape, rate: [] });
      expect(most() - before).toBe(p.weightBytes + p.peakBytes);
      session.dispose();
      expect(on.memory().bytes).toBe(before);
    }));

  it.each(['BatchNorm', 'Mul', 'AddV2'])('leaves the state as it was when %s fails', (op) =>
    withCalls(name, async (on) => {
      let left = Infinity;
      const call: typeof on.call = (k, ...rest) => {
        if (k.op === op && left-- === 0) throw new RangeError('Array buffer allocation failed');
        return on.call(k, ...rest);
      };
      const session = start(withPlans({ ...on, call }));
      await run(session, 0, 2);
      const before = await stateOf(session);
      const resting = on.memory();
      left = op === 'AddV2' ? 1 : 0; // the last of them
      expect(Either.isLeft(await session.step(inputsAt(2)))).toBe(true);
      left = Infinity;
      expect(await stateOf(session)).toEqual(before);
      expect(on.memory()).toEqual(resting);
      await run(session, 2, 3);
      expect((await session.read('N/steps')).data).toEqual(Float32Array.of(3));
      session.dispose();
    }),
  );

  it('leaves the state as it was when a result cannot be read', () =>
    withCalls(name, async (on) => {
      let fails = false;
      const read: typeof on.read = (value) =>
        fails ? Promise.reject(new Error('the device is lost')) : on.read(value);
      const session = start(withPlans({ ...on, read }));
      await run(session, 0, 2);
      const before = await stateOf(session);
      const resting = on.memory();
      fails = true;
      await expect(session.step(inputsAt(2))).rejects.toThrow('the device is lost');
      fails = false;
      expect(await stateOf(session)).toEqual(before);
      expect(on.memory()).toEqual(resting);
      session.dispose();
    }));
});

// the reference computes in float64, and a checkpoint is float32
describe.each(engineNames)('%s', (name) => {
  it('goes on from a state that was read, to the bit', async () => {
    const on = await engine(name);
    const whole = start(on);
    await run(whole, 0, 7);
    const first = start(on);
    await run(first, 0, 4);
    const checkpoint = await stateOf(first);
    first.dispose();
    const second = start(on);
    paths.forEach((path, i) => right(second.write(path, checkpoint[i]!)));
    await run(second, 4, 7);
    expect(await stateOf(second)).toEqual(await stateOf(whole));
    second.dispose();
    whole.dispose();
  });

  it('writes a state after the runs that were asked for before', async () => {
    const given = { inputs: {}, single: { x: [3] }, state: { 'N/w': [3] } };
    const sum = programWith(given, ({ x, 'N/w': w }) => ({ outputs: { y: add(x!, w!) } }));
    const all = (n: number): HostTensor => ({ shape: [3], data: new Float32Array(3).fill(n) });
    const session = right(load(await engine(name), sum, () => all(1)));
    const runs = [];
    for (const n of [2, 3, 4]) {
      runs.push(session.step({ x: all(10) }));
      right(session.write('N/w', all(n)));
    }
    runs.push(session.step({ x: all(10) }));
    const outputs = (await Promise.all(runs)).map((run) => right(run)[0]!.data[0]);
    expect(outputs).toEqual([11, 12, 13, 14]);
    expect((await session.read('N/w')).data).toEqual(all(4).data);
    session.dispose();
  });

  it('knows what another program has made of the state', async () => {
    const map = [1, 2, 2, 1];
    const given = { inputs: {}, single: { by: map, to: map }, state: { 'N/w': map } };
    const grows = programWith(given, ({ by, 'N/w': w }) => ({
      outputs: { before: w! },
      next: { 'N/w': times(w!, by!) },
    }));
    // ∞ − ∞, once the weight has grown
    const clamps = programWith(given, ({ by, to, 'N/w': w }) => {
      const difference = kernel({ op: 'Sub' }, times(w!, by!), times(w!, to!));
      const window = { window: [2, 2], strides: [2, 2], padding: 'VALID' } as const;
      return { outputs: { y: kernel({ op: 'MaxPool', ...window }, difference) } };
    });
    const all = (n: number): HostTensor => ({ shape: map, data: new Float32Array(4).fill(n) });
    const session = right(load(await engine(name), grows, () => all(1)));
    const clamping = session.along(clamps);
    const seen = async (): Promise<readonly number[]> => {
      const [y] = right(await clamping.step({ by: all(3), to: all(2) }));
      return [...y!.data];
    };
    expect(await seen()).toEqual([1]);
    for (let i = 0; i < 2; i++) right(await session.step({ by: all(1e30), to: all(1) }));
    expect(await seen()).toEqual([NaN]);
    session.dispose();
  });
});

it('shows what becomes of the state', () => {
  expect(showPlan(plan(counting, { x: [2, 3], rate: [] }))).toMatchInlineSnapshot(`
    "plan N
    x %0 [2, 3], rate %1 [], output mean = %8 [3], before = %3 [3]
    then N/steps %2 = %11, N/total %3 = %13, N/last %4 = %14
    peak 76 B, with weights 132 B

    value     kernel                 shape           bytes  live  frees     layer
    %7 %8 %9  BatchNorm(%0, %5, %6)  [2, 3] [3] [3]  48 B   76 B  %0 %7 %9  N
    %11       AddV2(%2, %10)         []              4 B    20 B            N
    %12       Mul(%1, %8)            [3]             12 B   32 B  %1        N
    %13       AddV2(%3, %12)         [3]             12 B   40 B  %12       N
    %14       Reshape(%8)            [1, 3]          view   28 B            N
    "
  `);
});

it('runs one step at a time', async () => {
  const session = start(await engine('cpu'));
  const first = session.step(inputsAt(0));
  await expect(session.step(inputsAt(1))).rejects.toThrow('two steps of N at once');
  right(await first);
  right(await session.step(inputsAt(1)));
  session.dispose();
});

it('refuses inputs and states that are not the program’s', async () => {
  const session = start(await engine('cpu'));
  const { x, rate } = inputsAt(0);
  await expect(session.step({ x })).rejects.toThrow('N lacks its input rate');
  await expect(session.step({ x: rate, rate })).rejects.toThrow('[] is not an input of N: [3]');
  await expect(session.step({ x, rate: x })).rejects.toThrow('[2,3] is not an input of N: []');
  await expect(session.read('N/other')).rejects.toThrow('N has no state N/other');
  expect(() => session.write('N/total', zeros([4]))).toThrow('N/total is [3] and not [4]');
  session.dispose();
});

describe('a next state', () => {
  const planned = (next: (v: { readonly [name: string]: Lowered }) => Lowered) => () =>
    plan(
      programWith(
        { inputs: {}, single: { x: [3] }, state: { 'N/a': [3], 'N/b': [3] } },
        (values) => ({
          outputs: { y: add(values['x']!, values['N/b']!) },
          next: { 'N/a': next(values) },
        }),
      ),
      { x: [3] },
    );

  it('is a result of its own, which is handed over', () => {
    expect(planned((v) => add(v['x']!, v['N/a']!))().updates).toEqual([{ state: 1, owner: 4 }]);
    expect(planned((v) => v['x']!)).toThrow('N/a of N would share what it holds');
    expect(planned((v) => v['N/b']!)).toThrow('N/a of N would share what it holds');
    expect(planned((v) => kernel({ op: 'Reshape', shape: [3] }, v['N/b']!))).toThrow('would share');
  });

  it('is not two states’', () => {
    const program = programWith(
      { inputs: {}, single: { x: [3] }, state: { 'N/a': [3], 'N/b': [3] } },
      ({ x }) => {
        const twice = add(x!, x!);
        return { outputs: { twice }, next: { 'N/a': twice, 'N/b': twice } };
      },
    );
    expect(() => plan(program, { x: [3] })).toThrow('N/b of N would share what it holds');
  });

  it('has the shape of the state', () => {
    const cut = (x: Lowered) => kernel({ op: 'Slice', begin: [0], size: [2] }, x);
    expect(planned((v) => cut(v['x']!))).toThrow('N/a of N is [3], and then [2]');
  });

  it('is not a GraphModel’s', () => {
    expect(() => graphModel(counting, { generatedBy: 'netc test' })).toThrow('changes its state');
  });
});

it('takes batches of one size', () => {
  const program = programWith({ inputs: { x: [3], y: [3] } }, ({ x, y }) => ({
    outputs: { sum: add(x!, y!) },
  }));
  expect(plan(program, { x: [2, 3], y: [2, 3] }).outputs[0]!.shape).toEqual([2, 3]);
  expect(() => plan(program, { x: [2, 3], y: [1, 3] })).toThrow(
    'the inputs of N are batches of 2,1',
  );
});
