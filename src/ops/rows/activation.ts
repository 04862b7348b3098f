/** Functions of one number, applied everywhere, and softmax. */
import { zeros } from '../../numeric/tensor.ts';
import { number } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { each, keeping } from './keeping.ts';
import { scalar, times } from '../../kernel/formulas.ts';
import { input, kernel, type Kernel, type Lowered } from '../../kernel/kernel.ts';

const simply = (k: Kernel) => (): Lowered => kernel(k, input(0));

/** y = max(0, x) */
const relu = keeping({
  doc: 'The rectifier: y = max(0, x) (Nair and Hinton 2010).',
  examples: [
    '(conv3-64; relu) : [224, 224, 3] -> [224, 224, 64]',
    '((conv3-64 + id); relu) : [56, 56, 64] -> [56, 56, 64]',
  ],
  elementwise: true,
  rectifies: true,
  fills: { order: 2 },
  flops: 1,
  value: each((x) => Math.max(0, x)),
  lower: simply({ op: 'Relu' }),
});

/** y = min(6, max(0, x)) */
const relu6 = keeping({
  doc: 'The rectifier cut off at 6: y = min(6, max(0, x)), as in MobileNets (Howard et al. 2017).',
  examples: ['(depthwise3; relu6) : [112, 112, 32] -> [112, 112, 32]', 'relu6 : [1024] -> [1024]'],
  elementwise: true,
  rectifies: true,
  flops: 2,
  value: each((x) => Math.min(6, Math.max(0, x))),
  lower: simply({ op: 'Relu6' }),
});

/** y = x for x ≥ 0, alpha·x below */
const leakyRelu = keeping({
  doc: `A rectifier with a slope below zero: y = x for x ≥ 0, and alpha · x below (Maas et al. 2013).

The default slope is PyTorch’s; Keras’s is 0.3, TensorFlow’s 0.2, darknet’s 0.1.`,
  examples: [
    'leaky_relu : [56, 56, 64] -> [56, 56, 64]',
    '(conv3-64; leaky_relu-0.2) : [h, w, 3] -> [h, w, 64]',
  ],
  elementwise: true,
  params: [declare.real('alpha', 'the slope below zero', { min: 0, max: 1 }, 0.01)],
  flops: 2,
  value: each((x, args) => (x < 0 ? number(args, 'alpha') * x : x)),
  lower: (args) => kernel({ op: 'LeakyRelu', alpha: number(args, 'alpha') }, input(0)),
  args: [{}, { alpha: 0.2 }, { alpha: 0 }],
});

/** y = 1 / (1 + e^−x) */
const sigmoid = keeping({
  doc: 'The logistic function: y = 1 / (1 + e^−x).',
  examples: [
    '(fc-1; sigmoid) : [512] -> [1]',
    '(id * (gap; fc-64; sigmoid)) : [56, 56, 64] -> [56, 56, 64]',
  ],
  elementwise: true,
  flops: 3,
  value: each((x) => 1 / (1 + Math.exp(-x))),
  lower: simply({ op: 'Sigmoid' }),
});

const tanh = keeping({
  doc: 'The hyperbolic tangent: y = (e^x − e^−x) / (e^x + e^−x).',
  examples: ['(fc-84; tanh) : [120] -> [84]', '(conv3-3; tanh) : [h, w, 64] -> [h, w, 3]'],
  elementwise: true,
  fills: { order: 1 },
  flops: 5,
  value: each(Math.tanh),
  lower: simply({ op: 'Tanh' }),
});

/** y[…, i] = e^x[…, i] / Σ e^x[…, j]; the largest x is subtracted first, which changes nothing but overflow. */
const softmax = keeping({
  doc: `Probabilities from scores, over the channels: y[…, i] = e^x[…, i] / Σ over j of e^x[…, j].

On a map each pixel has its own. Keras’s \`Softmax(axis = -1)\`; PyTorch’s \`dim = 1\`.`,
  examples: [
    '(fc-1000; softmax) : [4096] -> [1000]',
    '(conv1-21; softmax) : [h, w, 512] -> [h, w, 21]',
  ],
  sumsToOne: true,
  flops: 5,
  value: (_, x) => {
    const c = x.shape[x.shape.length - 1];
    const out = zeros(x.shape);
    for (let first = 0; first < x.data.length; first += c) {
      const scores = x.data.subarray(first, first + c);
      const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
      const powers = scores.map((score) => Math.exp(score - most));
      const sum = powers.reduce((a, b) => a + b, 0);
      out.data.set(
        powers.map((p) => p / sum),
        first,
      );
    }
    return out;
  },
  lower: simply({ op: 'Softmax' }),
});

/** y = factor · x */
const scale = keeping({
  doc: `A constant factor: y = factor · x, such as the residual scaling of Inception-ResNet (Szegedy et al. 2017).
It is not trained.`,
  examples: [
    'scale-0.5 : [56, 56, 64] -> [56, 56, 64]',
    '((conv3-64; scale-0.1) + id) : [56, 56, 64] -> [56, 56, 64]',
  ],
  elementwise: true,
  scales: true,
  fills: { order: 4, args: () => ({ factor: -2 }) },
  params: [declare.real('factor', 'what everything is multiplied by', { min: -1e9, max: 1e9 })],
  flops: 1,
  value: each((x, args) => x * number(args, 'factor')),
  lower: (args) => kernel({ op: 'Mul' }, input(0), scalar(number(args, 'factor'))),
  args: [{ factor: 0.1 }, { factor: -2 }],
});

/** y = x at inference */
const dropout = keeping({
  doc: `While training, sets each number to 0 with probability \`rate\` and divides the others by 1 − rate; at inference
y = x (Srivastava et al. 2014).

Scaling while training is what PyTorch, Keras and TensorFlow do; the papers of the time halved the weights at test
time instead. TensorFlow 1’s \`keep_prob\` is 1 − rate.`,
  examples: ['dropout : [4096] -> [4096]', '(fc-4096; relu; dropout-0.3) : [9216] -> [4096]'],
  elementwise: true,
  training: (args) => {
    const keep = 1 - number(args, 'rate');
    return keep === 1 ? { value: input(0) } : { value: times(input(0), input(1)), mask: { keep } };
  },
  params: [declare.real('rate', 'the share that is set to 0', { min: 0, max: 1 }, 0.5)],
  flops: 0,
  value: (_, x) => x,
  lower: () => input(0),
  args: [{}, { rate: 0 }, { rate: 0.7 }],
});

/** Activations and other functions of one number, in the order of the documentation. */
export const activations = {
  relu,
  relu6,
  leaky_relu: leakyRelu,
  sigmoid,
  tanh,
  softmax,
  scale,
  dropout,
};
