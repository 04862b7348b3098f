/** A kernel with several results, from the expression to what engines make of it. */
import { describe, expect, it } from 'vitest';
import { kernel, result, type Lowered } from '../../src/kernel/kernel.ts';
import { kernelRow } from '../../src/kernel/table.ts';
import { tensor } from '../../src/numeric/tensor.ts';
import { plan } from '../../src/lower/plan.ts';
import { showPlan } from '../../src/lower/show-plan.ts';
import { engine, engineNames, loadProgram, outputsOf } from './engines.ts';
import { distance, float64, inputOf } from './graphs.ts';
import { programWith } from './programs.ts';

const norm = { op: 'BatchNorm', epsilon: 0.5 } as const;
const [gamma, beta] = [tensor([3], [1, -2, 0.5]), tensor([3], [0, 1, 2])];
const [asGamma, asBeta] = [gamma, beta].map((t): Lowered => ({ tag: 'constant', ...t }));

/** Normalised numbers, and their variance: both of one call, and nothing of the batch is left in the second. */
const program = programWith({ inputs: { input: [3] } }, ({ input }) => {
  const output = kernel(norm, input!, asGamma!, asBeta!);
  return { outputs: { output, variance: result(output, 2) } };
});

const x = inputOf([5, 3]);
const [normalised, , variance] = kernelRow(norm).reference(
  norm,
  [float64(x), gamma, beta],
  [true, false, false],
);

it('is one call, whichever result is mentioned', () => {
  expect(program.calls.map((c) => [c.kernel.op, c.outputs])).toEqual([['BatchNorm', [3, 4, 5]]]);
});

it('is planned with all its results', () => {
  expect(showPlan(plan(program, { input: [5, 3] }))).toMatchInlineSnapshot(`
    "plan N
    input %0 [5, 3], output output = %3 [5, 3], variance = %5 [3]
    peak 144 B, with weights 168 B

    value     kernel                 shape           bytes  live   frees  layer
    %3 %4 %5  BatchNorm(%0, %1, %2)  [5, 3] [3] [3]  84 B   144 B  %0 %4  N
    "
  `);
});

it('is freed result by result', () => {
  const mean = programWith({ inputs: { input: [3] } }, ({ input }) => ({
    outputs: {
      output: kernel({ op: 'Sub' }, input!, result(kernel(norm, input!, asGamma!, asBeta!), 1)),
    },
  }));
  expect(plan(mean, { input: [5, 3] }).steps.map((s) => s.frees)).toEqual([
    [3, 5],
    [0, 4],
  ]);
});

describe.each(engineNames)('%s', (name) => {
  it('computes every result', async () => {
    const on = await engine(name);
    const before = on.memory();
    const loaded = loadProgram(on, program);
    const [output, spread] = await outputsOf(loaded, x);
    expect(distance(output!.data, normalised!)).toBeLessThanOrEqual(1);
    expect(spread!.shape).toEqual([3]);
    expect(distance(spread!.data, variance!)).toBeLessThanOrEqual(1);
    loaded.dispose();
    expect(on.memory()).toEqual(before);
  });
});
