/**
 * Every operator a second time, stated independently: the shape by the formula of its documentation, each
 * number of the result by its definition, gathered from an image that is undefined outside. Nothing here
 * is shared with src/ops but the types.
 */
import type { Tensor } from '../../src/numeric/tensor.ts';
import type { Args, Extent, Sides } from '../../src/ops/params.ts';
import { extent, number, range, sides } from '../../src/ops/parts/args.ts';

type Weights = { readonly [name: string]: Tensor };
type Shape = readonly number[];

/** The shape that comes out, and the number at a place of it. */
export type Naive = {
  readonly shape: (args: Args, ...inputs: readonly Shape[]) => Shape;
  readonly value: (
    args: Args,
    inputs: readonly Tensor[],
    weights: Weights,
    place: readonly number[],
  ) => number;
};

/** The number at a place; undefined outside. */
const get = (t: Tensor, ...place: readonly number[]): number | undefined => {
  let at = 0;
  for (let axis = 0; axis < place.length; axis++) {
    if (place[axis] < 0 || place[axis] >= t.shape[axis]) return undefined;
    at = at * t.shape[axis] + place[axis];
  }
  return t.data[at];
};
const inside = (t: Tensor, ...place: readonly number[]): number => get(t, ...place) ?? NaN;

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
const total = (terms: readonly number[]): number => terms.reduce((a, b) => a + b, 0);

/** Pads before and after, as PyTorch and TensorFlow document them. */
const pads = (args: Args, axis: 'h' | 'w', length: number): readonly [number, number] => {
  const pad = args['pad'];
  const k = extent(args, 'size')[axis];
  const s = extent(args, 'stride')[axis];
  const r = typeof args['dilation'] === 'number' ? args['dilation'] : 1;
  const K = r * (k - 1) + 1;
  if (pad === 'valid') return [0, 0];
  if (pad === 'half') return [Math.floor(K / 2), Math.floor(K / 2)];
  if (pad === 'same') {
    // tf.nn: if in % s == 0 then max(K − s, 0) else max(K − in % s, 0)
    const all = Math.max(length % s === 0 ? K - s : K - (length % s), 0);
    return [Math.floor(all / 2), all - Math.floor(all / 2)];
  }
  const p = sides(args, 'pad');
  return axis === 'h' ? [p.top, p.bottom] : [p.left, p.right];
};

/** torch.nn.Conv2d and MaxPool2d, word for word; tf.nn for `same`. */
const windows = (args: Args, axis: 'h' | 'w', length: number): number => {
  const [before, after] = pads(args, axis, length);
  const k = extent(args, 'size')[axis];
  const s = extent(args, 'stride')[axis];
  const r = typeof args['dilation'] === 'number' ? args['dilation'] : 1;
  if (args['pad'] === 'same') return Math.ceil(length / s);
  const exact = (length + before + after - r * (k - 1) - 1) / s + 1;
  if (args['round'] !== 'ceil') return Math.floor(exact);
  // "sliding windows that would start in the right padded region are ignored"
  const starts = upTo(Math.ceil(exact)).filter((i) => i * s < length + before);
  return starts.length;
};

/** The place of the window (u, v)'s element (a, b) in the image. */
const source = (args: Args, x: Tensor, u: number, v: number, a: number, b: number) => {
  const r = typeof args['dilation'] === 'number' ? args['dilation'] : 1;
  const stride: Extent = extent(args, 'stride');
  return [
    stride.h * u + r * a - pads(args, 'h', x.shape[1])[0],
    stride.w * v + r * b - pads(args, 'w', x.shape[2])[0],
  ] as const;
};

const size = (args: Args): Extent => extent(args, 'size');
const biasAt = (weights: Weights, j: number): number => weights['bias']?.data[j] ?? 0;

/** Every (a, b) of a window. */
const elements = (args: Args): readonly (readonly [number, number])[] =>
  upTo(size(args).h).flatMap((a) => upTo(size(args).w).map((b) => [a, b] as const));

const same: Naive['shape'] = (_, x) => x;
const pointwise = (f: (x: number, args: Args) => number): Naive => ({
  shape: same,
  value: (args, [x], _, place) => f(inside(x, ...place), args),
});

const deconvCut = (args: Args, axis: 'h' | 'w'): readonly [number, number] => {
  const k = size(args)[axis];
  const s = extent(args, 'stride')[axis];
  if (args['pad'] !== 'same') return pads(args, axis, 0);
  // Keras: the transpose of a SAME convolution of s·h pixels, which pads max(K − s, 0)
  return [Math.floor(Math.max(k - s, 0) / 2), Math.ceil((k - s) / 2)];
};

const pooled = (args: Args, x: Tensor, [n, u, v, i]: readonly number[]): readonly number[] =>
  elements(args).flatMap(([a, b]) => {
    const value = get(x, n, ...source(args, x, u, v, a, b), i);
    return value === undefined ? [] : [value];
  });

const poolShape: Naive['shape'] = (args, [n, h, w, c]) => [
  n,
  windows(args, 'h', h),
  windows(args, 'w', w),
  c,
];

const by = (args: Args): Sides => sides(args, 'by');

/** The numbers of an image in the same of g parts of the channels as a place. */
const partOf = (x: Tensor, [n, , , i]: readonly number[], g: number): readonly number[] => {
  const [, h, w, c] = x.shape;
  const part = Math.floor((i * g) / c);
  const channels = upTo(c).filter((j) => Math.floor((j * g) / c) === part);
  return upTo(h).flatMap((u) => upTo(w).flatMap((v) => channels.map((j) => inside(x, n, u, v, j))));
};

/** A number beside others: variance as the mean of squares less the square of the mean. */
const standardised = (
  args: Args,
  others: readonly number[],
  x: Tensor,
  { gamma, beta }: Weights,
  place: readonly number[],
): number => {
  const mean = total(others) / others.length;
  const variance = total(others.map((v) => v * v)) / others.length - mean ** 2;
  const i = place[place.length - 1];
  const z = (inside(x, ...place) - mean) * (variance + number(args, 'eps')) ** -0.5;
  return gamma.data[i] * z + beta.data[i];
};

/** The integral of the normal density from 0 to x, by Simpson’s rule. */
const areaOfNormal = (x: number): number => {
  const steps = 2000;
  const terms = upTo(steps + 1).map((i) => {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    const t = (x * i) / steps;
    return weight * Math.exp((-t * t) / 2);
  });
  return ((x / steps) * total(terms)) / 3 / Math.sqrt(2 * Math.PI);
};

export const naive: { readonly [op: string]: Naive } = {
  conv: {
    shape: (args, [n, h, w]) => [
      n,
      windows(args, 'h', h),
      windows(args, 'w', w),
      number(args, 'channels'),
    ],
    value: (args, [x], weights, [n, u, v, j]) => {
      const perGroup = x.shape[3] / number(args, 'groups');
      const outPerGroup = number(args, 'channels') / number(args, 'groups');
      const group = Math.floor(j / outPerGroup);
      const terms = elements(args).flatMap(([a, b]) =>
        upTo(perGroup).map((i) => {
          const value = get(x, n, ...source(args, x, u, v, a, b), group * perGroup + i) ?? 0;
          return value * inside(weights['kernel'], a, b, i, j);
        }),
      );
      return total(terms) + biasAt(weights, j);
    },
  },
  depthwise: {
    shape: (args, [n, h, w, c]) => [
      n,
      windows(args, 'h', h),
      windows(args, 'w', w),
      c * number(args, 'multiplier'),
    ],
    value: (args, [x], weights, [n, u, v, o]) => {
      const m = number(args, 'multiplier');
      const [i, j] = [Math.floor(o / m), o % m];
      const terms = elements(args).map(
        ([a, b]) =>
          (get(x, n, ...source(args, x, u, v, a, b), i) ?? 0) *
          inside(weights['kernel'], a, b, i, j),
      );
      return total(terms) + biasAt(weights, o);
    },
  },
  deconv: {
    shape: (args, [n, h, w]) => {
      const along = (axis: 'h' | 'w', length: number): number =>
        args['pad'] === 'same'
          ? extent(args, 'stride')[axis] * length
          : (length - 1) * extent(args, 'stride')[axis] -
            total(deconvCut(args, axis)) +
            size(args)[axis];
      return [n, along('h', h), along('w', w), number(args, 'channels')];
    },
    // gathered: output (row, column) gets x[u, v] through the kernel's (row − s·u + p, column − s·v + p)
    value: (args, [x], weights, [n, row, column, j]) => {
      const g = number(args, 'groups');
      const units = number(args, 'channels') / g;
      const perGroup = x.shape[3] / g;
      const first = Math.floor(j / units) * perGroup;
      const stride = extent(args, 'stride');
      const terms = upTo(x.shape[1]).flatMap((u) =>
        upTo(x.shape[2]).flatMap((v) =>
          upTo(perGroup).map((i) => {
            const a = row - stride.h * u + deconvCut(args, 'h')[0];
            const b = column - stride.w * v + deconvCut(args, 'w')[0];
            const weight = get(weights['kernel'], a, b, j % units, first + i) ?? 0;
            return inside(x, n, u, v, first + i) * weight;
          }),
        ),
      );
      return total(terms) + biasAt(weights, j);
    },
  },
  fc: {
    shape: (args, [n]) => [n, number(args, 'units')],
    value: (_, [x], weights, [n, j]) =>
      total(upTo(x.shape[1]).map((i) => inside(x, n, i) * inside(weights['kernel'], i, j))) +
      biasAt(weights, j),
  },
  maxpool: {
    shape: poolShape,
    value: (args, [x], _, place) => pooled(args, x, place).reduce((a, b) => (a > b ? a : b)),
  },
  avgpool: {
    shape: poolShape,
    value: (args, [x], _, place) => {
      const values = pooled(args, x, place);
      const [, u, v] = place;
      const counted = elements(args).filter(([a, b]) => {
        const [row, column] = source(args, x, u, v, a, b);
        const bottom = x.shape[1] + pads(args, 'h', x.shape[1])[1];
        const right = x.shape[2] + pads(args, 'w', x.shape[2])[1];
        return row < bottom && column < right;
      });
      const count = args['include_pad'] === true ? counted.length : values.length;
      return total(values) / count;
    },
  },
  gap: {
    shape: (_, [n, , , c]) => [n, c],
    value: (_, [x], __, [n, i]) => {
      const [, h, w] = x.shape;
      return total(upTo(h).flatMap((u) => upTo(w).map((v) => inside(x, n, u, v, i)))) / (h * w);
    },
  },
  batchnorm: {
    shape: same,
    value: (args, [x], { gamma, beta, mean, variance }, place) => {
      const i = place[place.length - 1];
      const z =
        (inside(x, ...place) - mean.data[i]) * (variance.data[i] + number(args, 'eps')) ** -0.5;
      return z * gamma.data[i] + beta.data[i];
    },
  },
  lrn: {
    shape: same,
    value: (args, [x], _, [n, u, v, i]) => {
      const reach = Math.floor(number(args, 'size') / 2);
      const squares = upTo(x.shape[3])
        .filter((j) => Math.abs(j - i) <= reach)
        .map((j) => inside(x, n, u, v, j) ** 2);
      const base = number(args, 'k') + number(args, 'alpha') * total(squares);
      return inside(x, n, u, v, i) * base ** -number(args, 'beta');
    },
  },
  layernorm: {
    shape: same,
    value: (args, [x], weights, place) => {
      const across = (i: number): number => inside(x, ...place.slice(0, -1), i);
      return standardised(args, upTo(x.shape.at(-1)!).map(across), x, weights, place);
    },
  },
  groupnorm: {
    shape: same,
    value: (args, [x], weights, place) =>
      standardised(args, partOf(x, place, number(args, 'groups')), x, weights, place),
  },
  instancenorm: {
    shape: same,
    value: (args, [x], weights, place) =>
      standardised(args, partOf(x, place, x.shape[3]), x, weights, place),
  },
  relu: pointwise((x) => (x > 0 ? x : 0)),
  relu6: pointwise((x) => (x > 6 ? 6 : x > 0 ? x : 0)),
  leaky_relu: pointwise((x, args) => Math.max(x, number(args, 'alpha') * x)),
  sigmoid: pointwise((x) => (1 + Math.tanh(x / 2)) / 2),
  tanh: pointwise((x) => (Math.exp(2 * x) - 1) / (Math.exp(2 * x) + 1)),
  elu: pointwise((x, args) => (x > 0 ? x : number(args, 'alpha') * (Math.exp(x) - 1))),
  gelu: pointwise((x, args) =>
    args['approximate'] === true
      ? x / (1 + Math.exp(-Math.sqrt(8 / Math.PI) * (x + 0.044715 * x * x * x)))
      : x * (0.5 + areaOfNormal(x)),
  ),
  silu: pointwise((x) => (x * (1 + Math.tanh(x / 2))) / 2),
  hardswish: pointwise((x) => (x <= -3 ? 0 : x >= 3 ? x : (x * (x + 3)) / 6)),
  softplus: pointwise((x) => Math.log(1 + Math.exp(x))),
  mish: pointwise((x) => x * Math.tanh(Math.log(1 + Math.exp(x)))),
  prelu: {
    shape: same,
    value: (_, [x], { alpha }, place) => {
      const v = inside(x, ...place);
      return Math.max(v, 0) + alpha.data[place[place.length - 1]] * Math.min(v, 0);
    },
  },
  softmax: {
    shape: same,
    value: (_, [x], __, place) => {
      const others = upTo(x.shape[x.shape.length - 1]).map((j) =>
        Math.exp(inside(x, ...place.slice(0, -1), j) - inside(x, ...place)),
      );
      return 1 / total(others);
    },
  },
  scale: pointwise((x, args) => number(args, 'factor') * x),
  dropout: pointwise((x) => x),
  id: pointwise((x) => x),
  flatten: {
    shape: (_, [n, ...rest]) => [n, rest.reduce((a, b) => a * b, 1)],
    value: (_, [x], __, [n, place]) => {
      if (x.shape.length === 2) return inside(x, n, place);
      const [, , w, c] = x.shape;
      return inside(x, n, Math.floor(place / (w * c)), Math.floor(place / c) % w, place % c);
    },
  },
  pad: {
    shape: (args, [n, h, w, c]) => [
      n,
      by(args).top + h + by(args).bottom,
      by(args).left + w + by(args).right,
      c,
    ],
    value: (args, [x], _, [n, u, v, i]) => get(x, n, u - by(args).top, v - by(args).left, i) ?? 0,
  },
  crop: {
    shape: (args, [n, h, w, c]) => [
      n,
      h - by(args).top - by(args).bottom,
      w - by(args).left - by(args).right,
      c,
    ],
    value: (args, [x], _, [n, u, v, i]) => inside(x, n, u + by(args).top, v + by(args).left, i),
  },
  exactly: {
    shape: (_, x) => x,
    value: (_, [x], __, place) => inside(x, ...place),
  },
  channels: {
    shape: (args, x) => [...x.slice(0, -1), range(args, 'range').to - range(args, 'range').from],
    value: (args, [x], _, place) =>
      inside(x, ...place.slice(0, -1), place[place.length - 1] + range(args, 'range').from),
  },
  upsample: {
    shape: (args, [n, h, w, c]) => [n, number(args, 'scale') * h, number(args, 'scale') * w, c],
    value: (args, [x], _, [n, row, column, i]) => {
      const s = number(args, 'scale');
      if (args['method'] === 'nearest')
        return inside(x, n, (row - (row % s)) / s, (column - (column % s)) / s, i);
      // a pixel contributes what is left of 1 at its distance, and the border goes on for ever
      const share = (u: number, k: number): number =>
        Math.max(0, 1 - Math.abs((u + 0.5) / s - 0.5 - k));
      const border = (k: number, length: number): number => Math.min(length - 1, Math.max(0, k));
      const around = (length: number): readonly number[] => upTo(length + 2).map((k) => k - 1);
      const terms = around(x.shape[1]).flatMap((a) =>
        around(x.shape[2]).map(
          (b) =>
            share(row, a) *
            share(column, b) *
            inside(x, n, border(a, x.shape[1]), border(b, x.shape[2]), i),
        ),
      );
      return total(terms);
    },
  },
  add: {
    shape: same,
    value: (_, inputs, __, place) => total(inputs.map((x) => inside(x, ...place))),
  },
  multiply: {
    shape: (_, ...inputs) => inputs.find((x) => x.length === 4) ?? inputs[0],
    value: (_, inputs, __, place) => {
      const vector = [place[0], place[place.length - 1]];
      return inputs
        .map((x) => inside(x, ...(x.shape.length === 2 ? vector : place)))
        .reduce((a, b) => a * b);
    },
  },
  concat: {
    shape: (_, ...inputs) => [...inputs[0].slice(0, -1), total(inputs.map((x) => x[x.length - 1]))],
    value: (_, inputs, __, place) => {
      let i = place[place.length - 1];
      for (const x of inputs) {
        const c = x.shape[x.shape.length - 1];
        if (i < c) return inside(x, ...place.slice(0, -1), i);
        i -= c;
      }
      return NaN;
    },
  },
};
