/** The gradients of a program are what its outputs do when it is moved a little: in float64. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { kernel, result } from '../../src/kernel/kernel.ts';
import { derive, gradientOf } from '../../src/lower/derive.ts';
import { fuse } from '../../src/lower/fuse.ts';
import { plan } from '../../src/lower/plan.ts';
import { showPlan } from '../../src/lower/show-plan.ts';
import { tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { table } from '../../src/ops/table.ts';
import { evaluate } from '../../src/runtime/engines/reference.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { engine, engineNames, loadProgram } from './engines.ts';
import { casesOf, float64, inputOf } from './graphs.ts';
import { onesInRow, programWith } from './programs.ts';
import { randomNet } from './random-nets.ts';
import {
  apart,
  derived,
  derivedProgram,
  inner,
  pointOf,
  randomAs,
  seedsOf,
  slope,
  trialOf,
  type Trial,
} from './slopes.ts';

/** Directions are tried until no kink lies in the way. */
const expectSlope = (trial: Trial, moved: readonly string[], title: string): void => {
  const gradients = derived(trial);
  for (let seed = 0; seed < 8; seed++) {
    const direction = new Map(
      moved.map((name, i) => [name, randomAs(trial.point.get(name)!, 1000 * seed + i + 3)]),
    );
    const expected = slope(trial, direction);
    if (expected === undefined) continue;
    const found = moved.reduce(
      (sum, name) => sum + inner(gradients.get(name)!, direction.get(name)!),
      0,
    );
    const off = Math.abs(found - expected) / (1e-1 + Math.abs(expected));
    expect(off, `${title}: ${found}, ${expected}`).toBeLessThan(1e-6);
    return;
  }
  throw new Error(`${title}: kinks everywhere`);
};

const fromGraph = (graph: Parameters<typeof kernels>[0], size: readonly number[], scale = 1) => {
  const program = kernels(graph);
  const point = pointOf(graph, program, float64(inputOf([2, ...size])), scale);
  return trialOf(apart(program), point);
};

const operators = [...table.values()].flatMap((row) => casesOf(row.name));

describe('every operator', () => {
  it.each(operators)('$name', ({ name, graph, inputs }) => {
    const trial = fromGraph(graph, inputs[0]!);
    for (const one of trial.point.keys()) expectSlope(trial, [one], `${name}, ${one}`);
  });
});

describe('whole nets', () => {
  it.each(Array.from({ length: 16 }, (_, i) => i))('random net %s', (seed) => {
    const graph = randomNet(seed);
    const trial = fromGraph(graph, [11, 9, 3], 0.3);
    expectSlope(trial, [...trial.point.keys()], `net ${seed}`);
    const [plain, fused] = [derived(trial), derived(trial, fuse)];
    for (const [name, { data }] of plain) {
      const off = data.map((n, i) => Math.abs(n - fused.get(name)!.data[i]!) / (1 + Math.abs(n)));
      expect(Math.max(...off), name).toBeLessThanOrEqual(1e-9);
    }
  });
});

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

/** The mean of the squares of what a product of the input and a weight is above 0. */
const squares = programWith(
  { inputs: { input: [3] }, state: { weight: [3, 2], idle: [4] } },
  ({ input, weight }) => {
    const y = kernel({ op: 'Relu' }, kernel({ op: 'MatMul' }, input!, weight!));
    const total = kernel({ op: 'Sum', axes: [0, 1] }, kernel({ op: 'Square' }, y));
    const count = kernel({ op: 'Count', axes: [0] }, y);
    return { outputs: { loss: kernel({ op: 'RealDiv' }, total, count) } };
  },
);
const loss = { tag: 'loss', output: 'loss' } as const;

describe('the derived program', () => {
  it('has the gradients of a loss as outputs, and zeros by what it does not depend on', () => {
    const [weight, idle] = squares.state.map((s) => s.id);
    const program = right(derive(squares, loss, [weight!, idle!]));
    expect(program.outputs.map((o) => [o.name, o.shape])).toEqual([
      ['loss', []],
      ['gradient of weight', [3, 2]],
      ['gradient of idle', [4]],
    ]);
    const given: Record<string, readonly number[]> = {
      weight: [1, -1, 2, 0, 0, 1],
      idle: [1, 2, 3, 4],
    };
    const [value, ...gradients] = evaluate(
      program,
      { input: tensor([2, 3], [1, 1, 0, 0, 1, 2]) },
      (path) => tensor(path === 'idle' ? [4] : [3, 2], given[path]!),
    );
    // y is [3, 0] and [2, 2], the loss (9 + 4 + 4) / 2 and its gradient by y is y
    expect([...value!.data]).toEqual([8.5]);
    expect([...gradients[0]!.data]).toEqual([3, 0, 5, 2, 4, 4]);
    expect([...gradients[1]!.data]).toEqual([0, 0, 0, 0]);
  });

  it('computes what is wanted and no more', () => {
    const program = right(derive(squares, loss, [squares.state[0]!.id]));
    expect(`\n${showPlan(plan(program, { input: [2, 3] }))}`).toMatchInlineSnapshot(`
      "
      plan N
      input %0 [2, 3], output loss = %8 [], gradient of weight = %17 [3, 2]
      peak 92 B, with weights 140 B

      value  kernel             shape   bytes  live  frees    layer
      %3     MatMul(%0, %1)     [2, 2]  16 B   40 B           N
      %4     Relu(%3)           [2, 2]  16 B   56 B  %3       N
      %5     Square(%4)         [2, 2]  16 B   56 B           N
      %6     Sum(%5)            []      4 B    60 B  %5       N
      %7     Count(%4)          []      4 B    48 B           N
      %8     RealDiv(%6, %7)    []      4 B    52 B  %6       N
      %10    RealDiv(%9, %7)    []      4 B    52 B  %7       N
      %11    SumTo(%10, %6)     []      4 B    52 B  %10      N
      %12    Spread(%11, %5)    [2, 2]  16 B   64 B  %11      N
      %14    Mul(%4, %13)       [2, 2]  16 B   76 B           N
      %15    Mul(%12, %14)      [2, 2]  16 B   92 B  %12 %14  N
      %16    ReluGrad(%15, %4)  [2, 2]  16 B   76 B  %15 %4   N
      %17    MatMul(%0, %16)    [3, 2]  24 B   68 B  %0 %16   N
      "
    `);
  });

  it('adds what all readers of a value give', () => {
    const cube = programWith({ inputs: {}, state: { x: [] } }, ({ x }) => {
      const square = kernel({ op: 'Mul' }, x!, x!);
      return { outputs: { loss: kernel({ op: 'Mul' }, square, x!) } };
    });
    const once = right(derive(cube, loss, [cube.state[0]!.id]));
    const x = (): ReturnType<typeof tensor> => tensor([], [5]);
    expect(evaluate(once, {}, x).map((t) => t.data[0])).toEqual([125, 75]);
    const origin = { tag: 'loss', output: 'gradient of x' } as const;
    const twice = right(derive(once, origin, [cube.state[0]!.id]));
    expect(evaluate(twice, {}, x).map((t) => t.data[0])).toEqual([125, 75, 30]);
  });

  it('takes a result of several on which the loss does not depend as without a gradient', () => {
    const centred = programWith({ inputs: {}, state: { x: [4, 1] } }, ({ x }) => {
      const norm = kernel({ op: 'BatchNorm', epsilon: 1 }, x!, onesInRow(1), onesInRow(1));
      const mean = kernel({ op: 'Reshape', shape: [] }, result(norm, 1));
      return { outputs: { loss: kernel({ op: 'Square' }, mean), spread: result(norm, 2) } };
    });
    const program = right(derive(centred, loss, [centred.state[0]!.id]));
    const values = evaluate(program, {}, () => tensor([4, 1], [1, 2, 3, 6]));
    expect([...values[2]!.data]).toEqual([1.5, 1.5, 1.5, 1.5]); // 2 · mean / 4
  });

  it('is refused at the layer whose kernel has no gradient', () => {
    const pool = { window: [2, 2], strides: [2, 2], padding: 'VALID' } as const;
    const program = programWith({ inputs: { x: [2, 2, 1] }, state: { w: [1] } }, ({ x, w }) => {
      const half = kernel({ op: 'MaxPool', ...pool }, kernel({ op: 'Mul' }, x!, w!));
      return { outputs: { y: kernel({ op: 'MaxPoolGrad', ...pool }, x!, half) } };
    });
    const origin = { tag: 'outputs', names: ['y'] } as const;
    const refused = { path: 'N', kernel: 'MaxPoolGrad' };
    expect(derive(program, origin, [program.state[0]!.id])).toEqual(E.left(refused));
    const still = programWith({ inputs: { x: [2, 2, 1] }, state: { w: [1] } }, ({ x, w }) => {
      const half = kernel({ op: 'MaxPool', ...pool }, x!);
      const z = kernel({ op: 'MaxPoolGrad', ...pool }, x!, half);
      return { outputs: { y: kernel({ op: 'Mul' }, z, w!), z } };
    });
    // nothing that moves with w has passed through it
    const both = { tag: 'outputs', names: ['y', 'z'] } as const;
    expect(E.isRight(derive(still, both, [still.state[0]!.id]))).toBe(true);
  });
});

describe.each(engineNames)('%s', (name) => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('computes the gradients of random net %s', async (seed) => {
    const trial = fromGraph(randomNet(seed), [11, 9, 3], 0.3);
    const program = fuse(derivedProgram(trial));
    const on = await engine(name);
    const before = on.memory();
    const host = ({ shape, data }: Tensor) => ({ shape, data: Float32Array.from(data) });
    const loaded = loadProgram(on, program, (path) => host(trial.point.get(path)!));
    const given = new Map([['input', trial.point.get('input')!], ...seedsOf(trial)]);
    const inputs = [...given].map(([input, t]) => [input, host(t)] as const);
    const outputs = right(await loaded.step(Object.fromEntries(inputs)));
    for (const [path, expected] of derived(trial)) {
      const found = outputs.find((o) => o.name === gradientOf(path))!;
      const [off, size] = [found.data.map((n, i) => n - expected.data[i]!), expected.data].map(
        (t) => Math.hypot(...t),
      );
      expect(off! / (1e-3 + size!), path).toBeLessThanOrEqual(1e-4);
    }
    loaded.dispose();
    expect(on.memory()).toEqual(before);
  });
});
