/**
 * Kernels that make a number of NaN: oneDNN clamps by comparing, a maximum pool passes over what is no number, and some
 * of a softmax are numbers. What is no number, such as ∞ − ∞, must reach the output, where it is seen. So a plan is
 * written a second time with kernels that keep NaN, which are slower, and which nobody fuses; it is run where the first
 * way may have met NaN (`guard.ts`).
 */
import type { Kernel, KernelOf } from '../../../kernel/kernel.ts';
import { maps } from './maps.ts';
import type { Attributes } from './node.ts';
import { nodesOf, type Operation, type Site } from './site.ts';

/** The kernels that may make a number of NaN. */
type Clamp = 'Relu' | 'Relu6' | 'LeakyRelu' | 'MaxPool' | 'Softmax';

const select = (to: Site, when: string, then: string, otherwise: string): string =>
  to.add('SelectV2', [when, then, otherwise]);

/** Numbers below 0 by themselves: of NaN none is. */
const isNegative = (to: Site, x: string): string => to.add('Less', [x, to.scalar(0)]);

/** 0 for every number, ±∞ too, and NaN for NaN. */
const nothing = (to: Site, x: string): string =>
  select(to, to.add('IsNan', [x]), to.scalar(NaN), to.scalar(0));

const overLast: Attributes = { Tidx: { type: 'int32' }, keep_dims: { flag: true } };

/** The same kernels with NaN kept. */
export const careful: { readonly [Op in Clamp]: Operation<Op> } = {
  Relu: (_, to) => {
    const [x] = nodesOf(to);
    return select(to, isNegative(to, x!), to.scalar(0), x!);
  },
  Relu6: (_, to) => {
    const [x] = nodesOf(to);
    const low = select(to, isNegative(to, x!), to.scalar(0), x!);
    return select(to, to.add('Greater', [low, to.scalar(6)]), to.scalar(6), low);
  },
  LeakyRelu: ({ alpha }, to) => {
    const [x] = nodesOf(to);
    return select(to, isNegative(to, x!), to.add('Mul', [x!, to.scalar(alpha)]), x!);
  },
  MaxPool: (kernel, to) => {
    const [x] = to.operands;
    const unclear = { ...x!, node: nothing(to, x!.node) };
    const sums = maps.AvgPool({ ...kernel, op: 'AvgPool' }, { ...to, operands: [unclear] });
    return to.add('AddV2', [[maps.MaxPool(kernel, to)].flat()[0]!, [sums].flat()[0]!]);
  },
  Softmax: (_, to) => {
    const [x] = nodesOf(to);
    const sum = to.add('Sum', [nothing(to, x!), to.whole([-1])], overLast);
    return to.add('AddV2', [to.add('Softmax', [x!]), sum]);
  },
};

/** Whether a kernel may make a number of NaN. */
export const isClamp = (kernel: Kernel): kernel is KernelOf<Clamp> =>
  Object.hasOwn(careful, kernel.op);
