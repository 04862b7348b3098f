/** Laws of the kernels, over the table, its samples, and the engines that are here. */
import { describe, expect, it } from 'vitest';
import type { KernelName } from '../../src/kernel/kernel.ts';
import {
  isBatched,
  kernelRow,
  operandOf,
  partsOf,
  resultShapes,
  resultsOf,
} from '../../src/kernel/table.ts';
import type { Tensor } from '../../src/numeric/tensor.ts';
import type { CalledEngine } from '../../src/runtime/engines/engine.ts';
import { engineNames, withCalls } from '../lower/engines.ts';
import { distance } from '../lower/graphs.ts';
import { kernelCases, kernelNames, referenceOf, type KernelCase } from './samples.ts';

const shapesOf = (tensors: readonly Tensor[]) => tensors.map((t) => t.shape);

const saidOf = ({ kernel, operands, batched }: KernelCase) =>
  resultShapes({ kernel, path: 'sample' }, shapesOf(operands), batched);

/** Image n of a batch, as a batch of one. */
const imageOf = ({ shape, data }: Tensor, n: number): Tensor => {
  const each = data.length / shape[0]!;
  return { shape: [1, ...shape.slice(1)], data: data.slice(n * each, (n + 1) * each) };
};

const each = it.each(kernelNames);

describe('every kernel', () => {
  each('%s: has results of the shapes that its row says', (op) => {
    for (const c of kernelCases(op)) {
      expect(shapesOf(referenceOf(c)), c.title).toEqual(saidOf(c));
    }
  });

  each('%s: is tested on several images, and on more than one sample', (op) => {
    const shapes = kernelCases(op).map((c) => c.operands[0]!.shape);
    expect(shapes.some(([n]) => n! >= 2)).toBe(true);
    expect(shapes.length).toBeGreaterThanOrEqual(2);
  });

  each('%s: names its operands', (op) => {
    for (const { kernel, operands, title } of kernelCases(op)) {
      const row = kernelRow(kernel);
      const last = row.operands[row.operands.length - 1]!;
      if (last.many) expect(operands.length, title).toBeGreaterThanOrEqual(row.operands.length);
      else expect(operands.length, title).toBe(row.operands.length);
    }
  });

  each('%s: has as many results as its row says', (op) => {
    for (const c of kernelCases(op))
      expect(resultsOf(c.kernel), c.title).toBe(referenceOf(c).length);
  });

  each('%s: needs no number of what it reads for its shape', (op) => {
    for (const c of kernelCases(op)) {
      const operands = c.operands.map((t, i) =>
        operandOf(c.kernel, i).of === 'shape' ? { ...t, data: new Float64Array(0) } : t,
      );
      expect(referenceOf({ ...c, operands }), c.title).toEqual(referenceOf(c));
    }
  });

  each('%s: does to a batch what it does to each of its images', (op) => {
    for (const c of kernelCases(op)) {
      const results = referenceOf(c);
      // one that is not of a batch is of all its images together
      if (!results.every((_, i) => isBatched(c.kernel, c.batched, i))) continue;
      for (let n = 0; n < results[0]!.shape[0]!; n++) {
        const operands = c.operands.map((t, i) => (c.batched[i] ? imageOf(t, n) : t));
        const one = referenceOf({ ...c, operands });
        expect(one, c.title).toEqual(results.map((t) => imageOf(t, n)));
      }
    }
  });

  each('%s: moves no number if it is a view', (op) => {
    for (const c of kernelCases(op).filter((it) => kernelRow(it.kernel).view))
      expect(referenceOf(c)[0]!.data, c.title).toBe(c.operands[0]!.data);
  });

  each('%s: is what its parts are one after the other', (op) => {
    for (const c of kernelCases(op)) {
      const parts = partsOf(c.kernel);
      if (parts.length === 1) continue;
      const rest = c.operands.slice(1);
      let result: readonly Tensor[] = c.operands.slice(0, 1);
      for (const kernel of parts) {
        const own = rest.splice(0, kernelRow(kernel).operands.length - 1);
        result = referenceOf({ ...c, kernel, operands: [...result, ...own] });
      }
      expect(referenceOf(c), c.title).toEqual(result);
    }
  });
});

describe.each([...engineNames, 'reference'])('%s', (name) => {
  each('computes %s', (op) => withCalls(name, (on) => check(on, op)));
});

const check = async <V>(on: CalledEngine<V>, op: KernelName): Promise<void> => {
  const before = on.memory();
  for (const c of kernelCases(op)) {
    const operands = c.operands.map(({ shape, data }, i) => {
      const read = operandOf(c.kernel, i).of === 'value';
      const value = read ? on.upload({ shape, data: Float32Array.from(data) }) : undefined;
      return { shape, batched: c.batched[i]!, value };
    });
    const results = on.call(c.kernel, operands, saidOf(c));
    for (const [i, expected] of referenceOf(c).entries())
      expect(distance(await on.read(results[i]!), expected), c.title).toBeLessThanOrEqual(1);
    for (const { value } of operands) if (value !== undefined) on.free(value);
    for (const value of results) on.free(value);
  }
  expect(on.memory()).toEqual(before);
};
