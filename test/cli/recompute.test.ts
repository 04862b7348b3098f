/** `netc train --recompute`: less memory, the same bits. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { netc, newFolder, removeFolder, type Said } from './session.ts';

let folder = '';
beforeAll(() => {
  folder = newFolder({
    'blocks.net': `def stage(c) = block { 2x (conv3(c); batchnorm; leaky_relu); dropout-0.2 }
net Blocks : [12, 12, 3] -> [2] { stage(4); stage(6); stage(6); gap; fc-2; softmax }
net Flat : [12, 12, 3] -> [2] { conv3-4; relu; gap; fc-2; softmax }
train first : Blocks {
  data      shapes(size = 12, classes = 2, images = 22, validation = 8)
  optimizer sgd(rate = 0.05, momentum = 0.9)
  batch     5
  epochs    2
}
train flat : Flat with first {}
`,
    'wide.net': `def stage = block { 3x (conv3-256; relu) }
net Wide : [64, 64, 3] -> [2] { 4x stage; gap; fc-2; softmax }
train first : Wide {
  data  shapes(size = 64, classes = 2, images = 80, validation = 0)
  batch 80
}
`,
  });
});
afterAll(() => removeFolder(folder));

const train = (file: string, ...more: readonly string[]): Promise<Said> =>
  netc(folder, 'train', file, '--workers', '0', ...more);

const bytesOf = (run: string): string =>
  readFileSync(join(folder, 'runs', run, 'weights.safetensors')).toString('base64');

const mebibytes = (text: string): readonly number[] =>
  [...text.matchAll(/([\d.]+) (KiB|MiB)/g)].map(
    ([, n, unit]) => Number(n) * (unit === 'KiB' ? 2 ** -10 : 1),
  );

it('trains to the same weights, bit for bit, and says so when it goes on', async () => {
  expect((await train('blocks.net', '--train', 'first')).code).toBe(0);
  const { code, err } = await train('blocks.net', '--train', 'first', '--recompute');
  expect(code, err).toBe(0);
  expect(bytesOf('first-2')).toBe(bytesOf('first-1'));
  const log = readFileSync(join(folder, 'runs/first-2/run.json'), 'utf8');
  expect(log).toContain('--train first --recompute');
});

it('tells the peak with and without', async () => {
  const { code, err } = await train(
    'blocks.net',
    ...['--train', 'first', '--recompute', '--dry-run'],
  );
  expect(code, err).toBe(0);
  const line = err.split('\n').find((l) => l.includes('for a step of 5'))!;
  expect(line).toMatch(/for a step of 5; .* without `--recompute`, which runs \d+ kernels twice$/);
  const [now, before] = mebibytes(line);
  expect(now).toBeLessThan(before!);
});

it.each([[], ['--set', 'accumulate=2'], ['--recompute']])(
  'compares what was planned with what was used %s',
  async (...more) => {
    const { err } = await train('blocks.net', '--train', 'first', '--dry-run', ...more);
    const [line = ''] = /^.* were planned for a step.*$/m.exec(err) ?? [];
    const [planned, used] = mebibytes(line);
    const [, share] = /(\d+) %/.exec(line) ?? [];
    expect(used).toBe(planned);
    expect(share).toBe('100');
  },
);

it('says where it saves nothing', async () => {
  const { err } = await train('blocks.net', '--train', 'flat', '--recompute', '--dry-run');
  expect(err).toContain('`--recompute` saves nothing, as `Flat` has no blocks');
});

it('is offered where a step does not fit without, and fits with it', async () => {
  const plain = await train('wide.net', '--dry-run');
  expect(plain.code).not.toBe(0);
  expect(plain.err).toContain('E0965');
  expect(plain.err).toContain('`--recompute` fits, with the same result');
  expect(plain.err).toContain('`--set accumulate=2` takes the batch in 2 parts');
  const many = ['--set', 'batch=65536', '--set', 'data.images=100000'];
  const larger = await train('wide.net', '--dry-run', ...many); // drawing so many would take minutes
  expect(larger.err).toContain('a step of 65536 does not fit');
  expect(larger.err).toMatch(/a batch of up to \d+ fits/);
  expect(larger.err).not.toContain('--recompute');
});

it('plans for the pictures that there are, where a batch is to have more', async () => {
  const { err } = await train('blocks.net', '--train', 'first', '--dry-run', '--set', 'batch=99');
  expect(err).toContain(' for a step of 22\n');
});
