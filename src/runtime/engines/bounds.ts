/** How far from 0 the numbers of a value may be, from what it is computed of: then it is known that none is NaN. */
import { belowAll, type InferenceKernel, type Kernel, type KernelOf } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import { isForInference } from '../../kernel/table.ts';
import { elements } from '../../numeric/tensor.ts';

/**
 * No number of a value is further from 0, but for the padding of maximum pools, which they pass over; infinite where one
 * may be ∞ or NaN.
 */
export type Bound = number;

/** How bounds are computed: as numbers, or as nodes of a graph that computes them. */
export type BoundsAs<B> = {
  readonly number: (n: number) => B;
  readonly plus: (a: B, b: B) => B;
  readonly times: (a: B, b: B) => B;
  readonly larger: (a: B, b: B) => B;
  /** the bound of sums: infinite, or found to be too large later, where one might overflow on the way */
  readonly computed: (bound: B) => B;
  /** `bound`, but infinite where `of`, the bound of what was read, is: a sigmoid of NaN is NaN */
  readonly within: (bound: B, of: B) => B;
};

/** What a kernel is applied to: bounds of all its operands, and the shapes of two of its values. */
export type Given<B> = {
  readonly bounds: readonly B[];
  readonly filter: Shape | undefined; // the second operand
  readonly result: Shape;
};

/** Up to this no sum of float32 overflows on the way, in whatever order it is computed. */
export const largestBound = 1e30;

/** The bound of what a kernel makes; undefined where nothing is known. */
type Rule<Op extends InferenceKernel, B> = (kernel: KernelOf<Op>, given: Given<B>) => B | undefined;

type Rules<B> = { readonly [Op in InferenceKernel]: Rule<Op, B> };

const slopeOf = (kernel: object | undefined): number =>
  kernel !== undefined && 'alpha' in kernel ? Math.max(1, Math.abs(Number(kernel.alpha))) : 1;

const rulesFor = <B>({ number, plus, times, larger, computed, within }: BoundsAs<B>): Rules<B> => {
  const unknown = (): undefined => undefined;
  const atMost1 = (_: unknown, { bounds: [x] }: Given<B>): B => within(number(1), x!);
  const asFirst = (_: unknown, { bounds: [x] }: Given<B>): B => x!;
  /** for averages, which are sums first */
  const averaged = (_: unknown, { bounds: [x] }: Given<B>): B => computed(x!);
  const added = (_: unknown, { bounds: [a, b] }: Given<B>): B => computed(plus(a!, b!));
  /** a sum of as many products as the filter has numbers for one of the result's */
  const product = (_: unknown, { bounds: [x, filter, bias], filter: shape, result }: Given<B>) => {
    const count = elements(shape ?? []) / result[result.length - 1]!;
    const sum = times(times(x!, filter!), number(count));
    return computed(bias === undefined ? sum : plus(sum, bias));
  };
  return {
    Conv2D: product,
    DepthwiseConv2dNative: product,
    Conv2DBackpropInput: unknown,
    MatMul: product,
    BiasAdd: added,
    // no activation makes a number larger, unless a slope does, or a sigmoid, of which 0 is ½
    Fused: ({ activation }, given) => {
      const sum = product(undefined, given);
      return activation?.op === 'Sigmoid'
        ? within(number(1), sum)
        : computed(times(sum, number(slopeOf(activation))));
    },
    Relu: asFirst,
    Relu6: asFirst,
    LeakyRelu: (kernel, { bounds: [x] }) => computed(times(x!, number(slopeOf(kernel)))),
    Sigmoid: atMost1,
    Tanh: atMost1,
    Softmax: atMost1,
    MaxPool: asFirst,
    AvgPool: averaged,
    Mean: averaged,
    FusedBatchNormV3: unknown,
    LRN: unknown,
    PadV2: ({ value }, { bounds: [x] }) =>
      value === belowAll ? x! : larger(x!, number(Math.abs(value))),
    PadSame: asFirst,
    Reshape: asFirst,
    Slice: asFirst,
    ConcatV2: (_, { bounds }) => bounds.reduce((a, b) => larger(a, b)),
    AddV2: added,
    Sub: added,
    Mul: (_, { bounds: [a, b] }) => computed(times(a!, b!)),
    RealDiv: unknown,
    Pow: unknown,
    Square: (_, { bounds: [x] }) => computed(times(x!, x!)),
    OnesLike: () => number(1), // whatever they are
    Erf: atMost1,
    Softplus: (_, { bounds: [x] }) => computed(plus(x!, number(1))),
    ResizeNearestNeighbor: asFirst,
    ResizeBilinear: averaged,
    Exp: unknown,
    Log: unknown,
  };
};

/** The bound of what a kernel makes of operands whose bounds are known; undefined where nothing is known of it. */
export const boundsAs = <B>(
  as: BoundsAs<B>,
): ((kernel: Kernel, given: Given<B>) => B | undefined) => {
  const rules = rulesFor(as);
  const ruleFor = <Op extends InferenceKernel>(kernel: KernelOf<Op>, given: Given<B>) =>
    rules[kernel.op](kernel, given);
  return (kernel, given) => (isForInference(kernel) ? ruleFor(kernel, given) : undefined);
};

const inNumbers = boundsAs<Bound>({
  number: (n) => n,
  plus: (a, b) => a + b,
  times: (a, b) => a * b,
  larger: Math.max,
  computed: (bound) => (bound <= largestBound ? bound : Infinity),
  within: (bound, of) => (of <= largestBound ? bound : Infinity),
});

/** The bound of what a kernel makes; infinite where nothing is known. */
export const boundOf = (kernel: Kernel, given: Given<Bound>): Bound =>
  inNumbers(kernel, given) ?? Infinity;

/** The bound of numbers that are there. */
export const boundIn = (data: Float32Array): Bound => {
  let bound = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]!);
    if (!(size <= bound)) bound = Number.isNaN(size) ? Infinity : size;
  }
  return bound;
};
