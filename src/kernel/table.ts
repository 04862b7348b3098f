/** The table of kernels: a row for each name, and what is asked of all of them. */
import { Bug } from '../diagnostic/bug.ts';
import type {
  Activation,
  InferenceKernel,
  Kernel,
  KernelName,
  KernelOf,
  Product,
} from './kernel.ts';
import type { KernelRow, OperandSpec } from './row.ts';
import * as activations from './rows/activations.ts';
import * as arithmetic from './rows/arithmetic.ts';
import { fused } from './rows/fused.ts';
import * as movement from './rows/movement.ts';
import * as movementGradients from './rows/movement-gradients.ts';
import * as normalisation from './rows/normalisation.ts';
import { pointwise } from './rows/pointwise.ts';
import * as pools from './rows/pools.ts';
import * as productGradients from './rows/product-gradients.ts';
import * as products from './rows/products.ts';
import * as sums from './rows/sums.ts';
import type { Shape } from './shape.ts';

/** Every kernel, by its name. */
export const kernelTable: { readonly [Op in KernelName]: KernelRow<Op> } = {
  Conv2D: products.conv2D,
  DepthwiseConv2dNative: products.depthwiseConv2dNative,
  Conv2DBackpropInput: products.conv2DBackpropInput,
  MatMul: products.matMul,
  BiasAdd: products.biasAdd,
  Fused: fused,
  Relu: activations.relu,
  Relu6: activations.relu6,
  LeakyRelu: activations.leakyRelu,
  Sigmoid: activations.sigmoid,
  Tanh: activations.tanh,
  Softmax: activations.softmax,
  MaxPool: pools.maxPool,
  AvgPool: pools.avgPool,
  Mean: normalisation.mean,
  BatchNorm: normalisation.batchNorm,
  BatchNormGrad: normalisation.batchNormGrad,
  FusedBatchNormV3: normalisation.fusedBatchNormV3,
  LRN: normalisation.lrn,
  PadV2: movement.padV2,
  PadSame: movement.padSame,
  Reshape: movement.reshape,
  Slice: movement.slice,
  ConcatV2: movement.concatV2,
  AddV2: arithmetic.addV2,
  Sub: arithmetic.sub,
  Mul: arithmetic.mul,
  RealDiv: arithmetic.realDiv,
  Pow: arithmetic.pow,
  Square: arithmetic.square,
  OnesLike: arithmetic.onesLike,
  Erf: arithmetic.erf,
  Softplus: arithmetic.softplus,
  ResizeNearestNeighbor: movement.resizeNearestNeighbor,
  ResizeBilinear: movement.resizeBilinear,
  Exp: arithmetic.exp,
  Log: arithmetic.log,
  Conv2DBackpropInputV2: productGradients.conv2DBackpropInputV2,
  Conv2DBackpropFilterV2: productGradients.conv2DBackpropFilterV2,
  DepthwiseConv2dNativeBackpropInput: productGradients.depthwiseBackpropInput,
  DepthwiseConv2dNativeBackpropFilter: productGradients.depthwiseBackpropFilter,
  MaxPoolGrad: pools.maxPoolGrad,
  AvgPoolGrad: pools.avgPoolGrad,
  LRNGrad: normalisation.lrnGrad,
  ResizeBilinearGrad: movementGradients.resizeBilinearGrad,
  LogSoftmax: activations.logSoftmax,
  ReluGrad: activations.reluGrad,
  Sqrt: arithmetic.sqrt,
  Pointwise: pointwise,
  Sum: sums.sum,
  SumOfSquares: sums.sumOfSquares,
  Spread: sums.spread,
  Count: sums.count,
  BroadcastTo: sums.broadcastTo,
  SumTo: sums.sumTo,
  ReshapeLike: movementGradients.reshapeLike,
  SliceGrad: movementGradients.sliceGrad,
  PadV2Grad: movementGradients.padV2Grad,
  PadSameGrad: movementGradients.padSameGrad,
  ConcatV2Grad: movementGradients.concatV2Grad,
};

/** The row of a kernel. */
export const kernelRow = <Op extends KernelName>(kernel: KernelOf<Op>): KernelRow<Op> =>
  kernelTable[kernel.op];

/** How many results a kernel has. */
export const resultsOf = (kernel: Kernel): number => {
  const { count, results } = kernelRow(kernel);
  return count?.(kernel) ?? results.length;
};

/** What operand `index` of a kernel is read for. */
export const operandOf = (kernel: Kernel, index: number): OperandSpec => {
  const { operands } = kernelRow(kernel);
  const last = operands[operands.length - 1];
  const operand = operands[index] ?? (last.many ? last : undefined);
  if (operand === undefined) throw new Bug(`${kernel.op} has no operand ${index}`);
  return operand;
};

/** Whether the first axis of a result is the batch, where that is known of the operands. */
export const isBatched = (kernel: Kernel, operands: readonly boolean[], result: number): boolean =>
  kernelRow(kernel).batched?.(kernel, operands, result) ?? operands.includes(true);

/**
 * The shapes of the results, as TensorFlow defines them. Operands that do not fit are a Bug: the checker is the
 * wall.
 */
export const resultShapes = (
  { kernel, path }: { readonly kernel: Kernel; readonly path: string },
  operands: readonly Shape[],
  batched: readonly boolean[],
): readonly Shape[] => {
  const shapes = kernelRow(kernel).shapes(kernel, operands, batched);
  for (const shape of shapes)
    if (!shape.every((n) => Number.isSafeInteger(n) && n >= 1)) {
      const from = operands.map((s) => `[${s}]`).join(', ');
      throw new Bug(`${kernel.op} of ${path} makes [${shape}] of ${from}`);
    }
  return shapes;
};

/** The multiply–adds of a kernel: those of products, as a net's are counted. */
export const macsOf = (
  kernel: Kernel,
  operands: readonly Shape[],
  results: readonly Shape[],
): number => kernelRow(kernel).macs?.(kernel, operands, results) ?? 0;

/** The kernels that a kernel does at once; itself, mostly. */
export const partsOf = (kernel: Kernel): readonly Kernel[] =>
  kernelRow(kernel).parts?.(kernel) ?? [kernel];

/** Whether its result is its operand under another shape, so that nothing is computed. */
export const isView = (kernel: Kernel): boolean => kernelRow(kernel).view === true;

/** Whether a stored model may hold it: it is not for gradients alone. */
export const isForInference = (k: Kernel): k is KernelOf<InferenceKernel> =>
  kernelRow(k).training !== true;

/** Whether a bias can be fused with it. */
export const isProduct = (k: Kernel): k is KernelOf<Product> => kernelRow(k).fuses === 'product';

/** Whether it can be fused with a product. */
export const isActivation = (k: Kernel): k is KernelOf<Activation> =>
  kernelRow(k).fuses === 'activation';

/** Whether it adds a bias to each channel. */
export const isBias = (k: Kernel): k is KernelOf<'BiasAdd'> => kernelRow(k).fuses === 'bias';
