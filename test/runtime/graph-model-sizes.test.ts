/** One model computes images of several sizes, odd ones too, as the float64 reference does. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { interpret } from '../../src/graph/interpret.ts';
import type { Tensor } from '../../src/numeric/tensor.ts';
import { calledNames, engine } from '../lower/engines.ts';
import { float64, inputOf, weightsOf } from '../lower/graphs.ts';
import { check, example } from '../programs.ts';
import { modelOf } from './models.ts';

/** A net of an example, or of its beginning, with a sixteenth of the channels, which leaves its form. */
const narrow = (file: string, net: string, end?: string): Graph => {
  const text = example(file)
    .slice(0, end === undefined ? undefined : example(file).indexOf(end))
    .replace(/\b(64|128|256|512|1024)\b/g, (width) => String(Number(width) / 16))
    .replace(/^assert.*$/gm, '');
  return graphIn(text, net);
};

const graphIn = (text: string, net: string): Graph => {
  const checked = check(text);
  expect(checked.found.filter((d) => d.severity === 'error').map((d) => d.message)).toEqual([]);
  return graphOfNet(checked.net(net));
};

/** Encoder and decoder in the manner of pix2pix (Isola et al. 2017), with PyTorch's padding. */
const pix2pix = `
def down(c) = conv4-c/2(pad = 1); leaky_relu
def up(c) = deconv4-c/2(pad = 1); relu
def level(c, below) = id | (down-c; below; up-c)
net P : [8*n, 8*m, 3] -> [8*n, 8*m, 3] {
  level(4, level(6, level(8, id)))
  conv3-3
}`;

/** Sizes that are no floors of the input: a sum of two, a crop of it, an odd transposed convolution. */
const tables = `
net T : [h, w, 2] -> _ {
  maxpool2; upsample-3; maxpool2
  crop([1, 0, 2, 1]); upsample(2, method = bilinear)
  deconv5-3/3(pad = [1, 2])
  conv3-4/4(pad = same); conv(3, 4, dilation = 3, stride = 2, pad = same)
  avgpool(3, stride = 2, pad = same, include_pad = true)
}`;

/** The input is a variable times something and more. */
const shifted = `
net S : [3*n + 2, 2*m + 1, 1] -> _ {
  id | (conv3-3(pad = valid); pad-1)
  deconv3-4/2(pad = half, groups = 2, bias = false)
}`;

/** The largest difference against the largest number: deep nets leave float32 no more than that. */
const error = (a: ArrayLike<number>, { data }: Tensor): number => {
  let [worst, largest] = [0, 0];
  data.forEach((r, i) => {
    worst = Math.max(worst, Math.abs(a[i]! - r));
    largest = Math.max(largest, Math.abs(r));
  });
  return worst / largest;
};

type Size = readonly [h: number, w: number];

const nets: readonly (readonly [string, () => Graph, readonly Size[]])[] = [
  [
    'U-Net',
    () => narrow('unet.net', 'UNet'),
    [
      [16, 32],
      [48, 16],
      [32, 32],
    ],
  ],
  [
    'U-Net, nested',
    () => narrow('unet.net', 'UNetNested'),
    [
      [32, 16],
      [16, 48],
    ],
  ],
  [
    'ResNet-18',
    () => narrow('resnet.net', 'ResNet18', '-- Section 4.2'),
    [
      [33, 40],
      [1, 7],
      [64, 31],
    ],
  ],
  [
    'pix2pix',
    () => graphIn(pix2pix, 'P'),
    [
      [8, 24],
      [32, 16],
      [40, 40],
    ],
  ],
  [
    'sizes that are tables',
    () => graphIn(tables, 'T'),
    [
      [23, 14],
      [14, 37],
      [31, 24],
      [40, 17],
    ],
  ],
  [
    'an input with a remainder',
    () => graphIn(shifted, 'S'),
    [
      [5, 3],
      [8, 11],
      [11, 7],
    ],
  ],
];

describe.each(calledNames)('on %s', (name) => {
  it.each(nets)('%s', async (_, graphOf, sizes) => {
    await engine(name);
    await tf.setBackend(name);
    const graph = graphOf();
    if (graph.input.type.tag !== 'map') throw new Error('a net of images is wanted');
    const weights = weightsOf(graph);
    const model = await modelOf(graph);
    for (const [h, w] of sizes) {
      const x = inputOf([2, h, w, Number(graph.input.type.c)]);
      const expected = interpret(graph, float64(x), (path) => float64(weights(path)));
      const results = await model.predict(x);
      for (const [output, tensor] of expected) {
        expect(results.get(output)!.shape, `${h}×${w}`).toEqual(tensor.shape);
        expect(error(results.get(output)!.data, tensor), `${h}×${w}`).toBeLessThanOrEqual(1e-4);
      }
    }
    model.dispose();
  });
});
