/** Our kernels under the names and attributes of TensorFlow.js's registry. */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { absurd } from '../../diagnostic/bug.ts';
import { elements } from '../../numeric/tensor.ts';
import type { ActivationKernel, Call } from '../../lower/kernels.ts';
import type { Shape } from '../../lower/memory.ts';
import { cutShape } from '../../lower/stored.ts';
import { samePads } from '../../ops/parts/windows.ts';

/** Input i, under another shape if one is given. */
export type Operand = (index: number, shape?: Shape) => TensorInfo;

export type KernelInputs = { readonly [name: string]: TensorInfo } | readonly TensorInfo[];

export type RegistryCall = {
  readonly name: string;
  readonly inputs: KernelInputs;
  readonly attrs: NamedAttrMap;
};

/** The kernels that an engine must have: every name that `registryCall` can give. */
export const required = [
  ...['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D'],
  ...['Conv2DBackpropInput', '_FusedMatMul', 'BatchMatMul', 'Add', 'Sub', 'Multiply', 'RealDiv'],
  ...['Pow', 'Square', 'OnesLike', 'Relu', 'Relu6', 'LeakyRelu', 'Sigmoid', 'Tanh', 'Softmax'],
  ...['MaxPool', 'AvgPool', 'Mean', 'FusedBatchNorm', 'LRN', 'PadV2', 'Reshape', 'Slice', 'Concat'],
  ...['ResizeNearestNeighbor', 'ResizeBilinear', 'Erf', 'Softplus'],
] as const;

/** A Reshape is not called: it is a view. `inputs` are the shapes of the inputs, `result` that of the result. */
export const registryCall = (
  kernel: Exclude<Call['kernel'], { readonly op: 'Reshape' }>,
  inputs: readonly Shape[],
  result: Shape,
  operand: Operand,
): RegistryCall => {
  const [x = []] = inputs;
  const unary = (name: string, attrs: NamedAttrMap = {}): RegistryCall => ({
    name,
    inputs: { x: operand(0) },
    attrs,
  });
  const binary = (name: string): RegistryCall => ({
    name,
    inputs: { a: operand(0), b: operand(1) },
    attrs: {},
  });
  switch (kernel.op) {
    case 'Conv2D':
    case 'DepthwiseConv2dNative':
      return {
        name: kernel.op,
        inputs: { x: operand(0), filter: operand(1) },
        attrs: { ...windowing(kernel), dilations: [...kernel.dilations] },
      };
    case 'MatMul':
      return {
        name: 'BatchMatMul',
        inputs: { a: operand(0, [1, ...x]), b: operand(1, [1, ...(inputs[1] ?? [])]) },
        attrs: untransposed,
      };
    case 'Fused': {
      const { product } = kernel;
      const attrs = activation(kernel.activation);
      if (product.op === 'MatMul') {
        const call = registryCall(product, inputs, result, operand);
        const withBias = { ...call.inputs, bias: operand(2) };
        return { name: '_FusedMatMul', inputs: withBias, attrs: { ...call.attrs, ...attrs } };
      }
      return {
        name: product.op === 'Conv2D' ? 'FusedConv2D' : 'FusedDepthwiseConv2D',
        inputs: { x: operand(0), filter: operand(1), bias: operand(2) },
        attrs: { ...windowing(product), dilations: [...product.dilations], ...attrs },
      };
    }
    case 'Conv2DBackpropInput':
      return {
        name: 'Conv2DBackpropInput',
        inputs: { dy: operand(0), filter: operand(1) },
        attrs: { ...windowing(kernel), inputShape: [...result] },
      };
    case 'MaxPool':
    case 'AvgPool': {
      const { strides, pad } = windowing(kernel);
      return unary(kernel.op, { filterSize: [...kernel.window], strides, pad });
    }
    case 'FusedBatchNormV3':
      // the kernels take maps; a vector is a map of one pixel
      return {
        name: 'FusedBatchNorm',
        inputs: {
          x: x.length === 2 ? operand(0, [x[0]!, 1, 1, x[1]!]) : operand(0),
          scale: operand(1),
          offset: operand(2),
          mean: operand(3),
          variance: operand(4),
        },
        attrs: { varianceEpsilon: kernel.epsilon },
      };
    case 'LRN': {
      const { radius, bias, alpha, beta } = kernel;
      return unary('LRN', { depthRadius: radius, bias, alpha, beta });
    }
    case 'PadV2':
      return unary('PadV2', {
        paddings: kernel.paddings.map((p) => [...p]),
        constantValue: kernel.value,
      });
    case 'PadSame': {
      const along = (axis: 0 | 1): number[] => {
        const pads = samePads(kernel.spans[axis], kernel.strides[axis], x[axis + 1]!);
        return [pads.before, pads.after];
      };
      return unary('PadV2', { paddings: [[0, 0], along(0), along(1), [0, 0]], constantValue: 0 });
    }
    case 'Slice': {
      const size = [x[0]!, ...cutShape(kernel, x.slice(1))];
      return unary('Slice', { begin: [0, ...kernel.begin], size });
    }
    case 'ConcatV2':
      return {
        name: 'Concat',
        inputs: inputs.map((_, i) => operand(i)),
        attrs: { axis: x.length - 1 },
      };
    case 'ResizeNearestNeighbor':
    case 'ResizeBilinear':
      return {
        name: kernel.op,
        inputs: { images: operand(0) },
        attrs: {
          size: result.slice(1, 3),
          halfPixelCenters: true,
          alignCorners: false,
        },
      };
    case 'Softmax':
      return { name: 'Softmax', inputs: { logits: operand(0) }, attrs: { dim: x.length - 1 } };
    case 'Mean':
      return unary('Mean', { axis: [1, 2], keepDims: false });
    case 'LeakyRelu':
      return unary('LeakyRelu', { alpha: kernel.alpha });
    case 'BiasAdd':
    case 'AddV2':
      return binary('Add');
    case 'Mul':
      return binary('Multiply');
    case 'Sub':
    case 'RealDiv':
    case 'Pow':
      return binary(kernel.op);
    case 'Relu':
    case 'Relu6':
    case 'Sigmoid':
    case 'Tanh':
    case 'Square':
    case 'OnesLike':
    case 'Erf':
    case 'Softplus':
      return unary(kernel.op);
    default:
      return absurd(kernel);
  }
};

const untransposed = { transposeA: false, transposeB: false };

type Windowed = {
  readonly strides: readonly [number, number];
  readonly padding: 'SAME' | 'VALID';
};

const windowing = ({ strides, padding }: Windowed) => ({
  strides: [...strides],
  pad: padding === 'SAME' ? 'same' : 'valid',
  dataFormat: 'NHWC',
});

const activation = (kernel: ActivationKernel | undefined): NamedAttrMap => ({
  activation: kernel === undefined ? 'linear' : kernel.op.toLowerCase(),
  leakyreluAlpha: kernel?.op === 'LeakyRelu' ? kernel.alpha : 0,
});

/** How many numbers a shape holds must not change under a view. */
export const sameSize = (a: Shape, b: Shape): boolean => elements(a) === elements(b);
