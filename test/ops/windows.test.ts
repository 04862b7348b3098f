/** Laws of the layers that slide windows: padding, groups, and the transposed convolution. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { tensor, zeros, type Tensor } from '../../src/numeric/tensor.ts';
import { allSides, extent, isSides, square } from '../../src/ops/parts/args.ts';
import type { Args, Sides } from '../../src/ops/params.ts';
import { apply, casesOf, distance, inputsFor, noise, sized, weightsFor } from './cases.ts';

/** `count` channels from `from` on. */
const channels = (t: Tensor, from: number, count: number): Tensor =>
  apply('channels', { range: { from, to: from + count } }, [t]);

describe('windows', () => {
  const numeric = (args: Args): Sides => {
    const { h, w } = extent(args, 'size');
    const r = typeof args['dilation'] === 'number' ? args['dilation'] : 1;
    const half = (k: number): number => Math.floor((r * (k - 1) + 1) / 2);
    return { top: half(h), bottom: half(h), left: half(w), right: half(w) };
  };

  it.each(['conv', 'depthwise', 'deconv', 'maxpool', 'avgpool'])(
    'of %s: half is half the span on all sides',
    (op) => {
      for (const c of casesOf(op)) {
        const inputs = inputsFor(c.inputs, 2);
        const weights = weightsFor(c.row, c.args, c.inputs);
        const half = c.row.shape({ ...c.args, pad: 'half' }, c.inputs);
        if (E.isLeft(half) || sized(half.right.type, 1).some((n) => n < 1)) continue;
        const numbers = { ...c.args, pad: numeric(c.args) };
        expect(
          distance(
            c.row.reference({ ...c.args, pad: 'half' }, inputs, weights),
            c.row.reference(numbers, inputs, weights),
          ),
        ).toBe(0);
      }
    },
  );

  it('padded are those of `pad` before the layer', () => {
    for (const op of ['conv', 'depthwise'])
      for (const c of casesOf(op)) {
        if (!isSides(c.args['pad'])) continue;
        const inputs = inputsFor(c.inputs, 2);
        const weights = weightsFor(c.row, c.args, c.inputs);
        const there = apply('pad', { by: c.args['pad'] }, inputs);
        const direct = c.row.reference(c.args, inputs, weights);
        const padded = c.row.reference({ ...c.args, pad: 'valid' }, [there], weights);
        expect(distance(direct, padded)).toBeLessThan(1e-14);
      }
  });

  it('of negative numbers have negative maxima', () => {
    for (const c of casesOf('maxpool')) {
      const negative = inputsFor(c.inputs, 2).map((t) => ({
        ...t,
        data: t.data.map((x) => x - 5),
      }));
      expect(c.row.reference(c.args, negative, {}).data.every((x) => x < -3)).toBe(true);
    }
  });
});

describe('groups', () => {
  it.each(['conv', 'deconv'])('of %s are separate layers, concatenated', (op) => {
    for (const c of casesOf(op)) {
      const g = c.args['groups'];
      if (typeof g !== 'number' || g === 1 || typeof c.args['channels'] !== 'number') continue;
      const [x] = inputsFor(c.inputs, 2);
      const weights = weightsFor(c.row, c.args, c.inputs);
      const units = c.args['channels'] / g;
      const per = x.shape[3] / g;
      const parts = Array.from({ length: g }, (_, i) => {
        const last = weights['kernel'].shape[3] / g;
        const kernel = channels(weights['kernel'], i * last, last);
        const bias = weights['bias'];
        return c.row.reference(
          { ...c.args, groups: 1, channels: units },
          [channels(x, i * per, per)],
          bias === undefined
            ? { kernel }
            : { kernel, bias: tensor([units], bias.data.subarray(i * units, (i + 1) * units)) },
        );
      });
      const whole = c.row.reference(c.args, [x], weights);
      expect(distance(whole, apply('concat', {}, parts))).toBeLessThan(1e-14);
    }
  });

  it('as many as channels make a depthwise convolution', () => {
    for (const c of casesOf('depthwise')) {
      const [x] = inputsFor(c.inputs, 2);
      const { kernel, bias } = weightsFor(c.row, c.args, c.inputs);
      const [h, w, channelsIn, m] = kernel.shape;
      const { multiplier: _, ...shared } = c.args;
      const grouped = apply(
        'conv',
        { ...shared, groups: channelsIn, channels: channelsIn * m },
        [x],
        {
          kernel: { shape: [h, w, 1, channelsIn * m], data: kernel.data },
          ...(bias === undefined ? {} : { bias }),
        },
      );
      const depthwise = c.row.reference(c.args, [x], { kernel, ...(bias && { bias }) });
      expect(distance(grouped, depthwise)).toBeLessThan(1e-14);
    }
  });
});

/** ⟨conv(x), y⟩ = ⟨x, deconv(y)⟩: the kernel [h, w, c, n] of one is [h, w, out, in] of the other as it is. */
it('deconv is the transpose of conv', () => {
  const dot = (a: Tensor, b: Tensor): number =>
    a.data.reduce((sum, v, i) => sum + v * b.data[i], 0);
  for (const [stride, pad] of [
    [1, 'same'],
    [2, 'same'],
    [2, 'valid'],
    [3, { top: 1, bottom: 0, left: 2, right: 1 }],
  ] as const) {
    const kernel = noise([4, 4, 2, 3]);
    const args = { size: square(4), stride: square(stride), pad, bias: false };
    const y = noise([1, 3, 2, 3], 2);
    const back = apply('deconv', { ...args, channels: 2 }, [y], { kernel });
    const x = noise(back.shape, 3);
    const there = apply('conv', { ...args, channels: 3 }, [x], { kernel });
    expect(there.shape).toEqual(y.shape);
    expect(dot(there, y)).toBeCloseTo(dot(x, back), 12);
  }
});

it('an image of zeros stays zero under what has no bias', () => {
  const x = zeros([1, 5, 5, 2]);
  const y = apply('conv', { size: square(3), channels: 2, bias: false, pad: allSides(2) }, [x], {
    kernel: noise([3, 3, 2, 2]),
  });
  expect(y.data.every((v) => v === 0)).toBe(true);
});
