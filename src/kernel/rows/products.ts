/** Products with weights: convolutions and matrices, and the bias that follows them. */
import type { KernelOf } from '../kernel.ts';
import { asFirst, value, type KernelRow } from '../row.ts';
import { nothing, windowsAlong, type Shape } from '../shape.ts';

/** Height and width of the result of a convolution. */
const places = (
  { strides, dilations, padding }: KernelOf<'Conv2D' | 'DepthwiseConv2dNative'>,
  x: Shape,
  filter: Shape,
): readonly [h: number, w: number] => {
  const along = (axis: 0 | 1): number =>
    windowsAlong(x[axis + 1], dilations[axis] * (filter[axis] - 1) + 1, strides[axis], padding);
  return [along(0), along(1)];
};

/** filter [kh, kw, cin, cout] */
export const conv2D: KernelRow<'Conv2D'> = {
  operands: [value('x'), value('filter')],
  shapes: (kernel, [x, filter]) => [
    x[3] === filter[2] ? [x[0], ...places(kernel, x, filter), filter[3]] : nothing,
  ],
  fuses: 'product',
};

/** filter [kh, kw, cin, multiplier] */
export const depthwiseConv2dNative: KernelRow<'DepthwiseConv2dNative'> = {
  operands: [value('x'), value('filter')],
  shapes: (kernel, [x, filter]) => [
    x[3] === filter[2] ? [x[0], ...places(kernel, x, filter), filter[2] * filter[3]] : nothing,
  ],
  fuses: 'product',
};

/** filter [kh, kw, cout, cin]: that of the convolution whose input this gives back the gradient of */
export const conv2DBackpropInput: KernelRow<'Conv2DBackpropInput'> = {
  operands: [value('dy'), value('filter')],
  shapes: ({ strides, padding }, [dy, filter]) => {
    const along = (axis: 0 | 1): number =>
      padding === 'SAME'
        ? strides[axis] * dy[axis + 1]
        : strides[axis] * (dy[axis + 1] - 1) + filter[axis];
    return [dy[3] === filter[3] ? [dy[0], along(0), along(1), filter[2]] : nothing];
  },
};

/** [n, a] · [a, b] */
export const matMul: KernelRow<'MatMul'> = {
  operands: [value('a'), value('b')],
  shapes: (_, [a, b]) => [a[1] === b[0] ? [a[0], b[1]] : nothing],
  fuses: 'product',
};

/** bias [c] */
export const biasAdd: KernelRow<'BiasAdd'> = {
  operands: [value('x'), value('bias')],
  shapes: asFirst,
  fuses: 'bias',
};
