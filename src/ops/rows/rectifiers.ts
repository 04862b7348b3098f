/** Relatives of the rectifier that are smooth, or whose slope below zero is learnt. Large numbers do not overflow in them. */
import { minus, over, plus, scalar, squared, times } from '../../kernel/formulas.ts';
import { input, kernel, weight, type Lowered } from '../../kernel/kernel.ts';
import { normalBelow } from '../../numeric/normal.ts';
import { flag, number } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { perChannels, trained } from '../parts/rules.ts';
import { keeping as symbolic } from '../symbolic/rules.ts';
import { each, keeping } from './keeping.ts';

const x = input(0);

/**
 * alpha · (e^m − 1) for m = min(x, 0), without e: with t = tanh(m/2), which lies in (−1, 0], e^m − 1 = 2t / (1 − t).
 * Nothing overflows, and near 0, where e^m is near 1, no digit is lost.
 */
const exponentialBelow = (alpha: number, rectified: Lowered): Lowered => {
  const t = kernel({ op: 'Tanh' }, times(minus(x, rectified), scalar(0.5)));
  return times(scalar(2 * alpha), over(t, minus(scalar(1), t)));
};

/** y = x for x ≥ 0, alpha · (e^x − 1) below */
const elu = keeping({
  doc: `The exponential linear unit: y = x for x ≥ 0, and alpha · (e^x − 1) below (Clevert et al. 2016).

PyTorch’s \`ELU\` and Keras’s \`elu\`, with their default.`,
  examples: [
    '(conv3-64; elu) : [56, 56, 64] -> [56, 56, 64]',
    'elu(alpha = 0.5) : [4096] -> [4096]',
  ],
  elementwise: true,
  params: [declare.real('alpha', 'the limit far below zero is −alpha', { min: 0, max: 1e6 }, 1)],
  flops: 5,
  value: each((v, args) => (v < 0 ? number(args, 'alpha') * Math.expm1(v) : v)),
  lower: (args) => {
    const rectified = kernel({ op: 'Relu' }, x);
    return plus(rectified, exponentialBelow(number(args, 'alpha'), rectified));
  },
  args: [{}, { alpha: 0.3 }],
});

const steepness = 2 * Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/** y = x · Φ(x) */
const gelu = keeping({
  doc: `The Gaussian error linear unit: y = x · Φ(x), where Φ(x) = (1 + erf(x/√2)) / 2 is the share of a normal
distribution below x (Hendrycks and Gimpel 2016). With \`approximate\`,
y = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))), which is never further off than 5e-4.

PyTorch’s \`GELU\`, where \`approximate = 'tanh'\`, and Keras’s \`gelu\`. GPT-2 was trained with the approximate
one.`,
  examples: [
    '(conv1-384; gelu; conv1-96) : [56, 56, 96] -> [56, 56, 96]',
    'gelu(approximate = true) : [768] -> [768]',
  ],
  elementwise: true,
  params: [declare.flag('approximate', 'whether the formula with tanh is taken', false)],
  flops: 8,
  value: each((v, args) =>
    flag(args, 'approximate')
      ? (v / 2) * (1 + Math.tanh((steepness / 2) * (v + cubic * v ** 3)))
      : v * normalBelow(v),
  ),
  lower: (args) => {
    if (!flag(args, 'approximate')) {
      const erf = kernel({ op: 'Erf' }, times(x, scalar(Math.SQRT1_2)));
      return times(times(x, scalar(0.5)), plus(scalar(1), erf));
    }
    // (1 + tanh z) / 2 = sigmoid(2z), which has all of its digits where it is small
    const slope = plus(scalar(steepness), times(scalar(steepness * cubic), squared(x)));
    return times(x, kernel({ op: 'Sigmoid' }, times(x, slope)));
  },
  args: [{}, { approximate: true }],
});

/** y = x / (1 + e^−x) */
const silu = keeping({
  doc: `The sigmoid-weighted linear unit: y = x · sigmoid(x) = x / (1 + e^−x) (Elfwing et al. 2018), called swish in
EfficientNets (Ramachandran et al. 2017).

PyTorch’s \`SiLU\`, Keras’s \`silu\`.`,
  examples: ['(conv3-64; batchnorm; silu) : [h, w, 32] -> [h, w, 64]', 'silu : [1280] -> [1280]'],
  elementwise: true,
  flops: 4,
  value: each((v) => v / (1 + Math.exp(-v))),
  lower: () => times(x, kernel({ op: 'Sigmoid' }, x)),
});

/** y = x · min(6, max(0, x + 3)) / 6 */
const hardswish = keeping({
  doc: `\`silu\` in straight pieces: y = x · min(6, max(0, x + 3)) / 6, as in MobileNetV3 (Howard et al. 2019).

PyTorch’s \`Hardswish\`, Keras’s \`hard_silu\`.`,
  examples: [
    '(conv3-16/2; batchnorm; hardswish) : [224, 224, 3] -> [112, 112, 16]',
    'hardswish : [1280] -> [1280]',
  ],
  elementwise: true,
  flops: 5,
  value: each((v) => (v * Math.min(6, Math.max(0, v + 3))) / 6),
  lower: () => times(x, times(kernel({ op: 'Relu6' }, plus(x, scalar(3))), scalar(1 / 6))),
});

/** y = ln(1 + e^x) */
const softplus = keeping({
  doc: `A smooth rectifier: y = ln(1 + e^x) (Dugas et al. 2001). Its slope is \`sigmoid\`.

PyTorch’s \`Softplus\`, which from x = 20 on gives x, as rounding does; Keras’s \`softplus\`.`,
  examples: ['(fc-1; softplus) : [512] -> [1]', 'softplus : [h, w, 64] -> [h, w, 64]'],
  elementwise: true,
  flops: 4,
  value: each((v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))),
  lower: () => kernel({ op: 'Softplus' }, x),
});

/** y = x · tanh(ln(1 + e^x)) */
const mish = keeping({
  doc: `A smooth rectifier that dips below zero: y = x · tanh(ln(1 + e^x)) (Misra 2020), as in YOLOv4.

PyTorch’s \`Mish\`, Keras’s \`mish\`.`,
  examples: [
    '(conv3-32; batchnorm; mish) : [608, 608, 3] -> [608, 608, 32]',
    'mish : [1024] -> [1024]',
  ],
  elementwise: true,
  flops: 6,
  value: each((v) => v * Math.tanh(Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))))),
  lower: () => times(x, kernel({ op: 'Tanh' }, kernel({ op: 'Softplus' }, x))),
});

/** y[…, i] = x[…, i] for x ≥ 0, alpha[i] · x[…, i] below */
const prelu = keeping({
  doc: `A rectifier whose slope below zero is learnt, one for each channel: y[…, i] = x[…, i] where that is at least 0, and
alpha[i] · x[…, i] below (He et al. 2015). The slopes begin at 0.25.

PyTorch’s \`PReLU(num_parameters = c)\`, whose default is one slope for all channels. Keras’s has one for each number
unless \`shared_axes = [1, 2]\`, and they begin at 0.`,
  examples: ['(conv3-64; prelu) : [112, 112, 3] -> [112, 112, 64]', 'prelu : [512] -> [512]'],
  elementwise: true,
  flops: 2,
  weights: (_, [t]) =>
    perChannels(t, (c) => [trained('alpha', [c], { tag: 'constant', value: 0.25 })]),
  symbolic: { ...symbolic, weights: (_, __, { c }) => [{ name: 'alpha', shape: [c] }] },
  value: (_, { shape, data }, { alpha }) => {
    const c = alpha.data.length;
    return { shape, data: data.map((v, i) => (v < 0 ? alpha.data[i % c] * v : v)) };
  },
  lower: () => {
    const rectified = kernel({ op: 'Relu' }, x);
    return plus(rectified, times(minus(x, rectified), weight('alpha')));
  },
});

/** Relatives of the rectifier, in the order of the documentation. */
export const rectifiers = { elu, gelu, silu, hardswish, softplus, mish, prelu };
