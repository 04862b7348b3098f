/** Laws of the kernels, over the table, its samples, and the engines that are here. */
import { describe, expect, it } from 'vitest';
import { kernelRow, partsOf, resultShapes } from '../../src/kernel/table.ts';
import type { Tensor } from '../../src/numeric/tensor.ts';
import { engine, engineNames } from '../lower/engines.ts';
import { distance } from '../lower/graphs.ts';
import { kernelCases, kernelNames, type KernelCase } from './samples.ts';

const shapesOf = (tensors: readonly Tensor[]) => tensors.map((t) => t.shape);

const referenceOf = ({ kernel, operands }: KernelCase): readonly Tensor[] =>
  kernelRow(kernel).reference(kernel, operands);

const each = it.each(kernelNames);

describe('every kernel', () => {
  each('%s: has results of the shapes that its row says', (op) => {
    for (const c of kernelCases(op)) {
      const said = resultShapes(c.kernel, 'sample', shapesOf(c.operands));
      expect(shapesOf(referenceOf(c)), c.title).toEqual(said);
    }
  });

  each('%s: is tested on several images, and on one channel or several', (op) => {
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

  each('%s: names its results', (op) => {
    for (const c of kernelCases(op))
      expect(kernelRow(c.kernel).results.length, c.title).toBe(referenceOf(c).length);
  });

  each('%s: needs no number of what it reads for its shape', (op) => {
    for (const { kernel, operands, title } of kernelCases(op)) {
      const row = kernelRow(kernel);
      const blank = operands.map((t, i) =>
        row.operands[i]?.of === 'shape' ? { shape: t.shape, data: new Float64Array(0) } : t,
      );
      expect(row.reference(kernel, blank), title).toEqual(row.reference(kernel, operands));
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
      const rest = [...c.operands];
      let result = rest.splice(0, 1);
      for (const part of parts) {
        const own = rest.splice(0, kernelRow(part).operands.length - 1);
        result = [...kernelRow(part).reference(part, [...result, ...own])];
      }
      expect(referenceOf(c), c.title).toEqual(result);
    }
  });
});

describe.each(engineNames)('%s', (name) => {
  each('computes %s', async (op) => {
    const on = await engine(name);
    const before = on.memory();
    for (const c of kernelCases(op)) {
      const shapes = resultShapes(c.kernel, 'sample', shapesOf(c.operands));
      const operands = c.operands.map((t) =>
        on.upload({ shape: t.shape, data: Float32Array.from(t.data) }),
      );
      const results = on.call(c.kernel, operands, shapes);
      expect(
        results.map((r) => r.shape),
        c.title,
      ).toEqual(shapes);
      for (const [i, expected] of referenceOf(c).entries())
        expect(distance(await on.read(results[i]!), expected), c.title).toBeLessThanOrEqual(1);
      for (const value of operands) on.free(value);
      if (!kernelRow(c.kernel).view) for (const value of results) on.free(value);
    }
    expect(on.memory()).toEqual(before);
  });
});
