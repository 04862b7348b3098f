/** Every kernel as a node of TensorFlow's, under the name and with the attributes that the loader maps. */
import type {
  Activation,
  InferenceKernel,
  KernelName,
  KernelOf,
  Product,
} from '../../kernel/kernel.ts';
import { isLong, LARGEST, oneByOne, windowsByAxis } from '../../kernel/parts.ts';
import type { Shape } from '../../kernel/shape.ts';
import { flag, integer, integers, real, text, texts, type, type Attributes } from './attributes.ts';
import { kept, samePaddings, sizeOf, type Linear, type SizeWriter } from './sizes.ts';

/** Where a kernel is written: its operands, and what nodes are added with. */
export type Site = {
  readonly path: string; // of the layer
  readonly inputs: readonly string[]; // the nodes of the operands
  readonly batched: readonly boolean[];
  /** the numbers of an operand along an axis; undefined where a size is free */
  readonly lengthOf: (index: number, axis: number) => number | undefined;
  /** the shape of an operand that is stored */
  readonly stored: (index: number) => Shape;
  /** adds a node of floats and gives its name */
  readonly add: (op: string, input: readonly string[], attr?: Attributes) => string;
  /** the names of Consts: integers in a row, or under a shape, and a float */
  readonly list: (integers: readonly number[]) => string;
  readonly whole: SizeWriter['whole'];
  readonly scalar: (n: number) => string;
  readonly sizes: SizeWriter;
};

/** Adds the nodes of a kernel, with the constants they need, and gives the names of its results. */
type Operation<Op extends KernelName> = (
  kernel: KernelOf<Op>,
  to: Site,
) => string | readonly string[];

const channelsLast: Attributes = { data_format: text('NHWC') };

const transposing = ({ transposed }: KernelOf<'MatMul'>): Attributes => ({
  transpose_a: flag(transposed === 'a'),
  transpose_b: flag(transposed === 'b'),
});

type Convolution = 'Conv2D' | 'DepthwiseConv2dNative';

const windowing = ({
  strides,
  dilations,
  padding,
}: Omit<KernelOf<Convolution>, 'op'>): Attributes => ({
  strides: integers([1, ...strides, 1]),
  dilations: integers([1, ...dilations, 1]),
  padding: text(padding),
  ...channelsLast,
});

const convolution: Operation<Convolution> = (kernel, { add, inputs }) =>
  add(kernel.op, inputs, windowing(kernel));

const fusing: { readonly [Op in Product]: (product: KernelOf<Op>) => [string, Attributes] } = {
  Conv2D: (product) => ['_FusedConv2D', windowing(product)],
  DepthwiseConv2dNative: (product) => ['FusedDepthwiseConv2dNative', windowing(product)],
  MatMul: (product) => ['_FusedMatMul', transposing(product)],
};

const fusedAs = <Op extends Product>(product: KernelOf<Op>): readonly [string, Attributes] =>
  fusing[product.op](product);

const leakyRelu: Operation<'LeakyRelu'> = ({ alpha }, { add, inputs }) =>
  add('LeakyRelu', inputs, { alpha: real(alpha) });

/** The slope is written without a leaky rectifier too, as TensorFlow's default. */
const slope = (activation: KernelOf<Activation> | undefined): number =>
  activation !== undefined && 'alpha' in activation ? activation.alpha : 0.2;

/** Of a fused depthwise convolution the loader reads no slope, so a leaky rectifier is a node of its own. */
const fused: Operation<'Fused'> = ({ product, activation }, to) => {
  const apart =
    product.op === 'DepthwiseConv2dNative' && activation?.op === 'LeakyRelu'
      ? activation
      : undefined;
  const within = apart === undefined ? activation : undefined;
  const [op, attributes] = fusedAs(product);
  const made = to.add(op, to.inputs, {
    ...attributes,
    num_args: integer(1),
    fused_ops: texts(['BiasAdd', ...(within === undefined ? [] : [within.op])]),
    leakyrelu_alpha: real(slope(within)),
  });
  return apart === undefined ? made : leakyRelu(apart, { ...to, inputs: [made] });
};

type Pool = KernelOf<'MaxPool' | 'AvgPool'>;

const pool = ({ op, window, strides, padding }: Pool, { add }: Site, x: string): string =>
  add(op, [x], {
    ksize: integers([1, ...window, 1]),
    strides: integers([1, ...strides, 1]),
    padding: text(padding),
    ...channelsLast,
  });

/** The mean along each axis, the last first; each keeps one number. */
const meanByAxis = ({ add, list }: Site, x: string, axes: readonly number[]): string =>
  oneByOne(axes).reduce(
    (of, axis) => add('Mean', [of, list([axis])], { keep_dims: flag(true) }),
    x,
  );

/** What a function gives of x without its mean over these axes, with that mean added: for functions that are means. */
const aroundMean = (
  to: Site,
  x: string,
  axes: readonly number[],
  mean: (of: string) => string,
): string => {
  const low = to.add('Minimum', [meanByAxis(to, x, axes), to.scalar(LARGEST)]);
  const finite = to.add('Maximum', [low, to.scalar(-LARGEST)]);
  return to.add('AddV2', [mean(to.add('Sub', [x, finite])), finite]);
};

/** The mean over axes of what has the shape of the first operand. */
const meanOver = (to: Site, x: string, axes: readonly number[]): string => {
  const mean = (of: string): string => meanByAxis(to, of, axes);
  const mayBeLong = axes.some((axis) => isLong(to.lengthOf(0, axis) ?? Infinity));
  return mayBeLong ? aroundMean(to, x, axes, mean) : mean(x);
};

const averagePool: Operation<'AvgPool'> = (kernel, to) => {
  const pooled = (x: string): string =>
    windowsByAxis(kernel.window, kernel.strides).reduce(
      (of, by) => pool({ ...kernel, ...by }, to, of),
      x,
    );
  const [x] = to.inputs;
  return kernel.window.some(isLong) ? aroundMean(to, x!, [1, 2], pooled) : pooled(x!);
};

const squeezed = ({ add }: Site, x: string, axes: readonly number[]): string =>
  add('Squeeze', [x], { squeeze_dims: integers(axes) });

const resize: Operation<'ResizeNearestNeighbor' | 'ResizeBilinear'> = ({ op, scale }, to) => {
  const along: Linear = { times: scale, plus: 0 };
  const [x] = to.inputs;
  return to.add(op, [x!, sizeOf(to.sizes, to.path, x!, 1, [along, along])], {
    half_pixel_centers: flag(true),
    align_corners: flag(false),
  });
};

/** A kernel that is its operands and nothing else. */
const plain: Operation<KernelName> = ({ op }, { add, inputs }) => add(op, inputs);

const conv2DBackpropInput: Operation<'Conv2DBackpropInput'> = ({ strides, padding }, to) => {
  const [rows, columns, units] = to.stored(1);
  const along = (window: number, stride: number): Linear => ({
    times: stride,
    plus: padding === 'SAME' ? 0 : window - stride,
  });
  const axes = [kept, along(rows!, strides[0]), along(columns!, strides[1])];
  const [dy, filter] = to.inputs;
  const size = sizeOf(to.sizes, to.path, dy!, 0, axes, [units!]);
  const attributes = windowing({ strides, padding, dilations: [1, 1] });
  return to.add('Conv2DBackpropInput', [size, filter!, dy!], attributes);
};

const slice: Operation<'Slice'> = (kernel, { add, inputs: [x], batched: [batched], list }) => {
  const begin = batched ? [0, ...kernel.begin] : kernel.begin;
  const size = batched ? [-1, ...kernel.size] : kernel.size;
  if (size.every((n) => n >= -1)) return add('Slice', [x!, list(begin), list(size)]);
  // an end before the last is negative, and where there is none its bit is in the mask
  const end = size.map((n, i) => (n < 0 ? n + 1 : begin[i]! + n));
  const open = end.reduce((mask, n, i) => (n === 0 ? mask + 2 ** i : mask), 0);
  return add('StridedSlice', [x!, list(begin), list(end), list(begin.map(() => 1))], {
    Index: type('DT_INT32'),
    end_mask: integer(open),
  });
};

const operations: { readonly [Op in InferenceKernel]: Operation<Op> } = {
  Conv2D: convolution,
  DepthwiseConv2dNative: convolution,
  Conv2DBackpropInput: conv2DBackpropInput,
  MatMul: (kernel, { add, inputs }) => add('MatMul', inputs, transposing(kernel)),
  BiasAdd: (_, { add, inputs }) => add('BiasAdd', inputs, channelsLast),
  Fused: fused,
  Relu: plain,
  Relu6: plain,
  LeakyRelu: leakyRelu,
  Sigmoid: plain,
  Tanh: plain,
  Softmax: plain,
  MaxPool: (kernel, to) => pool(kernel, to, to.inputs[0]!),
  AvgPool: averagePool,
  Mean: (_, to) => squeezed(to, meanOver(to, to.inputs[0]!, [1, 2]), [1, 2]),
  FusedBatchNormV3: ({ epsilon }, { add, inputs }) =>
    add('FusedBatchNormV3', inputs, {
      epsilon: real(epsilon),
      is_training: flag(false),
      ...channelsLast,
    }),
  LRN: ({ radius, bias, alpha, beta }, { add, inputs }) =>
    add('LRN', inputs, {
      depth_radius: integer(radius),
      bias: real(bias),
      alpha: real(alpha),
      beta: real(beta),
    }),
  PadV2: ({ paddings, value }, { add, inputs: [x], whole, scalar }) =>
    add('PadV2', [x!, whole([paddings.length, 2], paddings.flat()), scalar(value)]),
  PadSame: (kernel, { add, inputs: [x], sizes, path, scalar }) =>
    add('PadV2', [x!, samePaddings(sizes, path, x!, kernel), scalar(0)]),
  Reshape: ({ shape }, { add, inputs: [x], batched: [batched], list }) =>
    add('Reshape', [x!, list(batched ? [-1, ...shape] : shape)]),
  Slice: slice,
  ConcatV2: (_, { add, inputs, whole }) =>
    add('ConcatV2', [...inputs, whole([], [-1])], { N: integer(inputs.length) }),
  AddV2: plain,
  Sub: plain,
  Mul: plain,
  RealDiv: plain,
  Pow: plain,
  Square: plain,
  OnesLike: plain,
  Erf: plain,
  Softplus: plain,
  ResizeNearestNeighbor: resize,
  ResizeBilinear: resize,
  Exp: plain,
  Log: plain,
};

/** Adds the nodes of a kernel, with the constants they need, and gives the names of its results. */
export const writeKernel = <Op extends InferenceKernel>(
  kernel: KernelOf<Op>,
  to: Site,
): readonly string[] => {
  const results = operations[kernel.op](kernel, to);
  return typeof results === 'string' ? [results] : results;
};
