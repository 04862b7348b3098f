/** Our kernels under the names and attributes of TensorFlow.js's registry. */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Activation, KernelName, KernelOf, Product } from '../../kernel/kernel.ts';
import { samePaddings } from '../../kernel/shape.ts';
import { binary, entry, unary, type Calling, type Entry, type Site } from './call.ts';
import { clamping, reshaped, sliced } from './compose.ts';
import { transposedLoop } from './loops.ts';
import { normalised } from './batch-norm.ts';
import type { Layer, PaddedPool, Pads } from './joins.ts';
import { averagePool, meanOver, meanPieces } from './means.ts';
import { ownByInput, ownConvolution, ownProduct } from './own-convolutions.ts';
import type { RegistryName } from './registry-shapes.ts';
import { training } from './training.ts';

const transposing = ({ transposed }: KernelOf<'MatMul'>) => ({
  transposeA: transposed === 'a',
  transposeB: transposed === 'b',
});

/**
 * The product of matrices one of which is read by columns. XNNPACK reads rows only, and what TensorFlow.js has for the
 * others takes a hundred times as long: so a matrix is transposed first. a·bᵀ is (b·aᵀ)ᵀ too, where that moves less.
 */
const productByColumns = (
  compute: NonNullable<Calling['compute']>,
  on: Calling<'BatchMatMul'>,
  transposed: 'a' | 'b',
): TensorInfo => {
  const [[p, q], [r, s]] = [on.shapes[0]!, on.shapes[1]!] as [Matrix, Matrix];
  const flipped = (t: TensorInfo, rows: number, columns: number): TensorInfo =>
    compute([1, columns, rows], [t], transposedLoop(rows, columns));
  const times = (a: TensorInfo, b: TensorInfo): TensorInfo =>
    on.run('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
  const [a, b] = [on.operand(0, [1, p, q]), on.operand(1, [1, r, s])];
  if (transposed === 'a') return times(flipped(a, p, q), b);
  if (p * q + p * r < r * s) return flipped(times(b, flipped(a, p, q)), r, p);
  return times(a, flipped(b, r, s));
};

type Matrix = readonly [rows: number, columns: number];

type Windowed = {
  readonly strides: readonly [number, number];
  readonly padding: 'SAME' | 'VALID';
};

const windowing = ({ strides, padding }: Windowed) => ({
  strides: [...strides],
  pad: padding === 'SAME' ? 'same' : 'valid',
  dataFormat: 'NHWC',
});

type Convolution = KernelOf<'Conv2D' | 'DepthwiseConv2dNative'>;

const convolving = (kernel: Convolution) => ({
  ...windowing(kernel),
  dilations: [...kernel.dilations],
});

const convolution = (name: Convolution['op']): Entry<Convolution['op']> =>
  entry(
    [name],
    (kernel, on) =>
      (kernel.op === 'Conv2D' ? ownConvolution(kernel, on, clamping(undefined)) : undefined) ??
      on.run(name, { x: on.operand(0), filter: on.operand(1) }, convolving(kernel)),
  );

/** The registry multiplies batches of matrices: here a batch of one. */
const matrices = ({ shapes, operand }: Site) => ({
  a: operand(0, [1, ...shapes[0]!]),
  b: operand(1, [1, ...shapes[1]!]),
});

const fusedNames = ['FusedConv2D', 'FusedDepthwiseConv2D', '_FusedMatMul'] as const;
type CallingFused = Calling<(typeof fusedNames)[number]>;

type Fusing = {
  readonly [Op in Product]: (
    product: KernelOf<Op>,
    activation: NamedAttrMap,
    calling: CallingFused,
  ) => TensorInfo;
};

const fusing: Fusing = {
  Conv2D: (product, activation, { run, operand }) =>
    run(
      'FusedConv2D',
      { x: operand(0), filter: operand(1), bias: operand(2) },
      { ...convolving(product), ...activation },
    ),
  DepthwiseConv2dNative: (product, activation, { run, operand }) =>
    run(
      'FusedDepthwiseConv2D',
      { x: operand(0), filter: operand(1), bias: operand(2) },
      { ...convolving(product), ...activation },
    ),
  MatMul: (product, activation, calling) =>
    calling.run(
      '_FusedMatMul',
      { ...matrices(calling), bias: calling.operand(2) },
      { ...transposing(product), ...activation },
    ),
};

const activating = (kernel: KernelOf<Activation> | undefined): NamedAttrMap => ({
  activation: kernel === undefined ? 'linear' : kernel.op.toLowerCase(),
  leakyreluAlpha: kernel !== undefined && 'alpha' in kernel ? kernel.alpha : 0,
});

const fusedCall = <Op extends Product>(
  product: KernelOf<Op>,
  activation: NamedAttrMap,
  calling: CallingFused,
): TensorInfo => fusing[product.op](product, activation, calling);

type Resize = 'ResizeNearestNeighbor' | 'ResizeBilinear';

const resize = (name: Resize): Entry<Resize> =>
  entry([name], (_, { run, operand, results: [result] }) =>
    run(
      name,
      { images: operand(0) },
      { size: result!.slice(1, 3), halfPixelCenters: true, alignCorners: false },
    ),
  );

const lastAxis = ({ shapes: [x] }: Site): number => x!.length - 1;

/** Every kernel of ours, by its name. */
const registry: { readonly [Op in KernelName]: Entry<Op> } = {
  Conv2D: convolution('Conv2D'),
  DepthwiseConv2dNative: convolution('DepthwiseConv2dNative'),
  Conv2DBackpropInput: entry(
    ['Conv2DBackpropInput'],
    (kernel, on) =>
      ownByInput(kernel, on, 1, 0) ??
      on.run(
        'Conv2DBackpropInput',
        { dy: on.operand(0), filter: on.operand(1) },
        { ...windowing(kernel), inputShape: [...on.results[0]!] },
      ),
  ),
  MatMul: entry(['BatchMatMul'], (kernel, calling) =>
    kernel.transposed === undefined || calling.compute === undefined
      ? calling.run('BatchMatMul', matrices(calling), transposing(kernel))
      : (ownProduct(kernel.transposed, calling) ??
        productByColumns(calling.compute, calling, kernel.transposed)),
  ),
  BiasAdd: binary('Add'),
  Fused: entry(
    fusedNames,
    ({ product, activation }, calling) =>
      (product.op === 'Conv2D'
        ? ownConvolution(product, calling, clamping(activation))
        : undefined) ?? fusedCall(product, activating(activation), calling),
  ),
  Relu: unary('Relu'),
  Relu6: unary('Relu6'),
  LeakyRelu: unary('LeakyRelu', ({ alpha }) => ({ alpha })),
  Sigmoid: unary('Sigmoid'),
  Tanh: unary('Tanh'),
  Softmax: entry(['Softmax'], (_, calling) =>
    calling.run('Softmax', { logits: calling.operand(0) }, { dim: lastAxis(calling) }),
  ),
  MaxPool: unary('MaxPool', (kernel) => {
    const { strides, pad } = windowing(kernel);
    return { filterSize: [...kernel.window], strides, pad };
  }),
  AvgPool: entry([...meanPieces, 'AvgPool'], (kernel, calling) =>
    averagePool(calling, calling.operand(0), kernel),
  ),
  Mean: entry([...meanPieces, 'AvgPool', 'Reshape'], (_, on) => {
    if (on.compute !== undefined) return meanOver(on, on.operand(0), [1, 2]);
    // one program, where a mean by TensorFlow.js is several, because it transposes first
    const [, h, w] = on.shapes[0]!;
    const whole = { op: 'AvgPool', window: [h!, w!], strides: [1, 1], padding: 'VALID' } as const;
    return reshaped(on, averagePool(on, on.operand(0), whole), on.results[0]!);
  }),
  FusedBatchNormV3: entry(['FusedBatchNorm'], ({ epsilon }, on) => {
    const [gamma, beta] = [on.operand(1), on.operand(2)];
    return normalised(on, { gamma, beta, mean: on.operand(3), variance: on.operand(4) }, epsilon);
  }),
  LRN: unary('LRN', (kernel) => ({
    depthRadius: kernel.radius,
    bias: kernel.bias,
    alpha: kernel.alpha,
    beta: kernel.beta,
  })),
  PadV2: unary('PadV2', ({ paddings, value }) => ({
    paddings: paddings.map((p) => [...p]),
    constantValue: value,
  })),
  PadSame: unary('PadV2', (kernel, { shapes: [x] }) => ({
    paddings: samePaddings(kernel, x!).map((p) => [...p]),
    constantValue: 0,
  })),
  Reshape: unary('Reshape', (_, { results: [result] }) => ({ shape: [...result!] })),
  Slice: entry(['Slice'], ({ begin }, on) => {
    const size = on.results[0]!;
    // the kernel leaves out the batch, which is kept
    return sliced(on, on.operand(0), size.length === begin.length ? begin : [0, ...begin], size);
  }),
  ConcatV2: entry(['Concat'], (_, calling) =>
    calling.run(
      'Concat',
      calling.shapes.map((_shape, i) => calling.operand(i)),
      { axis: lastAxis(calling) },
    ),
  ),
  AddV2: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Multiply'),
  RealDiv: binary('RealDiv'),
  Pow: binary('Pow'),
  Square: unary('Square'),
  Erf: unary('Erf'),
  Softplus: unary('Softplus'),
  OnesLike: entry(['Fill'], (_, { run, results: [result] }) =>
    run('Fill', {}, { shape: [...result!], value: 1, dtype: 'float32' }),
  ),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor'),
  ResizeBilinear: resize('ResizeBilinear'),
  Exp: unary('Exp'),
  Log: unary('Log'),
  ...training,
};

/** Paddings around height and width, as the registry's kernels take them. */
const padding = (pads: Pads | undefined) =>
  pads && { pad: [[0, 0], ...pads.map((p) => [...p]), [0, 0]] };

/** A convolution behind its padding. */
export const paddedConvolution = (
  { convolution: kernel, pads, filter, bias, activation }: Layer,
  on: Calling<'Conv2D' | 'FusedConv2D'>,
): TensorInfo => {
  const attributes = { ...convolving(kernel), ...padding(pads) };
  const inputs = { x: on.operand(0), filter: on.operand(filter) };
  return bias === undefined
    ? on.run('Conv2D', inputs, attributes)
    : on.run(
        'FusedConv2D',
        { ...inputs, bias: on.operand(bias) },
        { ...attributes, ...activating(activation) },
      );
};

/** A maximum pool behind its padding. */
export const paddedPool = ({ pool, pads }: PaddedPool, on: Calling<'MaxPool'>): TensorInfo => {
  const { strides } = windowing(pool);
  const attributes = { filterSize: [...pool.window], strides, ...padding(pads)! };
  return on.run('MaxPool', { x: on.operand(0) }, attributes);
};

/** The kernels of the registry that an engine must have. */
export const required: readonly RegistryName[] = [
  ...new Set(Object.values(registry).flatMap((e) => e.uses)),
];

/** Calls a kernel of ours. */
export const callKernel = <Op extends KernelName>(
  kernel: KernelOf<Op>,
  calling: Calling,
): readonly TensorInfo[] => registry[kernel.op].call(kernel, calling);
