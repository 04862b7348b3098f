/** What a person hands to `run` in another form than netc takes, and what is said of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elements } from '../../src/numeric/tensor.ts';
import { readNpy, writeNpy } from '../../src/runtime/files/arrays.ts';
import { netc, newFolder, removeFolder } from './session.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
const run = (...args: readonly string[]) => netc(folder, ...args);

beforeAll(async () => {
  folder = newFolder({
    'n.net':
      'net Map : [8, 6, 3] -> _ = relu\nnet Any : [h, w, 3] -> _ = conv1-1\nnet Free : [h, w, 3] -> _ = relu\nnet Vector : [5] -> _ = relu\n',
    'how.json': '{"resize": 12, "crop": 8}',
    'large.json': '{"crop": 4000000000}',
  });
  writeFileSync(
    at('x.png'),
    await sharp(new Uint8Array(3 * 600).fill(7), { raw: { width: 30, height: 20, channels: 3 } })
      .png()
      .toBuffer(),
  );
});
afterAll(() => removeFolder(folder));

describe('an array', () => {
  it.each([
    ['Map', [2, 3, 8, 6], 'it has its channels first; save `np.transpose(x, (0, 2, 3, 1))`'],
    ['Map', [2, 3, 9, 7], 'it has its channels first; save `np.transpose(x, (0, 2, 3, 1))`'],
    ['Map', [8, 6, 3], 'it lacks the axis of the batch; save `x[None]`'],
    ['Map', [3, 8, 6], 'save `np.transpose(x, (1, 2, 0))[None]`'],
    ['Free', [1, 3, 9, 9], 'save `np.transpose(x, (0, 2, 3, 1))`'],
    ['Free', [3, 9, 9], 'save `np.transpose(x, (1, 2, 0))[None]`'],
    ['Vector', [5], 'it lacks the axis of the batch; save `x[None]`'],
  ])('for %s of %j: %s', async (net, shape, note) => {
    writeNpy(at('x.npy'), { shape, data: new Float32Array(elements(shape)) });
    const { code, err } = await run(
      'run',
      'n.net',
      '--net',
      net,
      '--input',
      'x.npy',
      '--output',
      'y.npy',
    );
    expect(code).toBe(1);
    expect(err).toContain('error[E0508]');
    expect(err.replaceAll(/\n {4}/g, ' ')).toContain(note);
  });

  it('of another size gets no advice about its axes', async () => {
    writeNpy(at('x.npy'), { shape: [1, 4, 8, 6], data: new Float32Array(192) });
    const { err } = await run(
      'run',
      'n.net',
      '--net',
      'Map',
      '--input',
      'x.npy',
      '--output',
      'y.npy',
    );
    expect(err).toContain('error[E0508]');
    expect(err).not.toContain('save');
  });
});

describe('a Git LFS pointer', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n';
  it.each([
    ['E0504', ['weights', 'show', 'p.bin']],
    ['E0504', ['weights', 'import', 'n.net', 'p.bin', '-o', 'o.safetensors']],
    ['E0505', ['run', 'n.net', '--net', 'Map', '--input', 'p.npy', '--output', 'y.npy']],
    ['E0506', ['run', 'n.net', '--net', 'Map', '--input', 'p.jpg', '--output', 'y.npy']],
  ])('%s: %j', async (code, args) => {
    for (const name of ['p.bin', 'p.npy', 'p.jpg']) writeFileSync(at(name), pointer);
    const said = await run(...args);
    expect(said.code).toBe(1);
    expect(said.err).toContain(`error[${code}]`);
    expect(said.err).toContain('it is a Git LFS pointer');
    expect(said.err).toContain('`git lfs pull`');
  });
});

describe('a picture for a net of any size', () => {
  const shape = async (...more: readonly string[]): Promise<unknown> => {
    const given = ['--net', 'Any', '--weights', 'A.safetensors', '--input', 'x.png'] as const;
    const { code } = await run('run', 'n.net', ...given, '--output', 'y.npy', ...more);
    expect(code).toBe(0);
    const y = readNpy(at('y.npy'));
    return 'right' in y ? y.right.shape : y;
  };

  it('is the centre that the weights say, or the whole', async () => {
    await run('weights', 'init', 'n.net', '--net', 'Any', '-o', 'A.safetensors');
    expect(await shape()).toEqual([1, 20, 30, 1]);
    const label = ['weights', 'label', 'n.net', 'A.safetensors', '--net', 'Any'] as const;
    expect(
      (await run(...label, '--input', 'how.json', '-o', 'A.safetensors', '--force')).code,
    ).toBe(0);
    expect(await shape()).toEqual([1, 8, 8, 1]);
    expect(await shape('--whole')).toEqual([1, 12, 18, 1]);
  });

  it('is not cut larger than a picture may be', async () => {
    const label = ['weights', 'label', 'n.net', 'A.safetensors', '--net', 'Any'] as const;
    const { code, err } = await run(
      ...label,
      '--input',
      'large.json',
      '-o',
      'A.safetensors',
      '--force',
    );
    expect(code).toBe(1);
    expect(err).toContain('needs a number of pixels as `crop`');
  });
});
