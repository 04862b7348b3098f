/** Joins: layers of several inputs, written with a sign. */
import * as E from 'fp-ts/lib/Either.js';
import type { Tensor } from '../../numeric/tensor.ts';
import { zeros } from '../../numeric/tensor.ts';
import { plus, sameForm } from '../../size/channels.ts';
import { isConstant, period } from '../../size/sizes.ts';
import { input, kernel, kernelOn, type Lowered } from '../../kernel/kernel.ts';
import type { Condition, Operator, Sample, Typing, ShapeFault } from '../row.ts';
import { joining } from '../symbolic/joins.ts';
import {
  channelsOf,
  channelwise,
  countOf,
  noMacs,
  noWeights,
  perOutput,
  pointwise,
  withChannels,
} from '../parts/rules.ts';
import {
  fixedAxis,
  freeAxis,
  image,
  mapType,
  sameAxis,
  numberOf,
  unknownType,
  vectorType,
  type Axis,
  type Channels,
  type MapType,
  type MaybeAxis,
  type TensorType,
} from '../types.ts';

type Joined = E.Either<ShapeFault, Typing>;

/** Of two axes that agree, the one that is simpler to go on with: fixed, or of smaller period, or the first. */
const simpler = (a: MaybeAxis, b: MaybeAxis): MaybeAxis => {
  if (a === 'unknown') return b;
  if (b === 'unknown') return a;
  const rank = ({ size }: Axis): number => (isConstant(size) === undefined ? period(size) : 0);
  return rank(b) < rank(a) ? b : a;
};

const isMap = (t: TensorType): t is MapType => t.tag === 'map';

/**
 * The map that all maps among the inputs are, if their sizes agree. Sizes that are not the same function
 * of the image become conditions; whether these hold, and for which images, the checker decides.
 */
const agreeing = (inputs: readonly TensorType[]): Typing => {
  const maps = inputs.filter(isMap);
  if (maps.length === 0) return { type: unknownType, conditions: [] };
  const conditions = inputs.flatMap((other, branch): readonly Condition[] => {
    if (other.tag !== 'map') return [];
    return (['h', 'w'] as const).flatMap((axis) => {
      const [a, b] = [maps[0][axis], other[axis]];
      return sameAxis(a, b) ? [] : [{ tag: 'agree', axis, branch, first: a, other: b }];
    });
  });
  const type = maps.reduce((a, b) => mapType(simpler(a.h, b.h), simpler(a.w, b.w), a.c));
  return { type, conditions };
};

/** The fault of an input that is a vector among maps, or a map among vectors. */
const rankFault = (inputs: readonly TensorType[]): ShapeFault | undefined => {
  const first = inputs.find((t) => t.tag !== 'unknown');
  const branch = inputs.findIndex((t) => t.tag !== 'unknown' && t.tag !== first?.tag);
  return first === undefined || branch < 0
    ? undefined
    : { tag: 'join rank', branch, first, other: inputs[branch] };
};

/** The fault of an input with other channels than the first one that is a number. */
const channelsFault = (inputs: readonly TensorType[]): ShapeFault | undefined => {
  const numbers = inputs.map((t) => numberOf(channelsOf(t)));
  const first = numbers.find((n) => n !== undefined);
  const branch = numbers.findIndex((n) => n !== undefined && n !== first);
  return first === undefined || branch < 0
    ? undefined
    : { tag: 'join channels', branch, first, other: numbers[branch]! };
};

/** The channels of a join that keeps them: the first that are known; the others must be alike. */
const sharedChannels = (
  inputs: readonly TensorType[],
): Required<Pick<Typing, 'alike'>> & { c: Channels } => {
  const known = inputs.map(channelsOf).filter((c) => c !== 'unknown');
  const c = known.find((n) => typeof n === 'number') ?? known[0] ?? 'unknown';
  return { c, alike: known.flatMap((n) => (sameForm(n, c) ? [] : [[n, c] as const])) };
};

/** One vector, or the map of `agreeing`, with `c` channels. */
const joined = (
  inputs: readonly TensorType[],
  c: Channels,
  alike: Typing['alike'] = [],
): Joined => {
  const maps = agreeing(inputs);
  const vector = inputs.some((t) => t.tag === 'vector');
  const type = maps.type.tag === 'unknown' && vector ? vectorType(c) : withChannels(maps.type, c);
  return E.right({ ...maps, type, ...(alike.length > 0 ? { alike } : {}) });
};

const common = {
  family: 'join',
  params: [],
  weights: noWeights,
  macs: noMacs,
  field: () => pointwise,
  changes: channelwise,
} as const satisfies Partial<Operator>;

const inOrder = (inputs: readonly TensorType[]): readonly Lowered[] =>
  inputs.map((_, i) => input(i));

/** f applied to the elements of all inputs, from left to right. */
const elementwise =
  (f: (a: number, b: number) => number) =>
  (a: Tensor, b: Tensor): Tensor => ({
    shape: a.shape,
    data: a.data.map((value, i) => f(value, b.data[i])),
  });

const free = mapType(freeAxis('h'), freeAxis('w'), 3);
const sum: readonly Sample[] = [
  { args: {}, inputs: [image(3, 4, 2), image(3, 4, 2)] },
  { args: {}, inputs: [image(1, 2, 1), image(1, 2, 1), image(1, 2, 1)] },
  { args: {}, inputs: [vectorType(5), vectorType(5)] },
  { args: {}, inputs: [free, free] },
  { args: {}, inputs: [free, mapType(fixedAxis(4), freeAxis('w'), 3)] },
];

/** y = x₁ + x₂ + … */
const add: Operator = {
  ...common,
  doc: `\`f + g\`: both applied to the same input, results added: y = f(x) + g(x). All results have one type. A residual
is \`f + id\` (He et al. 2016). There is no broadcasting.`,
  examples: [
    '((conv3-64; relu; conv3-64) + id) : [56, 56, 64] -> [56, 56, 64]',
    '(conv3-128/2 + conv1-128/2) : [56, 56, 64] -> [28, 28, 128]',
  ],
  inputs: { tag: 'join', sign: '+' },
  commutes: true,
  shape: (_, inputs) => {
    const fault = rankFault(inputs) ?? channelsFault(inputs);
    if (fault !== undefined) return E.left(fault);
    const { c, alike } = sharedChannels(inputs);
    return joined(inputs, c, alike);
  },
  symbolic: joining({ mixed: false, commutes: true }),
  extraFlops: (_, inputs) => perOutput(inputs.length - 1),
  reference: (_, inputs) => inputs.reduce(elementwise((a, b) => a + b)),
  lower: (_, { inputs }) => inOrder(inputs).reduce((a, b) => kernel({ op: 'AddV2' }, a, b)),
  samples: sum,
  mistakes: [
    { args: {}, inputs: [image(3, 4, 2), vectorType(2)], fault: 'join rank' },
    { args: {}, inputs: [image(3, 4, 2), image(3, 4, 3)], fault: 'join channels' },
    { args: {}, inputs: [vectorType(2), vectorType(2), vectorType(1)], fault: 'join channels' },
  ],
};

/** y[u, v, i] = x₁[u, v, i] · x₂[u, v, i] · …, where a vector is the same at every pixel */
const multiply: Operator = {
  ...common,
  doc: `\`f * g\`: both applied to the same input, results multiplied: y = f(x) · g(x). All results have one type, or some
are vectors \`[c]\` beside maps \`[h, w, c]\`; those apply to every pixel: y[u, v, i] = f(x)[u, v, i] · g(x)[i], in
either order. That is squeeze and excitation: \`id * (gap; fc-(c/16); relu; fc-c; sigmoid)\` (Hu et al. 2018).`,
  examples: [
    '(id * (gap; fc-4; relu; fc-64; sigmoid)) : [56, 56, 64] -> [56, 56, 64]',
    '((conv3-64; tanh) * (conv3-64; sigmoid)) : [h, w, 64] -> [h, w, 64]',
  ],
  inputs: { tag: 'join', sign: '*' },
  commutes: true,
  shape: (_, inputs) => {
    const fault = channelsFault(inputs);
    if (fault !== undefined) return E.left(fault);
    const { c, alike } = sharedChannels(inputs);
    // beside a vector, what is unknown may be a map
    const open = !inputs.some(isMap) && inputs.some((t) => t.tag === 'unknown');
    return open ? E.right({ type: unknownType, conditions: [] }) : joined(inputs, c, alike);
  },
  symbolic: joining({ mixed: true, commutes: true }),
  extraFlops: (_, inputs) => perOutput(inputs.length - 1),
  reference: (_, inputs) => {
    const map = inputs.find((t) => t.shape.length === 4) ?? inputs[0];
    const c = map.shape[map.shape.length - 1];
    const perImage = map.data.length / map.shape[0];
    const data = map.data.map((_value, i) =>
      inputs.reduce((product, t) => {
        const place =
          t.shape.length === map.shape.length ? i : Math.floor(i / perImage) * c + (i % c);
        return product * t.data[place];
      }, 1),
    );
    return { shape: map.shape, data };
  },
  lower: (_, { inputs, output }) => {
    const factors = inputs.map((t, i): Lowered => {
      if (t.tag !== 'vector' || output.tag !== 'map') return input(i);
      return kernel({ op: 'Reshape', shape: [1, 1, countOf(t)] }, input(i));
    });
    return factors.reduce((a, b) => kernel({ op: 'Mul' }, a, b));
  },
  samples: [
    ...sum,
    { args: {}, inputs: [image(3, 4, 2), vectorType(2)] },
    { args: {}, inputs: [vectorType(3), image(2, 3, 3)] },
    { args: {}, inputs: [vectorType(1), image(2, 3, 1), image(2, 3, 1)] },
    { args: {}, inputs: [vectorType(2), vectorType(2), image(2, 3, 2)] },
    { args: {}, inputs: [free, vectorType(3)] },
  ],
  mistakes: [
    { args: {}, inputs: [image(3, 4, 2), vectorType(3)], fault: 'join channels' },
    { args: {}, inputs: [image(3, 4, 2), image(3, 4, 1)], fault: 'join channels' },
  ],
};

/** y[…, c₁ + … + c₍k₋₁₎ + i] = x_k[…, i] */
const concat: Operator = {
  ...common,
  doc: `\`f | g | h\`: applied to the same input, results concatenated along the channels, in order. Maps need one height
and width; vectors concatenate too. A dense layer is \`id | f\` (Huang et al. 2017).`,
  examples: [
    '(conv1-64 | conv3-128 | conv5-32) : [28, 28, 192] -> [28, 28, 224]',
    '(id | (batchnorm; relu; conv3-32)) : [h, w, 64] -> [h, w, 96]',
  ],
  inputs: { tag: 'join', sign: '|' },
  stacks: true,
  shape: (_, inputs) => {
    const fault = rankFault(inputs);
    if (fault !== undefined) return E.left(fault);
    return joined(inputs, inputs.map(channelsOf).reduce(plus, 0));
  },
  symbolic: joining({
    mixed: false,
    commutes: false,
    channels: (inputs) => inputs.map((x) => x.c).reduce(plus, 0),
  }),
  extraFlops: () => perOutput(0),
  reference: (_, inputs) => {
    const counts = inputs.map((t) => t.shape[t.shape.length - 1]);
    const c = counts.reduce((a, b) => a + b, 0);
    const out = zeros([...inputs[0].shape.slice(0, -1), c]);
    for (let pixel = 0; pixel < out.data.length / c; pixel++) {
      let to = pixel * c;
      inputs.forEach((t, k) => {
        out.data.set(t.data.subarray(pixel * counts[k], (pixel + 1) * counts[k]), to);
        to += counts[k];
      });
    }
    return out;
  },
  lower: (_, { inputs }) => kernelOn({ op: 'ConcatV2' }, inOrder(inputs)),
  samples: [
    { args: {}, inputs: [image(3, 4, 2), image(3, 4, 3)] },
    { args: {}, inputs: [image(2, 1, 1), image(2, 1, 3), image(2, 1, 1)] },
    { args: {}, inputs: [vectorType(2), vectorType(3), vectorType(1)] },
    { args: {}, inputs: [free, free] },
    { args: {}, inputs: [mapType(freeAxis('h'), fixedAxis(3), 1), image(5, 3, 2)] },
  ],
  mistakes: [
    { args: {}, inputs: [image(3, 4, 2), vectorType(2)], fault: 'join rank' },
    { args: {}, inputs: [vectorType(2), image(3, 4, 2)], fault: 'join rank' },
  ],
};

/** Joins. */
export const joins = { add, multiply, concat };
