/** What an engine says that it holds within a call is what it holds: nothing of it is written down by hand. */
import * as tf from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import { describe, expect, it, vi } from 'vitest';
import type { Kernel, KernelName } from '../../src/kernel/kernel.ts';
import { bytesOf, type Shape } from '../../src/kernel/shape.ts';
import { kernelRow } from '../../src/kernel/table.ts';
import { elements } from '../../src/numeric/tensor.ts';
import type { CalledEngine, HeldOperand } from '../../src/runtime/engines/engine.ts';
import { required } from '../../src/runtime/engines/registry.ts';
import { shapeMade } from '../../src/runtime/engines/registry-shapes.ts';
import { numbersIn, start, type Backend } from '../../src/runtime/engines/tensorflow-js.ts';
import { kernelCases, kernelNames } from '../kernel/samples.ts';
import { calledNames, withCalls } from '../lower/engines.ts';
import { numbers } from '../lower/graphs.ts';

/** A call: its operands are read for their numbers, or for their shapes. */
type Call = {
  readonly title: string;
  readonly kernel: Kernel;
  readonly shapes: readonly Shape[];
  readonly batched: readonly boolean[];
};

const call = (kernel: Kernel, ...shapes: readonly Shape[]): Call => ({
  ...{ title: `${kernel.op} of [${shapes.join('] [')}]`, kernel, shapes },
  batched: shapes.map(() => true),
});

/** Means over so many numbers are taken in parts. */
const long: readonly Call[] = [
  call({ op: 'Mean' }, [2, 300, 5, 3]),
  call({ op: 'BatchNorm', epsilon: 1 }, [2, 3, 300, 2], [2], [2]),
  call({ op: 'AvgPool', window: [300, 2], strides: [300, 2], padding: 'VALID' }, [1, 300, 4, 2]),
  call({ op: 'AvgPool', window: [20, 20], strides: [1, 1], padding: 'SAME' }, [1, 30, 24, 2]),
];

const calls: readonly Call[] = [
  ...long,
  ...kernelNames.flatMap((op) =>
    kernelCases(op).map(({ title, kernel, operands, batched }) => ({
      ...{ title, kernel, batched, shapes: operands.map(({ shape }) => shape) },
    })),
  ),
];

/** The bytes that the engine holds at most while it computes a call, beside operands and results, and what it says. */
const heldAndSaid = <V>(on: CalledEngine<V>, { kernel, shapes, batched }: Call) => {
  const row = kernelRow(kernel);
  const results = row.shapes(kernel, shapes, batched);
  const operands = shapes.map((shape, i): HeldOperand<V> => {
    const spec = row.operands[Math.min(i, row.operands.length - 1)]!;
    const data = numbers(elements(shape), i).map((x) => Math.abs(x) + 0.25);
    const value = spec.of === 'value' ? on.upload({ shape, data }) : undefined;
    return { shape, batched: batched[i]!, value };
  });
  const resting = on.memory().bytes;
  const most = on.watchMemory();
  const made = on.call(kernel, operands, results);
  const held = most() - resting - results.reduce((sum, shape) => sum + bytesOf(shape), 0);
  for (const value of [...made, ...operands.map((o) => o.value)])
    if (value !== undefined) on.free(value);
  return [held, on.within(kernel, operands, results)] as const;
};

/** How backends differ: some do not lend their numbers to loops, or take a tensor under its own shape only. */
const means: { readonly [title: string]: Pick<Backend, 'views' | 'numbers'> } = {
  'without loops': { views: true },
  'without views': { views: false },
  'with loops and without products': { views: true, numbers: numbersIn(tf) },
};

/** The cpu backend as if it could do so much and no more. */
const cpuBy = async (by: Pick<Backend, 'views' | 'numbers'>): Promise<CalledEngine<tf.Tensor>> => {
  await withCalls('cpu', () => undefined);
  const room = { all: Infinity, each: Infinity, weightCopies: 1 };
  const as = {
    name: 'cpu',
    backend: 'cpu',
    version: '',
    hardware: { tag: 'cpu', threads: 1 },
    room,
  } as const;
  const started = await start(tf, { ...as, ...by }, '');
  if (Either.isLeft(started)) throw new Error(started.left.reason);
  return started.right;
};

const check = <V>(on: CalledEngine<V>, op: KernelName): void => {
  for (const of of calls.filter(({ kernel }) => kernel.op === op)) {
    const [held, said] = heldAndSaid(on, of);
    expect(said, of.title).toBe(held);
  }
};

describe.each([...calledNames, 'reference'])('%s holds what it says', (name) => {
  it.each(kernelNames)('within %s', (op) => withCalls(name, (on) => check(on, op)));
});

describe.each(Object.entries(means))('a backend %s holds what it says', (_, by) => {
  it.each(kernelNames)('within %s', async (op) => check(await cpuBy(by), op));

  it('of tensors of the shapes that are stated', async () => {
    const on = await cpuBy(by);
    const ran = vi.spyOn(tf.engine(), 'runKernel');
    for (const of of calls) heldAndSaid(on, of);
    ran.mock.calls.forEach(([name, inputs, attributes], i) => {
      const known = required.find((one) => one === name)!;
      const { shape, dtype }: tf.TensorInfo = ran.mock.results[i]!.value;
      expect(shapeMade(known, Object.values(inputs), attributes ?? {}), name).toEqual({
        ...{ shape, dtype },
      });
    });
    expect(ran.mock.calls.length).toBeGreaterThan(calls.length / 2);
    ran.mockRestore();
  });
});

it('would see an engine that holds more', () =>
  withCalls('cpu', (on) => {
    const wasteful: typeof on = {
      ...on,
      call: (kernel, operands, results) => {
        const made = on.call(kernel, operands, results);
        on.free(on.upload({ shape: [1], data: Float32Array.of(0) }));
        return made;
      },
    };
    const [held, said] = heldAndSaid(wasteful, call({ op: 'Relu' }, [2, 3]));
    expect(held - said).toBe(4);
  }));
