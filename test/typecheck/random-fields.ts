/**
 * Random nets of all operators for the law of receptive fields, as text. Sizes stay exact: a step multiplies or divides
 * the size of a map by a whole number, whatever its windows and pads, so branches of any two steps can be joined.
 */
import { randomFrom, type Random } from './random-programs.ts';

/** Along which axes windows are more than a pixel. */
export type Along = 'h' | 'w' | 'both';

type Maker = {
  readonly r: Random;
  readonly along: Along;
};

/** `3x1`, `1x3` or `3`. */
const extent = ({ along }: Maker, n: number): string =>
  along === 'h' ? `${n}x1` : along === 'w' ? `1x${n}` : String(n);

const sides = ({ along }: Maker, before: number, after: number): string =>
  along === 'h'
    ? `[${before}, ${after}, 0, 0]`
    : along === 'w'
      ? `[0, 0, ${before}, ${after}]`
      : `[${before}, ${after}, ${before}, ${after}]`;

/** The pads of windows that make h pixels of s·h or, with stride 1, of h: any split of what is lacking. */
const split = (m: Maker, total: number, most = total): string => {
  const least = Math.max(0, total - most);
  const before = least + m.r(Math.min(total, most) - least + 1);
  return sides(m, before, total - before);
};

const one = <T>(m: Maker, of: readonly T[]): T => of[m.r(of.length)]!;

const windowed = (m: Maker, stride: number, c: number): string => {
  const k = stride + m.r(4);
  const rate = 1 + (m.r(3) === 0 ? 1 : 0);
  const span = rate * (k - 1) + 1;
  const size = extent(m, k);
  const step = `stride = ${extent(m, stride)}`;
  const conv = `${step}, dilation = ${rate}, pad = ${split(m, Math.max(0, span - stride))}`;
  switch (m.r(7)) {
    case 0:
      return `depthwise(${size}, ${conv})`;
    case 1:
      return `conv(${size}, ${c}, groups = ${c}, ${conv})`;
    case 2:
      return `conv(${size}, ${c}, ${step}, pad = same)`;
    case 3:
      return `${one(m, ['maxpool', 'avgpool'])}(${size}, ${step}, pad = ${split(m, k - stride, k - 1)})`;
    case 4:
      return `maxpool(${extent(m, 1)}, ${step}, round = ceil)`;
    default:
      return `conv(${size}, ${c}, ${conv})`;
  }
};

/** An upsampling enlarges both axes: the one without windows becomes as it was. */
const backAcross = ({ along }: Maker, n: number): string =>
  along === 'both' ? '' : `; avgpool(${along === 'h' ? `1x${n}` : `${n}x1`})`;

const enlarging = (m: Maker, n: number, c: number): string => {
  const scale = `stride = ${extent(m, n)}`;
  const k = n + m.r(4);
  switch (m.r(5)) {
    case 0:
      return `deconv(${extent(m, k)}, ${c}, ${scale})`;
    case 1:
      return `deconv(${extent(m, k)}, ${c}, ${scale}, pad = ${split(m, k - n)})`;
    case 2: {
      // a kernel smaller than the stride leaves pixels that are made of the bias alone
      const small = 1 + m.r(n);
      return `deconv(${extent(m, small)}, ${c}, ${scale}, pad = valid); pad(${split(m, n - small)})`;
    }
    case 3:
      return `upsample(${n}, bilinear)${backAcross(m, n)}`;
    default:
      return `upsample-${n}${backAcross(m, n)}`;
  }
};

const pointwise = [
  'layernorm', // of one channel it makes a constant
  'relu',
  'tanh',
  'batchnorm',
  'lrn(3)',
  'softmax',
  'scale(0.5)',
  'dropout',
  'prelu',
  'gelu',
  'leaky_relu',
  'id',
  'conv1-4',
];

/** A step that keeps the size and has c channels in and out. */
const keeping = (m: Maker, c: number, depth: number): string => {
  const { r } = m;
  const inner = (): string => chain(m, c, depth - 1);
  switch (r(depth > 0 ? 12 : 4)) {
    case 0:
      return one(m, c === 1 ? pointwise.slice(1) : pointwise).replace('-4', `-${c}`);
    case 1:
      return windowed(m, 1, c);
    case 2: {
      const by = 1 + r(3);
      return r(2) === 0
        ? `pad(${sides(m, by, 0)}); crop(${sides(m, 0, by)})`
        : `crop(${sides(m, by, 0)}); pad(${sides(m, 0, by)})`;
    }
    case 3:
      return `deconv(${extent(m, 3)}, ${c}, pad = ${split(m, 2)})`;
    case 4:
      return `((${inner()}) + (${inner()}))`;
    case 5:
      return `((${inner()}) * (${inner()}))`;
    case 6:
      return `((${inner()}) | (${inner()})); conv1-${c}`;
    case 7: {
      const from = r(c + 1);
      return `((${inner()}) | (${inner()})); channels(${from}..${from + c})`;
    }
    case 8: {
      const n = one(m, [2, 3, 4]);
      return `${enlarging(m, n, c)}; ${inner()}; ${windowed(m, n, c)}`;
    }
    case 9: {
      const n = one(m, [2, 3]);
      return `${windowed(m, n, c)}; ${inner()}; ${enlarging(m, n, c)}`;
    }
    case 10:
      return r(5) > 0
        ? inner()
        : one(m, [`(id * (gap; fc-${c}; sigmoid))`, `groupnorm-${c}`, 'instancenorm']);
    default:
      if (c === 1) return inner();
      return `(channels(0..${c - 1}) | (channels(${c - 1}..${c}); ${chain(m, 1, depth - 1)}))`;
  }
};

const chain = (m: Maker, c: number, depth: number): string =>
  Array.from({ length: 1 + m.r(2) }, () => keeping(m, c, depth)).join('; ');

/** A body on maps of 2 or 3 channels whose sizes are multiples of 144; it changes their size by a factor. */
export const randomField = (
  seed: number,
): { readonly along: Along; readonly channels: number; readonly body: string } => {
  const r = randomFrom(seed);
  const along = r(12) === 0 ? 'both' : one({ r, along: 'h' }, ['h', 'w'] as const);
  const m: Maker = { r, along };
  const channels = 2 + r(2);
  const steps = Array.from({ length: 1 + r(along === 'both' ? 2 : 4) }, () => {
    const n = one(m, [2, 2, 3]);
    switch (r(6)) {
      case 0:
        return windowed(m, n, channels);
      case 1:
        return enlarging(m, n, channels);
      default:
        return keeping(m, channels, along === 'both' ? 1 : 2);
    }
  });
  return { along, channels, body: steps.join('; ') };
};
