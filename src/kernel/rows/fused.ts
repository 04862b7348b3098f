/** A product with what follows it. */
import { Bug } from '../../diagnostic/bug.ts';
import type { Tensor } from '../../numeric/tensor.ts';
import { kernel, type Activation, type KernelOf, type Lowered, type Product } from '../kernel.ts';
import { fixed, sample, value, type Differentiated, type KernelRow } from '../row.ts';
import type { Shape } from '../shape.ts';
import { leakyRelu, relu, relu6, sigmoid } from './activations.ts';
import { biasAdd, conv2D, depthwiseConv2dNative, matMul } from './products.ts';

type Part = Product | Activation | 'BiasAdd';

const rows: { readonly [Op in Part]: KernelRow<Op> } = {
  Conv2D: conv2D,
  DepthwiseConv2dNative: depthwiseConv2dNative,
  MatMul: matMul,
  BiasAdd: biasAdd,
  Relu: relu,
  Relu6: relu6,
  LeakyRelu: leakyRelu,
  Sigmoid: sigmoid,
};

type Batched = readonly boolean[];

const shapesOf = <Op extends Part>(part: KernelOf<Op>, operands: readonly Shape[], all: Batched) =>
  rows[part.op].shapes(part, operands, all);

const referenceOf = <Op extends Part>(
  part: KernelOf<Op>,
  operands: readonly Tensor[],
  all: Batched,
) => rows[part.op].reference(part, operands, all);

/** The gradients of a part by its operands; every part has one by each. */
const gradientsOf = <Op extends Part>(
  part: KernelOf<Op>,
  of: Differentiated,
): readonly Lowered[] => {
  const { gradient } = rows[part.op];
  const all = gradient === 'none' ? [] : gradient(part, of);
  return all.map((by) => {
    if (by === undefined) throw new Bug(`nothing depends on an operand of ${part.op}`);
    return by;
  });
};

const macsOf = <Op extends Product>(
  part: KernelOf<Op>,
  operands: readonly Shape[],
  results: readonly Shape[],
): number => rows[part.op].macs?.(part, operands, results) ?? 0;

const bias = { op: 'BiasAdd' } as const;

const convolution = { strides: [1, 1], dilations: [1, 1], padding: 'SAME' } as const;

/** One kernel that does what these do, with a bias between them. */
export const fusedOf = (
  product: KernelOf<Product>,
  activation: KernelOf<Activation> | undefined,
): KernelOf<'Fused'> => ({ op: 'Fused', product, activation });

/** y = activation(product(x, filter) + bias): what its parts compute one after the other. */
export const fused: KernelRow<'Fused'> = {
  operands: [value('x'), value('filter'), value('bias')],
  results: ['y'],
  shapes: ({ product }, operands, batched) => shapesOf(product, operands, batched),
  reference: ({ product, activation }, [x, filter, added], batched) => {
    const [y] = referenceOf(product, [x, filter], batched);
    const sum = referenceOf(bias, [y, added], batched);
    return activation === undefined ? sum : referenceOf(activation, sum, batched);
  },
  // what lies between the parts was not kept: a part that mentions it computes it again
  gradient: (
    { product, activation },
    { operands: [x, filter, added], results, gradients, reached },
  ) => {
    const made = kernel(product, x, filter);
    const sum = kernel(bias, made, added);
    const bySum =
      activation === undefined
        ? gradients
        : gradientsOf(activation, { operands: [sum], results, gradients, reached });
    const [byProduct, byBias] = gradientsOf(bias, {
      operands: [made, added],
      results: [sum],
      gradients: bySum,
      reached,
    });
    const byOperands = gradientsOf(product, {
      operands: [x, filter],
      results: [made],
      gradients: [byProduct],
      reached,
    });
    return [...byOperands, byBias];
  },
  samples: [
    sample(
      { product: { op: 'Conv2D', ...convolution }, activation: { op: 'Relu' } },
      ...[[2, 5, 4, 3], fixed([3, 3, 3, 2]), fixed([2])],
    ),
    sample(
      {
        product: { op: 'Conv2D', ...convolution, strides: [2, 2] },
        activation: { op: 'LeakyRelu', alpha: 0.3 },
      },
      ...[[3, 5, 7, 1], fixed([2, 3, 1, 3]), fixed([3])],
    ),
    sample(
      {
        product: { op: 'DepthwiseConv2dNative', ...convolution },
        activation: { op: 'Relu6' },
      },
      ...[[2, 5, 3, 3], fixed([3, 3, 3, 1]), fixed([3])],
    ),
    sample(
      { product: { op: 'DepthwiseConv2dNative', ...convolution }, activation: undefined },
      ...[[2, 5, 3, 1], fixed([3, 3, 1, 2]), fixed([2])],
    ),
    sample({ product: { op: 'MatMul' }, activation: undefined }, [3, 5], fixed([5, 2]), fixed([2])),
    sample(
      { product: { op: 'MatMul' }, activation: { op: 'Sigmoid' } },
      [2, 1],
      fixed([1, 3]),
      fixed([3]),
    ),
  ],
  macs: ({ product }, operands, results) => macsOf(product, operands, results),
  parts: ({ product, activation }) => [
    product,
    { op: 'BiasAdd' },
    ...(activation === undefined ? [] : [activation]),
  ],
};
