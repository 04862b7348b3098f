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

let folder: string;
beforeAll(async () => {
  folder = newFolder({ 'narrow.net': program });
  await netc(folder, 'weights', 'init', 'narrow.net', '--seed', '3', '-o', 'n.safetensors');
  const shape = [2, 32, 32, 3];
  const data = Float32Array.from({ length: 2 * 32 * 32 * 3 }, (_, i) => Math.sin(i * 0.7));
  writeNpy(join(folder, 'x.npy'), { shape, data });
});
afterAll(() => removeFolder(folder));

const run = async (...passes: readonly string[]): Promise<readonly number[]> => {
  const given = passes.flatMap((pass) => ['--pass', pass]);
  const files = ['--weights', 'n.safetensors', '--input', 'x.npy', '--output', 'y.npy'];
  const said = await netc(folder, 'run', 'narrow.net', ...files, ...given);
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
  const good = readFileSync(new URL('../../passes/fold-batchnorm.net', import.meta.url), 'utf8');
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
