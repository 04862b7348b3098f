/** Transfer from the command line: a frozen body, features computed once, a head on them, and both joined again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npyChunks, type NpyArray } from '../../src/runtime/store/npy.ts';
import { readNpy } from '../../src/runtime/files/arrays.ts';
import { openWeights } from '../../src/runtime/files/weights.ts';
import { openDataset } from '../../src/runtime/dataset/open.ts';
import { right } from '../runtime/runs/made.ts';
import { netc, newFolder, removeFolder } from './session.ts';

const text = `def conv_bn(c) = conv3-c; batchnorm; relu

net Small(classes = 3) : [8, 8, 3] -> [classes] {
  block 2x conv_bn-4
  also aux { gap; fc-2; softmax }
  features: (maxpool; gap)
  dropout-0.5
  head: fc-classes
  softmax
}
net Two = Small(classes = 2)
net Head : [4] -> [2] { dropout-0.5; head: fc-2; softmax }

train base : Small {
  data   shapes(size = 8, classes = 3, images = 12, validation = 6)
  batch  4
  epochs 1
}
train two : Two {
  data      shapes(size = 8, classes = 2, images = 10, validation = 4)
  batch     4
  epochs    2
  optimizer sgd(rate = 0.1, momentum = 0.9, weight_decay = 1e-2)
  init from base { within "block1" }
  freeze    within "block1"
}
train head : Head {
  data   arrays("features.npz", validation = usual)
  batch  4
  epochs 2
}
train pictures : Two {
  data      arrays("pictures.npy", labels = "labels.npy")
  init from base { within "block1" }
}
`;

const pictures: NpyArray = {
  shape: [5, 8, 8, 3],
  data: Float32Array.from({ length: 5 * 8 * 8 * 3 }, (_, i) => Math.sin(i)),
};
const labels: NpyArray = { shape: [5], data: Float32Array.of(0, 1, 0, 1, 1) };

const bytesOf = (array: NpyArray): Uint8Array =>
  Buffer.concat([...npyChunks(array)].map((chunk) => right(chunk)));

let folder = '';
let before = '';
const done = async (...args: readonly string[]): Promise<string> => {
  const { code, err, out } = await netc(folder, ...args);
  expect(code, `${args.join(' ')}\n${out}${err}`).toBe(0);
  return err;
};
const train = (name: string, ...more: readonly string[]): Promise<string> =>
  done('train', 't.net', '--train', name, '--engine', 'cpu', '--workers', '0', ...more);
const features = (name: string, tap: string, to: string, ...more: readonly string[]) =>
  done('run', 't.net', '--train', name, '--tap', tap, '-o', to, '--engine', 'cpu', ...more);

/** The numbers of weights in a file, by their paths without the net. */
const weightsIn = (file: string): ReadonlyMap<string, readonly number[]> => {
  const opened = right(openWeights(join(folder, file)));
  const found = Array.from(
    opened.tensors.keys(),
    (name) => [name.slice(name.indexOf('/') + 1), [...right(opened.read(name))]] as const,
  );
  opened.close();
  return new Map(found);
};

beforeAll(async () => {
  before = process.cwd();
  folder = newFolder({
    't.net': text,
    'pictures.npy': bytesOf(pictures),
    'labels.npy': bytesOf(labels),
  });
  process.chdir(folder);
  await train('base');
  await features('two', 'features', 'features.npz');
  await train('head');
  await train('two');
}, 60_000);
afterAll(() => {
  process.chdir(before);
  removeFolder(folder);
});

describe('a frozen body', () => {
  const own = (path: string): boolean => path.startsWith('block1/');

  it('keeps its bytes, with running statistics, and has nothing of the optimiser', () => {
    const [source, reached] = ['base-1', 'two-1'].map((run) =>
      weightsIn(`runs/${run}/${run === 'base-1' ? 'best' : 'last'}.safetensors`),
    );
    const body = [...reached!.keys()].filter(own);
    expect(body).toHaveLength(12);
    for (const path of body) expect(reached!.get(path), path).toEqual(source!.get(path));
    expect([...reached!.keys()].filter((path) => path.endsWith('/velocity'))).toEqual([
      'head/kernel/velocity',
      'head/bias/velocity',
    ]);
  });

  it('goes on from a checkpoint as if it had not stopped', async () => {
    await train('two', '--epochs', '1');
    await train('two', '--epochs', '2', '--resume', 'two-2', '--force');
    const [whole, resumed] = ['two-1', 'two-2'].map((run) =>
      weightsIn(`runs/${run}/weights.safetensors`),
    );
    expect(resumed).toEqual(whole);
  });

  it('is said to be frozen, with the multiply–adds of a step', async () => {
    const said = await train('two', '--dry-run');
    expect(said).toContain('4 layers frozen, 10 parameters trained');
    expect(said).toContain('frozen: block1/conv_bn1/conv1');
    // 4 pictures through two convolutions and the head; back through the head alone
    const forward = 4 * (64 * 9 * (3 * 4 + 4 * 4) + 4 * 2);
    expect(said).toContain(`${forward.toLocaleString('en')} multiply–adds forward, 32 backward`);
  });
});

describe('features', () => {
  it('are those of the net, picture for picture, with labels', async () => {
    await features('pictures', 'features', 'all.npz', '--weights', 'base-1');
    await done(
      ...['run', 't.net', '--net', 'Small', '--weights', 'base-1', '--input', 'pictures.npy'],
      ...['--tap', 'features', '-o', 'one.npy', '--engine', 'cpu', '--no-default-passes'],
    );
    const one = right(readNpy('one.npy'));
    expect(one.shape).toEqual([5, 4]);
    const set = right(await openDataset({ tag: 'arrays', path: 'all.npz' }, folder));
    expect([...set.train.labels]).toEqual([...labels.data]);
    const rows = await Promise.all(
      Array.from({ length: 5 }, async (_, i) => {
        const read = await set.train.pixels(i);
        return E.isRight(read) ? [...read.right.data] : [read.left.reason];
      }),
    );
    expect(rows.flat()).toEqual([...one.data]);
    await set.close();
  });

  it('have both parts, and the names of the classes', async () => {
    const data = { tag: 'arrays', path: 'features.npz', validation: { tag: 'usual' } } as const;
    const set = right(await openDataset(data, folder));
    expect([set.train.count, set.validation?.count]).toEqual([10, 4]);
    expect(set.classes).toEqual(['circle', 'square']);
    await set.close();
  });

  it('are maps where the value is one', async () => {
    const said = await features('two', 'block1/conv_bn1', 'maps.npz');
    expect(said).toContain('maps.npz: x [10, 8, 8, 4], y [10]');
  });

  it('leave no file beside them where they cannot be written', async () => {
    const { code, err } = await netc(
      folder,
      ...['run', 't.net', '--train', 'two', '--tap', 'features', '-o', 'none/x.npz'],
    );
    expect(code).toBe(3);
    expect(err).toContain('E0509');
    expect(readFileSync('features.npz').length).toBeGreaterThan(0);
  });

  it.each([
    [['--tap', 'featurs'], 'E0524', '`features`'],
    [['--tap', 'block1/conv_bn9'], 'E0524', '`block1/conv_bn1`'],
  ])('of a value that is not there: %s', async (given, code, near) => {
    const { err } = await netc(
      folder,
      ...['run', 't.net', '--train', 'two', ...given, '-o', 'x.npz'],
    );
    expect(err).toContain(code);
    expect(err).toContain(near);
  });

  it('name what lacks', async () => {
    const { code, err } = await netc(folder, ...['run', 't.net', '--train', 'two']);
    expect([code, err]).toEqual([
      2,
      'error: all data of a training goes through a net up to a value: --tap PATH --output X.npz\n',
    ]);
  });
});

describe('a head', () => {
  it('joins its body, and the whole computes what both do one after the other', async () => {
    // the side output is of neither
    const main = `net Main : [8, 8, 3] -> [2] {
  block 2x conv_bn-4
  features: (maxpool; gap)
  dropout-0.5
  head: fc-2
  softmax
}
`;
    writeFileSync('joined.net', text.replace(/train[^]*/, main));
    const said = await done(
      ...[
        'weights',
        'join',
        'joined.net',
        '--net',
        'Main',
        'base-1',
        'head-1',
        '-o',
        'joined.safetensors',
      ],
    );
    expect(said).toContain('base-1/best.safetensors: 4 layers');
    expect(said).toContain('head-1/best.safetensors: 1 layer');
    const run = (...args: readonly string[]) =>
      done('run', 'joined.net', '--engine', 'cpu', '--no-default-passes', ...args);
    const joined = ['--net', 'Main', '--weights', 'joined.safetensors', '--input', 'pictures.npy'];
    await run(...joined, '-o', 'whole.npy');
    await run(...joined, '--tap', 'features', '-o', 'body.npy');
    await run('--net', 'Head', '--weights', 'head-1', '--input', 'body.npy', '-o', 'after.npy');
    expect(right(readNpy('after.npy')).data).toEqual(right(readNpy('whole.npy')).data);
  });

  it('is told from a file that gives nothing', async () => {
    const { err } = await netc(
      folder,
      ...['weights', 'join', 't.net', '--net', 'Head', 'base-1', 'two-1', '-o', 'x.safetensors'],
    );
    expect(err).toContain('no layer of `Head` is taken from `runs/base-1/best.safetensors`');
  });
});
