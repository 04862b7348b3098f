/**
 * Kernels: the small set of tensor operations that every engine has, under TensorFlow's names. A row
 * lowers to an expression of kernels; the plan puts them in order, and an engine or the GraphModel
 * writer takes them one by one. NHWC throughout.
 */

/** `SAME` is TensorFlow's; numeric padding is a PadV2 before a VALID window, the only portable form. */
export type WindowPadding = 'SAME' | 'VALID';
type Two = readonly [h: number, w: number];

export type Activation = 'Relu' | 'Relu6' | 'LeakyRelu' | 'Sigmoid';

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
  /** [x, filter [kh, kw, cout, cin]]: a transposed convolution to h × w = `size`, without the batch */
  | {
      readonly op: 'Conv2DBackpropInput';
      readonly strides: Two;
      readonly padding: WindowPadding;
      readonly size: readonly [h: number, w: number, cout: number];
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
  /** without the batch, which stays */
  | { readonly op: 'Reshape'; readonly shape: readonly number[] }
  /** without the batch; −1 in `size` means to the end */
  | { readonly op: 'Slice'; readonly begin: readonly number[]; readonly size: readonly number[] }
  /** along the last axis */
  | { readonly op: 'ConcatV2' }
  /** [a, b], broadcasting as NumPy does */
  | { readonly op: 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'Pow' }
  | { readonly op: 'Square' | 'OnesLike' }
  | {
      readonly op: 'ResizeNearestNeighbor' | 'ResizeBilinear';
      readonly size: Two;
      readonly halfPixelCenters: boolean;
    };

/** Arithmetic on weights that happens once, when they are loaded. Axes and shapes are the weight's own. */
export type WeightExpr =
  | { readonly tag: 'weight'; readonly name: string }
  | {
      readonly tag: 'slice';
      readonly of: WeightExpr;
      readonly begin: readonly number[];
      readonly size: readonly number[];
    }
  | { readonly tag: 'reshape'; readonly of: WeightExpr; readonly shape: readonly number[] };

/** What a row lowers to. The same object mentioned twice is computed once. */
export type Lowered =
  | { readonly tag: 'input'; readonly index: number }
  | { readonly tag: 'constant'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly tag: 'weights'; readonly value: WeightExpr }
  | { readonly tag: 'kernel'; readonly kernel: Kernel; readonly inputs: readonly Lowered[] };

export const input = (index: number): Lowered => ({ tag: 'input', index });
export const weight = (name: string): Lowered => ({
  tag: 'weights',
  value: { tag: 'weight', name },
});
export const kernel = (k: Kernel, ...inputs: readonly Lowered[]): Lowered => ({
  tag: 'kernel',
  kernel: k,
  inputs,
});
