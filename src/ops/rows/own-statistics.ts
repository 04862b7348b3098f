/**
 * Normalisations by statistics of the image itself, the same while training and at inference. All are
 * y = gamma · (x − mean) / √(variance + eps) + beta with the biased variance; they differ in the numbers that mean
 * and variance are taken of.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Tensor } from '../../numeric/tensor.ts';
import { input, kernel, weight, type Lowered } from '../../kernel/kernel.ts';
import { count, number } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { minus, plus, power, scalar, squared, times } from '../../kernel/formulas.ts';
import { knownMap } from '../parts/lowering.ts';
import { countOf, noMacs, onMap, perChannels, perOutput, trained } from '../parts/rules.ts';
import type { Operator } from '../row.ts';
import * as symbolic from '../symbolic/rules.ts';
import { countIn } from '../symbolic/windows.ts';
import { freeAxis, image, mapType, vectorType } from '../types.ts';
import { groupsFault } from './convolution.ts';
import { keeping } from './keeping.ts';

// a constant has no variance, and 0/0 is not a number
const eps = declare.real('eps', 'added to the variance', { min: 1e-12, max: 1 }, 1e-5);

const weights: Operator['weights'] = (_, [x]) =>
  perChannels(x, (c) => [
    trained('gamma', [c], { tag: 'constant', value: 1 }),
    trained('beta', [c], { tag: 'constant', value: 0 }),
  ]);

const symbolicWeights: symbolic.SymbolicRow['weights'] = (_, __, { c }) =>
  ['gamma', 'beta'].map((name) => ({ name, shape: [c] }));

/** The mean, what is left, its square and their sum, the division, a factor and a summand. */
const flops = 7;

// ---------------------------------------------------------------------------------------- reference

/** Mean and variance are those of the numbers in one of `sets` sets, all of one size; `setOf` gives a number's. */
const normalised = (
  { shape, data }: Tensor,
  { gamma, beta }: { readonly [name: string]: Tensor },
  epsilon: number,
  sets: number,
  setOf: (place: number) => number,
): Tensor => {
  const size = data.length / sets;
  const meanBySet = (value: (place: number) => number): Float64Array => {
    const means = new Float64Array(sets);
    data.forEach((_, i) => (means[setOf(i)] += value(i) / size));
    return means;
  };
  const mean = meanBySet((i) => data[i]);
  const variance = meanBySet((i) => (data[i] - mean[setOf(i)]) ** 2);
  const c = gamma.data.length;
  return {
    shape,
    data: data.map((v, i) => {
      const set = setOf(i);
      const z = (v - mean[set]) / Math.sqrt(variance[set] + epsilon);
      return gamma.data[i % c] * z + beta.data[i % c];
    }),
  };
};

/** The sets are g parts of the channels of each image. */
const normalisedInGroups = (
  x: Tensor,
  ofLayer: { readonly [name: string]: Tensor },
  epsilon: number,
  g: number,
): Tensor => {
  const [batch, h, w, c] = x.shape;
  const setOf = (i: number): number =>
    Math.floor(i / (h * w * c)) * g + Math.floor((i % c) / (c / g));
  return normalised(x, ofLayer, epsilon, batch * g, setOf);
};

// ----------------------------------------------------------------------------------------- lowering

/** `mean` gives the mean of each number’s set, in a shape that broadcasts. */
const lowered = (epsilon: number, mean: (of: Lowered) => Lowered): Lowered => {
  const rest = minus(input(0), mean(input(0)));
  const variance = mean(squared(rest));
  const spread = plus(variance, scalar(epsilon));
  const z = times(rest, power(spread, -0.5));
  return kernel({ op: 'BiasAdd' }, times(z, weight('gamma')), weight('beta'));
};

const matrix = (shape: readonly number[], at: (row: number, column: number) => number): Lowered => {
  const [rows, columns] = shape.slice(-2);
  const data = Array.from({ length: rows * columns }, (_, i) =>
    at(Math.floor(i / columns), i % columns),
  );
  return { tag: 'constant', shape, data: Float64Array.from(data) };
};

/** The mean over c channels at each pixel: a product with 1/c. Those of a vector may be many, and are seen as a map. */
const meanOfChannels =
  (rank: 'map' | 'vector', c: number) =>
  (of: Lowered): Lowered => {
    const share = (): number => 1 / c;
    if (rank === 'vector')
      return kernel({ op: 'Mean' }, kernel({ op: 'Reshape', shape: [...nearlySquare(c), 1] }, of));
    const single = { strides: [1, 1], dilations: [1, 1], padding: 'VALID' } as const;
    return kernel({ op: 'Conv2D', ...single }, of, matrix([1, 1, c, 1], share));
  };

/** Two numbers whose product is n, as near to each other as can be. */
const nearlySquare = (n: number): readonly [number, number] => {
  let a = Math.floor(Math.sqrt(n));
  while (n % a !== 0) a--;
  return [a, n / a];
};

/** The mean over the map and over the channels of each of g groups, [1, 1, c]. */
const meanOfGroups =
  (c: number, g: number) =>
  (of: Lowered): Lowered => {
    const size = c / g;
    const means = kernel({ op: 'Mean' }, of);
    const isIn = (channel: number, group: number): boolean => Math.floor(channel / size) === group;
    const gather = matrix([c, g], (i, j) => (isIn(i, j) ? 1 / size : 0));
    const handOut = matrix([g, c], (i, j) => (isIn(j, i) ? 1 : 0));
    const product = (a: Lowered, b: Lowered): Lowered => kernel({ op: 'MatMul' }, a, b);
    const each = g === c ? means : product(product(means, gather), handOut);
    return kernel({ op: 'Reshape', shape: [1, 1, c] }, each);
  };

// --------------------------------------------------------------------------------------------- rows

/** Over the channels at each pixel. */
const layernorm = keeping({
  family: 'normalisation',
  doc: `Layer normalisation over the channels (Ba et al. 2016): at each pixel of a map, or of a vector as a whole,
y[…, i] = gamma[i] · (x[…, i] − mean) / √(variance + eps) + beta[i], where mean and variance are those of the c numbers
x[…, j] there.

That is PyTorch’s \`LayerNorm(c)\` on tensors with the channels last, as in ConvNeXt (Liu et al. 2022), and Keras’s
\`LayerNormalization\`, whose eps is 1e-3. PyTorch’s \`LayerNorm([c, h, w])\` is \`groupnorm-1\` but for its weights,
which depend on the size of the map.`,
  examples: [
    'layernorm : [56, 56, 96] -> [56, 56, 96]',
    '(depthwise7; layernorm(eps = 1e-6); conv1-384; gelu) : [56, 56, 96] -> [56, 56, 384]',
  ],
  params: [eps],
  flops,
  weights,
  symbolic: { ...symbolic.keeping, weights: symbolicWeights },
  value: (args, x, ofLayer) => {
    const c = x.shape[x.shape.length - 1];
    const pixels = x.data.length / c;
    return normalised(x, ofLayer, number(args, 'eps'), pixels, (i) => Math.floor(i / c));
  },
  lower: (args, { inputs: [x] }) => {
    const rank = x.tag === 'vector' ? 'vector' : 'map';
    return lowered(number(args, 'eps'), meanOfChannels(rank, countOf(x)));
  },
  args: [{}, { eps: 0.5 }],
});

/** What group and instance norm have alike: maps only, and each number sees the whole map. */
const overMaps = {
  family: 'normalisation',
  inputs: { tag: 'one' },
  weights,
  macs: noMacs,
  extraFlops: () => perOutput(flops),
  field: () => 'whole',
} as const satisfies Partial<Operator>;

const free = mapType(freeAxis('h'), freeAxis('w'), 4);

/** Over the map and the channels of a group. */
const groupnorm: Operator = {
  ...overMaps,
  doc: `Group normalisation (Wu and He 2018): the channels fall into \`groups\` equal parts, and
y[u, v, i] = gamma[i] · (x[u, v, i] − mean) / √(variance + eps) + beta[i], where mean and variance are those of all pixels
and of the channels in the part of i. The paper takes 32 groups.

PyTorch’s \`GroupNorm(groups, c)\`, Keras’s \`GroupNormalization(groups)\`, whose eps is 1e-3. With one group it is a
layer norm over the whole map, with c groups \`instancenorm\`.`,
  examples: [
    'groupnorm-32 : [56, 56, 64] -> [56, 56, 64]',
    '(conv3-64; groupnorm(8, eps = 1e-3); relu) : [56, 56, 64] -> [56, 56, 64]',
  ],
  params: [declare.count('groups', 'how many equal parts the channels fall into'), eps],
  shape: (args, [x]) =>
    onMap(x, (map) => {
      const fault = groupsFault(count(args, 'groups'), map.c, 'input');
      return fault === undefined ? E.right(map) : E.left(fault);
    }),
  symbolic: {
    type: symbolic.onMap((_, args, map) => {
      const why = '`groups` divides the channels';
      return {
        type: map,
        demands: [{ tag: 'divides', by: countIn(args['groups']), of: map.c, why }],
      };
    }),
    weights: symbolicWeights,
  },
  reference: (args, [x], ofLayer) =>
    normalisedInGroups(x, ofLayer, number(args, 'eps'), number(args, 'groups')),
  lower: (args, { inputs: [x] }) =>
    lowered(number(args, 'eps'), meanOfGroups(knownMap(x)[1], number(args, 'groups'))),
  samples: [
    { args: { groups: 2 }, inputs: [image(3, 4, 4)] },
    { args: { groups: 1, eps: 0.5 }, inputs: [image(2, 3, 3)] },
    { args: { groups: 3 }, inputs: [image(2, 2, 3)] },
    { args: { groups: 2 }, inputs: [free] },
  ],
  mistakes: [
    { args: { groups: 2 }, inputs: [image(3, 3, 3)], fault: 'groups' },
    { args: { groups: 2 }, inputs: [vectorType(4)], fault: 'rank' },
  ],
};

/** Over the map, channel by channel. */
const instancenorm: Operator = {
  ...overMaps,
  doc: `Instance normalisation (Ulyanov et al. 2016): y[u, v, i] = gamma[i] · (x[u, v, i] − mean) / √(variance + eps) + beta[i],
where mean and variance are those of channel i over all pixels of the image.

PyTorch’s \`InstanceNorm2d(c, affine = True)\`; without \`affine\` gamma is 1 and beta 0, as they begin here. Keras has it
as \`GroupNormalization(groups = -1)\`.`,
  examples: [
    'instancenorm : [256, 256, 64] -> [256, 256, 64]',
    '(conv3-64; instancenorm(eps = 1e-3); relu) : [h, w, 3] -> [h, w, 64]',
  ],
  params: [eps],
  shape: (_, [x]) => onMap(x, (map) => E.right(map)),
  symbolic: {
    type: symbolic.onMap((_, __, map) => symbolic.free(map)),
    weights: symbolicWeights,
  },
  reference: (args, [x], ofLayer) =>
    normalisedInGroups(x, ofLayer, number(args, 'eps'), x.shape[3]),
  lower: (args, { inputs: [x] }) => {
    const [, c] = knownMap(x);
    return lowered(number(args, 'eps'), meanOfGroups(c, c));
  },
  samples: [
    { args: {}, inputs: [image(3, 4, 3)] },
    { args: { eps: 0.5 }, inputs: [image(1, 1, 2)] },
    { args: {}, inputs: [free] },
  ],
  mistakes: [{ args: {}, inputs: [vectorType(4)], fault: 'rank' }],
};

/** Normalisations by statistics of the image itself. */
export const ownStatistics = { layernorm, groupnorm, instancenorm };
