/** A product with what follows it. */
import type { KernelOf, Product } from '../kernel.ts';
import { value, type KernelRow } from '../row.ts';
import type { Shape } from '../shape.ts';
import { conv2D, depthwiseConv2dNative, matMul } from './products.ts';

const products: { readonly [Op in Product]: KernelRow<Op> } = {
  Conv2D: conv2D,
  DepthwiseConv2dNative: depthwiseConv2dNative,
  MatMul: matMul,
};

const shapesOfProduct = <Op extends Product>(
  product: KernelOf<Op>,
  operands: readonly Shape[],
): readonly Shape[] => products[product.op].shapes(product, operands);

/** the operands of the product, then the bias [c] */
export const fused: KernelRow<'Fused'> = {
  operands: [value('x'), value('filter'), value('bias')],
  shapes: ({ product }, operands) => shapesOfProduct(product, operands),
  parts: ({ product, activation }) => [
    product,
    { op: 'BiasAdd' },
    ...(activation === undefined ? [] : [activation]),
  ],
};
