/**
 * Sizes against brute force and the literal formulas of the frameworks, and the 70 known answers: nets
 * written as chains of steps, with the size that comes out and the inputs that are admitted.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test, vi } from 'vitest';
import { Bug } from '../../src/diagnostic/bug.ts';
import {
  affine,
  agree,
  atLeast,
  both,
  boxes,
  constant,
  contains,
  deconv,
  deconvSame,
  equal,
  everything,
  fixed,
  isConstant,
  near,
  nothing,
  over,
  period,
  plus,
  same,
  sameSizes,
  shift,
  show,
  showSizes,
  through,
  times,
  up,
  valueAt,
  window,
  type Size,
  type Sizes,
  type Step,
  type TooLong,
  type Window,
} from '../../src/size/sizes.ts';

const get = <A>(result: E.Either<TooLong, A>): A => {
  if (E.isLeft(result)) throw new Error(`too long: ${result.left.period}`);
  return result.right;
};
const h = affine(1, 0);
/** Left as soon as one step is too long. */
const tryChain = (steps: readonly Step[], start = h): E.Either<TooLong, Size> =>
  steps.reduce<E.Either<TooLong, Size>>(
    (f, step) => (E.isRight(f) ? through(f.right, step) : f),
    E.right(start),
  );
const chain = (...steps: readonly Step[]): Size => get(tryChain(steps));

// ---- Networks, as the checker walks them

type State = { readonly size: Size; readonly set: Sizes };
type Layer = (state: State) => State;

const layer =
  (step: Step): Layer =>
  ({ size, set }) => {
    const out = get(through(size, step));
    return { size: out, set: get(both(set, atLeast(out, 1))) };
  };
const seq =
  (...layers: readonly Layer[]): Layer =>
  (state) =>
    layers.reduce((s, f) => f(s), state);
const rep = (n: number, f: Layer): Layer => seq(...Array.from({ length: n }, () => f));
const id: Layer = (state) => state;

/** Any join: the branches must agree; the side of smaller period goes on. */
const join =
  (...branches: readonly Layer[]): Layer =>
  (state) =>
    branches
      .map((branch) => branch(state))
      .reduce((s, t) => ({
        size: period(t.size) < period(s.size) ? t.size : s.size,
        set: get(both(get(both(s.set, t.set)), get(agree(s.size, t.size)))),
      }));

/** A trained head: the size must be c. */
const fix =
  (c: number): Layer =>
  ({ size, set }) => ({
    size: constant(c),
    set: get(both(set, get(agree(size, constant(c))))),
  });

/** A side branch: only its conditions stay. */
const also =
  (...layers: readonly Layer[]): Layer =>
  (state) => ({ size: state.size, set: seq(...layers)(state).set });

type Pad = 'half' | 'same' | number | readonly [number, number];
type Options = { stride?: number; pad?: Pad; dilation?: number; round?: 'floor' | 'ceil' };

const windows = (kernel: number, o: Required<Options>): Layer => {
  if (o.pad === 'same') return layer(same(o.stride));
  const half = Math.floor((o.dilation * (kernel - 1) + 1) / 2);
  const pad = o.pad === 'half' ? half : o.pad;
  const [before, after] = typeof pad === 'number' ? [pad, pad] : pad;
  return layer(window({ ...o, kernel, before, after }));
};
const conv = (kernel: number, stride = 1, pad: Pad = 'half', dilation = 1): Layer =>
  windows(kernel, { stride, pad, dilation, round: 'floor' });
const pool = (kernel: number, stride = kernel, o: Options = {}): Layer =>
  windows(kernel, { pad: 0, dilation: 1, round: 'floor', ...o, stride });
const ceil = { round: 'ceil' } as const;
const upsample = (n: number): Layer => layer(up(n));
const crop = (before: number, after: number): Layer => layer(shift(-before - after));
const transposed = (kernel: number, stride: number, pad: number): Layer =>
  layer(deconv({ kernel, stride, before: pad, after: pad }));

const vgg = seq(...[2, 2, 4, 4, 4].flatMap((n) => [rep(n, conv(3)), pool(2)]));
const alexnet = seq(conv(11, 4, 2), pool(3, 2), conv(5), pool(3, 2), rep(3, conv(3)), pool(3, 2));
const lenet = seq(conv(5, 1, 0), pool(2), conv(5, 1, 0), pool(2), fix(5));

const inception = join(conv(1), conv(3), conv(5), pool(3, 1, { pad: 'same' }));
const googlenet = (round: 'floor' | 'ceil', auxiliary: Layer): Layer => {
  const halve = pool(3, 2, { round });
  return seq(
    seq(conv(7, 2), halve, conv(1), conv(3), halve, rep(2, inception), halve, inception),
    also(auxiliary),
    seq(rep(4, inception), halve, rep(2, inception), pool(7, 1), fix(1)),
  );
};

const resnet = (stem: Layer, shortcut: Layer): Layer => {
  const bottleneck = (stride: number, around: Layer): Layer =>
    join(seq(conv(1), conv(3, stride), conv(1)), around);
  const stage = (n: number, stride: number): Layer =>
    seq(bottleneck(stride, stride === 1 ? conv(1) : shortcut), rep(n - 1, bottleneck(1, id)));
  return seq(stem, stage(3, 1), stage(4, 2), stage(6, 2), stage(3, 2));
};
const resnet50 = resnet(seq(conv(7, 2), pool(3, 2, { pad: 1 })), conv(1, 2));
const stemD = seq(conv(3, 2), rep(2, conv(3)), pool(3, 2, { pad: 1 }));

const dense = join(id, seq(conv(1), conv(3)));
const densenet = seq(
  seq(conv(7, 2), pool(3, 2, { pad: 1 })),
  ...[6, 12, 24].map((n) => seq(rep(n, dense), conv(1), pool(2))),
  rep(16, dense),
);

const inceptionV3 = (auxiliary: Layer): Layer => {
  const same3 = pool(3, 1, { pad: 1 });
  const [valid, halve] = [conv(3, 1, 0), conv(3, 2, 0)];
  const a = join(conv(1), seq(conv(1), conv(5)), seq(conv(1), rep(2, conv(3))), same3);
  const gridA = join(halve, seq(conv(1), conv(3), halve), pool(3, 2));
  const b = join(conv(1), seq(conv(1), conv(7)), seq(conv(1), conv(7), conv(7)), same3);
  const gridB = join(seq(conv(1), halve), seq(conv(1), conv(7), halve), pool(3, 2));
  const c = join(conv(1), seq(conv(1), conv(3)), seq(conv(1), conv(3), conv(3)), same3);
  return seq(
    seq(halve, valid, conv(3), pool(3, 2), conv(1), valid, pool(3, 2)),
    seq(rep(3, a), gridA, rep(4, b), also(auxiliary), gridB, rep(2, c)),
  );
};

const fire = seq(conv(1), join(conv(1), conv(3)));
const [squeeze, fires] = [pool(3, 2, ceil), (n: number): Layer => rep(n, fire)];
const squeezenet = seq(conv(7, 2, 0), squeeze, fires(3), squeeze, fires(4), squeeze, fire);
const squeezenet11 = seq(conv(3, 2, 0), squeeze, fires(2), squeeze, fires(2), squeeze, fires(4));

const inverted = (stride: number): Layer => {
  const body = seq(conv(1), conv(3, stride), conv(1));
  return stride === 1 ? join(id, body) : body;
};
const mobilenet = seq(
  conv(3, 2),
  ...[1, 2, 2, 2, 1, 2, 1].flatMap((s) => [inverted(s), inverted(1)]),
);

/** The U-shape: at each level `twice`, then the cropped input beside what comes from below, then `twice`. */
const unet = (borders: readonly number[], twice: Layer): Layer =>
  borders.reduce<Layer>(
    (below, border) =>
      seq(twice, join(crop(border, border), seq(pool(2), below, layer(deconvSame(2)))), twice),
    twice,
  );
const paddedUnet = unet([0, 0, 0, 0], rep(2, conv(3)));
const validUnet = unet([4, 16, 40, 88], rep(2, conv(3, 1, 0)));
/** Each level joins its input with what its `down` and `up` make of it. */
const pix2pix = (levels: number): Layer =>
  Array.from({ length: levels }).reduce<Layer>(
    (below) => join(id, seq(conv(4, 2, 1), below, transposed(4, 2, 1))),
    id,
  );

const odd = join(pool(2), pool(3, 2));

describe('known answers', () => {
  test.each<[number, string, Layer, size: string, set: string, start?: Size]>([
    [1, 'conv3 half', conv(3), 'h', '1..'],
    [2, 'conv2 half grows by one', conv(2), 'h + 1', '1..'],
    [3, 'conv4/2 half, even kernel: not h/2 rounded up', conv(4, 2), 'h/2 + 1', '1..'],
    [4, 'conv4/2 same', conv(4, 2, 'same'), '(h + 1)/2', '1..'],
    [5, 'conv5 valid, kernel larger than the map below 5', conv(5, 1, 0), 'h - 4', '5..'],
    [6, 'conv1 pad 2, pad larger than the kernel', conv(1, 1, 2), 'h + 4', '1..'],
    [7, 'conv3 dilation 2 half keeps the map', conv(3, 1, 'half', 2), 'h', '1..'],
    [8, 'conv2 dilation 3 valid', conv(2, 1, 0, 3), 'h - 3', '4..'],
    [9, 'conv3/2 dilation 4 pad 1', conv(3, 2, 1, 4), '(h - 5)/2', '7..'],
    [10, 'conv7/2 pad [2, 3]', conv(7, 2, [2, 3]), 'h/2', '2..'],
    [11, 'maxpool2/5, stride > kernel', pool(2, 5), '(h + 3)/5', '2..'],
    [12, 'maxpool2/5 ceil, correction for 3 of 5 residues', pool(2, 5, ceil), '(h + 4)/5', '1..'],
    [13, 'maxpool3/4 ceil, correction (8 gives 2, not 3)', pool(3, 4, ceil), '(h + 3)/4', '1..'],
    [14, 'maxpool1/2 ceil, correction', pool(1, 2, ceil), '(h + 1)/2', '1..'],
    [15, 'maxpool2/2 pad 1 ceil, correction', pool(2, 2, { pad: 1, ...ceil }), 'h/2 + 1', '1..'],
    [16, 'maxpool3/2 pad 1 ceil, none', pool(3, 2, { pad: 1, ...ceil }), 'h/2 + 1', '1..'],
    [17, 'maxpool3/2 ceil accepts a map of 2', pool(3, 2, ceil), 'h/2', '2..'],
    [18, 'maxpool2 ceil', pool(2, 2, ceil), '(h + 1)/2', '1..'],
    [19, 'maxpool3/3 pad 1 ceil, correction', pool(3, 3, { pad: 1, ...ceil }), 'h/3 + 1', '1..'],
    [20, 'eight maxpool7/7: one floor, no table', rep(8, pool(7)), 'h/5764801', '5764801..'],
    [21, 'bound from the middle', seq(conv(5, 1, 0), conv(1, 1, 3)), 'h + 2', '5..'],
    [22, 'crop everything away', seq(conv(3), crop(3, 2)), 'h - 5', '6..'],
    [23, 'upsample-3; maxpool2: a floor with a = 3', seq(upsample(3), pool(2)), '3*h/2', '1..'],
    [24, 'maxpool2; upsample-2', seq(pool(2), upsample(2)), '2*(h/2)', '2..'],
    [25, 'collapses', seq(pool(2), upsample(2), pool(2)), 'h/2', '2..'],
    [26, 'a table', seq(pool(2), upsample(3), pool(2)), '2*(h/4) + (h + 2)/4', '2..'],
    [
      27,
      'upsample-3; maxpool2; upsample-2; maxpool3 pad [0, 1] is the identity',
      seq(upsample(3), pool(2), upsample(2), pool(3, 3, { pad: [0, 1] })),
      'h',
      '1..',
    ],
    [
      28,
      'conv3/2; upsample-2; crop [0, 1] with id: odd',
      join(seq(conv(3, 2), upsample(2), crop(0, 1)), id),
      'h',
      '1.. step 2',
    ],
    [
      29,
      'conv3/2; deconv3/2 pad 1 with id: odd',
      join(seq(conv(3, 2), transposed(3, 2, 1)), id),
      'h',
      '1.. step 2',
    ],
    [
      30,
      'conv4/2 pad 1; deconv4/2 pad 1 with id: even',
      join(seq(conv(4, 2, 1), transposed(4, 2, 1)), id),
      'h',
      '2.. step 2',
    ],
    [31, 'maxpool2 | maxpool3/2: odd only', odd, 'h/2', '3.. step 2'],
    [32, 'conv3/2 + maxpool3/2 never agree', join(conv(3, 2), pool(3, 2)), '–', 'none'],
    [
      33,
      '2x conv3 valid | maxpool2: different slopes, finite',
      join(rep(2, conv(3, 1, 0)), pool(2)),
      'h - 4',
      '7..8',
    ],
    [
      34,
      'id, maxpool2 up 2, maxpool3 up 3, maxpool5 up 5: multiples of 30',
      join(id, ...[2, 3, 5].map((n) => seq(pool(n), upsample(n)))),
      'h',
      '30.. step 30',
    ],
    [
      35,
      'odd, then a condition mod 3 on (h - 1)/2',
      seq(odd, also(join(pool(2, 3), pool(3, 3, ceil)))),
      'h/2',
      '5.. mod 6 in 1, 5',
    ],
    [36, 'fix a table: maxpool2; up3 = 12', seq(pool(2), upsample(3), fix(12)), '12', '8..9'],
    [37, 'fix a value it never takes', seq(pool(2), upsample(3), fix(11)), '–', 'none'],
    [38, 'VGG with its head', seq(vgg, fix(7)), '7', '224..255'],
    [39, 'VGG after fc_to_conv', seq(vgg, conv(7, 1, 0)), 'h/32 - 6', '224..'],
    [40, 'AlexNet, fixed 6', seq(alexnet, fix(6)), '6', '223..254'],
    [41, 'AlexNet features', alexnet, '(h - 31)/32', '63..'],
    [42, 'LeNet-5', lenet, '5', '32..35'],
    [43, 'GoogLeNet, ceil pools', googlenet('ceil', id), '1', '223..254'],
    [44, 'GoogLeNet, floor pools', googlenet('floor', id), '1', '253..284'],
    [45, 'ResNet-50', resnet50, '(h + 31)/32', '1..'],
    [
      46,
      'ResNet-50-D, ceil shortcut pools',
      resnet(stemD, seq(pool(2, 2, ceil), conv(1))),
      '(h + 31)/32',
      '1..',
    ],
    [
      47,
      'ResNet-50-D, floor shortcut pools',
      resnet(stemD, seq(pool(2), conv(1))),
      '(h + 31)/32',
      '29.. mod 32 in 0, 29, 30, 31',
    ],
    [48, 'DenseNet-121 before gap', densenet, '(h + 3)/32', '29..'],
    [49, 'Inception-v3 before gap', inceptionV3(id), '(h - 43)/32', '75..'],
    [
      50,
      'Inception-v3 with its auxiliary head',
      inceptionV3(seq(pool(5, 3), conv(1), conv(5, 1, 0), layer(fixed(1)))),
      '(h - 43)/32',
      '299..',
    ],
    [51, 'SqueezeNet 1.0 before gap', squeezenet, '(h - 5)/16', '21..'],
    [52, 'SqueezeNet 1.1 before gap', squeezenet11, '(h - 1)/16', '17..'],
    [53, 'MobileNetV2 before gap', mobilenet, '(h + 31)/32', '1..'],
    [54, 'U-Net, same convs', paddedUnet, 'h', '16.. step 16'],
    [55, 'pix2pix, eight levels of conv4/2 and deconv4/2', pix2pix(8), 'h', '256.. step 256'],
    [56, 'U-Net, valid convs, cropped skips', validUnet, 'h - 184', '188.. step 16'],
    [57, 'ResNet-50 with a 7x7 average', seq(resnet50, pool(7, 1), fix(1)), '1', '193..224'],
    [
      58,
      'ResNet-50 of Caffe: maxpool3/2 ceil, no pad',
      resnet(seq(conv(7, 2), pool(3, 2, ceil)), conv(1, 2)),
      '(h + 29)/32',
      '3..',
    ],
    [
      59,
      'GoogLeNet with an auxiliary head of fixed size after 4a',
      googlenet('ceil', seq(pool(5, 3), conv(1), fix(4))),
      '1',
      '223..254',
    ],
    [60, 'U-Net on [16*n]', paddedUnet, '16*h', '1..', affine(16, 0)],
  ])('%i %s', (_number, _title, net, size, set, start = h) => {
    const out = net({ size: start, set: everything });
    const admitted = showSizes(out.set);
    expect([admitted === 'none' ? '–' : show(out.size, 'h'), admitted]).toEqual([size, set]);
  });

  test('pix2pix as built: the outermost level joins nothing, so one pixel may be dropped', () => {
    const net = seq(conv(4, 2, 1), pix2pix(7), transposed(4, 2, 1));
    const out = net({ size: h, set: everything });
    expect([show(out.size, 'h'), showSizes(out.set)]).toEqual(['2*(h/2)', '256.. mod 256 in 0, 1']);
  });

  test('61 a floor that cancels is the identity', () => {
    expect(equal(get(over(affine(2, 1), 2)), h)).toBe(true);
  });
  test('62 h/2 + (h + 1)/2 = h', () => {
    const sum = plus(get(over(h, 2)), get(over(affine(1, 1), 2)));
    expect(get(sum)).toEqual(h);
  });
  test("63 the product of VGG's two axes is not a product of sets", () => {
    const { size } = vgg({ size: h, set: everything });
    expect(boxes(size, size, 49).map((box) => box.map(showSizes).join(' × '))).toEqual([
      '32..63 × 1568..1599',
      '224..255 × 224..255',
      '1568..1599 × 32..63',
    ]);
  });
  test('64 a period that is too long to write down', () => {
    const pooled = chain(window(plainWindow(70_000, 70_000)));
    expect(show(pooled, 'h')).toBe('h/70000');
    expect(through(pooled, up(2))).toEqual(E.left({ tag: 'too long', period: 70_000 }));
  });
  test('65, 66 the nearest admissible size', () => {
    expect(near(get(agree(get(over(h, 32)), constant(7))), 200)).toEqual({ above: 224 });
    const { set } = paddedUnet({ size: h, set: everything });
    expect(near(set, 100)).toEqual({ below: 96, above: 112 });
    expect(near(set, 96)).toEqual({ below: 96, above: 96 });
    expect(near(set, 3)).toEqual({ above: 16 });
    expect(near(nothing, 3)).toEqual({});
  });
  test('67 h and h + 1 never agree', () => {
    expect(get(agree(h, affine(1, 1)))).toEqual(nothing);
  });
  test('68 on odd h, 2*(h/2) + 1 is h', () => {
    const twice = get(plus(get(times(get(over(h, 2)), 2)), constant(1)));
    const odds = get(agree(h, twice));
    expect(showSizes(odds)).toBe('1.. step 2');
    expect(equal(h, twice)).toBe(false);
    expect(sameSizes(get(both(odds, get(agree(h, twice)))), odds)).toBe(true);
  });
  test('69 a constant may leave nothing', () => {
    const left = get(through(constant(5), window(plainWindow(7, 1))));
    expect(left).toEqual(constant(-1));
    expect(atLeast(left, 1)).toEqual(nothing);
  });
  test('70 no product wraps', () => {
    const large = affine(1, 2 ** 52);
    expect(through(large, up(2))).toEqual(E.left({ tag: 'too long', period: Infinity }));
    expect(E.isLeft(plus(large, large))).toBe(true);
    expect(E.isLeft(through(h, window({ ...plainWindow(2 ** 52, 1), dilation: 3 })))).toBe(true);
    expect(E.isLeft(through(h, shift(NaN)))).toBe(true);
    expect(E.isLeft(tryChain(Array.from({ length: 20 }, () => same(7))))).toBe(true);
    const steps = get(through(get(over(h, 2)), { times: 2 ** 51, plus: -(2 ** 52), over: 1 }));
    expect(valueAt(steps, 8)).toBe(2 ** 52); // 2⁵³ − 2⁵²
    expect(() => valueAt(affine(2 ** 30, 0), 2 ** 30)).toThrow(Bug);
    expect(() => affine(-1, 0)).toThrow(Bug);
    expect(() => constant(0.5)).toThrow(Bug);
    expect(() => times(h, -1)).toThrow(Bug);
  });
});

// ---- Literal formulas

const plainWindow = (kernel: number, stride: number): Window => ({
  kernel,
  stride,
  dilation: 1,
  before: 0,
  after: 0,
  round: 'floor',
});

const someWindow = fc
  .record({
    kernel: fc.integer({ min: 1, max: 9 }),
    stride: fc.integer({ min: 1, max: 11 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.integer({ min: 0, max: 12 }),
    after: fc.integer({ min: 0, max: 12 }),
  })
  .map((w) => ({ ...w, K: w.dilation * (w.kernel - 1) + 1 }));

describe('the steps of layers', () => {
  const inputs = Array.from({ length: 120 }, (_, x) => x);

  test('window, floor: as many as fit', () => {
    fc.assert(
      fc.property(someWindow, ({ K, ...w }) => {
        const size = chain(window({ ...w, round: 'floor' }));
        const literal = (x: number): number =>
          Math.floor((x + w.before + w.after - K) / w.stride) + 1;
        expect(inputs.map((x) => valueAt(size, x))).toEqual(inputs.map(literal));
      }),
    );
  });

  test("window, ceil: PyTorch's formula with its correction", () => {
    fc.assert(
      fc.property(someWindow, ({ K, ...given }) => {
        const w = { ...given, after: Math.min(given.after, K) };
        const size = chain(window({ ...w, round: 'ceil' }));
        const literal = (x: number): number => {
          const all = Math.ceil((x + w.before + w.after - K) / w.stride) + 1;
          return ((all - 1) * w.stride >= x + w.before ? all - 1 : all) + 0;
        };
        expect(inputs.map((x) => valueAt(size, x))).toEqual(inputs.map(literal));
      }),
    );
  });

  test('same, up, pad, crop, transposed, fixed', () => {
    for (const x of inputs.slice(1))
      for (const s of [1, 2, 3, 5]) {
        expect(valueAt(chain(same(s)), x)).toBe(Math.ceil(x / s));
        expect(valueAt(chain(up(s)), x)).toBe(x * s);
        expect(valueAt(chain(shift(s - 3)), x)).toBe(x + s - 3);
        expect(valueAt(chain(deconvSame(s)), x)).toBe(x * s);
        expect(valueAt(chain(fixed(s)), x)).toBe(s);
        const wide = deconv({ kernel: 4, stride: s, before: 1, after: 2, extra: 1 });
        expect(valueAt(chain(wide), x)).toBe(s * (x - 1) + 4 - 1 - 2 + 1);
      }
  });

  test('no -0 anywhere', () => {
    expect(shift(-0)).toEqual({ times: 1, plus: 0, over: 1 });
    expect(affine(0, -0)).toEqual({ tag: 'floor', a: 0, b: 0, d: 1 });
    expect(fixed(-0)).toEqual({ times: 0, plus: 0, over: 1 });
    expect(get(times(affine(1, -3), 0))).toEqual(constant(0));
  });
});

// ---- Laws on random chains of steps

type Chain = { readonly start: readonly [number, number]; readonly steps: readonly Step[] };

const someStep = (most: number): fc.Arbitrary<Step> =>
  fc.record({
    times: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: most })),
    plus: fc.integer({ min: -7, max: 7 }),
    over: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: most })),
  });
const someChain = (most = 6, length = 4): fc.Arbitrary<Chain> =>
  fc.record({
    start: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -9, max: 9 })),
    steps: fc.array(someStep(most), { maxLength: length }),
  });
const sizeOf = ({ start, steps }: Chain): Size => get(tryChain(steps, affine(...start)));
const literally = ({ start: [a, b], steps }: Chain, x: number): number =>
  steps.reduce((y, { times, plus, over }) => Math.floor((times * y + plus) / over), a * x + b);

const someSize = someChain().map(sizeOf);
/** Few enough for equal ones to be met often. */
const plainSize = someChain(3, 3).map(sizeOf);
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);
const members = (s: Sizes, n = 2000): readonly number[] => upTo(n).filter((x) => contains(s, x));

vi.setConfig({ testTimeout: 60_000 });
const runs = (n: number) => ({ numRuns: process.env['NETC_DEEP'] === '1' ? 10 * n : n });

describe('sizes', () => {
  test('through is the literal formula', () => {
    const inputs = Array.from({ length: 360 }, (_, i) => i - 60);
    fc.assert(
      fc.property(someChain(), (c) => {
        const f = sizeOf(c);
        expect(inputs.map((x) => valueAt(f, x))).toEqual(inputs.map((x) => literally(c, x) + 0));
      }),
      runs(400),
    );
  });

  test('through is exact or too long, also for large numbers', () => {
    const large = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2 ** 40 }));
    const plus = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.maxSafeInteger());
    const step = fc.record({ times: large, plus, over: large });
    const x = fc.oneof(fc.integer({ min: -9, max: 9999 }), fc.maxSafeInteger());
    const seen = { exact: 0, long: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), x, (steps, x) => {
        const f = tryChain(steps);
        const exact = steps.reduce((y, s) => {
          const [top, under] = [BigInt(s.times) * y + BigInt(s.plus), BigInt(s.over)];
          return top / under - (top % under < 0n ? 1n : 0n);
        }, BigInt(x));
        seen[E.isLeft(f) ? 'long' : 'exact']++;
        if (E.isLeft(f)) return;
        if (Number.isSafeInteger(Number(exact))) expect(valueAt(f.right, x)).toBe(Number(exact));
        else expect(() => valueAt(f.right, x)).toThrow(Bug);
      }),
      runs(2000),
    );
    expect(Math.min(seen.exact, seen.long)).toBeGreaterThan(300);
  });

  test('normal forms are normal, and of the stated period', () => {
    fc.assert(
      fc.property(someSize, (f) => {
        const [D, rise] = f.tag === 'floor' ? [f.d, f.a] : [f.at.length, f.rise];
        expect(period(f)).toBe(D);
        for (const x of upTo(50)) expect(valueAt(f, x + D)).toBe(valueAt(f, x) + rise);
        for (const shorter of upTo(D - 1).filter((e) => D % e === 0 && rise > 0)) {
          const gain = (x: number): number => valueAt(f, x + shorter) - valueAt(f, x);
          expect(upTo(D).every((x) => gain(x) === gain(0))).toBe(false);
        }
      }),
    );
  });

  test('equality is decided: D + E − γ + 1 points in a row decide it too', () => {
    const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
    let met = 0;
    fc.assert(
      fc.property(plainSize, plainSize, fc.integer({ min: -40, max: 40 }), (f, g, start) => {
        const [D, E] = [period(f), period(g)];
        const points = upTo(D + E - gcd(D, E) + 1).map((x) => x + start);
        const agreed = points.every((x) => valueAt(f, x) === valueAt(g, x));
        if (agreed) met++;
        expect(equal(f, g)).toBe(agreed);
      }),
      runs(4000),
    );
    expect(met).toBeGreaterThan(5);
  });

  test('one function, one form: associated differently, shifted and shifted back, factors cancelled', () => {
    fc.assert(
      fc.property(someSize, fc.integer({ min: 1, max: 9 }), fc.integer(), (f, n, c) => {
        const back = get(through(get(through(f, shift(c))), shift(-c)));
        expect(back).toEqual(f);
        expect(get(over(get(times(f, n)), n))).toEqual(f);
        expect(get(plus(get(times(f, n)), f))).toEqual(get(times(f, n + 1)));
      }),
      runs(200),
    );
  });

  test('plus adds, and a constant is one', () => {
    fc.assert(
      fc.property(someSize, plainSize, (f, g) => {
        const total = get(plus(f, g));
        expect(upTo(200).map((x) => valueAt(total, x))).toEqual(
          upTo(200).map((x) => valueAt(f, x) + valueAt(g, x)),
        );
        expect(get(plus(g, f))).toEqual(total);
        const flat = upTo(200).every((x) => valueAt(f, x) === valueAt(f, 0));
        const c = isConstant(f);
        if (c !== undefined) expect([flat, valueAt(f, 77)]).toEqual([true, c]);
      }),
      runs(200),
    );
  });

  test('what cancels is never written down', () => {
    const f = get(through(get(over(h, 60_000)), up(6)));
    expect(show(f, 'h')).toBe('6*(h/60000)');
    expect(over(f, 4)).toEqual(E.left({ tag: 'too long', period: 120_000 }));
    expect(show(get(over(f, 12)), 'h')).toBe('h/120000');
    expect(show(get(through(h, { times: 3, plus: 1, over: 100_000 })), 'h')).toBe(
      '(3*h + 1)/100000',
    );
  });

  test("Hermite's identity: h/n + (h + 1)/n + … + (h + n - 1)/n = h", () => {
    const add = (fs: readonly Size[]): Size => fs.reduce((f, g) => get(plus(f, g)));
    const part = (n: number) => (i: number) => get(over(affine(1, i - 1), n));
    for (const n of [2, 3, 8, 9, 12]) expect(add(upTo(n).map(part(n)))).toEqual(h);
    const twice = (n: number) => (i: number) => get(times(part(2 * n)(2 * i - 1), 2));
    for (const n of [2, 4, 9]) expect(add(upTo(n).map(twice(n)))).toEqual(twice(1)(1));
    const steep = add([part(14)(1), affine(2 ** 49, 0), part(14)(8)]); // 2⁴⁹·h + h/7
    expect(steep).toEqual({ tag: 'floor', a: 7 * 2 ** 49 + 1, b: 0, d: 7 });
  });

  test('show reads back', () => {
    fc.assert(
      fc.property(someSize, (f) => {
        expect(parseSize(show(f, 'h'))).toEqual(f);
      }),
      runs(400),
    );
    expect(show(affine(16, 3), 'n')).toBe('16*n + 3');
    expect(show(chain(same(2), up(2), shift(-1)), 'h')).toBe('2*((h + 1)/2) - 1');
  });
});

describe('sets', () => {
  test('atLeast is every h ≥ 1 that makes it', () => {
    fc.assert(
      fc.property(someSize, fc.integer({ min: -30, max: 300 }), (f, m) => {
        expect(members(atLeast(f, m), 300)).toEqual(upTo(300).filter((x) => valueAt(f, x) >= m));
      }),
      runs(400),
    );
  });

  test('agree is every h ≥ 1 where they are equal', () => {
    const someValue = fc.integer({ min: -5, max: 60 }).map(constant);
    const crossing = fc.record({
      near: fc.boolean(), // move the second so that they meet, or just miss, at h
      h: fc.integer({ min: 1, max: 100 }),
      miss: fc.integer({ min: -1, max: 1 }),
    });
    fc.assert(
      fc.property(plainSize, fc.oneof(plainSize, someSize, someValue), crossing, (f, other, at) => {
        const distance = valueAt(f, at.h) - valueAt(other, at.h) + at.miss;
        const g = at.near ? get(through(other, shift(distance))) : other;
        const set = get(agree(f, g));
        expect(members(set)).toEqual(upTo(2000).filter((x) => valueAt(f, x) === valueAt(g, x)));
        expect(get(agree(g, f))).toEqual(set);
      }),
      runs(400),
    );
  });

  test('agree on floors of equal slope', () => {
    const some = fc.integer({ min: -40, max: 40 });
    const slope = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(slope, slope, some, some, (a, d, b, c) => {
        const [f, g] = [get(over(affine(a, b), d)), get(over(affine(a, c), d))];
        expect(members(get(agree(f, g)), 200)).toEqual(
          upTo(200).filter((x) => valueAt(f, x) === valueAt(g, x)),
        );
      }),
      runs(400),
    );
    const [f, g] = [get(over(h, 5_764_801)), get(over(affine(1, 5_764_800), 5_764_801))];
    expect(showSizes(get(agree(f, g)))).toBe('5764801.. step 5764801');
    expect(agree(f, get(over(affine(1, 1), 5_764_801)))).toEqual(
      E.left({ tag: 'too long', period: 5_764_801 }),
    );
    expect(E.isLeft(agree(get(over(h, 2 ** 50)), get(over(affine(1, 1), 2 ** 50))))).toBe(true);
    expect(agree(get(over(h, 300)), get(over(h, 301)))).toEqual(
      E.left({ tag: 'too long', period: 90_300 }),
    );
  });

  const someRanges = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 1900 }), fc.integer({ min: 0, max: 60 })))
    .map((list) => union(list.map(([lo, length]) => [lo, lo + length])));
  const someClasses = fc
    .tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.uniqueArray(fc.nat(24), { minLength: 1 }),
      fc.integer({ min: 1, max: 24 }),
    )
    .map(([lo, residues, modulus]) => classes(lo, modulus, residues));
  const someSet = fc.oneof(
    someRanges,
    someClasses,
    fc.tuple(plainSize, plainSize).map(([f, g]) => get(agree(f, g))),
    someSize.map((f) => atLeast(f, 3)),
    fc
      .tuple(fc.integer({ min: 2, max: 24 }), fc.integer({ min: 1, max: 24 }), fc.nat(50))
      .map(([d, b, lo]) =>
        get(both(atLeast(h, lo), get(agree(get(over(h, d)), get(over(affine(1, b % d), d)))))),
      ),
  );

  test('both is the intersection, whatever the order', () => {
    fc.assert(
      fc.property(someSet, someSet, someSet, (s, t, u) => {
        const st = get(both(s, t));
        expect(members(st)).toEqual(members(s).filter((x) => contains(t, x)));
        expect(get(both(t, s))).toEqual(st);
        expect(get(both(s, s))).toEqual(s);
        expect(get(both(s, everything))).toEqual(s);
        expect(get(both(st, u))).toEqual(get(both(s, get(both(t, u)))));
      }),
      runs(300),
    );
  });

  test('normal forms: lo a member, residues sorted, modulus least, ranges apart', () => {
    fc.assert(
      fc.property(someSet, someSet, (s, t) => {
        const st = get(both(s, t));
        if (st.tag === 'ranges') {
          for (const [lo, hi] of st.ranges) expect(lo).toBeLessThanOrEqual(hi);
          st.ranges.slice(1).forEach(([lo], i) => expect(lo).toBeGreaterThan(st.ranges[i][1] + 1));
          return;
        }
        expect(contains(st, st.lo)).toBe(true);
        expect(st.residues).toEqual([...new Set(st.residues)].sort((a, b) => a - b));
        const seen = (x: number): boolean => st.residues.includes(x % st.modulus);
        for (const m of upTo(st.modulus - 1).filter((d) => st.modulus % d === 0))
          expect(upTo(st.modulus).every((x) => seen(x) === seen(x + m))).toBe(false);
      }),
      runs(300),
    );
  });

  test('sets are equal exactly if their members are', () => {
    fc.assert(
      fc.property(someSet, someSet, (s, t) => {
        expect(sameSizes(s, t)).toBe(members(s, 4000).join() === members(t, 4000).join());
        expect(sameSizes(s, get(both(s, s)))).toBe(true);
      }),
      runs(300),
    );
  });

  test('near is the nearest on either side', () => {
    fc.assert(
      fc.property(someSet, fc.integer({ min: -5, max: 1000 }), (s, x) => {
        const all = members(s);
        const [below, above] = [all.findLast((y) => y <= x), all.find((y) => y >= x)];
        expect(near(s, x)).toEqual({
          ...(below === undefined ? {} : { below }),
          ...(above === undefined ? {} : { above }),
        });
      }),
      runs(300),
    );
  });

  test('boxes are disjoint and hold exactly the solutions', () => {
    const n = fc.constantFrom(1, 2, 6, 12, 36, 49);
    fc.assert(
      fc.property(plainSize, plainSize, n, (f, g, area) => {
        const found = boxes(f, g, area);
        const pairs = upTo(40).flatMap((x) => upTo(40).map((y) => [x, y] as const));
        const hits = pairs.map(
          ([x, y]) => found.filter(([s, t]) => contains(s, x) && contains(t, y)).length,
        );
        // a negative times a negative is no area
        const solves = pairs.map(([x, y]) =>
          valueAt(f, x) > 0 && valueAt(f, x) * valueAt(g, y) === area ? 1 : 0,
        );
        expect(hits).toEqual(solves);
      }),
      runs(30),
    );
  });

  test('show reads back', () => {
    fc.assert(
      fc.property(someSet, (s) => {
        expect(parseSizes(showSizes(s))).toEqual(s);
      }),
      runs(300),
    );
  });

  test('sparse residues of a long period, cut by a long interval, or too many', () => {
    const multiples = (n: number): Sizes => get(agree(h, get(times(get(over(h, n)), n))));
    const sparse = [2, 3, 5, 7, 11, 13, 17, 19, 23].map(multiples);
    const product = sparse.reduce((s, t) => get(both(s, t)));
    expect(showSizes(product)).toBe('223092870.. step 223092870');
    const [p, q] = [2 ** 17 - 1, 2 ** 31 - 1];
    const rest = (r: number, n: number): Sizes =>
      get(agree(get(over(affine(1, n - r), n)), get(over(affine(1, 2 * n - r - 1), n))));
    const meet = Number(
      Array.from({ length: p }, (_, k) => BigInt(k) * BigInt(q) + 5n).find(
        (x) => x % BigInt(p) === 7n,
      ),
    );
    expect(showSizes(rest(5, q))).toBe(`5.. step ${q}`);
    expect(showSizes(get(both(rest(5, q), rest(7, p))))).toBe(`${meet}.. step ${p * q}`);
    expect(showSizes(get(both(rest(7, p), rest(5, q))))).toBe(`${meet}.. step ${p * q}`);
    expect(E.isLeft(both(get(both(rest(5, q), rest(7, p))), multiples(64)))).toBe(true);
    const interval = get(agree(get(over(h, 300_000_000)), constant(1)));
    expect(showSizes(get(both(product, interval)))).toBe('446185740');
    expect(E.isLeft(both(multiples(2), interval))).toBe(true);
    const not = (n: number): Sizes => get(agree(get(over(h, n)), get(over(affine(1, 1), n))));
    expect(E.isLeft(both(not(60_000), not(59_999)))).toBe(true);
    expect(showSizes(get(both(not(60_000), get(agree(get(over(h, 130_000)), constant(1))))))).toBe(
      '130000..179998, 180000..239998, 240000..259999',
    );
  });

  test('the modulus falls by a square', () => {
    const meet = both(classes(1, 8, [0, 1, 3, 5, 7]), classes(1, 8, [1, 2, 3, 5, 7]));
    expect(showSizes(get(meet))).toBe('1.. step 2');
  });

  test('up to the last exact integer, and not beyond', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const even = classes(2, 2, [0]);
    expect(showSizes(atLeast(h, most))).toBe(`${most}..`);
    expect(atLeast(get(over(h, 2 ** 30)), 2 ** 30)).toEqual(nothing);
    expect(get(both(even, atLeast(h, most)))).toEqual(nothing);
    expect(near(even, most)).toEqual({ below: most - 1 });
    const large = get(over(h, 2 ** 52));
    expect(showSizes(get(agree(constant(1), large)))).toBe(`${2 ** 52}..${most}`);
    expect(get(agree(large, constant(2)))).toEqual(nothing);
    expect(E.isLeft(agree(affine(2 ** 52, 0), get(over(h, 3))))).toBe(true);
    const pieces = (shift: number): Sizes => ({
      tag: 'ranges',
      ranges: upTo(65_536).map((k) => [4 * k + shift, 4 * k + shift + 2]),
    });
    expect(E.isLeft(both(pieces(0), pieces(2)))).toBe(true);
  });
});

// ---- Reading back what is printed

/** sum := product (('+' | '-') product)*; product := factor (('*' | '/') factor)*; `/` rounds down. */
const parseSize = (text: string): Size => {
  const tokens = text.match(/\d+|[a-z]+|[-+*/()]/g) ?? [];
  let at = 0;
  const factor = (): Size => {
    const token = tokens[at++];
    if (token === '-') return constant(-Number(tokens[at++]));
    if (token === '(') {
      const inner = sum();
      at++;
      return inner;
    }
    return /\d/.test(token) ? constant(Number(token)) : h;
  };
  const product = (): Size => {
    let left = factor();
    while (tokens[at] === '*' || tokens[at] === '/') {
      const sign = tokens[at++];
      const right = factor();
      const number = (f: Size): number => isConstant(f) ?? expect.fail('not a number');
      left = get(sign === '*' ? times(right, number(left)) : over(left, number(right)));
    }
    return left;
  };
  const sum = (): Size => {
    let left = product();
    while (tokens[at] === '+' || tokens[at] === '-') {
      const sign = tokens[at++];
      const right = product();
      left = get(plus(left, sign === '+' ? right : constant(-valueAt(right, 0))));
    }
    return left;
  };
  return sum();
};

/** {x ≥ lo, x mod modulus ∈ residues}, in normal form by trial. */
const classes = (lo: number, modulus: number, residues: readonly number[]): Sizes => {
  const has = (x: number): boolean => residues.some((r) => (x - r) % modulus === 0);
  const repeats = (m: number): boolean => upTo(modulus).every((x) => has(x) === has(x + m));
  const least = upTo(modulus).find((m) => modulus % m === 0 && repeats(m)) ?? modulus;
  const first = upTo(100).find((x) => x >= lo && has(x)) ?? expect.fail('empty');
  const rest = upTo(least).map((x) => x - 1);
  return { tag: 'from', lo: first, modulus: least, residues: rest.filter(has) };
};

const union = (ranges: readonly (readonly [number, number])[]): Sizes => {
  const inside = upTo(2000).filter((x) => ranges.some(([lo, hi]) => lo <= x && x <= hi));
  const starts = inside.filter((x) => !inside.includes(x - 1));
  const ends = inside.filter((x) => !inside.includes(x + 1));
  return { tag: 'ranges', ranges: starts.map((lo, i) => [lo, ends[i]]) };
};

const parseSizes = (text: string): Sizes => {
  if (text === 'none') return nothing;
  const endless = /^(\d+)\.\.(?: step (\d+)| mod (\d+) in (.+))?$/.exec(text);
  if (endless === null) {
    const pairs = text.split(', ').map((range) => range.split('..').map(Number));
    return { tag: 'ranges', ranges: pairs.map(([lo, hi = lo]) => [lo, hi]) };
  }
  const [lo, modulus] = [Number(endless[1]), Number(endless[2] ?? endless[3] ?? 1)];
  const residues = endless[4]?.split(', ').map(Number) ?? [lo % modulus];
  return { tag: 'from', lo, modulus, residues };
};
