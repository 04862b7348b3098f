/** A kernel with several results, from the expression to what engines and a GraphModel make of it. */
import { describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { kernel, result } from '../../src/kernel/kernel.ts';
import { kernelRow } from '../../src/kernel/table.ts';
import { plan } from '../../src/lower/plan.ts';
import { showPlan } from '../../src/lower/show-plan.ts';
import { modelOfProgram } from '../runtime/models.ts';
import { engine, engineNames, loadProgram, outputsOf } from './engines.ts';
import { distance, float64, inputOf } from './graphs.ts';
import { programWith } from './programs.ts';

const moments = { op: 'Moments', axes: [0] } as const;

/** x − mean, and the variance: both of one call, and nothing of the batch is left in the second. */
const program = programWith({ inputs: { input: [3] } }, ({ input }) => {
  const statistics = kernel(moments, input!);
  const output = kernel({ op: 'Sub' }, input!, statistics);
  return { outputs: { output, variance: result(statistics, 1) } };
});

const x = inputOf([5, 3]);
const [mean, variance] = kernelRow(moments).reference(moments, [float64(x)], [true]);
const centred = {
  shape: x.shape,
  data: float64(x).data.map((number, i) => number - mean!.data[i % 3]!),
};

it('is one call, whichever result is mentioned', () => {
  expect(program.calls.map((c) => [c.kernel.op, c.outputs])).toEqual([
    ['Moments', [1, 2]],
    ['Sub', [3]],
  ]);
});

it('is planned with all its results', () => {
  expect(showPlan(plan(program, { input: [5, 3] }))).toMatchInlineSnapshot(`
    "plan N
    input %0 [5, 3], output output = %3 [5, 3], variance = %2 [3]
    peak 144 B, with weights 144 B

    value  kernel       shape    bytes  live   frees  layer
    %1 %2  Moments(%0)  [3] [3]  24 B   84 B          N
    %3     Sub(%0, %1)  [5, 3]   60 B   144 B  %0 %1  N
    "
  `);
});

it('is freed result by result', () => {
  const mean = programWith({ inputs: { input: [3] } }, ({ input }) => ({
    outputs: { output: kernel({ op: 'Sub' }, input!, kernel(moments, input!)) },
  }));
  expect(plan(mean, { input: [5, 3] }).steps.map((s) => s.frees)).toEqual([[2], [0, 1]]);
});

describe.each(engineNames)('%s', (name) => {
  it('computes every result', async () => {
    const on = await engine(name);
    const before = on.memory();
    const loaded = loadProgram(on, program);
    const [output, spread] = await outputsOf(loaded, x);
    expect(distance(output!.data, centred)).toBeLessThanOrEqual(1);
    expect(spread!.shape).toEqual([3]);
    expect(distance(spread!.data, variance!)).toBeLessThanOrEqual(1);
    loaded.dispose();
    expect(on.memory()).toEqual(before);
  });

  it('opens a GraphModel with every result', async () => {
    await engine(name);
    await tf.setBackend(name);
    const model = await modelOfProgram(program, () => x);
    const results = await model.predict(x);
    model.dispose();
    expect(distance(results.get('output')!.data, centred)).toBeLessThanOrEqual(1);
    expect(results.get('variance')!.shape).toEqual([3]);
    expect(distance(results.get('variance')!.data, variance!)).toBeLessThanOrEqual(1);
  });
});
