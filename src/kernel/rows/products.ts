/** Products with weights: convolutions and matrices, and the bias that follows them. */
import { elements, zeros } from '../../numeric/tensor.ts';
import { summedTo } from '../formulas.ts';
import { kernel as applied, type KernelOf, type Lowered } from '../kernel.ts';
import { at, eachTap, filled, windowsOver, type Windows } from '../loops.ts';
import { asFirst, fixed, sample, value, type KernelRow } from '../row.ts';
import { misfit, type Shape } from '../shape.ts';

/** What a convolution and its gradients hold. */
export type Convolution = Omit<KernelOf<'Conv2D' | 'DepthwiseConv2dNative'>, 'op'>;

/** The windows of a convolution with a filter of this shape. */
export const windowsOf = (
  { strides, dilations, padding }: Convolution,
  [h, w]: Shape,
): Windows => ({
  window: [h, w],
  strides,
  dilations,
  padding,
});

/** A convolution for a sample, the same down and across. */
export const convolving = (
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
    x[3] === filter[2] ? [x[0], ...windowsOver(windowsOf(kernel, filter), x), filter[3]] : misfit,
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
  gradient: ({ strides, dilations, padding }, { operands, gradients }) => {
    const on = [operands[0], operands[1], gradients[0]] as const;
    const windows = { strides, dilations, padding };
    return [
      applied({ op: 'Conv2DBackpropInputV2', ...windows }, ...on),
      applied({ op: 'Conv2DBackpropFilterV2', ...windows }, ...on),
    ];
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
  macs: (_, [, filter], [y]) => elements(y) * elements(filter.slice(0, 3)),
  fuses: 'product',
};

/** y[o, i·m + j] = Σ x[s·o + r·k − p, i] · filter[k, i, j] over k. filter [kh, kw, cin, m] */
export const depthwiseConv2dNative: KernelRow<'DepthwiseConv2dNative'> = {
  operands,
  results: ['y'],
  shapes: (kernel, [x, filter]) => [
    x[3] === filter[2]
      ? [x[0], ...windowsOver(windowsOf(kernel, filter), x), filter[2] * filter[3]]
      : misfit,
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
  gradient: ({ strides, dilations, padding }, { operands, gradients }) => {
    const on = [operands[0], operands[1], gradients[0]] as const;
    const windows = { strides, dilations, padding };
    return [
      applied({ op: 'DepthwiseConv2dNativeBackpropInput', ...windows }, ...on),
      applied({ op: 'DepthwiseConv2dNativeBackpropFilter', ...windows }, ...on),
    ];
  },
  samples: [
    sample(convolving(1, 1, 'SAME'), [2, 5, 7, 3], fixed([3, 3, 3, 1])),
    sample(convolving(2, 1, 'SAME'), [3, 5, 6, 3], fixed([3, 3, 3, 2])),
    sample(convolving(2, 1, 'VALID'), [2, 7, 5, 1], fixed([3, 2, 1, 3])),
    sample(convolving(1, 2, 'VALID'), [2, 7, 9, 3], fixed([3, 3, 3, 1])),
    sample(convolving(1, 2, 'SAME'), [2, 7, 8, 2], fixed([3, 3, 2, 1])),
  ],
  macs: (_, [, filter], [y]) => elements(y) * elements(filter.slice(0, 2)),
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
    dy[3] === filter[3] ? [dy[0], ...before(kernel, dy, filter), filter[2]] : misfit,
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
  // it is linear in dy and in the filter, and the transpose of its transpose is the convolution
  gradient: ({ strides, padding }, { operands, gradients }) => {
    const windows: Convolution = { strides, dilations: [1, 1], padding };
    const [dy, filter, g] = [operands[0], operands[1], gradients[0]];
    return [
      applied({ op: 'Conv2D', ...windows }, g, filter),
      applied({ op: 'Conv2DBackpropFilterV2', ...windows }, g, filter, dy),
    ];
  },
  samples: [
    sample({ strides: [1, 1], padding: 'SAME' }, [2, 5, 3, 3], fixed([3, 3, 2, 3])),
    sample({ strides: [2, 2], padding: 'SAME' }, [2, 3, 4, 1], fixed([3, 4, 3, 1])),
    sample({ strides: [2, 1], padding: 'VALID' }, [3, 3, 5, 2], fixed([3, 2, 1, 2])),
    sample({ strides: [3, 3], padding: 'VALID' }, [2, 3, 2, 3], fixed([2, 2, 1, 3])),
  ],
  macs: (_, [dy, filter]) => elements(dy) * elements(filter.slice(0, 3)),
};

type MatMul = Omit<KernelOf<'MatMul'>, 'op'>;

const product = (a: Lowered, b: Lowered, transposed?: MatMul['transposed']): Lowered =>
  applied(transposed === undefined ? { op: 'MatMul' } : { op: 'MatMul', transposed }, a, b);

/** Rows and columns of a matrix as it is multiplied, and how far it is from one of them to the next. */
const matrix = ({ transposed }: MatMul, which: 'a' | 'b', [rows, columns]: Shape) =>
  transposed === which
    ? { rows: columns, columns: rows, down: 1, across: columns }
    : { rows, columns, down: columns, across: 1 };

/** y[n, j] = Σ a[n, i] · b[i, j], with a[i, n] or b[j, i] where it is transposed */
export const matMul: KernelRow<'MatMul'> = {
  operands: [value('a'), value('b')],
  results: ['y'],
  shapes: (kernel, operands) => {
    const [a, b] = [matrix(kernel, 'a', operands[0]), matrix(kernel, 'b', operands[1])];
    return [a.columns === b.rows ? [a.rows, b.columns] : misfit];
  },
  batched: ({ transposed }, [a]) => a && transposed !== 'a',
  reference: (kernel, [left, right]) => {
    const [a, b] = [matrix(kernel, 'a', left.shape), matrix(kernel, 'b', right.shape)];
    const y = zeros([a.rows, b.columns]);
    for (let n = 0; n < a.rows; n++)
      for (let i = 0; i < a.columns; i++)
        for (let j = 0; j < b.columns; j++)
          y.data[n * b.columns + j] +=
            left.data[n * a.down + i * a.across] * right.data[i * b.down + j * b.across];
    return [y];
  },
  gradient: ({ transposed }, { operands, gradients }) => {
    const [a, b, g] = [operands[0], operands[1], gradients[0]];
    if (transposed === 'a') return [product(b, g, 'b'), product(a, g)];
    if (transposed === 'b') return [product(g, b), product(g, a, 'a')];
    return [product(g, b, 'b'), product(a, g, 'a')];
  },
  samples: [
    sample({}, [2, 7], fixed([7, 5])),
    sample({}, [3, 1], fixed([1, 3])),
    sample({}, [1, 9], fixed([9, 1])),
    sample({ transposed: 'a' }, [3, 7], [3, 5]),
    sample({ transposed: 'b' }, [3, 7], fixed([5, 7])),
  ],
  macs: (kernel, [a], [y]) => elements(y) * matrix(kernel, 'a', a).columns,
  fuses: 'product',
};

/** y[…, i] = x[…, i] + bias[i] */
export const biasAdd: KernelRow<'BiasAdd'> = {
  operands: [value('x'), value('bias')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x, bias]) => [filled(x.shape, (place) => at(x, place) + at(bias, place))],
  gradient: (_, { operands, gradients }) => [gradients[0], summedTo(gradients[0], operands[1])],
  samples: [
    sample({}, [2, 3, 5, 3], fixed([3])),
    sample({}, [3, 7], fixed([7])),
    sample({}, [2, 1], fixed([1])),
  ],
  fuses: 'bias',
};
