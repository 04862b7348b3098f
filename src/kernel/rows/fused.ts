/** A product with what follows it. */
import type { Tensor } from '../../numeric/tensor.ts';
import type { Activation, KernelOf, Product } from '../kernel.ts';
import { sample, value, type KernelRow } from '../row.ts';
import type { Shape } from '../shape.ts';
import { leakyRelu, relu, relu6, sigmoid } from './activations.ts';
import { biasAdd, conv2D, depthwiseConv2dNative, matMul } from './products.ts';

type Part = Product | Activation;

const rows: { readonly [Op in Part]: KernelRow<Op> } = {
  Conv2D: conv2D,
  DepthwiseConv2dNative: depthwiseConv2dNative,
  MatMul: matMul,
  Relu: relu,
  Relu6: relu6,
  LeakyRelu: leakyRelu,
  Sigmoid: sigmoid,
};

const shapesOf = <Op extends Part>(part: KernelOf<Op>, operands: readonly Shape[]) =>
  rows[part.op].shapes(part, operands);

const referenceOf = <Op extends Part>(part: KernelOf<Op>, operands: readonly Tensor[]) =>
  rows[part.op].reference(part, operands);

const convolution = { strides: [1, 1], dilations: [1, 1], padding: 'SAME' } as const;

/** y = activation(product(x, filter) + bias): what its parts compute one after the other. */
export const fused: KernelRow<'Fused'> = {
  operands: [value('x'), value('filter'), value('bias')],
  results: ['y'],
  shapes: ({ product }, operands) => shapesOf(product, operands),
  reference: ({ product, activation }, [x, filter, bias]) => {
    const sum = biasAdd.reference({ op: 'BiasAdd' }, [...referenceOf(product, [x, filter]), bias]);
    return activation === undefined ? sum : referenceOf(activation, sum);
  },
  samples: [
    sample(
      { product: { op: 'Conv2D', ...convolution }, activation: { op: 'Relu' } },
      ...[[2, 5, 4, 3], [3, 3, 3, 2], [2]],
    ),
    sample(
      {
        product: { op: 'Conv2D', ...convolution, strides: [2, 2] },
        activation: { op: 'LeakyRelu', alpha: 0.3 },
      },
      ...[[3, 5, 7, 1], [2, 3, 1, 3], [3]],
    ),
    sample(
      {
        product: { op: 'DepthwiseConv2dNative', ...convolution },
        activation: { op: 'Relu6' },
      },
      ...[[2, 5, 3, 3], [3, 3, 3, 1], [3]],
    ),
    sample(
      { product: { op: 'DepthwiseConv2dNative', ...convolution }, activation: undefined },
      ...[[2, 5, 3, 1], [3, 3, 1, 2], [2]],
    ),
    sample({ product: { op: 'MatMul' }, activation: undefined }, [3, 5], [5, 2], [2]),
    sample({ product: { op: 'MatMul' }, activation: { op: 'Sigmoid' } }, [2, 1], [1, 3], [3]),
  ],
  parts: ({ product, activation }) => [
    product,
    { op: 'BiasAdd' },
    ...(activation === undefined ? [] : [activation]),
  ],
};
