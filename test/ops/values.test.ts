/** Every sample of the table against a second statement of its operator: shapes, then numbers. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { elements, tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { square } from '../../src/ops/parts/args.ts';
import type { Args } from '../../src/ops/params.ts';
import { table, type OperatorName } from '../../src/ops/table.ts';
import {
  apply,
  at,
  cases,
  distance,
  inputsFor,
  isFree,
  shapeIn,
  sized,
  weightsFor,
} from './cases.ts';
import { naive } from './naive.ts';
import { processorTime } from '../processor-time.ts';

/** The place of element i of a tensor of this shape. */
const placeOf = (shape: readonly number[], i: number): readonly number[] => {
  const place = shape.map(() => 0);
  for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
    place[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
};

it('states every operator a second time', () => {
  expect(Object.keys(naive).sort()).toEqual([...table.keys()].sort());
});

describe('the shape rule, the second statement and the executed shape are one', () => {
  it.each(cases.map((c) => [c.title, c] as const))('%s', (_, c) => {
    const stated = naive[c.row.name].shape(c.args, ...c.inputs.map((t) => sized(t, 2)));
    expect(sized(shapeIn(c.row, c.args, c.inputs).type, 2)).toEqual(stated);
    const weights = weightsFor(c.row, c.args, c.inputs);
    const result = c.row.reference(c.args, inputsFor(c.inputs, 2), weights);
    expect(result.shape).toEqual(stated);
    expect(result.data.length).toBe(elements(stated));
  });
});

it('gives sizes of h and w that are right at every h and w', () => {
  for (const row of table.values())
    for (const { args, inputs } of row.samples.filter((s) => s.inputs.some(isFree))) {
      const symbolic = shapeIn(row, args, inputs);
      if (symbolic.conditions.length > 0) continue;
      for (let h = 12; h <= 40; h++) {
        const fixed = inputs.map((t) => at(t, h, 61 - h));
        const stated = naive[row.name].shape(args, ...fixed.map((t) => sized(t, 2)));
        expect(sized(at(symbolic.type, h, 61 - h), 2)).toEqual(stated);
      }
    }
});

describe('the reference is the definition', () => {
  it.each(cases.map((c) => [c.title, c] as const))('%s', (_, c) => {
    const inputs = inputsFor(c.inputs, 2);
    const weights = weightsFor(c.row, c.args, c.inputs);
    const result = c.row.reference(c.args, inputs, weights);
    const data = result.data.map((_value, i) =>
      naive[c.row.name].value(c.args, inputs, weights, placeOf(result.shape, i)),
    );
    expect(distance(result, { shape: result.shape, data })).toBeLessThan(1e-12);
  });
});

/** Single numbers, computed by hand. */
describe('by hand', () => {
  const line = (...data: readonly number[]): Tensor => tensor([1, 1, data.length, 1], data);
  const listed = (t: Tensor): readonly number[] => [...t.data];
  const row = (w: number) => ({ h: 1, w });

  it('convolves without flipping the kernel, and pads with zeros', () => {
    const kernel = tensor([1, 3, 1, 1], [1, 10, 100]);
    const y = apply('conv', { size: row(3), channels: 1 }, [line(1, 2, 3)], {
      kernel,
      bias: tensor([1], [0.5]),
    });
    expect(listed(y)).toEqual([210.5, 321.5, 32.5]);
  });

  it('pads after, not before, where `same` pads unevenly', () => {
    const kernel = tensor([1, 3, 1, 1], [1, 10, 100]);
    const args = { size: row(3), channels: 1, stride: row(2), bias: false };
    const x = [line(1, 2, 3, 4)];
    expect(listed(apply('conv', { ...args, pad: 'same' }, x, { kernel }))).toEqual([321, 43]);
    expect(listed(apply('conv', { ...args, pad: 'half' }, x, { kernel }))).toEqual([210, 432]);
  });

  it('spreads a transposed convolution over windows that overlap', () => {
    const kernel = tensor([1, 3, 1, 1], [1, 10, 100]);
    const args = { size: row(3), channels: 1, stride: row(2), bias: false };
    const valid = apply('deconv', { ...args, pad: 'valid' }, [line(1, 2)], { kernel });
    expect(listed(valid)).toEqual([1, 10, 102, 20, 200]);
    expect(listed(apply('deconv', args, [line(1, 2)], { kernel }))).toEqual([1, 10, 102, 20]);
  });

  it('takes maxima of negative numbers, and never of the padding', () => {
    const args = { size: row(3), stride: row(2), pad: { top: 0, bottom: 0, left: 1, right: 1 } };
    expect(listed(apply('maxpool', args, [line(-5, -3, -4, -9)]))).toEqual([-3, -3]);
  });

  it('divides an average by the pixels that count', () => {
    const args = { size: row(3), stride: row(2), pad: { top: 0, bottom: 0, left: 1, right: 1 } };
    expect(listed(apply('avgpool', args, [line(1, 3, 5)]))).toEqual([2, 4]);
    const included = apply('avgpool', { ...args, include_pad: true }, [line(1, 3, 5)]);
    expect(listed(included)).toEqual([4 / 3, 8 / 3]);
  });

  it('keeps an unfinished window with ceil and never counts what it adds', () => {
    const args = { size: row(2), round: 'ceil', include_pad: true };
    expect(listed(apply('avgpool', args, [line(1, 3, 7)]))).toEqual([2, 7]);
  });

  it('normalises locally without dividing by the size', () => {
    const y = apply('lrn', { size: 3, alpha: 1, beta: 0.5, k: 0 }, [
      tensor([1, 1, 1, 3], [3, 4, 0]),
    ]);
    expect(listed(y)).toEqual([3 / 5, 4 / 5, 0]);
  });

  it('blends at half-pixel centres', () => {
    const y = apply('upsample', { method: 'bilinear' }, [line(0, 4)]);
    expect(listed(y)).toEqual([0, 1, 3, 4, 0, 1, 3, 4]);
    expect(listed(apply('upsample', { scale: 3 }, [line(1, 2)])).slice(0, 6)).toEqual([
      1, 1, 1, 2, 2, 2,
    ]);
  });

  it('takes softmax of large numbers', () => {
    const y = apply('softmax', {}, [tensor([1, 3], [1000, 1000, -1000])]);
    expect(listed(y)).toEqual([0.5, 0.5, 0]);
  });

  it('weighs numbers by the normal distribution, exactly or nearly so', () => {
    const x = tensor(
      [1, 121],
      Array.from({ length: 121 }, (_, i) => i / 10 - 6),
    );
    const exact = apply('gelu', {}, [x]);
    expect(exact.data[70]).toBeCloseTo(0.841344746068543, 15);
    expect(exact.data[50]).toBeCloseTo(-0.158655253931457, 15);
    expect(distance(exact, apply('gelu', { approximate: true }, [x]))).toBeLessThan(5e-4);
    expect(distance(exact, apply('gelu', { approximate: true }, [x]))).toBeGreaterThan(4e-4);
  });

  it('normalises an image by itself', () => {
    const gamma = tensor([4], [1, 1, 1, 10]);
    const beta = tensor([4], [0, 0, 0, 1]);
    const x = [tensor([1, 1, 2, 4], [1, 3, 10, 20, 1, 3, 30, 40])];
    const by = (op: OperatorName, args: Args): readonly number[] =>
      listed(apply(op, { ...args, eps: 1e-12 }, x, { gamma, beta })).map((v) => +v.toFixed(3));
    expect(by('groupnorm', { groups: 2 })).toEqual([-1, 1, -1.342, -3.472, -1, 1, 0.447, 14.416]);
    expect(by('instancenorm', {})).toEqual([0, 0, -1, -9, 0, 0, 1, 11]);
    expect(by('layernorm', {}).slice(0, 4)).toEqual([-1.009, -0.74, 0.202, 16.471]);
  });

  it('flattens with the channel innermost', () => {
    const x = tensor([1, 2, 1, 2], [1, 2, 3, 4]);
    expect(apply('flatten', {}, [x])).toEqual(tensor([1, 4], [1, 2, 3, 4]));
  });

  it('is fast enough for a narrow VGG at 64 × 64', () => {
    const x = { shape: [1, 64, 64, 16], data: new Float64Array(64 * 64 * 16).fill(1) };
    const kernel = { shape: [3, 3, 16, 16], data: new Float64Array(9 * 256).fill(1) };
    const args = { size: square(3), channels: 16, bias: false };
    // 9.4 million multiply–adds
    expect(processorTime(() => void apply('conv', args, [x], { kernel }))).toBeLessThan(3000);
  });
});

it('finds a fault for every mistake', () => {
  for (const row of table.values())
    for (const { args, inputs, fault } of row.mistakes) {
      const shape = row.shape(args, inputs);
      expect([row.name, E.isLeft(shape) ? shape.left.tag : 'none']).toEqual([row.name, fault]);
    }
});
