/** The wasm engine computes convolutions by netc's own products, and not in another way that would be right but slow. */
import { describe, expect, it, vi } from 'vitest';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { kernelRow } from '../../../src/kernel/table.ts';
import { engine as current } from '@tensorflow/tfjs-core';
import { elements } from '../../../src/numeric/tensor.ts';
import { numbers } from '../../lower/graphs.ts';
import { withCalls } from '../../lower/engines.ts';

const windows = { strides: [1, 1], dilations: [1, 1], padding: 'SAME' } as const;
const [x, filter, dy, bias] = [[2, 5, 5, 7], [3, 3, 7, 9], [2, 5, 5, 9], [9]] as const;

const cases: readonly (readonly [string, Kernel, readonly (readonly number[])[]])[] = [
  ['a convolution', { op: 'Conv2D', ...windows }, [x, filter]],
  [
    'one with bias and relu',
    { op: 'Fused', product: { op: 'Conv2D', ...windows }, activation: { op: 'Relu' } },
    [x, filter, bias],
  ],
  ['its gradient by input', { op: 'Conv2DBackpropInputV2', ...windows }, [x, filter, dy]],
  [
    'a product with the transposed',
    { op: 'MatMul', transposed: 'b' },
    [
      [6, 7],
      [9, 7],
    ],
  ],
  [
    'a product of the transposed',
    { op: 'MatMul', transposed: 'a' },
    [
      [6, 7],
      [6, 9],
    ],
  ],
  ['its gradient by filter', { op: 'Conv2DBackpropFilterV2', ...windows }, [x, filter, dy]],
];

/** The kernels of the registry that run meanwhile. */
const called = async (run: () => void): Promise<readonly string[]> => {
  const { kernels } = await current().profile(() => run());
  return kernels.map(({ name }) => name);
};

describe('on wasm', () => {
  it.each(cases)('computes %s without kernels of the backend', (_, kernel, shapes) =>
    withCalls('wasm', async (on) => {
      const results = kernelRow(kernel).shapes(kernel, shapes, [true, false, true]);
      const operands = shapes.map((shape, i) => ({
        ...{ shape, batched: i !== 1 },
        value: on.upload({ shape, data: numbers(elements(shape), i) }),
      }));
      const before = on.memory();
      const names = await called(() => {
        for (const made of on.call(kernel, operands, results)) on.free(made);
      });
      expect(names).toEqual([]);
      // and with nothing allocated beside the result, so that a step takes what was planned
      const made = [
        vi.spyOn(current(), 'makeTensor'),
        vi.spyOn(current(), 'makeTensorFromTensorInfo'),
      ];
      for (const result of on.call(kernel, operands, results)) on.free(result);
      expect(made.map((calls) => calls.mock.calls.length)).toEqual([0, 1]);
      for (const calls of made) calls.mockRestore();
      for (let i = 0; i < 1000; i++)
        for (const made of on.call(kernel, operands, results)) on.free(made);
      expect(on.memory()).toEqual(before);
      for (const { value } of operands) on.free(value);
    }),
  );
});
