/** From graph to kernels, and the arithmetic on stored weights. */
import { describe, expect, it } from 'vitest';
import { kernel, result, type Lowered, type WeightPart } from '../../src/kernel/kernel.ts';
import { plan } from '../../src/lower/plan.ts';
import { partOf } from '../../src/lower/weight-part.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { branching } from './graphs.ts';
import { onesInRow, programWith } from './programs.ts';

describe('kernels', () => {
  it('names each weight by its path, and its parts apart', () => {
    const { state, parameters } = kernels(branching());
    expect(state.map((s) => s.path)).toMatchInlineSnapshot(`
      [
        "N/conv1/kernel",
        "N/conv1/bias",
        "N/conv2/kernel",
        "N/conv2/bias",
        "N/conv6/kernel/13",
        "N/conv6/kernel/16",
        "N/conv6/kernel/19",
        "N/conv6/kernel/22",
        "N/batchnorm7/gamma",
        "N/batchnorm7/beta",
        "N/batchnorm7/mean",
        "N/batchnorm7/variance",
        "N/fc11/kernel",
        "N/fc11/bias",
        "N/fc13/kernel",
        "N/fc13/bias",
      ]
    `);
    expect(new Set(state.map((w) => w.path)).size).toBe(state.length);
    expect(parameters.map((p) => p.path)).toMatchInlineSnapshot(`
      [
        "N/conv1/kernel",
        "N/conv1/bias",
        "N/conv2/kernel",
        "N/conv2/bias",
        "N/conv6/kernel",
        "N/batchnorm7/gamma",
        "N/batchnorm7/beta",
        "N/batchnorm7/mean",
        "N/batchnorm7/variance",
        "N/fc11/kernel",
        "N/fc11/bias",
        "N/fc13/kernel",
        "N/fc13/bias",
      ]
    `);
  });

  it('computes every value before it is read', () => {
    const program = kernels(branching());
    const known = new Set(program.inputs.map(({ id }) => id));
    for (const { id } of [...program.state, ...program.constants]) known.add(id);
    for (const call of program.calls) {
      expect(call.operands.every(({ id }) => known.has(id))).toBe(true);
      for (const id of call.outputs) {
        expect(known.has(id)).toBe(false);
        known.add(id);
      }
    }
    expect(program.outputs.every((o) => known.has(o.id))).toBe(true);
    expect(Math.max(...known)).toBeLessThan(program.values.length);
  });
});

it('knows of every value whether it is a batch', () => {
  const cut = (x: Lowered) => kernel({ op: 'Slice', begin: [1], size: [2] }, x);
  const program = programWith({ inputs: { input: [6, 5, 3] } }, ({ input }) => {
    const ones = onesInRow(3);
    const statistics = result(kernel({ op: 'BatchNorm', epsilon: 1 }, input!, ones, ones), 1);
    const centred = kernel({ op: 'Sub' }, input!, statistics);
    const average = cut(kernel({ op: 'Mean' }, input!));
    return { outputs: { mean: cut(statistics), centred, average } };
  });
  const batched = program.outputs.map(({ id }) => program.values[id]!.batched);
  expect(batched).toEqual([false, true, true]);
  const { outputs } = plan(program, { input: [4, 6, 5, 3] });
  expect(outputs.map((o) => o.shape)).toEqual([[2], [4, 6, 5, 3], [4, 2]]);
});

describe('partOf', () => {
  const whole = { shape: [2, 3, 4], data: Float32Array.from({ length: 24 }, (_, i) => i) };
  const w: WeightPart = { tag: 'weight', name: 'kernel' };

  it('cuts any axis', () => {
    const cut = partOf({ tag: 'slice', of: w, begin: [0, 1, 2], size: [-1, 2, -1] }, whole);
    expect(cut.shape).toEqual([2, 2, 2]);
    expect([...cut.data]).toEqual([6, 7, 10, 11, 18, 19, 22, 23]);
  });

  it('copies nothing where numbers lie together', () => {
    const rows = partOf({ tag: 'slice', of: w, begin: [1, 0, 0], size: [1, 3, 4] }, whole);
    expect([rows.data[0], rows.data.length]).toEqual([12, 12]);
    expect(rows.data.buffer).toBe(whole.data.buffer);
    const flat = partOf({ tag: 'reshape', of: w, shape: [24] }, whole);
    expect(flat.data).toBe(whole.data);
  });

  it('cuts what was reshaped', () => {
    const reshaped: WeightPart = { tag: 'reshape', of: w, shape: [6, 4] };
    const cut = partOf({ tag: 'slice', of: reshaped, begin: [4, 0], size: [2, 1] }, whole);
    expect([...cut.data]).toEqual([16, 20]);
  });
});
