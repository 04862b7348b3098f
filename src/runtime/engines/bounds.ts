/** How far from 0 the numbers of a value may be, from what it is computed of: then it is known that none is NaN. */
import type { InferenceKernel, Kernel, KernelOf } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import { isForInference } from '../../kernel/table.ts';
import { elements } from '../../numeric/tensor.ts';

/** No number of a value is further from 0; infinite where one may be ∞ or NaN. */
export type Bound = number;

/** What a kernel is applied to: bounds of all its operands, which are finite, and the shapes of two of its values. */
export type Given = {
  readonly bounds: readonly Bound[];
  readonly filter: Shape | undefined; // the second operand
  readonly result: Shape;
};

type Rule<Op extends InferenceKernel> = (kernel: KernelOf<Op>, given: Given) => Bound;

/** Up to this no sum of float32 overflows on the way, in whatever order it is computed. */
const largest = 1e30;

/** The bound of what is computed: infinite where something might overflow. */
const computed = (bound: Bound): Bound => (bound <= largest ? bound : Infinity);

const unknown = (): Bound => Infinity;
const atMost1 = (): Bound => 1;
const asFirst = (_: unknown, { bounds: [x = 0] }: Given): Bound => x;
/** for averages, which are sums first */
const averaged = (_: unknown, { bounds: [x = 0] }: Given): Bound => computed(x);
const added = (_: unknown, { bounds: [a = 0, b = 0] }: Given): Bound => computed(a + b);

/** A sum of as many products as the filter has numbers for one of the result's. */
const product = (
  _: unknown,
  { bounds: [x = 0, filter = 0, bias = 0], filter: shape, result }: Given,
) => computed(x * filter * (elements(shape ?? []) / result[result.length - 1]!) + bias);

const slopeOf = (kernel: object | undefined): number =>
  kernel !== undefined && 'alpha' in kernel ? Math.max(1, Math.abs(Number(kernel.alpha))) : 1;

const rules: { readonly [Op in InferenceKernel]: Rule<Op> } = {
  Conv2D: product,
  DepthwiseConv2dNative: product,
  Conv2DBackpropInput: unknown,
  MatMul: product,
  BiasAdd: added,
  // no activation makes a number larger, unless a slope does
  Fused: (kernel, given) => computed(product(kernel, given) * slopeOf(kernel.activation)),
  Relu: asFirst,
  Relu6: asFirst,
  LeakyRelu: (kernel, { bounds: [x = 0] }) => computed(x * slopeOf(kernel)),
  Sigmoid: atMost1,
  Tanh: atMost1,
  Softmax: atMost1,
  MaxPool: asFirst,
  AvgPool: averaged,
  Mean: averaged,
  Moments: unknown,
  FusedBatchNormV3: unknown,
  LRN: unknown,
  PadV2: ({ value }, { bounds: [x = 0] }) => Math.max(x, Math.abs(value)),
  PadSame: asFirst,
  Reshape: asFirst,
  Slice: asFirst,
  ConcatV2: (_, given) => Math.max(...given.bounds),
  AddV2: added,
  Sub: added,
  Mul: (_, { bounds: [a = 0, b = 0] }) => computed(a * b),
  RealDiv: unknown,
  Pow: unknown,
  Square: (_, { bounds: [x = 0] }) => computed(x * x),
  OnesLike: atMost1,
  Erf: atMost1,
  Softplus: (_, { bounds: [x = 0] }) => computed(x + 1),
  ResizeNearestNeighbor: asFirst,
  ResizeBilinear: averaged,
  Exp: unknown,
  Log: unknown,
};

const ruleFor = <Op extends InferenceKernel>(kernel: KernelOf<Op>, given: Given): Bound =>
  rules[kernel.op](kernel, given);

/** The bound of what a kernel makes; infinite where nothing is known. */
export const boundOf = (kernel: Kernel, given: Given): Bound =>
  given.bounds.includes(Infinity) || !isForInference(kernel) ? Infinity : ruleFor(kernel, given);

/** The bound of numbers that are there. */
export const boundIn = (data: Float32Array): Bound => {
  let bound = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]!);
    if (!(size <= bound)) bound = Number.isNaN(size) ? Infinity : size;
  }
  return bound;
};
