/** Every kernel as nodes of TensorFlow's. */
import type { KernelName, KernelOf } from '../../../kernel/kernel.ts';
import { maps } from './maps.ts';
import { movement } from './movement.ts';
import { fused, products } from './products.ts';
import { filled, nodesOf, plain, type Operation, type Site } from './site.ts';

/** Adds the nodes of a kernel, with the constants that they need, and gives the names of its results. */
export const writeKernel = <Op extends KernelName>(
  kernel: KernelOf<Op>,
  to: Site,
): readonly string[] => {
  const results = operations[kernel.op](kernel, to);
  return typeof results === 'string' ? [results] : results;
};

const leakyRelu: Operation<'LeakyRelu'> = ({ alpha }, to) =>
  to.add('LeakyRelu', nodesOf(to), { alpha: { real: alpha } });

const operations: { readonly [Op in KernelName]: Operation<Op> } = {
  ...products,
  ...maps,
  ...movement,
  Fused: fused(writeKernel),
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
  Softplus: plain,
  Exp: plain,
  Log: plain,
};
