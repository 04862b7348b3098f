/** Convolutions, products of matrices, their biases and their gradients, as nodes. */
import type { KernelName, KernelOf, Product } from '../../../kernel/kernel.ts';
import type { Shape } from '../../../kernel/shape.ts';
import type { Attributes } from './node.ts';
import { channelsLast, nodesOf, overMaps, reshaped, type Operation, type Site } from './site.ts';

type Convolution = Omit<KernelOf<'Conv2D'>, 'op'>;

const windowing = ({ strides, dilations, padding }: Convolution): Attributes => ({
  strides: overMaps(strides),
  dilations: overMaps(dilations),
  padding: { text: padding },
  explicit_paddings: { integers: [] },
  ...channelsLast,
});

/**
 * Whether TensorFlow's kernels for depthwise convolutions compute this one right: they want the same stride both ways,
 * and their gradients with dilations are silently wrong. Others are convolutions with a group for each channel.
 */
const isPlainDepthwise = ({ strides: [down, across], dilations }: Convolution): boolean =>
  down === across && dilations.every((n) => n === 1);

/** The shape of a depthwise filter [h, w, channels, multiplier] as one of groups: its numbers lie the same way. */
const inGroups = ([h, w, channels, multiplier]: Shape): Shape => [
  h!,
  w!,
  1,
  channels! * multiplier!,
];

const groupedFilter = (to: Site): string =>
  reshaped(to, to.operands[1]!.node, inGroups(to.operands[1]!.shape));

const conv2D: Operation<'Conv2D'> = (kernel, to) =>
  to.add('Conv2D', nodesOf(to).slice(0, 2), windowing(kernel));

const depthwise: Operation<'DepthwiseConv2dNative'> = (kernel, to) => {
  const [x, filter] = nodesOf(to);
  return isPlainDepthwise(kernel)
    ? to.add('DepthwiseConv2dNative', [x!, filter!], windowing(kernel))
    : to.add('Conv2D', [x!, groupedFilter(to)], windowing(kernel));
};

const matMul: Operation<'MatMul'> = ({ transposed }, to) =>
  to.add('MatMul', nodesOf(to).slice(0, 2), {
    transpose_a: { flag: transposed === 'a' },
    transpose_b: { flag: transposed === 'b' },
  });

const biasAdd = (to: Site, x: string, bias: string): string =>
  to.add('BiasAdd', [x, bias], channelsLast);

const ofProducts: { readonly [Op in Product]: Operation<Op> } = {
  Conv2D: conv2D,
  DepthwiseConv2dNative: depthwise,
  MatMul: matMul,
};

const product = <Op extends Product>(kernel: KernelOf<Op>, to: Site): string | readonly string[] =>
  ofProducts[kernel.op](kernel, to);

/** The nodes of a kernel whose operands are others than the site's. */
type Inner = (kernel: KernelOf<KernelName>, to: Site) => readonly string[];

/** One after the other: TensorFlow fuses them itself, where it can. */
export const fused =
  (write: Inner): Operation<'Fused'> =>
  ({ product: kernel, activation }, to) => {
    const [made] = [product(kernel, to)].flat();
    const sum = biasAdd(to, made!, to.operands[2]!.node);
    if (activation === undefined) return sum;
    const shape = to.results[0]!;
    return write(activation, { ...to, operands: [{ shape, batched: true, node: sum }] });
  };

/** Of a convolution of x with a filter, by one of them, for a gradient of its result. */
const byInput: Operation<'Conv2DBackpropInputV2'> = (kernel, to) => {
  const [x, filter, dy] = to.operands;
  const inputs = [to.whole(x!.shape), filter!.node, dy!.node];
  return to.add('Conv2DBackpropInput', inputs, windowing(kernel));
};

const byFilter: Operation<'Conv2DBackpropFilterV2'> = (kernel, to) => {
  const [x, filter, dy] = to.operands;
  const inputs = [x!.node, to.whole(filter!.shape), dy!.node];
  return to.add('Conv2DBackpropFilter', inputs, windowing(kernel));
};

const depthwiseByInput: Operation<'DepthwiseConv2dNativeBackpropInput'> = (kernel, to) => {
  const [x, filter, dy] = to.operands;
  const size = to.whole(x!.shape);
  return isPlainDepthwise(kernel)
    ? to.add(kernel.op, [size, filter!.node, dy!.node], windowing(kernel))
    : to.add('Conv2DBackpropInput', [size, groupedFilter(to), dy!.node], windowing(kernel));
};

const depthwiseByFilter: Operation<'DepthwiseConv2dNativeBackpropFilter'> = (kernel, to) => {
  const [x, filter, dy] = to.operands;
  if (isPlainDepthwise(kernel))
    return to.add(kernel.op, [x!.node, to.whole(filter!.shape), dy!.node], windowing(kernel));
  const size = to.whole(inGroups(filter!.shape));
  const grouped = to.add('Conv2DBackpropFilter', [x!.node, size, dy!.node], windowing(kernel));
  return reshaped(to, grouped, filter!.shape);
};

/** The gradient of a convolution by its input, forwards: its filter is [h, w, out, in]. */
const transposed: Operation<'Conv2DBackpropInput'> = ({ strides, padding }, to) => {
  const [x, filter] = nodesOf(to);
  const inputs = [to.whole(to.results[0]!), filter!, x!];
  return to.add('Conv2DBackpropInput', inputs, windowing({ strides, padding, dilations: [1, 1] }));
};

/** A bias is added to the last axis. */
const bias: Operation<'BiasAdd'> = (_, to) =>
  biasAdd(to, to.operands[0]!.node, to.operands[1]!.node);

export const products = {
  ...ofProducts,
  BiasAdd: bias,
  Conv2DBackpropInput: transposed,
  Conv2DBackpropInputV2: byInput,
  Conv2DBackpropFilterV2: byFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseByInput,
  DepthwiseConv2dNativeBackpropFilter: depthwiseByFilter,
};
