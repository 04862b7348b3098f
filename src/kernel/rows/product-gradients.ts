/** Gradients of convolutions: each is linear in what it reads, and so has a gradient of the same kind. */
import { elements, sameShape, zeros } from '../../numeric/tensor.ts';
import { kernel as applied, type TrainingKernel } from '../kernel.ts';
import { eachTap, windowsOver } from '../loops.ts';
import { fixed, sample, shapeOnly, value, type Differentiated, type KernelRow } from '../row.ts';
import { misfit, type Shape } from '../shape.ts';
import { convolving, windowsOf, type Convolution } from './products.ts';

type Backprop = Extract<TrainingKernel, `${string}Conv2${string}`>;

/** The shape of `index`, where that of the gradient is the one that the convolution makes. */
const like =
  (index: 0 | 1, channels: (filter: Shape) => number) =>
  (kernel: Convolution, [x, filter, dy]: readonly Shape[]): readonly Shape[] => {
    const made = [x[0], ...windowsOver(windowsOf(kernel, filter), x), channels(filter)];
    const fits = x[3] === filter[2] && sameShape(made, dy);
    return [fits ? [x, filter][index] : misfit];
  };

const dense = ([, , , outputs]: Shape): number => outputs;
const depthwise = ([, , inputs, multiplier]: Shape): number => inputs * multiplier;

const byInput: Pick<KernelRow<Backprop>, 'operands' | 'results' | 'training'> = {
  operands: [shapeOnly('x'), value('filter'), value('dy')],
  results: ['dx'],
  training: true,
};

const byFilter: Pick<KernelRow<Backprop>, 'operands' | 'results' | 'batched' | 'training'> = {
  operands: [value('x'), shapeOnly('filter'), value('dy')],
  results: ['dfilter'],
  batched: () => false,
  training: true,
};

/** A convolution, and its gradients by its map and by its filter. */
type Names = {
  readonly product: 'Conv2D' | 'DepthwiseConv2dNative';
  readonly byInput: 'Conv2DBackpropInputV2' | 'DepthwiseConv2dNativeBackpropInput';
  readonly byFilter: 'Conv2DBackpropFilterV2' | 'DepthwiseConv2dNativeBackpropFilter';
};

const denseNames: Names = {
  product: 'Conv2D',
  byInput: 'Conv2DBackpropInputV2',
  byFilter: 'Conv2DBackpropFilterV2',
};

const depthwiseNames: Names = {
  product: 'DepthwiseConv2dNative',
  byInput: 'DepthwiseConv2dNativeBackpropInput',
  byFilter: 'DepthwiseConv2dNativeBackpropFilter',
};

/** Of the gradient by the map, which is linear in filter and dy. */
const gradientOfByInput =
  ({ product, byFilter: filterGradient }: Names) =>
  ({ strides, dilations, padding }: Convolution, { operands, gradients }: Differentiated) => {
    const windows: Convolution = { strides, dilations, padding };
    const [filter, dy, g] = [operands[1], operands[2], gradients[0]];
    return [
      undefined,
      applied({ op: filterGradient, ...windows }, g, filter, dy),
      applied({ op: product, ...windows }, g, filter),
    ];
  };

/** Of the gradient by the filter, which is linear in map and dy. */
const gradientOfByFilter =
  ({ product, byInput: mapGradient }: Names) =>
  ({ strides, dilations, padding }: Convolution, { operands, gradients }: Differentiated) => {
    const windows: Convolution = { strides, dilations, padding };
    const [x, dy, g] = [operands[0], operands[2], gradients[0]];
    return [
      applied({ op: mapGradient, ...windows }, x, g, dy),
      undefined,
      applied({ op: product, ...windows }, x, g),
    ];
  };

/** Each number of dy meets as many of the filter as it did on the way there. */
const macs =
  (axes: number) =>
  (_: Convolution, [, filter, dy]: readonly Shape[]): number =>
    elements(dy) * elements(filter.slice(0, axes));

const denseSamples: KernelRow<'Conv2DBackpropInputV2'>['samples'] = [
  sample(convolving(1, 1, 'SAME'), [2, 5, 7, 3], fixed([3, 3, 3, 4]), [2, 5, 7, 4]),
  sample(convolving(2, 1, 'SAME'), [3, 5, 6, 1], fixed([3, 2, 1, 3]), [3, 3, 3, 3]),
  sample(convolving(2, 1, 'VALID'), [2, 8, 6, 3], fixed([3, 3, 3, 1]), [2, 3, 2, 1]),
  sample(convolving(3, 1, 'VALID'), [2, 7, 8, 1], fixed([2, 1, 1, 2]), [2, 2, 3, 2]),
  sample(convolving(3, 1, 'SAME'), [2, 7, 8, 1], fixed([2, 1, 1, 2]), [2, 3, 3, 2]),
  sample(convolving(1, 2, 'SAME'), [2, 7, 9, 3], fixed([3, 3, 3, 2]), [2, 7, 9, 2]),
  sample(convolving(2, 3, 'VALID'), [2, 10, 7, 2], fixed([3, 2, 2, 3]), [2, 2, 2, 3]),
  sample(convolving(1, 1, 'VALID'), [3, 1, 1, 5], fixed([1, 1, 5, 3]), [3, 1, 1, 3]),
  // engines may do otherwise where there are few channels
  sample(convolving(1, 1, 'SAME'), [2, 5, 7, 6], fixed([3, 3, 6, 4]), [2, 5, 7, 4]),
  sample(convolving(2, 1, 'SAME'), [3, 5, 6, 5], fixed([3, 2, 5, 3]), [3, 3, 3, 3]),
  sample(convolving(2, 3, 'VALID'), [2, 10, 7, 5], fixed([3, 2, 5, 3]), [2, 2, 2, 3]),
];

const depthwiseSamples: KernelRow<'DepthwiseConv2dNativeBackpropInput'>['samples'] = [
  sample(convolving(1, 1, 'SAME'), [2, 5, 7, 3], fixed([3, 3, 3, 1]), [2, 5, 7, 3]),
  sample(convolving(2, 1, 'SAME'), [3, 5, 6, 3], fixed([3, 3, 3, 2]), [3, 3, 3, 6]),
  sample(convolving(2, 1, 'VALID'), [2, 8, 5, 1], fixed([3, 2, 1, 3]), [2, 3, 2, 3]),
  sample(convolving(3, 1, 'VALID'), [2, 8, 7, 2], fixed([2, 2, 2, 1]), [2, 3, 2, 2]),
  sample(convolving(1, 2, 'SAME'), [2, 7, 8, 2], fixed([3, 3, 2, 2]), [2, 7, 8, 4]),
];

/** dx[s·o + r·k − p, i] = Σ dy[o, j] · filter[k, i, j] over o, k and j */
export const conv2DBackpropInputV2: KernelRow<'Conv2DBackpropInputV2'> = {
  ...byInput,
  shapes: like(0, dense),
  reference: (kernel, [x, filter, dy]) => {
    const dx = zeros(x.shape);
    const [, , inputs, outputs] = filter.shape;
    eachTap(windowsOf(kernel, filter.shape), x.shape, (to, from, by) => {
      for (let i = 0; i < inputs; i++)
        for (let j = 0; j < outputs; j++)
          dx.data[from * inputs + i] +=
            dy.data[to * outputs + j] * filter.data[(by * inputs + i) * outputs + j];
    });
    return [dx];
  },
  gradient: gradientOfByInput(denseNames),
  macs: macs(3),
  samples: denseSamples,
};

/** dfilter[k, i, j] = Σ x[n, s·o + r·k − p, i] · dy[n, o, j] over the batch and o */
export const conv2DBackpropFilterV2: KernelRow<'Conv2DBackpropFilterV2'> = {
  ...byFilter,
  shapes: like(1, dense),
  reference: (kernel, [x, filter, dy]) => {
    const dfilter = zeros(filter.shape);
    const [, , inputs, outputs] = filter.shape;
    eachTap(windowsOf(kernel, filter.shape), x.shape, (to, from, by) => {
      for (let i = 0; i < inputs; i++)
        for (let j = 0; j < outputs; j++)
          dfilter.data[(by * inputs + i) * outputs + j] +=
            x.data[from * inputs + i] * dy.data[to * outputs + j];
    });
    return [dfilter];
  },
  gradient: gradientOfByFilter(denseNames),
  macs: macs(3),
  samples: denseSamples,
};

/** dx[s·o + r·k − p, i] = Σ dy[o, i·m + j] · filter[k, i, j] over o, k and j */
export const depthwiseBackpropInput: KernelRow<'DepthwiseConv2dNativeBackpropInput'> = {
  ...byInput,
  shapes: like(0, depthwise),
  reference: (kernel, [x, filter, dy]) => {
    const dx = zeros(x.shape);
    const [, , inputs, multiplier] = filter.shape;
    const outputs = inputs * multiplier;
    eachTap(windowsOf(kernel, filter.shape), x.shape, (to, from, by) => {
      for (let j = 0; j < outputs; j++)
        dx.data[from * inputs + Math.floor(j / multiplier)] +=
          dy.data[to * outputs + j] * filter.data[by * outputs + j];
    });
    return [dx];
  },
  gradient: gradientOfByInput(depthwiseNames),
  macs: macs(2),
  samples: depthwiseSamples,
};

/** dfilter[k, i, j] = Σ x[n, s·o + r·k − p, i] · dy[n, o, i·m + j] over the batch and o */
export const depthwiseBackpropFilter: KernelRow<'DepthwiseConv2dNativeBackpropFilter'> = {
  ...byFilter,
  shapes: like(1, depthwise),
  reference: (kernel, [x, filter, dy]) => {
    const dfilter = zeros(filter.shape);
    const [, , inputs, multiplier] = filter.shape;
    const outputs = inputs * multiplier;
    eachTap(windowsOf(kernel, filter.shape), x.shape, (to, from, by) => {
      for (let j = 0; j < outputs; j++)
        dfilter.data[by * outputs + j] +=
          x.data[from * inputs + Math.floor(j / multiplier)] * dy.data[to * outputs + j];
    });
    return [dfilter];
  },
  gradient: gradientOfByFilter(depthwiseNames),
  macs: macs(2),
  samples: depthwiseSamples,
};
