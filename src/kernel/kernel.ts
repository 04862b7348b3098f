/**
 * Kernels: the small set of tensor operations that every engine has, under TensorFlow's names. A row
 * lowers to an expression of kernels; the plan puts them in order, and an engine or the GraphModel
 * writer takes them one by one. NHWC throughout.
 *
 * No kernel holds the height or width of an image: what it makes of a map follows from the map, so one
 * program serves images of every size. The plan computes the sizes of one run (`lower/memory.ts`); a
 * GraphModel, where TensorFlow wants a size, takes it from the shape of what comes in.
 */

/** `SAME` is TensorFlow's; numeric padding is a PadV2 before a VALID window, the only portable form. */
export type WindowPadding = 'SAME' | 'VALID';
type Two = readonly [h: number, w: number];

/** Those that can be fused with a product. */
export type Activation = 'Relu' | 'Relu6' | 'LeakyRelu' | 'Sigmoid';

/** A tensor operation that every engine has, under TensorFlow’s name; operands stand in the comment before each. */
export type Kernel =
  /** [x, filter [kh, kw, cin, cout]] */
  | {
      readonly op: 'Conv2D';
      readonly strides: Two;
      readonly dilations: Two;
      readonly padding: WindowPadding;
    }
  /** [x, filter [kh, kw, cin, multiplier]] */
  | {
      readonly op: 'DepthwiseConv2dNative';
      readonly strides: Two;
      readonly dilations: Two;
      readonly padding: WindowPadding;
    }
  /** [x, filter [kh, kw, cout, cin]]: a transposed convolution of h rows to s·h (SAME) or s(h − 1) + kh (VALID) */
  | {
      readonly op: 'Conv2DBackpropInput';
      readonly strides: Two;
      readonly padding: WindowPadding;
    }
  /** [x [n, a], weights [a, b]] */
  | { readonly op: 'MatMul' }
  /** [x, bias [c]] */
  | { readonly op: 'BiasAdd' }
  | { readonly op: 'Relu' | 'Relu6' | 'Sigmoid' | 'Tanh' | 'Softmax' }
  | { readonly op: 'LeakyRelu'; readonly alpha: number }
  | {
      readonly op: 'MaxPool' | 'AvgPool';
      readonly window: Two;
      readonly strides: Two;
      readonly padding: WindowPadding;
    }
  /** over height and width of a map: [n, h, w, c] → [n, c] */
  | { readonly op: 'Mean' }
  /** [x, gamma, beta, mean, variance] */
  | { readonly op: 'FusedBatchNormV3'; readonly epsilon: number }
  /** x / (bias + alpha Σx²)^beta over 2·radius + 1 neighbouring channels */
  | {
      readonly op: 'LRN';
      readonly radius: number;
      readonly bias: number;
      readonly alpha: number;
      readonly beta: number;
    }
  /** before and after for each axis of [n, h, w, c] */
  | { readonly op: 'PadV2'; readonly paddings: readonly Two[]; readonly value: number }
  /**
   * Zeros around height and width, so that VALID windows of these spans and strides are those of SAME: a
   * PadV2 whose paddings follow from the size (`samePads`). No operation of TensorFlow's.
   */
  | { readonly op: 'PadSame'; readonly spans: Two; readonly strides: Two }
  /** without the batch, which stays */
  | { readonly op: 'Reshape'; readonly shape: readonly number[] }
  /** without the batch */
  | ({ readonly op: 'Slice' } & Cut)
  /** along the last axis */
  | { readonly op: 'ConcatV2' }
  /** [a, b], broadcasting as NumPy does */
  | { readonly op: 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'Pow' }
  /** Erf is 2/√π times the integral of e^−t² from 0 to x, Softplus ln(1 + e^x) */
  | { readonly op: 'Square' | 'OnesLike' | 'Erf' | 'Softplus' }
  /** `scale` times as high and as wide, pixel centres at halves */
  | { readonly op: 'ResizeNearestNeighbor' | 'ResizeBilinear'; readonly scale: number };

/** For each axis where the cut begins and how long it is; −1 − n means all but the last n that are left. */
export type Cut = { readonly begin: readonly number[]; readonly size: readonly number[] };

/** Arithmetic on weights that happens once, when they are loaded. Axes and shapes are the weight's own. */
export type WeightExpr =
  | { readonly tag: 'weight'; readonly name: string }
  | ({ readonly tag: 'slice'; readonly of: WeightExpr } & Cut)
  | { readonly tag: 'reshape'; readonly of: WeightExpr; readonly shape: readonly number[] };

/** What a row lowers to. The same object mentioned twice is computed once. */
export type Lowered =
  | { readonly tag: 'input'; readonly index: number }
  | { readonly tag: 'constant'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly tag: 'weights'; readonly value: WeightExpr }
  | { readonly tag: 'kernel'; readonly kernel: Kernel; readonly inputs: readonly Lowered[] };

/** Operand `index` of the row. */
export const input = (index: number): Lowered => ({ tag: 'input', index });
/** A weight of the layer, by the name that the row gives it. */
export const weight = (name: string): Lowered => ({
  tag: 'weights',
  value: { tag: 'weight', name },
});
/** A kernel on so many values, in the order that it wants. */
export const kernel = (k: Kernel, ...inputs: readonly Lowered[]): Lowered => kernelOn(k, inputs);

/** The same for any number of inputs: a call cannot have as many arguments as a join has branches. */
export const kernelOn = (k: Kernel, inputs: readonly Lowered[]): Lowered => ({
  tag: 'kernel',
  kernel: k,
  inputs,
});
