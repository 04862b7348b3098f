/** Small random nets of everything that convolutional nets are made of. */
import type { Graph, ValueId } from '../../src/graph/graph.ts';
import { image } from '../../src/ops/types.ts';
import { graphOf, numbers, type Builder } from './graphs.ts';

type Layer = (b: Builder, x: ValueId, channels: number) => readonly [ValueId, number];

const square = (n: number) => ({ h: n, w: n });

const plain =
  (...[name, args]: Parameters<Builder['op']>): Layer =>
  (b, x, channels) => [b.op(name, args, x), channels];

const conv =
  (size: number, channels: number, args: object = {}): Layer =>
  (b, x) => [b.op('conv', { size: square(size), channels, ...args }, x), channels];

/** A layer of each kind, none of which makes a map of 11 × 9 too small for the next. */
const layers: readonly Layer[] = [
  conv(3, 4),
  conv(1, 6),
  conv(3, 6, { stride: square(2) }),
  conv(3, 4, { dilation: 2 }),
  conv(3, 4, { bias: false }),
  plain('relu'),
  plain('leaky_relu'),
  plain('sigmoid'),
  plain('tanh'),
  plain('gelu'),
  plain('batchnorm'),
  plain('lrn'),
  plain('maxpool', { size: square(3), stride: square(1), pad: 'same' }),
  plain('avgpool', { size: square(2), stride: square(1), pad: 'same' }),
  plain('depthwise', { size: square(3) }),
  (b, x, channels) => {
    const y = b.op('conv', { size: square(3), channels }, x);
    return [b.op('add', {}, b.op('relu', {}, y), x), channels];
  },
  (b, x, channels) => {
    const y = b.op('conv', { size: square(1), channels: 2 }, x);
    return [b.op('concat', {}, x, y), channels + 2];
  },
];

/** The net of this number: three to eight layers, then an average, classes, and a softmax. */
export const randomNet = (seed: number): Graph => {
  const draws = numbers(10, 2 * seed + 1).map((n) => (n + 2) / 4);
  return graphOf(image(11, 9, 3), (b) => {
    let [x, channels]: readonly [ValueId, number] = [b.input, 3];
    for (let i = 0; i < 3 + Math.floor(draws[0]! * 6); i++) {
      const layer = layers[Math.floor(draws[i + 1]! * layers.length)]!;
      [x, channels] = layer(b, x, channels);
    }
    const y = b.op('fc', { units: 5 }, b.op('gap', {}, x));
    return seed % 2 === 0 ? y : b.op('softmax', {}, y);
  });
};
