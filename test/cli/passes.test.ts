/** Passes from the command line: a net rewritten computes what it computed, and takes what it now can. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/runtime/store/npy.ts';
import { writeWeights } from '../../src/runtime/store/safetensors-write.ts';
import { openWeights } from '../../src/runtime/store/safetensors.ts';
import { fromFolder, netc, newFolder, removeFolder } from './session.ts';

const program = `
net Narrow(classes = 5) : [32, 32, 3] -> [classes] {
  conv3-4; batchnorm; relu; maxpool
  conv3-8(bias = false); batchnorm; relu; maxpool4/4
  flatten
  fc-16; relu; dropout
  fc-classes; softmax
}
`;

const dense = `
import "narrow.net"
import "fc-to-conv.net"
net Dense : [h, w, 3] -> [5] = fc_to_conv(Narrow)
assert params(Dense) == params(Narrow)
`;
const passFile = (name: string): string =>
  readFileSync(new URL(`../../passes/${name}`, import.meta.url), 'utf8');

let folder: string;
beforeAll(async () => {
  folder = newFolder({
    'narrow.net': program,
    'dense.net': dense,
    'fc-to-conv.net': passFile('fc-to-conv.net'),
  });
  await netc(folder, 'weights', 'init', 'narrow.net', '--seed', '3', '-o', 'n.safetensors');
  const shape = [2, 32, 32, 3];
  const data = Float32Array.from({ length: 2 * 32 * 32 * 3 }, (_, i) => Math.sin(i * 0.7));
  writeNpy(join(folder, 'x.npy'), { shape, data });
});
afterAll(() => removeFolder(folder));

const run = async (...passes: readonly string[]): Promise<readonly number[]> =>
  runFile('narrow.net', ...passes.flatMap((pass) => ['--pass', pass]));

const runFile = async (file: string, ...given: readonly string[]): Promise<readonly number[]> => {
  const files = ['--weights', 'n.safetensors', '--input', 'x.npy', '--output', 'y.npy'];
  const said = await netc(folder, 'run', file, ...files, ...given);
  expect(said.code, said.err).toBe(0);
  const y = readNpy(join(folder, 'y.npy'));
  if (Either.isLeft(y)) throw new Error(y.left.message);
  return [...y.right.data];
};

it.each([['fold_batchnorm'], ['fc_to_conv'], ['fold_batchnorm', 'fc_to_conv', 'simplify']])(
  'run gives the same after %s',
  async (...passes) => {
    const [before, after] = [await run(), await run(...passes)];
    expect(after.length).toBe(before.length);
    after.forEach((y, i) => expect(Math.abs(y - before[i]!)).toBeLessThan(1e-5));
  },
);

it('a net that a pass makes in the source runs on the weights of its source', async () => {
  expect((await netc(folder, 'check', 'dense.net')).code).toBe(0);
  const [before, after, folded] = [
    await run(),
    await runFile('dense.net'),
    await runFile('dense.net', '--pass', 'fold_batchnorm'),
  ];
  for (const [i, y] of before.entries()) {
    expect(Math.abs(after[i]! - y)).toBeLessThan(1e-5);
    expect(Math.abs(folded[i]! - y)).toBeLessThan(1e-5);
  }
  const sizes = await netc(folder, 'check', 'dense.net', '--sizes');
  expect(sizes.out).toMatch(/Dense +height, width +32\.\. /);
  const made = await netc(folder, 'weights', 'init', 'dense.net', '-o', 'again.safetensors');
  expect(made.code, made.err).toBe(0);
  const shown = await netc(folder, 'weights', 'show', 'again.safetensors');
  expect(shown.out).toContain('Narrow/fc1/kernel');
  const weights = ['--weights', 'n.safetensors'];
  const compiled = await netc(folder, 'compile', 'dense.net', ...weights, '-o', 'out');
  expect(compiled.out).toContain('[h, w, 3]  [5]');
  const dumped = await netc(folder, 'dump', 'dense.net', '--after', 'lower');
  expect(dumped.out).toContain('fc1: conv(4, 16, pad = valid)');
});

it('a net with fresh weights has a file of its own', async () => {
  const factored = `
import "factor-5x5.net"
net Five : [32, 32, 3] -> [5] { conv5-4; maxpool4/4; gap; fc-5 }
net Factored = factor_5x5(Five)
`;
  writeFileSync(join(folder, 'factored.net'), factored);
  writeFileSync(join(folder, 'factor-5x5.net'), passFile('factor-5x5.net'));
  const net = ['factored.net', '--net', 'Factored'];
  const made = await netc(folder, 'weights', 'init', ...net, '-o', 'f.safetensors');
  expect(made.code, made.err).toBe(0);
  const files = ['--weights', 'f.safetensors', '--input', 'x.npy', '--output', 'y.npy'];
  const said = await netc(folder, 'run', ...net, ...files);
  expect(said.code, said.err).toBe(0);
});

it('a head of convolutions takes larger images', async () => {
  const said = await netc(folder, 'compile', 'narrow.net', '--pass', 'fc_to_conv', '-o', 'out');
  expect(said.out).toContain('[h, w, 3]  [5]     32..');
  expect(said.err).toContain('Narrow: fc_to_conv applied');
  const larger = ['--pass', 'fc_to_conv', '--input', '40x64'];
  expect((await netc(folder, 'compile', 'narrow.net', ...larger, '-o', 'out')).code).toBe(0);
  const smaller = await netc(
    folder,
    'compile',
    'narrow.net',
    '--pass',
    'fc_to_conv',
    '--input',
    '24',
    '-o',
    'out',
  );
  expect(smaller.err).toContain('E0508');
  expect(smaller.err).toContain('nearest to 24: 32');
});

it('a picture is taken at its own size where passes leave the net free', async () => {
  const [w, h] = [48, 40];
  const pixels = Uint8Array.from({ length: h * w * 3 }, (_, i) => (i * i) % 4);
  const picture = async (name: string, width: number, height: number): Promise<void> => {
    const raw = { width, height, channels: 3 } as const;
    const shown = sharp(pixels.subarray(0, width * height * 3), { raw });
    writeFileSync(join(folder, name), await shown.png().toBuffer());
  };
  await picture('p.png', w, h);
  await picture('small.png', w, 24);
  writeNpy(join(folder, 'p.npy'), { shape: [1, h, w, 3], data: Float32Array.from(pixels) });
  const files = ['narrow.net', '--weights', 'n.safetensors', '--pass', 'fc_to_conv'] as const;
  const top = async (input: string) => await netc(folder, 'run', ...files, '--input', input);
  expect((await top('p.png')).out).toMatch(/^class/);
  expect((await top('p.png')).out).toBe((await top('p.npy')).out);
  const declared = await netc(folder, 'run', ...files.slice(0, 3), '--input', 'p.png');
  expect(declared.code).toBe(0);
  expect(declared.out).not.toBe((await top('p.png')).out);
  const small = await top('small.png');
  expect([small.code, small.out]).toEqual([1, '']);
  expect(small.err).toContain('`Narrow` does not take images of 24x48');
  expect(small.err).toContain('its input is [h, w, 3]');
  expect(small.err).toContain('admissible height: 32..; nearest to 24: 32');
});

it('says when there is nothing to do', async () => {
  writeFileSync(join(folder, 'gap.net'), 'net G : [8, 8, 3] -> [4] { conv3-4; gap }\n');
  const said = await netc(folder, 'compile', 'gap.net', '--pass', 'fc_to_conv', '-o', 'out');
  expect([said.code, said.err.split('\n')[0]]).toEqual([0, 'G: fc_to_conv has nothing to do']);
});

const operatorsIn = (model: string): readonly string[] => {
  const { modelTopology } = JSON.parse(readFileSync(join(folder, model, 'model.json'), 'utf8'));
  return modelTopology.node.map((n: { readonly op: string }) => n.op);
};

it('folds batch norms without being asked, quietly, unless told not to', async () => {
  const files = ['narrow.net', '--weights', 'n.safetensors'] as const;
  const said = await netc(folder, 'compile', ...files, '-o', 'folded');
  expect([said.code, said.err]).toEqual([0, '']);
  expect(operatorsIn('folded/Narrow')).not.toContain('FusedBatchNormV3');
  await netc(folder, 'compile', ...files, '--no-default-passes', '-o', 'plain');
  expect(operatorsIn('plain/Narrow').filter((op) => op === 'FusedBatchNormV3')).toHaveLength(2);
  const input = ['--input', 'x.npy', '--output', 'y.npy'] as const;
  await netc(folder, 'run', ...files, ...input, '--no-default-passes');
  const plain = readNpy(join(folder, 'y.npy'));
  const folded = await run();
  if (Either.isLeft(plain)) throw new Error(plain.left.message);
  folded.forEach((y, i) => expect(Math.abs(y - plain.right.data[i]!)).toBeLessThan(1e-5));
});

it('compile counts the parameters of what it writes', async () => {
  const counted = async (...given: readonly string[]): Promise<string> =>
    (await netc(folder, 'compile', 'narrow.net', ...given, '-o', 'counted')).out;
  // two convolutions and two fully connected layers, each with a bias
  const folded = 3 * 3 * 3 * 4 + 4 + (3 * 3 * 4 * 8 + 8) + (4 * 4 * 8 * 16 + 16) + (16 * 5 + 5);
  const weights = ['--weights', 'n.safetensors'] as const;
  for (const given of [[], weights, ['--pass', 'fc_to_conv']])
    expect(await counted(...given)).toContain(` ${folded.toLocaleString('en')} `);
  // gamma and beta twice, one bias fewer
  const plain = folded + 2 * 4 + 2 * 8 - 8;
  expect(await counted('--no-default-passes')).toContain(` ${plain.toLocaleString('en')} `);
});

it('traces every match, with the place of the rule and of the layer', async () => {
  const trace = ['narrow.net', '--pass', 'fc_to_conv', '--trace', 'rewrite'] as const;
  const said = await netc(folder, 'compile', ...trace, '-o', 'out');
  const told = said.err.split('\n\n')[0]!.replaceAll(/(passes\/[\w-]+\.net:)\d+:\d+/g, '$1…');
  expect(`\n${told}`).toMatchInlineSnapshot(`
    "
    narrow.net:5:3: Narrow/flatten1: flatten, fc => conv, flatten by fc_to_conv.first, passes/fc-to-conv.net:…
    narrow.net:5:3: Narrow/flatten1: flatten, relu => relu, flatten by fc_to_conv.slide, passes/fc-to-conv.net:…
    narrow.net:5:3: Narrow/flatten1: flatten, dropout => dropout, flatten by fc_to_conv.drop, passes/fc-to-conv.net:…
    narrow.net:5:3: Narrow/flatten1: flatten, fc => conv, flatten by fc_to_conv.first, passes/fc-to-conv.net:…
    narrow.net:5:3: Narrow/flatten1: flatten => gap by fc_to_conv.mean, passes/fc-to-conv.net:…
    narrow.net:5:3: Narrow/dropout1: dropout => id by drop_inference.dropout, passes/drop-inference.net:…
    narrow.net:3:3: Narrow/conv1: conv, batchnorm => conv by fold_batchnorm.conv, passes/fold-batchnorm.net:…
    narrow.net:4:3: Narrow/conv2: conv, batchnorm => conv by fold_batchnorm.conv, passes/fold-batchnorm.net:…
    Narrow: fc_to_conv applied 5 times
    Narrow: drop_inference applied 1 time
    Narrow: fold_batchnorm applied 2 times
    Narrow: simplify has nothing to do"
  `);
  const [, line, column] = /passes\/fold-batchnorm\.net:(\d+):(\d+)/.exec(said.err)!;
  const rules = readFileSync(new URL('../../passes/fold-batchnorm.net', import.meta.url), 'utf8');
  const rule = rules.split('\n')[Number(line) - 1]!.slice(Number(column) - 1);
  expect(rule).toMatch(/^rule conv:/);
  for (const command of ['dump', 'run'] as const) {
    const more =
      command === 'dump'
        ? ['--after', 'rewrite']
        : ['--weights', 'n.safetensors', '--input', 'x.npy', '--output', 'y.npy'];
    const again = await netc(folder, command, ...trace, ...more);
    expect([again.code, again.err.startsWith(said.err.split('\n\n')[0]!)]).toEqual([0, true]);
  }
});

it('traces what the source applies, before what is asked for', async () => {
  const source = `
import "narrow.net"
rewrite tidy {
  structural rule soft: softmax => id
  rule twice: relu; relu => relu
}
import "fc-to-conv.net"
net Dense : [h, w, 3] -> [5] = tidy(fc_to_conv(Narrow))
`;
  writeFileSync(join(folder, 'traced.net'), source);
  const trace = [
    'compile',
    'traced.net',
    '--pass',
    'fold_batchnorm',
    '--trace',
    'rewrite',
  ] as const;
  const said = await netc(folder, ...trace, '--no-default-passes', '-o', 'out');
  const told = said.err.split('\n\n')[0]!.replaceAll(/(passes\/[\w-]+\.net:)\d+:\d+/g, '$1…');
  expect(`\n${told}`).toMatchInlineSnapshot(`
    "
    narrow.net:5:3: Narrow/flatten1: flatten, fc => conv, flatten by fc_to_conv.first, fc-to-conv.net:7:3
    narrow.net:5:3: Narrow/flatten1: flatten, relu => relu, flatten by fc_to_conv.slide, fc-to-conv.net:12:3
    narrow.net:5:3: Narrow/flatten1: flatten, dropout => dropout, flatten by fc_to_conv.drop, fc-to-conv.net:11:3
    narrow.net:5:3: Narrow/flatten1: flatten, fc => conv, flatten by fc_to_conv.first, fc-to-conv.net:7:3
    narrow.net:5:3: Narrow/flatten1: flatten => gap by fc_to_conv.mean, fc-to-conv.net:23:3
    narrow.net:7:15: Narrow/softmax1: softmax => id by tidy.soft, traced.net:4:3
    Dense: fc_to_conv applied 5 times in the source
    Dense: tidy applied 1 time in the source
    narrow.net:3:3: Dense/conv1: conv, batchnorm => conv by fold_batchnorm.conv, passes/fold-batchnorm.net:…
    narrow.net:4:3: Dense/conv2: conv, batchnorm => conv by fold_batchnorm.conv, passes/fold-batchnorm.net:…
    Dense: fold_batchnorm applied 2 times"
  `);
  const quiet = await netc(folder, 'compile', 'traced.net', '-o', 'out');
  expect(quiet.err).not.toContain('tidy');
});

describe('passes of the user', () => {
  const mine = `
import "fc-to-conv.net" (fc_to_conv)
rewrite soft_off { structural rule soft: softmax => id }
rewrite fold_batchnorm when inference { rule never: tanh; tanh => tanh }
`;
  const own = `
import "narrow.net" (Narrow)
import "mine.net" as m
import "also-mine.net"
import "mine-too.net"
rewrite own { structural rule relu: relu => id }
net Narrow_too : [32, 32, 3] -> [5] = Narrow
`;
  const rewritten = (file: string, ...passes: readonly string[]) =>
    netc(folder, 'dump', '--after', 'rewrite', file, ...passes.flatMap((p) => ['--pass', p]));

  beforeAll(() => {
    writeFileSync(join(folder, 'mine.net'), mine);
    writeFileSync(join(folder, 'own.net'), own);
    writeFileSync(join(folder, 'also-mine.net'), 'rewrite both { rule r: tanh; tanh => tanh }\n');
    writeFileSync(join(folder, 'mine-too.net'), 'rewrite both { rule r: relu; relu => relu }\n');
    writeFileSync(join(folder, 'none.net'), 'def f = relu\n');
    const wrong = 'rewrite wrong {\n  rule r: relu => conv3-8\n}\n';
    writeFileSync(join(folder, 'wrong.net'), wrong);
  });

  it.each([
    [
      'narrow.net',
      'mine.net',
      ['Narrow: soft_off applied 1 time', 'Narrow: fold_batchnorm has nothing to do'],
    ],
    ['narrow.net', './mine.net:soft_off', ['Narrow: soft_off applied 1 time']],
    ['narrow.net', 'mine.net:fc_to_conv', ['Narrow: fc_to_conv applied 5 times']],
    ['narrow.net', 'fold_batchnorm', ['Narrow: fold_batchnorm applied 2 times']],
    ['own.net', 'own', ['Narrow_too: own applied 3 times']],
    ['own.net', 'm.fold_batchnorm', ['Narrow_too: fold_batchnorm has nothing to do']],
  ])('%s takes --pass %s', async (file, pass, told) => {
    const said = await rewritten(file, pass);
    expect([said.code, said.err.trimEnd().split('\n')]).toEqual([0, told]);
  });

  it('does not choose between two imports', async () => {
    const said = await rewritten('own.net', 'both');
    expect(said.code).toBe(1);
    expect(said.err).toContain('`both` comes from `also-mine.net` and from `mine-too.net`');
  });

  it('takes the same wherever passes are taken', async () => {
    const files = ['--weights', 'n.safetensors', '--input', 'x.npy', '--output', 'y.npy'];
    const pass = ['--pass', 'mine.net:soft_off'];
    for (const args of [
      ['compile', 'narrow.net', '-o', 'out'],
      ['run', 'narrow.net', ...files],
      ['weights', 'rewrite', 'narrow.net', '--weights', 'n.safetensors', '-o', 'soft.safetensors'],
    ]) {
      const said = await netc(folder, ...args, ...pass);
      expect([said.code, said.err]).toEqual([
        0,
        expect.stringContaining('soft_off applied 1 time'),
      ]);
    }
  });

  it.each([
    ['soft_of', 2, 'E0801', 'there is no pass `soft_of`'],
    ['mine.net:soft_of', 2, 'E0801', 'did you mean `soft_off`?'],
    ['none.net', 2, 'E0801', 'this file declares no pass'],
    ['nowhere.net', 1, 'E0001', '`nowhere.net` cannot be read'],
    ['wrong.net', 1, 'E0814', 'wrong.net:2:19'],
    ['wrong.net:wrong', 1, 'E0814', 'wrong.net:2:19'],
  ])('--pass %s ends with %i', async (pass, code, fault, part) => {
    const said = await rewritten('narrow.net', pass);
    expect(said).toEqual({ code, out: '', err: expect.stringContaining(`error[${fault}]`) });
    expect(said.err).toContain(part);
  });

  it('knows files of one name in two projects', async () => {
    const root = newFolder({});
    mkdirSync(join(root, 'here'));
    mkdirSync(join(root, 'there'));
    writeFileSync(join(root, 'here/a.net'), '\n\nrewrite off { structural rule r: tanh => id }\n');
    writeFileSync(join(root, 'there/a.net'), 'net N : [4, 4, 3] -> _ { relu; tanh }\n');
    const trace = ['--pass', '../here/a.net', '--trace', 'rewrite', '--no-default-passes'];
    const said = await netc(
      join(root, 'here'),
      'dump',
      '--after',
      'rewrite',
      '../there/a.net',
      ...trace,
    );
    expect(said.err.split('\n')[0]).toBe(
      '../there/a.net:1:32: N/tanh1: tanh => id by off.r, a.net:3:15',
    );
    removeFolder(root);
  });
});

describe('a rewritten net as a program', () => {
  const passes = ['--pass', 'fc_to_conv'] as const;

  beforeAll(async () => {
    const kept = { 'netc.input': '{"order":"rgb","scale":0.5}', origin: 'a test' };
    const opened = openWeights(join(folder, 'n.safetensors'));
    if (Either.isLeft(opened)) throw new Error(opened.left.message);
    const { tensors, read, close } = opened.right;
    writeWeights(
      join(folder, 'm.safetensors'),
      [...tensors.values()],
      read,
      new Map(Object.entries(kept)),
    );
    close();
    const { out } = await netc(folder, 'dump', '--after', 'rewrite', 'narrow.net', ...passes);
    writeFileSync(join(folder, 'dense.net'), out);
    const files = ['--weights', 'm.safetensors', '-o', 'dense.safetensors'] as const;
    const said = await netc(folder, 'weights', 'rewrite', 'narrow.net', ...passes, ...files);
    expect([said.code, said.err.split('\n')[2]]).toEqual([
      0,
      'the net they are of: netc dump --after rewrite narrow.net --net Narrow --pass fc_to_conv',
    ]);
  });

  it('runs with the rewritten weights and gives the same', async () => {
    const files = [
      '--weights',
      'dense.safetensors',
      '--input',
      'x.npy',
      '--output',
      'z.npy',
    ] as const;
    const before = await run();
    for (const more of [[], ['--no-default-passes']]) {
      const said = await netc(folder, 'run', 'dense.net', ...files, ...more);
      expect(said.code, said.err).toBe(0);
      const z = readNpy(join(folder, 'z.npy'));
      if (Either.isLeft(z)) throw new Error(z.left.message);
      expect(z.right.shape).toEqual([2, 5]);
      z.right.data.forEach((y, i) => expect(Math.abs(y - before[i]!)).toBeLessThan(1e-5));
    }
  });

  it('has weights that keep their metadata and tell where they came from', async () => {
    const shown = await netc(folder, 'weights', 'show', 'dense.safetensors', '--json');
    const { weights, metadata } = JSON.parse(shown.out);
    expect(weights.map((w: { name: string; shape: number[] }) => `${w.name} ${w.shape}`)).toEqual([
      'Narrow/conv1/kernel 3,3,3,4',
      'Narrow/conv1/bias 4',
      'Narrow/conv2/kernel 3,3,4,8',
      'Narrow/conv2/bias 8',
      'Narrow/fc1/kernel 4,4,8,16',
      'Narrow/fc1/bias 16',
      'Narrow/fc2/kernel 1,1,16,5',
      'Narrow/fc2/bias 5',
    ]);
    expect(metadata).toMatchObject({
      origin: 'a test',
      'netc.input': '{"order":"rgb","scale":0.5}',
    });
    expect(JSON.parse(metadata['netc.origins'])).toMatchInlineSnapshot(`
      {
        "fc_to_conv": {
          "first": {
            "Narrow/fc1/kernel": [
              "Narrow/fc1/kernel",
            ],
            "Narrow/fc2/kernel": [
              "Narrow/fc2/kernel",
            ],
          },
        },
        "fold_batchnorm": {
          "conv": {
            "Narrow/conv1/bias": [
              "Narrow/conv1/bias",
              "Narrow/batchnorm1/mean",
              "Narrow/batchnorm1/gamma",
              "Narrow/batchnorm1/variance",
              "Narrow/batchnorm1/beta",
            ],
            "Narrow/conv1/kernel": [
              "Narrow/conv1/kernel",
              "Narrow/batchnorm1/gamma",
              "Narrow/batchnorm1/variance",
            ],
            "Narrow/conv2/bias": [
              "Narrow/batchnorm2/mean",
              "Narrow/batchnorm2/gamma",
              "Narrow/batchnorm2/variance",
              "Narrow/batchnorm2/beta",
            ],
            "Narrow/conv2/kernel": [
              "Narrow/conv2/kernel",
              "Narrow/batchnorm2/gamma",
              "Narrow/batchnorm2/variance",
            ],
          },
        },
      }
    `);
    const text = await netc(folder, 'weights', 'show', 'dense.safetensors');
    expect(text.out).toContain(
      'netc.origins: 6 weights made by fold_batchnorm.conv, fc_to_conv.first',
    );
    // a model made of them tells the same, for its own passes have nothing to do
    await netc(folder, 'compile', 'dense.net', '--weights', 'dense.safetensors', '-o', 'dense');
    await netc(
      folder,
      'compile',
      'narrow.net',
      ...passes,
      '--weights',
      'm.safetensors',
      '-o',
      'once',
    );
    for (const name of ['dense', 'once']) {
      const model = await loadGraphModel(fromFolder(join(folder, name, 'Narrow')));
      expect(model.metadata).toEqual({
        'netc.input': metadata['netc.input'],
        'netc.origins': metadata['netc.origins'],
      });
    }
  });

  it('and its weights must be those of the net', async () => {
    const files = ['--weights', 'dense.safetensors', '-o', 'again.safetensors'] as const;
    const said = await netc(folder, 'weights', 'rewrite', 'narrow.net', ...passes, ...files);
    expect([said.code, said.err]).toEqual([1, expect.stringContaining('E0501')]);
  });
});

it('has weights of a layer that starts anew missed, and says how to make some', async () => {
  writeFileSync(join(folder, 'five.net'), 'net F : [8, 8, 3] -> [4] { conv5-4; gap }\n');
  await netc(folder, 'weights', 'init', 'five.net', '-o', 'five.safetensors');
  const factor = ['five.net', '--pass', 'factor_5x5'] as const;
  const said = await netc(folder, 'compile', ...factor, '--weights', 'five.safetensors', '-o', 'f');
  expect(said.code).toBe(1);
  expect(said.err).toContain('the pass `factor_5x5` has layers start anew');
  const { out } = await netc(folder, 'dump', '--after', 'rewrite', ...factor);
  writeFileSync(join(folder, 'factored.net'), out);
  await netc(folder, 'weights', 'init', 'factored.net', '-o', 'new.safetensors');
  for (const file of [['factored.net'], factor]) {
    const done = await netc(folder, 'compile', ...file, '--weights', 'new.safetensors', '-o', 'f');
    expect([done.code, done.out]).toEqual([0, expect.stringContaining(' 260 ')]);
  }
});

it.each([
  ['conv5-4; batchnorm; gap', ['--pass', 'factor_5x5']],
  ['conv5-4; batchnorm; gap', ['--pass', 'factor_5x5', '--no-default-passes', '--input', '9x8']],
  ['conv3-4; batchnorm; gap', ['--pass', 'factor_5x5', '--input', '9x8']],
])('says how to make weights for %s with %j, and that works', async (layers, options) => {
  writeFileSync(join(folder, 'advised.net'), `net Advised : [8, 8, 3] -> [4] { ${layers} }\n`);
  const said = await netc(folder, 'compile', 'advised.net', ...options, '-o', 'advised');
  expect(said.code).toBe(0);
  const commands = said.err.split('\n').filter((line) => line.startsWith('  netc '));
  expect(commands.length).toBeGreaterThan(1);
  for (const line of commands) {
    const [command = '', into] = line.trim().split(' > ');
    const done = await netc(folder, ...command.split(' ').slice(1));
    expect(done.code, `${line}\n${done.err}`).toBe(0);
    if (into !== undefined) writeFileSync(join(folder, into), done.out);
  }
  expect(readdirSync(join(folder, 'advised/Advised'))).toContain('group1-shard1of1.bin');
});

it('applies passes only where they are applied', async () => {
  const said = await netc(folder, 'dump', '--after', 'lower', 'narrow.net', '--pass', 'simplify');
  expect([said.code, said.err]).toEqual([2, expect.stringContaining('--after rewrite')]);
});

it('says what is proved of types, in one table for all files', async () => {
  writeFileSync(join(folder, 'proved.net'), passFile('drop-lrn.net'));
  writeFileSync(
    join(folder, 'seen.net'),
    'rewrite seen { structural rule same: (..f) + id; tanh => (..f) + id; relu }\n',
  );
  writeFileSync(join(folder, 'bare.net'), 'net N : [8, 8, 1] -> [8, 8, 1] = relu\n');
  const files = ['proved.net', 'seen.net', 'bare.net'];
  const said = await netc(folder, 'verify', ...files, '--instances', '20');
  expect(said.code).toBe(0);
  expect(said.out.replaceAll(/ +$/gm, '')).toMatchInlineSnapshot(`
    "pass      rule  nets  fired  types     verdict
    ─────────────────────────────────────────────────
    drop_lrn  lrn     20     20  proved    sizes hold
    seen      same    20     20  120 nets  sizes hold
    the types of same are not proved: it is not clear that the branches have one size
      they agree on 120 nets, for every height and width
    "
  `);
  expect(said.err).toContain('no rules in bare.net\n');
  const { err } = await netc(folder, 'check', ...files);
  expect(err).toMatchInlineSnapshot(`
    "proved.net: 1 pass, 1 rule, no errors
    seen.net: 1 pass, 1 rule, no errors
    bare.net: 1 net, no errors
    "
  `);
});

it('verifies rules, and shows the net on which one fails', async () => {
  const good = passFile('fold-batchnorm.net');
  writeFileSync(join(folder, 'good.net'), good);
  writeFileSync(
    join(folder, 'bad.net'),
    good.replace('(k.bias - bn.mean) * s + bn.beta', 'k.bias + bn.beta'),
  );
  const holds = await netc(folder, 'verify', 'good.net', '--instances', '20');
  expect([holds.code, holds.out]).toEqual([
    0,
    expect.stringMatching(/fold_batchnorm +conv +\d+ +20 +proved +holds/),
  ]);
  const fails = await netc(folder, 'verify', 'bad.net', '--instances', '20');
  expect(fails.code).toBe(1);
  expect(fails.out).toMatch(/wrong/);
  expect(fails.err).toContain('net ');
});

it('netc:passes/ holds the passes of netc in every project', async () => {
  const head = 'net D : [8, 8, 1] -> [10] { flatten; fc-10; softmax }\nnet F = fc_to_conv(D)\n';
  const other = newFolder({
    'good.net': `import "netc:passes/fc-to-conv.net" (fc_to_conv)\n${head}`,
    'bare.net': head,
    'near.net': `import "passes/fc-to-conv.net"\n${head}`,
    'far.net': `import "../../passes/fc-to-conv.net"\n${head}`,
    'no.net': `import "netc:passes/../package.json"\n${head}`,
  });
  const check = async (file: string): Promise<string> => (await netc(other, 'check', file)).err;
  const good = await netc(other, 'dump', '--after', 'rewrite', 'good.net', '--net', 'F');
  expect(good.out).toContain('fc1: conv(8, 10, pad = valid)');
  expect(await check('bare.net')).toContain(
    'fix: add `import "netc:passes/fc-to-conv.net" (fc_to_conv)`',
  );
  const instead = 'fix: write `"netc:passes/fc-to-conv.net"`, which netc ships';
  expect(await check('near.net')).toContain(instead);
  expect(await check('far.net')).toContain(instead);
  expect(await check('no.net')).toContain('E0005');
  const missing = await netc(other, 'verify', 'passes/drop-lrn.net');
  expect(missing.err).toContain("netc's own is `netc:passes/drop-lrn.net`");
  const own = await netc(other, 'verify', 'netc:passes/drop-lrn.net', '--instances', '20');
  expect(own.out).toContain('drop_lrn');
  expect(own.code).toBe(0);
  removeFolder(other);
});

it('traces what went and what stands for it as the rule says, and tells once of what never ends', async () => {
  const other = newFolder({
    'four.net': `
rewrite tidy { rule once: relu; relu => relu }
net A : [8, 8, 1] -> _ { relu; relu; relu; relu }`,
    'ends.net': `
rewrite undo {
  rule there: relu => tanh
  rule back: tanh => relu
}`,
  });
  const said = await netc(
    other,
    ...['compile', 'four.net', '--pass', 'tidy', '--trace', 'rewrite', '-o', 'out'],
  );
  expect(`\n${said.err.split('A: tidy')[0]}`).toMatchInlineSnapshot(`
    "
    four.net:3:32: A/relu2: relu, relu => relu by tidy.once, four.net:2:16
    four.net:3:38: A/relu3: relu, relu => relu by tidy.once, four.net:2:16
    four.net:3:44: A/relu4: relu, relu => relu by tidy.once, four.net:2:16
    "
  `);
  const endless = await netc(other, 'verify', 'ends.net');
  expect(endless.err.match(/E0816\]/g)).toHaveLength(1);
  expect(endless.err).toMatch(/at[\s│]+`N\/relu1\/tanh[a-z\/]*…[a-z\/]*`/);
  expect(endless.out.match(/never ends/g)).toHaveLength(2);
  removeFolder(other);
});

it('weights that a pass has start anew are those of the net that was asked for', async () => {
  const other = newFolder({
    'five.net': `
import "netc:passes/factor-5x5.net"
net V : [8, 8, 1] -> [3] { conv5-2; conv5-2; gap; fc-3; softmax }
net V5 = factor_5x5(V)`,
  });
  writeNpy(join(other, 'x.npy'), { shape: [1, 8, 8, 1], data: new Float32Array(64) });
  await netc(other, 'weights', 'init', 'five.net', '--net', 'V', '-o', 'V.safetensors');
  const run = (weights: string) =>
    netc(other, ...['run', 'five.net', '--net', 'V5', '--weights', weights, '--input', 'x.npy']);
  const said = (await run('V.safetensors')).err.replaceAll(/\n +/g, ' ');
  expect(said).toContain('8 weights of `V5` are missing');
  const [, command] = /`netc (weights init [^`]*)` makes weights for `V5`/.exec(said) ?? [];
  expect(command).toBe('weights init five.net --net V5 -o V5.safetensors');
  await netc(other, ...(command ?? '').split(' '));
  expect((await run('V5.safetensors')).code).toBe(0);
  removeFolder(other);
});
