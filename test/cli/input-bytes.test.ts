/** `compile --input-bytes`: the model makes of a picture's pixels what `netc run` makes of the picture. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import * as Either from 'fp-ts/lib/Either.js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy } from '../../src/runtime/files/arrays.ts';
import { engine, engineNames } from '../lower/engines.ts';
import { distance } from '../lower/graphs.ts';
import { fromFolder, netc, newFolder, removeFolder } from './session.ts';

const large = fileURLToPath(new URL('../../examples/pictures/shapes.png', import.meta.url));

const program = `
net Colour : [h, w, 3] -> [5] { conv3-6/2; leaky_relu; gap; also raw { fc-3 }; fc-5; softmax }
net Grey : [h, w, 1] -> [5] { conv3-6/2; leaky_relu; gap; also raw { fc-3 }; fc-5; softmax }
net Vector : [4] -> _ { relu }
net Four : [h, w, 4] -> _ { relu; gap }
`;

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** What weights say of pictures; undefined where they say nothing. */
const descriptions = [
  ['Colour', undefined],
  ['Colour', { order: 'rgb', scale: 1 / 255, ...imagenet }],
  ['Colour', { order: 'bgr', scale: 1, mean: [103.9, 116.8, 123.7] }],
  ['Colour', { order: 'bgr', scale: 1 / 127.5, mean: [1, 1, 1] }],
  ['Grey', undefined],
  ['Grey', { order: 'grey', scale: 1 / 255, mean: [0.1307], std: [0.3081] }],
] as const;

let folder: string;
let picture: string;
beforeAll(async () => {
  const files = descriptions.map(([, d], i) => [`how${i}.json`, JSON.stringify(d ?? {})] as const);
  folder = newFolder({ 'px.net': program, ...Object.fromEntries(files) });
  picture = join(folder, 'small.png');
  await sharp(large).resize(61, 44).png().toFile(picture);
});
afterAll(() => removeFolder(folder));

/** As `tf.browser.fromPixels` gives them, with a batch. */
const pixels = async (): Promise<tf.Tensor> => {
  const { data, info } = await sharp(picture)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return tf.tensor(Int32Array.from(data), [1, info.height, info.width, 3], 'int32');
};

describe.each(descriptions.map((d, i) => [i, ...d] as const))('%i: %s, %j', (i, net, described) => {
  it('gives the numbers of `netc run`', async () => {
    const weights = `w${i}.safetensors`;
    const given = ['px.net', '--net', net] as const;
    await netc(folder, 'weights', 'init', ...given, '--seed', '5', '-o', weights);
    if (described !== undefined)
      await netc(
        folder,
        'weights',
        'label',
        ...given,
        weights,
        '--input',
        `how${i}.json`,
        '-o',
        weights,
      );
    const with_ = [...given, '--weights', weights] as const;
    const made = await netc(folder, 'compile', ...with_, '--input-bytes', '-o', `model${i}`);
    expect(made.err).toContain(`${net}: the model takes pixels from 0 to 255`);
    const ran = await netc(folder, 'run', ...with_, '--input', picture, '--output', `y${i}`);
    expect(ran.code).toBe(0);
    for (const backend of engineNames) {
      await engine(backend);
      await tf.setBackend(backend);
      const model = await loadGraphModel(fromFolder(join(folder, `model${i}`, net)));
      expect(model.inputs[0]).toMatchObject({ dtype: 'int32', shape: [-1, -1, -1, 3] });
      const names = ['output', 'raw'];
      const found = model.execute(await pixels(), names);
      for (const [k, name] of names.entries()) {
        const ours = readNpy(join(folder, `y${i}`, `${name}.npy`));
        if (Either.isLeft(ours)) throw new Error(ours.left.message);
        const { shape, data } = ours.right;
        const tensor = Array.isArray(found) ? found[k]! : found;
        expect(tensor.shape).toEqual(shape);
        expect(
          distance(await tensor.data(), { shape, data: Float64Array.from(data) }),
        ).toBeLessThanOrEqual(1);
      }
      model.dispose();
    }
  });
});

it('leaves to the reader of the metadata what is left to do', async () => {
  const { userDefinedMetadata: metadata } = await fromFolder(join(folder, 'model1/Colour')).load!();
  expect(JSON.parse((metadata as { readonly [key: string]: string })['netc.input']!)).toEqual({
    ...{ order: 'rgb', scale: 1, mean: [], std: [] },
  });
});

it.each(['Vector', 'Four'])('is refused for %s, which takes no picture', async (net) => {
  const { code, err } = await netc(
    folder,
    'compile',
    'px.net',
    '--net',
    net,
    '--input-bytes',
    '-o',
    'no',
  );
  expect(code).toBe(1);
  expect(err).toContain('which is not a picture');
});
