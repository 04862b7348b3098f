/** Normalisations: a number is set in relation to others. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { zeros } from '../../numeric/tensor.ts';
import { sameForm } from '../../size/channels.ts';
import { number, optionalCount } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { minus, over, plus, scalar, scaled, times } from '../../kernel/formulas.ts';
import { input, kernel, result, weight, type Lowered } from '../../kernel/kernel.ts';
import type { Operator } from '../row.ts';
import { free, onMap as symbolicOnMap } from '../symbolic/rules.ts';
import { axisOf, showSize, type Demand } from '../symbolic/types.ts';
import { showSymbolic } from '../symbolic/values.ts';
import {
  alone,
  channelsOf,
  channelwise,
  noMacs,
  noWeights,
  onMap,
  perChannels,
  perOutput,
  pointwise,
  running,
  trained,
  withChannels,
} from '../parts/rules.ts';
import { freeAxis, image, mapType, vectorType, type TensorType } from '../types.ts';

const normalise = (x: Lowered, epsilon: number): Lowered => {
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map(weight);
  return kernel({ op: 'FusedBatchNormV3', epsilon }, x, gamma!, beta!, mean!, variance!);
};

/** The kernel wants a map: a vector is one pixel. */
const asMap = (type: TensorType | undefined, normalised: (x: Lowered) => Lowered): Lowered => {
  if (type?.tag === 'map') return normalised(input(0));
  if (type?.tag !== 'vector' || typeof type.c !== 'number')
    throw new Bug('lowering needs known channels');
  const pixel = kernel({ op: 'Reshape', shape: [1, 1, type.c] }, input(0));
  return kernel({ op: 'Reshape', shape: [type.c] }, normalised(pixel));
};

/** new = (1 − m) · old + m · batch, with the variance times n / (n − 1) for n numbers of a channel: unbiased. */
const runningStatistics = (mean: Lowered, variance: Lowered, n: Lowered, m: number) => {
  const moved = (name: string, batch: Lowered): Lowered =>
    plus(scaled(1 - m, weight(name)), scaled(m, batch));
  const unbiased = times(variance, over(n, minus(n, scalar(1))));
  return { mean: moved('mean', mean), variance: moved('variance', unbiased) };
};

/** y[…, i] = gamma[i] · (x[…, i] − mean[i]) / √(variance[i] + eps) + beta[i] */
const batchnorm: Operator = {
  family: 'normalisation',
  doc: `Batch normalisation of each channel, of a map or of a vector (Ioffe and Szegedy 2015).

y[…, i] = gamma[i] · (x[…, i] − mean[i]) / √(variance[i] + eps) + beta[i]. While training, mean and variance are
those of the batch over all pixels, and running ones are kept: new = (1 − momentum) · old + momentum · batch, with
the unbiased variance. Inference takes the running ones, which are not trained and do not count as parameters.

These are PyTorch’s conventions and defaults. Keras and TensorFlow call 1 − momentum the momentum, and their
eps is 1e-3.`,
  examples: [
    '(conv3-64(bias = false); batchnorm; relu) : [56, 56, 64] -> [56, 56, 64]',
    'batchnorm-64(eps = 1e-3) : [56, 56, 64] -> [56, 56, 64]',
  ],
  inputs: { tag: 'one' },
  statistics: true,
  fills: { order: 3 },
  params: [
    declare.maybeCount('channels', 'the channels that are expected; others are an error'),
    declare.real('eps', 'added to the variance', { min: 0, max: 1 }, 1e-5),
    declare.real('momentum', 'the weight of the newest batch', { min: 0, max: 1 }, 0.1),
  ],
  shape: (args, [x]) => {
    const expected = optionalCount(args, 'channels');
    const found = channelsOf(x);
    if (expected === undefined || sameForm(found, expected)) return E.right(alone(x));
    if (typeof found === 'number' && typeof expected === 'number')
      return E.left({ tag: 'channels', expected, found });
    return E.right({ ...alone(withChannels(x, expected)), alike: [[found, expected]] });
  },
  weights: (_, [x]) =>
    perChannels(x, (c) => [
      trained('gamma', [c], { tag: 'constant', value: 1 }),
      trained('beta', [c], { tag: 'constant', value: 0 }),
      running('mean', c, 0),
      running('variance', c, 1),
    ]),
  symbolic: {
    type: (_, args, [x]) => {
      if (x === undefined) return undefined;
      const expected = args['channels'];
      const why = '`batchnorm` gets the channels that it states';
      if (expected === undefined || expected.tag === 'absent') return free(x);
      const demand: Demand =
        expected.tag === 'count'
          ? { tag: 'equal', a: expected.count, b: x.c, why }
          : { tag: 'holds', text: `${showSymbolic(expected)} is ${showSize(axisOf(x.c))}`, why };
      return { type: x, demands: [demand] };
    },
    weights: (_, __, { c }) =>
      ['gamma', 'beta', 'mean', 'variance'].map((name) => ({ name, shape: [c] })),
  },
  macs: noMacs,
  extraFlops: () => perOutput(2), // a factor and a summand, once the statistics are fixed
  field: () => pointwise,
  changes: channelwise,
  reference: (args, [x], { gamma, beta, mean, variance }) => {
    const c = gamma.shape[0];
    const eps = number(args, 'eps');
    const data = x.data.map((value, place) => {
      const i = place % c;
      const spread = Math.sqrt(variance.data[i] + eps);
      return (gamma.data[i] * (value - mean.data[i])) / spread + beta.data[i];
    });
    return { shape: x.shape, data };
  },
  lower: (args, { inputs: [type] }) => asMap(type, (x) => normalise(x, number(args, 'eps'))),
  training: (args, { inputs: [type] }) => {
    const epsilon = number(args, 'eps');
    const value = kernel({ op: 'BatchNorm', epsilon }, input(0), weight('gamma'), weight('beta'));
    const n = kernel({ op: 'Count', axes: type?.tag === 'map' ? [0, 1, 2] : [0] }, input(0));
    const [mean, variance] = [result(value, 1), result(value, 2)];
    return { value, next: runningStatistics(mean, variance, n, number(args, 'momentum')) };
  },
  samples: [
    { args: {}, inputs: [image(3, 4, 3)] },
    { args: { channels: 2, eps: 1e-3 }, inputs: [image(2, 2, 2)] },
    { args: { momentum: 0.01 }, inputs: [vectorType(5)] },
    { args: {}, inputs: [vectorType(1)] },
    { args: { eps: 0.5 }, inputs: [mapType(freeAxis('h'), freeAxis('w'), 3)] },
  ],
  mistakes: [
    { args: { channels: 64 }, inputs: [image(3, 3, 3)], fault: 'channels' },
    { args: { channels: 4 }, inputs: [vectorType(5)], fault: 'channels' },
  ],
};

/** The channels on each side that are summed. */
const radiusOf = (size: number): number => Math.floor(size / 2);

/** y[…, i] = x[…, i] / (k + alpha · Σ over |j − i| ≤ ⌊n/2⌋ of x[…, j]²)^beta */
const lrn: Operator = {
  family: 'normalisation',
  doc: `Local response normalisation over neighbouring channels, as in AlexNet (Krizhevsky et al. 2012, section 3.3).

y[u, v, i] = x[u, v, i] / (k + alpha · Σ x[u, v, j]²)^beta, over the channels j with |j − i| ≤ ⌊size/2⌋ that exist.

The paper’s formula and defaults. PyTorch and Caffe divide alpha by \`size\`, so theirs is netc’s times \`size\`;
TensorFlow, like the paper, does not divide.`,
  examples: [
    'lrn : [55, 55, 96] -> [55, 55, 96]',
    'lrn(alpha = 2e-5, k = 1) : [56, 56, 64] -> [56, 56, 64]',
  ],
  inputs: { tag: 'one' },
  params: [
    declare.oddInteger('size', 'how many channels are summed: as many before as after', 5),
    declare.real('alpha', 'the weight of the sum', { min: 0, max: 1e6 }, 1e-4),
    declare.real('beta', 'the exponent', { min: 0, max: 1e3 }, 0.75),
    declare.real('k', 'added to the sum', { min: 0, max: 1e6 }, 2),
  ],
  shape: (_, [x]) => onMap(x, (map) => E.right(map)),
  weights: noWeights,
  symbolic: { type: symbolicOnMap((_, __, map) => free(map)) },
  macs: noMacs,
  extraFlops: (args) => perOutput(2 * (2 * radiusOf(number(args, 'size')) + 1) + 3),
  field: () => pointwise,
  changes: (args, { from, to }, c) => {
    const r = radiusOf(number(args, 'size'));
    return { from: Math.max(0, from - r), to: Math.min(to + r, c ?? Infinity) };
  },
  reference: (args, [x]) => {
    const c = x.shape[3];
    const r = radiusOf(number(args, 'size'));
    const [alpha, beta, k] = [number(args, 'alpha'), number(args, 'beta'), number(args, 'k')];
    const out = zeros(x.shape);
    for (let pixel = 0; pixel < x.data.length; pixel += c)
      for (let i = 0; i < c; i++) {
        let sum = 0;
        for (let j = Math.max(0, i - r); j <= Math.min(c - 1, i + r); j++)
          sum += x.data[pixel + j] ** 2;
        out.data[pixel + i] = x.data[pixel + i] / (k + alpha * sum) ** beta;
      }
    return out;
  },
  lower: (args) =>
    kernel(
      {
        op: 'LRN',
        radius: radiusOf(number(args, 'size')),
        bias: number(args, 'k'),
        alpha: number(args, 'alpha'),
        beta: number(args, 'beta'),
      },
      input(0),
    ),
  samples: [
    { args: {}, inputs: [image(3, 4, 7)] },
    { args: { size: 3, alpha: 0.5, beta: 0.5, k: 1 }, inputs: [image(2, 3, 3)] },
    { args: { size: 9 }, inputs: [image(2, 2, 1)] },
    { args: {}, inputs: [mapType(freeAxis('h'), freeAxis('w'), 6)] },
  ],
  mistakes: [{ args: {}, inputs: [vectorType(8)], fault: 'rank' }],
};

/** Normalisations. */
export const normalisations = { batchnorm, lrn };
