/** Products with weights: convolutions and matrices, and the bias that follows them. */
import { zeros } from '../../numeric/tensor.ts';
import type { KernelOf } from '../kernel.ts';
import { at, eachTap, filled, windowsOver, type Windows } from '../loops.ts';
import { asFirst, fixed, sample, value, type KernelRow } from '../row.ts';
import { nothing, type Shape } from '../shape.ts';

type Convolution = Omit<KernelOf<'Conv2D' | 'DepthwiseConv2dNative'>, 'op'>;

const windowsOf = ({ strides, dilations, padding }: Convolution, [h, w]: Shape): Windows => ({
  window: [h, w],
  strides,
  dilations,
  padding,
});

const convolving = (
  stride: number,
  dilation: number,
  padding: Convolution['padding'],
): Convolution => ({ strides: [stride, stride], dilations: [dilation, dilation], padding });

const operands = [value('x'), value('filter')];

/**
 * y[o, j] = Σ x[s·o + r·k − p, i] · filter[k, i, j] over k and i, where p is what the padding adds before:
 * TensorFlow's convolution does not turn the filter. filter [kh, kw, cin, cout]
 */
export const conv2D: KernelRow<'Conv2D'> = {
  operands,
  results: ['y'],
  shapes: (kernel, [x, filter]) => [
    x[3] === filter[2] ? [x[0], ...windowsOver(windowsOf(kernel, filter), x), filter[3]] : nothing,
  ],
  reference: (kernel, [x, filter]) => {
    const windows = windowsOf(kernel, filter.shape);
    const [, , inputs, outputs] = filter.shape;
    const y = zeros([x.shape[0], ...windowsOver(windows, x.shape), outputs]);
    eachTap(windows, x.shape, (to, from, by) => {
      for (let i = 0; i < inputs; i++) {
        const number = x.data[from * inputs + i];
        const row = (by * inputs + i) * outputs;
        for (let j = 0; j < outputs; j++) y.data[to * outputs + j] += number * filter.data[row + j];
      }
    });
    return [y];
  },
  samples: [
    sample(convolving(1, 1, 'SAME'), [2, 5, 7, 3], fixed([3, 3, 3, 4])),
    sample(convolving(2, 1, 'SAME'), [3, 5, 6, 1], fixed([3, 2, 1, 3])),
    sample(convolving(2, 1, 'VALID'), [2, 7, 5, 3], fixed([3, 3, 3, 1])),
    sample(convolving(3, 1, 'VALID'), [2, 7, 8, 1], fixed([2, 1, 1, 2])),
    sample(convolving(1, 2, 'SAME'), [2, 7, 9, 3], fixed([3, 3, 3, 2])),
    sample(convolving(1, 3, 'VALID'), [2, 9, 7, 2], fixed([3, 2, 2, 3])),
    sample(convolving(1, 1, 'VALID'), [3, 1, 1, 5], fixed([1, 1, 5, 3])),
  ],
  fuses: 'product',
};

/** y[o, i·m + j] = Σ x[s·o + r·k − p, i] · filter[k, i, j] over k. filter [kh, kw, cin, m] */
export const depthwiseConv2dNative: KernelRow<'DepthwiseConv2dNative'> = {
  operands,
  results: ['y'],
  shapes: (kernel, [x, filter]) => [
    x[3] === filter[2]
      ? [x[0], ...windowsOver(windowsOf(kernel, filter), x), filter[2] * filter[3]]
      : nothing,
  ],
  reference: (kernel, [x, filter]) => {
    const windows = windowsOf(kernel, filter.shape);
    const [, , inputs, multiplier] = filter.shape;
    const outputs = inputs * multiplier;
    const y = zeros([x.shape[0], ...windowsOver(windows, x.shape), outputs]);
    eachTap(windows, x.shape, (to, from, by) => {
      for (let j = 0; j < outputs; j++)
        y.data[to * outputs + j] +=
          x.data[from * inputs + Math.floor(j / multiplier)] * filter.data[by * outputs + j];
    });
    return [y];
  },
  samples: [
    sample(convolving(1, 1, 'SAME'), [2, 5, 7, 3], fixed([3, 3, 3, 1])),
    sample(convolving(2, 1, 'SAME'), [3, 5, 6, 3], fixed([3, 3, 3, 2])),
    sample(convolving(2, 1, 'VALID'), [2, 7, 5, 1], fixed([3, 2, 1, 3])),
    sample(convolving(1, 2, 'VALID'), [2, 7, 9, 3], fixed([3, 3, 3, 1])),
    sample(convolving(1, 2, 'SAME'), [2, 7, 8, 2], fixed([3, 3, 2, 1])),
  ],
  fuses: 'product',
};

/** Height and width of the map whose convolution has the size of `dy`. */
const before = (
  { strides, padding }: Omit<KernelOf<'Conv2DBackpropInput'>, 'op'>,
  dy: Shape,
  filter: Shape,
): readonly [h: number, w: number] => {
  const along = (axis: 0 | 1): number =>
    padding === 'SAME'
      ? strides[axis] * dy[axis + 1]
      : strides[axis] * (dy[axis + 1] - 1) + filter[axis];
  return [along(0), along(1)];
};

/**
 * dx[s·o + k − p, i] = Σ dy[o, j] · filter[k, i, j] over o, k and j: the transpose of Conv2D, and its gradient by x.
 * filter [kh, kw, cout, cin]
 */
export const conv2DBackpropInput: KernelRow<'Conv2DBackpropInput'> = {
  operands: [value('dy'), value('filter')],
  results: ['dx'],
  shapes: (kernel, [dy, filter]) => [
    dy[3] === filter[3] ? [dy[0], ...before(kernel, dy, filter), filter[2]] : nothing,
  ],
  reference: (kernel, [dy, filter]) => {
    const [, , outputs, inputs] = filter.shape;
    const dx = zeros([dy.shape[0], ...before(kernel, dy.shape, filter.shape), outputs]);
    eachTap(windowsOf({ ...kernel, dilations: [1, 1] }, filter.shape), dx.shape, (from, to, by) => {
      for (let i = 0; i < outputs; i++)
        for (let j = 0; j < inputs; j++)
          dx.data[to * outputs + i] +=
            dy.data[from * inputs + j] * filter.data[(by * outputs + i) * inputs + j];
    });
    return [dx];
  },
  samples: [
    sample({ strides: [1, 1], padding: 'SAME' }, [2, 5, 3, 3], fixed([3, 3, 2, 3])),
    sample({ strides: [2, 2], padding: 'SAME' }, [2, 3, 4, 1], fixed([3, 4, 3, 1])),
    sample({ strides: [2, 1], padding: 'VALID' }, [3, 3, 5, 2], fixed([3, 2, 1, 2])),
    sample({ strides: [3, 3], padding: 'VALID' }, [2, 3, 2, 3], fixed([2, 2, 1, 3])),
  ],
};

/** y[n, j] = Σ a[n, i] · b[i, j] */
export const matMul: KernelRow<'MatMul'> = {
  operands: [value('a'), value('b')],
  results: ['y'],
  shapes: (_, [a, b]) => [a[1] === b[0] ? [a[0], b[1]] : nothing],
  reference: (_, [a, b]) => {
    const [rows, inner] = a.shape;
    const [, columns] = b.shape;
    const y = zeros([rows, columns]);
    for (let n = 0; n < rows; n++)
      for (let i = 0; i < inner; i++)
        for (let j = 0; j < columns; j++)
          y.data[n * columns + j] += a.data[n * inner + i] * b.data[i * columns + j];
    return [y];
  },
  samples: [
    sample({}, [2, 7], fixed([7, 5])),
    sample({}, [3, 1], fixed([1, 3])),
    sample({}, [1, 9], fixed([9, 1])),
  ],
  fuses: 'product',
};

/** y[…, i] = x[…, i] + bias[i] */
export const biasAdd: KernelRow<'BiasAdd'> = {
  operands: [value('x'), value('bias')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x, bias]) => [filled(x.shape, (place) => at(x, place) + at(bias, place))],
  samples: [
    sample({}, [2, 3, 5, 3], fixed([3])),
    sample({}, [3, 7], fixed([7])),
    sample({}, [2, 1], fixed([1])),
  ],
  fuses: 'bias',
};
