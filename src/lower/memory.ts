/** The shape of every kernel's result, and the bytes it takes, before anything runs. */
import { absurd, Bug } from '../diagnostic/bug.ts';
import { elements, sameShape } from '../numeric/tensor.ts';
import type { WindowPadding } from '../kernel/kernel.ts';
import { samePads } from '../ops/parts/windows.ts';
import { cutShape } from './stored.ts';
import type { Call } from './kernels.ts';

/** With the batch first. */
export type Shape = readonly number[];

/** float32 */
export const bytesOf = (shape: Shape): number => 4 * elements(shape);

/** The shape of the result, as TensorFlow defines it. Shapes that do not fit are a Bug: the checker is the wall. */
export const resultShape = ({ kernel, path }: Call, inputs: readonly Shape[]): Shape => {
  const shape = shapeOf(kernel, inputs);
  if (shape.every((n) => Number.isSafeInteger(n) && n >= 1)) return shape;
  const from = inputs.map((s) => `[${s}]`).join(', ');
  throw new Bug(`${kernel.op} of ${path} makes [${shape}] of ${from}`);
};

const shapeOf = (kernel: Call['kernel'], inputs: readonly Shape[]): Shape => {
  const [x = [], y = []] = inputs;
  switch (kernel.op) {
    case 'Fused':
      return shapeOf(kernel.product, inputs);
    case 'Conv2D':
    case 'DepthwiseConv2dNative': {
      const along = (axis: 0 | 1): number =>
        windows(
          x[axis + 1]!,
          kernel.dilations[axis] * (y[axis]! - 1) + 1,
          kernel.strides[axis],
          kernel.padding,
        );
      const depth = kernel.op === 'Conv2D' ? y[3]! : y[2]! * y[3]!;
      if (x[3] !== y[2]) return nothing;
      return [x[0]!, along(0), along(1), depth];
    }
    case 'Conv2DBackpropInput': {
      const along = (axis: 0 | 1): number =>
        kernel.padding === 'SAME'
          ? kernel.strides[axis] * x[axis + 1]!
          : kernel.strides[axis] * (x[axis + 1]! - 1) + y[axis]!;
      return x[3] === y[3] ? [x[0]!, along(0), along(1), y[2]!] : nothing;
    }
    case 'MatMul':
      return x[1] === y[0] ? [x[0]!, y[1]!] : nothing;
    case 'MaxPool':
    case 'AvgPool': {
      const along = (axis: 0 | 1): number =>
        windows(x[axis + 1]!, kernel.window[axis], kernel.strides[axis], kernel.padding);
      return [x[0]!, along(0), along(1), x[3]!];
    }
    case 'Mean':
      return [x[0]!, x[3]!];
    case 'PadSame': {
      const along = (axis: 0 | 1): number => {
        const n = x[axis + 1]!;
        const { before, after } = samePads(kernel.spans[axis], kernel.strides[axis], n);
        return n + before + after;
      };
      return [x[0]!, along(0), along(1), x[3]!];
    }
    case 'PadV2':
      return x.map((n, i) => n + kernel.paddings[i]![0] + kernel.paddings[i]![1]);
    case 'Reshape': {
      const shape = [x[0]!, ...kernel.shape];
      return elements(shape) === elements(x) ? shape : nothing;
    }
    case 'Slice':
      return [x[0]!, ...cutShape(kernel, x.slice(1))];
    case 'ConcatV2': {
      const pixels = x.slice(0, -1);
      const agree = inputs.every((s) => sameShape(s.slice(0, -1), pixels));
      return agree ? [...pixels, inputs.reduce((n, s) => n + s[s.length - 1]!, 0)] : nothing;
    }
    case 'AddV2':
    case 'Sub':
    case 'Mul':
    case 'RealDiv':
    case 'Pow':
      return broadcast(x, y);
    case 'ResizeNearestNeighbor':
    case 'ResizeBilinear':
      return [x[0]!, kernel.scale * x[1]!, kernel.scale * x[2]!, x[3]!];
    case 'BiasAdd':
    case 'Relu':
    case 'Relu6':
    case 'Sigmoid':
    case 'Tanh':
    case 'Softmax':
    case 'LeakyRelu':
    case 'FusedBatchNormV3':
    case 'LRN':
    case 'Square':
    case 'OnesLike':
    case 'Erf':
    case 'Softplus':
      return x;
    default:
      return absurd(kernel);
  }
};

/** No shape: `resultShape` makes it a Bug. */
const nothing: Shape = [NaN];

const windows = (size: number, span: number, stride: number, padding: WindowPadding): number =>
  padding === 'SAME' ? Math.ceil(size / stride) : Math.floor((size - span) / stride) + 1;

const broadcast = (a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length);
  const at = (s: Shape, i: number): number => s[i - rank + s.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [at(a, i), at(b, i)];
    return m === n || n === 1 ? m : m === 1 ? n : NaN;
  });
};
