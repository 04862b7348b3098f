/**
 * Numbers that others have published or measured: parameters, multiply–adds, receptive fields, and the
 * images that networks admit.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../../src/typecheck/net/receptive.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import { showSizes } from '../../src/size/sizes.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { faults, isSound, main, netOf, netsOf, rendered, type Texts } from './program.ts';

const folder = join(import.meta.dirname, '../../examples');
const example = (name: string): string => readFileSync(join(folder, `${name}.net`), 'utf8');
const examples = readdirSync(folder)
  .filter((f) => f.endsWith('.net'))
  .map((f) => f.replace('.net', ''));
/** Examples import each other. */
const texts = examples.map((name) => [`${name}.net`, example(name)] as const);
const withAll = (name: string): Texts => new Map([...texts, [main, example(name)]]);

const admits = ({ admissible }: TypedNet): string | undefined => {
  if (admissible === undefined) return undefined;
  const [h, w] = [showSizes(admissible.h), showSizes(admissible.w)];
  return h === w ? h : `${h} × ${w}`;
};

test.each(examples)('examples/%s.net has no fault', (name) => {
  // what the lints say of them is tested with the lints
  if (!isSound(withAll(name))) expect.fail(rendered(withAll(name)));
});

describe('VGG', () => {
  const nets = new Map(netsOf(example('vgg')).map((n) => [n.name, n]));
  test.each([
    ['A', 132_863_336, 7.609, 150],
    ['B', 133_047_848, 11.308, 156],
    ['C', 133_638_952, 11.771, 156],
    ['D', 138_357_544, 15.47, 212],
    ['E', 143_667_240, 19.632, 268],
  ])(
    '%s: parameters, multiply–adds, receptive field at the last pool',
    (name, params, g, field) => {
      const net = nets.get(name)!;
      expect(net.body.totals.params).toBe(params);
      expect(net.body.totals.macs! / 1e9).toBeCloseTo(g, 3);
      const placed = writtenOut(net);
      const last = placed.layers.findLast((l) => l.op === 'maxpool')!;
      const axis = { span: field, stride: { over: 32, under: 1 } };
      expect(fieldsOf(placed.layers)[last.id]).toMatchObject({ h: axis, w: axis });
      expect(admits(net)).toBe('224..255');
    },
  );
  test('D to the last multiply–add', () => {
    expect(nets.get('D')!.body.totals.macs).toBe(15_470_264_320);
  });
});

/** Architectures beside the examples. */
const more: { readonly [name: string]: string } = {
  lenet5: `net N : [32, 32, 1] -> [10] {
    conv5-6(pad = valid); tanh; avgpool; conv5-16(pad = valid); tanh; avgpool
    flatten; fc-120; tanh; fc-84; tanh; fc-10 }`,
  lenet5conv: `net N : [32, 32, 1] -> [10] {
    conv5-6(pad = valid); tanh; avgpool; conv5-16(pad = valid); tanh; avgpool
    conv5-120(pad = valid); tanh; flatten; fc-84; tanh; fc-10 }`,
  vggAdaptive: `net N : [h, w, 3] -> [1000] { 5x (conv3-64; maxpool); gap; fc-1000 }`,
  vggConverted: `net N : [h, w, 3] -> _ { 5x (conv3-64; maxpool); conv7-4096(pad = valid); conv1-1000 }`,
  googlenet: googlenet('ceil', 'maxpool3/2(round = ceil)'),
  googlenetFloor: googlenet('floor', 'maxpool3/2'),
  googlenetTorchvision: googlenet('ceil', 'maxpool2/2(round = ceil)'),
  resnet7x7: `def c(..p) = conv(..p, bias = false); batchnorm
    net N : [224, 224, 3] -> [1000] {
      c7-64/2; relu; maxpool3/2(pad = 1); c3-64; c3-128/2; c3-256/2; c3-512/2
      avgpool7(stride = 1); flatten; fc-1000 }`,
  resnetCaffe: `net N : [h, w, 3] -> [1000] {
      conv7-64/2; relu; maxpool3/2(round = ceil); conv3-64; conv3-128/2; conv3-256/2; conv3-512/2; gap; fc-1000 }`,
  resnetD: `def down(c) = conv3-c/2 + (avgpool2; conv1-c)
    net N : [224, 224, 3] -> [1000] { conv3-32/2; conv3-64; maxpool3/2(pad = 1); conv3-64; down-128; down-256; down-512; gap; fc-1000 }`,
  pix2pix: `def level(c, below) = id | (conv4-c/2(pad = 1); below; deconv4-c/2)
    net N : [256, 256, 3] -> _ { level(4, level(4, level(4, level(4, level(4, level(4, level(4, level(4, relu)))))))) }`,
  inceptionAux: `net N : [299, 299, 3] -> _ {
      conv3-8/2(pad = valid); conv3-8(pad = valid); conv3-8; maxpool3/2; conv1-8; conv3-8(pad = valid); maxpool3/2
      conv3-8/2(pad = valid) | maxpool3/2
      also aux { avgpool5/3; conv1-8; conv5-8(pad = valid); gap; fc-10 }
      conv3-8/2(pad = valid) | maxpool3/2 }`,
  twoAxes: `net N : [224, 160, 3] -> [10] { 5x maxpool; flatten; fc-10 }`,
  patches: `net N : [224, 224, 3] -> _ { conv(16, 192, 16, pad = valid); flatten; fc-10 }`,
};

function googlenet(round: string, pool4: string): string {
  return `net N : [224, 224, 3] -> [1000] {
    conv7-64/2; maxpool3/2(round = ${round}); conv3-192; maxpool3/2(round = ${round})
    conv1-256; ${pool4 === 'maxpool3/2' || pool4.includes('3/2') ? `maxpool3/2(round = ${round})` : 'maxpool3/2(round = ceil)'}; conv1-512
    ${pool4}; conv1-1024
    avgpool7(stride = 1); flatten; fc-1000 }`;
}

describe('admissible images', () => {
  test.each([
    ['alexnet', 'AlexNet', '227..258'],
    ['alexnet', 'AlexNet2014', '223..254'],
    ['densenet', 'DenseNet121', '29..'],
    ['inception_v3', 'InceptionV3', '299..'],
    ['mobilenet_v2', 'MobileNetV2', '1..'],
    ['resnet', 'ResNet50', '1..'],
    ['squeezenet', 'SqueezeNet', '21..'],
    ['squeezenet', 'SqueezeNet1_1', '17..'],
    ['unet', 'UNet', '16.. step 16'],
    ['unet', 'UNetNested', '16.. step 16'],
    ['unet', 'UNet2015', '188.. step 16'],
  ])('examples/%s.net: %s takes %s', (file, name, set) => {
    expect(admits(netOf(example(file), name))).toBe(set);
  });

  test.each([
    ['lenet5', '32..35'],
    ['lenet5conv', '32..35'],
    ['vggAdaptive', '32..'],
    ['vggConverted', '224..'],
    ['googlenet', '223..254'],
    ['googlenetTorchvision', '207..238'],
    ['resnet7x7', '193..224'],
    ['resnetCaffe', '3..'],
    ['resnetD', '29.. mod 32 in 0, 29, 30, 31'],
    ['pix2pix', '256.. step 256'],
    ['inceptionAux', '299..'],
    ['twoAxes', '224..255 × 160..191'],
    ['patches', '224..239'],
  ])('%s takes %s', (name, set) => {
    expect(admits(netOf(more[name]!))).toBe(set);
  });

  test.each([
    ['lenet5', 'fc'],
    ['lenet5conv', 'fc'],
    ['twoAxes', 'fc'],
    ['vggConverted', 'conv'],
  ])('%s: the last bound is that of `%s`', (name, op) => {
    expect(netOf(more[name]!).admissible!.narrowings.at(-1)!.op).toBe(op);
  });

  test('GoogLeNet with pools that round down does not take 224', () => {
    expect(faults(more['googlenetFloor']!).map((d) => d.code)).toEqual(['E0202']);
    const larger = more['googlenetFloor']!.replace('224, 224', '256, 256');
    expect(admits(netOf(larger))).toBe('253..284');
  });
});
