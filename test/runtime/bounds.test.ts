/** No number of what a kernel makes is further from 0 than its bound says, of whatever size its operands are. */
import { describe, expect, it } from 'vitest';
import { belowAll } from '../../src/kernel/kernel.ts';
import { kernelTable, operandOf } from '../../src/kernel/table.ts';
import { tensor } from '../../src/numeric/tensor.ts';
import { boundIn, boundOf } from '../../src/runtime/engines/bounds.ts';
import { kernelCases, kernelNames, referenceOf } from '../kernel/samples.ts';

const sizes = [0, 1e-4, 1, 1e4];

const names = kernelNames.filter((op) => kernelTable[op].training !== true);

describe('the bound of what a kernel makes', () => {
  it.each(names)('holds for %s', (op) => {
    for (const c of kernelCases(op))
      for (const size of sizes) {
        const operands = c.operands.map((t) =>
          tensor(
            t.shape,
            t.data.map((x) => size * x),
          ),
        );
        const made = referenceOf({ ...c, operands });
        const bounds = operands.map(({ data }) => boundIn(Float32Array.from(data)));
        const given = { bounds, filter: operands[1]?.shape, result: made[0]!.shape };
        const bound = boundOf(c.kernel, given) * (1 + 1e-5);
        for (const { data } of made)
          for (const x of data)
            expect(Math.abs(x) <= bound || Number.isNaN(x) || x === belowAll, c.title).toBe(true);
      }
  });

  it.each(names)('is infinite for %s where that of an operand is', (op) => {
    for (const { kernel, operands } of kernelCases(op)) {
      const given = { filter: operands[1]?.shape, result: operands[0]!.shape };
      for (const k of operands.keys()) {
        if (operandOf(kernel, k).of === 'shape') continue;
        const bounds = operands.map((_, i) => (i === k ? Infinity : 1));
        expect(boundOf(kernel, { bounds, ...given })).toBe(Infinity);
      }
    }
  });
});
