/** Passes from the command line: a net rewritten computes what it computed, and takes what it now can. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/runtime/npy.ts';
import { netc, newFolder, removeFolder } from './session.ts';

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
  expect(said.out).toContain('[h, w, 3]  [5]');
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

it('says when there is nothing to do', async () => {
  writeFileSync(join(folder, 'gap.net'), 'net G : [8, 8, 3] -> [4] { conv3-4; gap }\n');
  const said = await netc(folder, 'compile', 'gap.net', '--pass', 'fc_to_conv', '-o', 'out');
  expect([said.code, said.err]).toEqual([
    0,
    expect.stringContaining('G: fc_to_conv has nothing to do'),
  ]);
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
    expect.stringMatching(/fold_batchnorm +conv .* holds/),
  ]);
  const fails = await netc(folder, 'verify', 'bad.net', '--instances', '20');
  expect(fails.code).toBe(1);
  expect(fails.out).toMatch(/wrong/);
  expect(fails.err).toContain('net ');
});
