/**
 * What rows lower to, and the paddings. That the kernels compute what the reference does is tested with an
 * engine, in test/runtime.
 */
import { describe, expect, it } from 'vitest';
import { square, withDefaults } from '../../src/ops/parts/args.ts';
import type { Kernel, Lowered } from '../../src/kernel/kernel.ts';
import type { Args } from '../../src/ops/params.ts';
import { rowOf, type OperatorName } from '../../src/ops/table.ts';
import { freeAxis, image, mapType, type TensorType } from '../../src/ops/types.ts';
import {
  padsFor,
  padsForAll,
  slidesOf,
  spanOf,
  windowsAlong,
  type Slide,
} from '../../src/ops/parts/windows.ts';
import { shapeIn } from './cases.ts';

const free = mapType(freeAxis('h'), freeAxis('w'), 4);

const lower = (op: OperatorName, given: Args, ...inputs: readonly TensorType[]) => {
  const row = rowOf(op);
  const args = withDefaults(row.params, given);
  return row.lower(args, { inputs, output: shapeIn(row, args, inputs).type });
};

/** The kernels of an expression from the inside out, in a short form. */
const kernels = (l: Lowered): readonly string[] =>
  l.tag === 'kernel' ? [...l.inputs.flatMap(kernels), brief(l.kernel)] : [];

const brief = (k: Kernel): string => {
  switch (k.op) {
    case 'Conv2D':
    case 'DepthwiseConv2dNative':
      return `${k.op} ${k.padding} /${k.strides} dilated ${k.dilations}`;
    case 'Conv2DBackpropInput':
      return `${k.op} ${k.padding} /${k.strides}`;
    case 'MaxPool':
    case 'AvgPool':
      return `${k.op} ${k.window} ${k.padding} /${k.strides}`;
    case 'PadV2':
      return `PadV2 ${k.paddings.slice(1, 3).join(' ')} with ${k.value}`;
    case 'PadSame':
      return `PadSame ${k.spans} /${k.strides}`;
    case 'Slice':
      return `Slice ${k.begin} + ${k.size}`;
    case 'Reshape':
      return `Reshape ${k.shape}`;
    default:
      return k.op;
  }
};

const shown = (op: OperatorName, given: Args, ...inputs: readonly TensorType[]): string =>
  kernels(lower(op, given, ...inputs)).join('; ');

describe('a convolution', () => {
  const conv = (given: Args, x: TensorType): string =>
    shown('conv', { size: square(3), channels: 4, bias: false, ...given }, x);

  it('is SAME where that pads so for every image, and VALID after PadV2 elsewhere', () => {
    expect(conv({}, free)).toBe('Conv2D SAME /1,1 dilated 1,1');
    expect(conv({ dilation: 2 }, free)).toBe('Conv2D SAME /1,1 dilated 2,2');
    expect(conv({ size: { h: 1, w: 7 } }, free)).toBe('Conv2D SAME /1,1 dilated 1,1');
    expect(conv({ stride: square(2), pad: 'same' }, free)).toBe('Conv2D SAME /2,2 dilated 1,1');
    expect(conv({ pad: 'valid' }, free)).toBe('Conv2D VALID /1,1 dilated 1,1');
    const padded = 'PadV2 1,1 1,1 with 0; Conv2D VALID /2,2 dilated 1,1';
    expect(conv({ stride: square(2) }, free)).toBe(padded);
    expect(conv({ stride: square(2) }, image(8, 8, 4))).toBe(padded);
    expect(conv({ stride: square(2) }, image(9, 9, 4))).toBe('Conv2D SAME /2,2 dilated 1,1');
    expect(conv({ size: square(2) }, free)).toBe(
      'PadV2 1,1 1,1 with 0; Conv2D VALID /1,1 dilated 1,1',
    );
  });

  it('never has stride and dilation at once', () => {
    expect(conv({ stride: square(2), dilation: 2, pad: 'valid' }, free)).toBe(
      'MaxPool 1,1 VALID /2,2; Conv2D VALID /1,1 dilated 1,1',
    );
    expect(conv({ stride: square(2), dilation: 3, pad: 'valid' }, free)).toBe(
      'Conv2D VALID /1,1 dilated 3,3; MaxPool 1,1 VALID /2,2',
    );
    expect(conv({ stride: square(2), dilation: 3, pad: 'same' }, free)).toBe(
      'PadSame 7,7 /2,2; Conv2D VALID /1,1 dilated 3,3; MaxPool 1,1 VALID /2,2',
    );
  });

  it('is padded by hand where windows leave pixels out, which wasm gets wrong', () => {
    const apart = { size: square(2), stride: square(3), pad: 'same' };
    expect(conv(apart, free)).toBe('PadSame 2,2 /3,3; Conv2D VALID /3,3 dilated 1,1');
    expect(conv(apart, image(6, 7, 4))).toBe('PadV2 0,0 0,1 with 0; Conv2D VALID /3,3 dilated 1,1');
  });

  it('has groups side by side, or is depthwise', () => {
    expect(conv({ groups: 2, channels: 6 }, free)).toBe(
      [
        'Slice 0,0,0 + -1,-1,2',
        'Conv2D SAME /1,1 dilated 1,1',
        'Slice 0,0,2 + -1,-1,2',
        'Conv2D SAME /1,1 dilated 1,1',
        'ConcatV2',
      ].join('; '),
    );
    expect(conv({ groups: 4, channels: 8 }, free)).toBe(
      'DepthwiseConv2dNative SAME /1,1 dilated 1,1',
    );
  });
});

it('a transposed convolution is cut where it is not SAME', () => {
  const deconv = (k: number, given: Args): string =>
    shown('deconv', { size: square(k), channels: 2, bias: false, ...given }, free);
  const two = { stride: square(2) };
  expect(deconv(2, two)).toBe('Conv2DBackpropInput SAME /2,2');
  expect(deconv(4, { ...two, pad: { top: 1, bottom: 1, left: 1, right: 1 } })).toBe(
    'Conv2DBackpropInput SAME /2,2',
  );
  expect(deconv(3, { ...two, pad: 'half' })).toBe(
    'Conv2DBackpropInput VALID /2,2; Slice 1,1,0 + -2,-2,-1',
  );
  expect(deconv(3, { ...two, pad: 'valid' })).toBe('Conv2DBackpropInput VALID /2,2');
});

it('a pool pads with what does not count', () => {
  const args = { size: square(3), stride: square(2), pad: 'half' };
  expect(shown('maxpool', args, free)).toBe(
    'PadV2 1,1 1,1 with -3.4028234663852886e+38; MaxPool 3,3 VALID /2,2',
  );
  expect(shown('avgpool', { ...args, include_pad: true }, free)).toBe(
    'PadV2 1,1 1,1 with 0; AvgPool 3,3 VALID /2,2',
  );
  expect(shown('avgpool', args, free)).toBe(
    'PadV2 1,1 1,1 with 0; AvgPool 3,3 VALID /2,2; ' +
      'Slice 0,0,0 + -1,-1,1; OnesLike; PadV2 1,1 1,1 with 0; AvgPool 3,3 VALID /2,2; RealDiv',
  );
  expect(shown('avgpool', args, image(8, 8, 4))).toBe(
    'PadV2 1,1 1,1 with 0; AvgPool 3,3 VALID /2,2; Mul',
  );
  expect(shown('avgpool', { ...args, stride: square(1) }, free)).toBe('AvgPool 3,3 SAME /1,1');
  expect(shown('avgpool', { ...args, pad: 'same', include_pad: true }, free)).toBe(
    'PadSame 3,3 /2,2; AvgPool 3,3 VALID /2,2',
  );
  expect(Math.fround(-3.4028234663852886e38)).toBe(-3.4028234663852886e38);
});

it('normalises a vector as a map of one pixel', () => {
  expect(shown('batchnorm', {}, { tag: 'vector', c: 3 })).toBe(
    'Reshape 1,1,3; FusedBatchNormV3; Reshape 3',
  );
  expect(shown('multiply', {}, { tag: 'vector', c: 4 }, free)).toBe('Reshape 1,1,4; Mul');
});

it('nothing is left of what does nothing', () => {
  for (const [op, args] of [
    ['id', {}],
    ['dropout', {}],
    ['pad', { by: { top: 0, bottom: 0, left: 0, right: 0 } }],
    ['crop', { by: { top: 0, bottom: 0, left: 0, right: 0 } }],
    ['upsample', { scale: 1 }],
    ['channels', { range: { from: 0, to: 4 } }],
  ] as const)
    expect(lower(op, args, free)).toEqual({ tag: 'input', index: 0 });
});

/** PyTorch's own lines (Pool.h, pooling_output_shape_pad_lr), with padding of its own on either side. */
const pytorch = (length: number, k: number, before: number, after: number, s: number): number => {
  const numerator = length + before + after - (k - 1) - 1 + (s - 1);
  const size = Math.floor(numerator / s) + 1;
  return (size - 1) * s >= length + before ? size - 1 : size;
};

describe('ceil', () => {
  const slides: readonly Slide[] = [1, 2, 3, 4, 5].flatMap((kernel) =>
    [1, 2, 3, 4, 6, 7].flatMap((stride) =>
      [...Array(kernel).keys()].flatMap((before) =>
        [...Array(kernel).keys()].map((after): Slide => ({
          kernel,
          stride,
          dilation: 1,
          pads: { before, after },
          round: 'ceil',
        })),
      ),
    ),
  );

  it('rounds as PyTorch does, and VALID windows after the pads are as many', () => {
    for (const slide of slides)
      for (let length = 1; length <= 25; length++) {
        if (slide.pads === 'same') continue;
        const { before, after } = slide.pads;
        const count = windowsAlong(slide, length);
        expect(count).toBe(pytorch(length, slide.kernel, before, after, slide.stride));
        if (count < 1) continue;
        for (const pads of [padsFor(slide, length), padsForAll(slide)]) {
          const room = length + (pads?.before ?? 0) + (pads?.after ?? 0) - spanOf(slide);
          expect(Math.floor(room / slide.stride) + 1, JSON.stringify([slide, length])).toBe(count);
        }
      }
  });

  it('adds no more for a fixed size than is needed', () => {
    const args = withDefaults(rowOf('maxpool').params, {
      size: square(3),
      stride: square(2),
      round: 'ceil',
    });
    const { h } = slidesOf(args);
    expect(padsFor(h, 7)).toEqual({ before: 0, after: 0 });
    expect(padsFor(h, 8)).toEqual({ before: 0, after: 1 });
    expect(padsForAll(h)).toEqual({ before: 0, after: 1 });
  });
});
