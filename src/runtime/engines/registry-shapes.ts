/** The shapes of what the kernels of TensorFlow.js's registry make, for those that ours are made of. */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { Bug } from '../../diagnostic/bug.ts';
import { broadcast, windowsAlong, type Shape } from '../../kernel/shape.ts';

/** Inputs in the order in which they are given. */
type Rule = (inputs: readonly Shape[], attributes: NamedAttrMap) => Shape;

/** An attribute that is a list of numbers, or of pairs of them. */
const list = (attributes: NamedAttrMap, name: string): readonly unknown[] => {
  const found: unknown = attributes[name];
  if (!Array.isArray(found)) throw new Bug(`the attribute ${name} is not a list`);
  return found;
};

const numbers = (attributes: NamedAttrMap, name: string): Shape =>
  list(attributes, name).map(Number);

const asFirst: Rule = ([x]) => x!;
const asBoth: Rule = ([a, b]) => broadcast(a!, b!);

const asSaid =
  (attribute: string): Rule =>
  (_, attributes) =>
    numbers(attributes, attribute);

/** Windows of this size on a map; the channels are those of the map, unless a filter says otherwise. */
const windowed = (x: Shape, window: Shape, attributes: NamedAttrMap, channels: number): Shape => {
  const strides = numbers(attributes, 'strides');
  const rates = 'dilations' in attributes ? numbers(attributes, 'dilations') : [1, 1];
  const { pad } = attributes;
  const padding = pad === 'same' ? 'SAME' : 'VALID';
  const along = (axis: 0 | 1): number => {
    const span = rates[axis]! * (window[axis]! - 1) + 1;
    return windowsAlong(x[axis + 1]!, span, strides[axis]!, padding);
  };
  return [x[0]!, along(0), along(1), channels];
};

const convolved: Rule = ([x, filter], attributes) => windowed(x!, filter!, attributes, filter![3]!);

const convolvedByChannel: Rule = ([x, filter], attributes) =>
  windowed(x!, filter!, attributes, filter![2]! * filter![3]!);

const pooled: Rule = ([x], attributes) =>
  windowed(x!, numbers(attributes, 'filterSize'), attributes, x![3]!);

/** Matrices, or batches of them; one matrix is for all of a batch. */
const multiplied: Rule = ([a, b], { transposeA, transposeB }) => [
  ...broadcast(a!.slice(0, 1), b!.slice(0, 1)),
  a![transposeA === true ? 2 : 1]!,
  b![transposeB === true ? 1 : 2]!,
];

const reducedOver =
  (attribute: string): Rule =>
  ([x], attributes) => {
    const axes = new Set([attributes[attribute]].flat().map(Number));
    return attributes['keepDims'] === true
      ? x!.map((n, axis) => (axes.has(axis) ? 1 : n))
      : x!.filter((_, axis) => !axes.has(axis));
  };

const resized: Rule = ([x], attributes) => [x![0]!, ...numbers(attributes, 'size'), x![3]!];

const joined: Rule = (inputs, { axis }) =>
  inputs[0]!.map((n, i) => (i === axis ? inputs.reduce((sum, x) => sum + x[i]!, 0) : n));

/** What netc registers beside TensorFlow.js's own on WebGPU: see `webgpu/added.ts`. */
const ownOfWebgpu = { AddActivated: asFirst };

const rules = {
  Add: asBoth,
  AvgPool: pooled,
  BatchMatMul: multiplied,
  Cast: asFirst,
  ClipByValue: asFirst,
  Concat: joined,
  Conv2D: convolved,
  Conv2DBackpropInput: asSaid('inputShape'),
  DepthwiseConv2dNative: convolvedByChannel,
  Equal: asBoth,
  Erf: asFirst,
  Exp: asFirst,
  Fill: asSaid('shape'),
  FusedBatchNorm: asFirst,
  FusedConv2D: convolved,
  FusedDepthwiseConv2D: convolvedByChannel,
  LRN: asFirst,
  LeakyRelu: asFirst,
  Log: asFirst,
  Max: reducedOver('reductionIndices'),
  MaxPool: pooled,
  Mean: reducedOver('axis'),
  Multiply: asBoth,
  PadV2: ([x], attributes) => {
    const paddings = list(attributes, 'paddings').map((p) => (Array.isArray(p) ? p : []));
    return x!.map((n, axis) => n + Number(paddings[axis]![0]) + Number(paddings[axis]![1]));
  },
  Pow: asBoth,
  RealDiv: asBoth,
  Relu: asFirst,
  Relu6: asFirst,
  Reshape: asSaid('shape'),
  ResizeBilinear: resized,
  ResizeNearestNeighbor: resized,
  Reverse: asFirst,
  Sigmoid: asFirst,
  Slice: asSaid('size'),
  Softmax: asFirst,
  Softplus: asFirst,
  Sqrt: asFirst,
  Square: asFirst,
  SquaredDifference: asBoth,
  Step: asFirst,
  Sub: asBoth,
  Sum: reducedOver('axis'),
  Tanh: asFirst,
  Tile: ([x], attributes) => numbers(attributes, 'reps').map((times, axis) => times * x![axis]!),
  Transpose: ([x], attributes) => numbers(attributes, 'perm').map((axis) => x![axis]!),
  _FusedMatMul: multiplied,
  ...ownOfWebgpu,
} satisfies { readonly [name: string]: Rule };

/** A kernel of the registry that ours are made of. */
export type RegistryName = keyof typeof rules;

/** The shape of what it makes, and its type: comparing gives truth values, of a byte each. */
export const shapeMade = (
  name: RegistryName,
  inputs: readonly TensorInfo[],
  attributes: NamedAttrMap,
): Pick<TensorInfo, 'shape' | 'dtype'> => ({
  shape: [
    ...rules[name](
      inputs.map(({ shape }) => shape),
      attributes,
    ),
  ],
  dtype: name === 'Equal' ? 'bool' : 'float32',
});
