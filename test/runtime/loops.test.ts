/** Loops over the memory of a backend give what they say, whatever the shapes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elements } from '../../src/numeric/tensor.ts';
import { repeatedLoop } from '../../src/runtime/engines/loops.ts';

/** The number of a place of `result` that x, whose axes may be 1, has there. */
const indexIn = (x: readonly number[], result: readonly number[], place: number): number => {
  let [rest, index, step] = [place, 0, 1];
  for (let axis = x.length - 1; axis >= 0; axis--) {
    const at = rest % result[axis]!;
    rest = Math.floor(rest / result[axis]!);
    if (x[axis]! > 1) index += at * step;
    step *= x[axis]!;
  }
  return index;
};

test('a tensor is repeated along the axes that are 1', () => {
  const axis = fc.record({ length: fc.integer({ min: 1, max: 5 }), repeated: fc.boolean() });
  fc.assert(
    fc.property(fc.array(axis, { maxLength: 5 }), (axes) => {
      const result = axes.map(({ length }) => length);
      const x = axes.map(({ length, repeated }) => (repeated ? 1 : length));
      const from = Float32Array.from({ length: elements(x) }, (_, i) => i + 1);
      const out = new Float32Array(elements(result)).fill(NaN);
      repeatedLoop(x, result)(out, from);
      expect([...out]).toEqual([...out.keys()].map((i) => from[indexIn(x, result, i)]));
    }),
  );
});
