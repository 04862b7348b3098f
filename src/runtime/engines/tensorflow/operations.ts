/** Every kernel as nodes of TensorFlow's. */
import type { KernelName, KernelOf } from '../../../kernel/kernel.ts';
import { careful } from './keeping-nan.ts';
import { maps } from './maps.ts';
import { movement } from './movement.ts';
import { fused, products } from './products.ts';
import { filled, nodesOf, plain, type Operation, type Site } from './site.ts';

const leakyReluOf = ({ alpha }: KernelOf<'LeakyRelu'>, to: Site, x: string): string =>
  to.add('LeakyRelu', [x], { alpha: { real: alpha } });

const plainLeakyRelu: Operation<'LeakyRelu'> = (kernel, to) =>
  leakyReluOf(kernel, to, nodesOf(to)[0]!);

/**
 * TensorFlow 2.21 would fuse a product with swish and then with a LeakyRelu, or with what is taken for mish, which no
 * kernel of its own computes: "Fusion is not implemented". It does not look through a snapshot.
 */
const apart = (to: Site, node: string): string => to.add('Snapshot', [node]);

const leakyRelu: Operation<'LeakyRelu'> = (kernel, to) =>
  leakyReluOf(kernel, to, apart(to, nodesOf(to)[0]!));

const softplus: Operation<'Softplus'> = (_, to) => apart(to, to.add('Softplus', nodesOf(to)));

type Operations = { readonly [Op in KernelName]: Operation<Op> };

const operations: Omit<Operations, 'Fused'> = {
  ...products,
  ...maps,
  ...movement,
  Relu: plain,
  Relu6: plain,
  LeakyRelu: leakyRelu,
  Sigmoid: plain,
  Tanh: plain,
  Softmax: plain,
  LogSoftmax: plain,
  AddV2: plain,
  Sub: plain,
  Mul: plain,
  RealDiv: plain,
  Pow: plain,
  Square: plain,
  Sqrt: plain,
  OnesLike: (_, to) => filled(to, to.results[0]!, 1),
  Erf: plain,
  Softplus: softplus,
  Exp: plain,
  Log: plain,
};

/** Adds the nodes of a kernel, with the constants that they need, and gives the names of its results. */
export type Write = <Op extends KernelName>(kernel: KernelOf<Op>, to: Site) => readonly string[];

/** `fusedLeakyRelu` is written in a kernel that netc has fused, where no swish can stand before it. */
const writing = (
  own: Omit<Operations, 'Fused'>,
  fusedLeakyRelu: Operation<'LeakyRelu'> = own.LeakyRelu,
): Write => {
  const write: Write = (kernel, to) => {
    const results = all[kernel.op](kernel, to);
    return typeof results === 'string' ? [results] : results;
  };
  const all: Operations = {
    ...own,
    Fused: fused((kernel, to) =>
      kernel.op === 'LeakyRelu' ? [fusedLeakyRelu(kernel, to)].flat() : write(kernel, to),
    ),
  };
  return write;
};

export const writeKernel = writing(operations, plainLeakyRelu);

/** The same, but NaN stays NaN, and TensorFlow fuses less. */
export const writeKeepingNaN = writing({ ...operations, ...careful });
