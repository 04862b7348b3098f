/** What is written is what others read: models open in TensorFlow.js, and dumps compile. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import '@tensorflow/tfjs-backend-cpu';
import * as Either from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/runtime/files/arrays.ts';
import { fromFolder, netc, newFolder, removeFolder } from './session.ts';

const program = `
def unit(c) = conv3-c; batchnorm; relu

net Small(classes = 4) : [16, 16, 3] -> [classes] {
  block first: unit(8); maxpool
  block second: 3x unit(8); (conv1-8 + id)
  gap; fc-classes; softmax
}

net Free : [2*n, 2*m, 1] -> [2*n, 2*m, 2] {
  (conv3-4; maxpool; deconv2-4/2) + conv1-4
  conv1-2
}

assert params(Small) < 10_000
`;

let folder: string;

beforeAll(() => {
  folder = newFolder({ 'small.net': program });
});
afterAll(() => removeFolder(folder));

describe('a model', () => {
  it('opens in TensorFlow.js, and computes what `netc run` does', async () => {
    await tf.setBackend('cpu');
    const x = {
      shape: [1, 16, 16, 3],
      data: Float32Array.from({ length: 768 }, (_, i) => i / 768),
    };
    writeNpy(join(folder, 'one.npy'), x);
    await netc(folder, 'weights', 'init', 'small.net', '--net', 'Small', '-o', 'w.safetensors');
    const given = ['small.net', '--net', 'Small', '--weights', 'w.safetensors'] as const;
    await netc(folder, 'compile', ...given, '-o', 'model');
    await netc(folder, 'run', ...given, '--input', 'one.npy', '--output', 'one-out.npy');
    const ours = readNpy(join(folder, 'one-out.npy'));
    if (Either.isLeft(ours)) throw new Error(ours.left.message);
    const model = await loadGraphModel(fromFolder(join(folder, 'model/Small')));
    const theirs = model.predict(tf.tensor4d(x.data, [1, 16, 16, 3]));
    if (!(theirs instanceof tf.Tensor)) throw new Error('one output is expected');
    const numbers = await theirs.data();
    ours.right.data.forEach((value, i) => expect(numbers[i]).toBeCloseTo(value, 5));
  });

  it('opens without weights too', async () => {
    await netc(folder, 'compile', 'small.net', '--net', 'Small', '-o', 'bare');
    const model = await loadGraphModel(fromFolder(join(folder, 'bare/Small')));
    expect(model.inputs[0]?.shape).toEqual([-1, 16, 16, 3]);
  });
});

/** A layer in the JSON of a summary. */
type Layer = { readonly path: string; readonly reads: readonly string[] };

describe('dump', () => {
  it.each(['Small', 'Free'])('prints graphs that compile again: %s', async (net) => {
    const { out } = await netc(folder, 'dump', '--after', 'build', 'small.net', '--net', net);
    writeFileSync(join(folder, 'again.net'), out);
    const facts = async (file: string) => {
      const said = await netc(folder, 'summary', file, '--net', net, '--json');
      const { layers, ...rest } = JSON.parse(said.out);
      // layers are the same whatever they are called, and so is what they read
      const places = new Map(layers.map(({ path }: Layer, i: number) => [path, i]));
      const shapes = layers.map(({ path: _path, reads, ...layer }: Layer) => ({
        ...layer,
        reads: reads.map((path) => places.get(path) ?? path),
      }));
      return { ...rest, layers: shapes };
    };
    expect(await facts('again.net')).toEqual(await facts('small.net'));
  });
});
