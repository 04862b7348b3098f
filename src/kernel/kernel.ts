/**
 * Kernels: the small set of tensor operations that every engine has, under TensorFlow's names. A row
 * lowers to an expression of kernels; the plan puts them in order, and an engine or the GraphModel
 * writer takes them one by one. NHWC throughout. What a kernel means is in its row (`table.ts`).
 *
 * Where the size of the image is free no kernel holds a height or width: what it makes of a map follows from the map,
 * so one program serves images of every size. The plan computes the sizes of one run (`lower/plan.ts`); a GraphModel,
 * where TensorFlow wants a size, takes it from the shape of what comes in.
 */

/** `SAME` is TensorFlow's; numeric padding is a PadV2 before a VALID window, the only portable form. */
export type WindowPadding = 'SAME' | 'VALID';

/**
 * What pads the operand of a maximum pool, whose windows each have a pixel: the lowest float32, which no pixel is below.
 * (−∞ cannot be written into a model file.)
 */
export const belowAll = -3.4028234663852886e38;

type Two = readonly [h: number, w: number];

type Convolution = {
  readonly strides: Two;
  readonly dilations: Two;
  readonly padding: WindowPadding;
};
type Pool = { readonly window: Two; readonly strides: Two; readonly padding: WindowPadding };
type Nothing = Readonly<Record<never, never>>;
/** `scale` times as high and as wide, pixel centres at halves */
type Resize = { readonly scale: number };
type LocalResponse = {
  readonly radius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
};
type Along = { readonly axes: readonly number[] };

/** What each kernel holds beside its operands, which its row names. */
export type Attributes = {
  readonly Conv2D: Convolution;
  readonly DepthwiseConv2dNative: Convolution;
  /** a transposed convolution of h rows to s·h (SAME) or s(h − 1) + kh (VALID) */
  readonly Conv2DBackpropInput: { readonly strides: Two; readonly padding: WindowPadding };
  /** of two matrices, of which one may be read by columns; [rows, inner] and [inner, columns] are multiplied */
  readonly MatMul: { readonly transposed?: 'a' | 'b' };
  readonly BiasAdd: Nothing;
  /** a product, its bias and perhaps an activation in one */
  readonly Fused: {
    readonly product: KernelOf<Product>;
    readonly activation: KernelOf<Activation> | undefined;
  };
  readonly Relu: Nothing;
  readonly Relu6: Nothing;
  readonly LeakyRelu: { readonly alpha: number };
  readonly Sigmoid: Nothing;
  readonly Tanh: Nothing;
  readonly Softmax: Nothing;
  readonly MaxPool: Pool;
  readonly AvgPool: Pool;
  /** over height and width of a map: [n, h, w, c] → [n, c] */
  readonly Mean: Nothing;
  readonly FusedBatchNormV3: { readonly epsilon: number };
  /** over 2·radius + 1 neighbouring channels */
  readonly LRN: LocalResponse;
  /** before and after for each axis of [n, h, w, c] */
  readonly PadV2: { readonly paddings: readonly Two[]; readonly value: number };
  /**
   * Zeros around height and width, so that VALID windows of these spans and strides are those of SAME: a
   * PadV2 whose paddings follow from the size (`samePads`). No operation of TensorFlow's.
   */
  readonly PadSame: { readonly spans: Two; readonly strides: Two };
  /** of each image of a batch, which stays as large as it is; of all where there is no batch */
  readonly Reshape: { readonly shape: readonly number[] };
  /** of each image of a batch; of all where there is no batch */
  readonly Slice: Cut;
  /** along the last axis */
  readonly ConcatV2: Nothing;
  readonly AddV2: Nothing;
  readonly Sub: Nothing;
  readonly Mul: Nothing;
  readonly RealDiv: Nothing;
  readonly Pow: Nothing;
  readonly Square: Nothing;
  readonly OnesLike: Nothing;
  readonly Erf: Nothing;
  readonly Softplus: Nothing;
  readonly ResizeNearestNeighbor: Resize;
  readonly ResizeBilinear: Resize;
  readonly Exp: Nothing;
  readonly Log: Nothing;
} & TrainingAttributes;

/** Of the kernels that only steps of training are made of: what a net computes for inference has none of them. */
type TrainingAttributes = {
  /** over all axes but the last: each channel is normalised by its own mean and variance */
  readonly BatchNorm: { readonly epsilon: number };
  readonly BatchNormGrad: { readonly epsilon: number };
  /** of a convolution by its map and by its filter: what it read, then the gradient of its result */
  readonly Conv2DBackpropInputV2: Convolution;
  readonly Conv2DBackpropFilterV2: Convolution;
  readonly DepthwiseConv2dNativeBackpropInput: Convolution;
  readonly DepthwiseConv2dNativeBackpropFilter: Convolution;
  readonly MaxPoolGrad: Pool;
  readonly AvgPoolGrad: Pool;
  readonly LRNGrad: LocalResponse;
  readonly ResizeBilinearGrad: Resize;
  /** ln of the softmax over the last axis, which does not overflow */
  readonly LogSoftmax: Nothing;
  /** a gradient as it is where the second operand is above 0, and times `below` elsewhere */
  readonly ReluGrad: { readonly below: number };
  readonly Sqrt: Nothing;
  /** what these steps make of each number, one after the other; the results are those of some steps */
  readonly Pointwise: {
    readonly steps: readonly ArithmeticStep[];
    readonly results: readonly number[]; // indices of steps
  };
  /** over these axes, which go; −1 is the last */
  readonly Sum: Along;
  /** over all numbers of all operands, each squared */
  readonly SumOfSquares: Nothing;
  /** along these axes, which come */
  readonly Spread: Along;
  /** how many numbers a sum over these axes adds up */
  readonly Count: Along;
  readonly BroadcastTo: Nothing;
  readonly SumTo: Nothing;
  readonly ReshapeLike: Nothing;
  readonly SliceGrad: Cut;
  readonly PadV2Grad: { readonly paddings: readonly Two[] };
  readonly PadSameGrad: { readonly spans: Two; readonly strides: Two };
  /** the part of a join that operand `index` is */
  readonly ConcatV2Grad: { readonly index: number };
};

/** The name of a kernel that only training uses. */
export type TrainingKernel = keyof TrainingAttributes;

/** The name of a kernel that the row of an operator may lower to. */
export type InferenceKernel = Exclude<KernelName, TrainingKernel>;

/** The name of a kernel: TensorFlow's, where TensorFlow has it. */
export type KernelName = keyof Attributes;

/** The kernel, or one of the kernels, of these names. */
export type KernelOf<Op extends KernelName> = {
  readonly [O in Op]: { readonly op: O } & Attributes[O];
}[Op];

/** A tensor operation that every engine has. */
export type Kernel = KernelOf<KernelName>;

/** Those that a bias and an activation can be fused with. */
export type Product = 'Conv2D' | 'DepthwiseConv2dNative' | 'MatMul';

/** Those that can be fused with a product. */
export type Activation = 'Relu' | 'Relu6' | 'LeakyRelu' | 'Sigmoid';

/** Those on single numbers that can be done in one pass over them. */
export type Arithmetic = 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'Square' | 'Sqrt';

/** What arithmetic reads: an operand, what a step before made, or a number that is the same everywhere. */
export type Term =
  | { readonly tag: 'operand'; readonly index: number }
  | { readonly tag: 'step'; readonly index: number }
  | { readonly tag: 'number'; readonly value: number };

/** One operation on as many terms as its kernel reads. */
export type ArithmeticStep = { readonly op: Arithmetic; readonly of: readonly Term[] };

/** For each axis where the cut begins and how long it is; −1 − n means all but the last n that are left. */
export type Cut = { readonly begin: readonly number[]; readonly size: readonly number[] };

/** A weight, a cut of it, or either in another shape: taken once, when weights are loaded. Axes are the weight's own. */
export type WeightPart =
  | { readonly tag: 'weight'; readonly name: string }
  | ({ readonly tag: 'slice'; readonly of: WeightPart } & Cut)
  | { readonly tag: 'reshape'; readonly of: WeightPart; readonly shape: readonly number[] };

/** What a row lowers to. The same object mentioned twice is computed once. */
export type Lowered =
  | { readonly tag: 'input'; readonly index: number }
  | { readonly tag: 'constant'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly tag: 'weights'; readonly value: WeightPart }
  | Computed
  | { readonly tag: 'result'; readonly of: Computed; readonly index: number };

/** A kernel applied: its first result, where it has several. */
export type Computed = {
  readonly tag: 'kernel';
  readonly kernel: Kernel;
  readonly inputs: readonly Lowered[];
};

/** Operand `index` of the row. */
export const input = (index: number): Lowered => ({ tag: 'input', index });
/** A weight of the layer, by the name that the row gives it. */
export const weight = (name: string): Lowered => ({
  tag: 'weights',
  value: { tag: 'weight', name },
});
/** A kernel on so many values, in the order that it wants. */
export const kernel = (k: Kernel, ...inputs: readonly Lowered[]): Computed => kernelOn(k, inputs);

/** The same for any number of inputs: a call cannot have as many arguments as a join has branches. */
export const kernelOn = (k: Kernel, inputs: readonly Lowered[]): Computed => ({
  tag: 'kernel',
  kernel: k,
  inputs,
});

/** Result `index` of a kernel that has several. */
export const result = (of: Computed, index: number): Lowered => ({ tag: 'result', of, index });
