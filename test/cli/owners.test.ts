/** Which net a weight file is for, and nets that need none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/runtime/store/npy.ts';
import { netc, newFolder, removeFolder } from './session.ts';

const passFile = (name: string): string =>
  readFileSync(new URL(`../../passes/${name}`, import.meta.url), 'utf8');

let folder: string;
const run = (...args: readonly string[]) => netc(folder, ...args);
const input = ['--input', 'x.npy', '--engine', 'cpu'] as const;

beforeAll(async () => {
  folder = newFolder({
    'two.net': 'net A : [8, 8, 3] -> [2] { gap; fc-2 }\nnet B : [8, 8, 3] -> [3] { gap; fc-3 }\n',
    'one.net': 'net Other : [8, 8, 3] -> [2] { gap; fc-2 }\n',
    'none.net': 'net Shrink : [8, 8, 3] -> [3] { maxpool; relu; gap; softmax }\n',
    'mixed.net':
      'net Bare : [8, 8, 3] -> [3] { maxpool; gap }\nnet A : [8, 8, 3] -> [2] { gap; fc-2 }\n',
    'fc-to-conv.net': passFile('fc-to-conv.net'),
    'factor-5x5.net': passFile('factor-5x5.net'),
    'made.net': `import "fc-to-conv.net"
net A : [8, 8, 3] -> [2] { flatten; fc-2 }
net Dense = fc_to_conv(A)
`,
    'fresh.net': `import "factor-5x5.net"
net Five : [8, 8, 3] -> [2] { conv5-4; gap; fc-2 }
net Factored = factor_5x5(Five)
`,
    'names.txt': 'a\nb\nc\n',
  });
  await run('weights', 'init', 'two.net', '--net', 'B', '-o', 'b.safetensors');
  await run('weights', 'init', 'one.net', '-o', 'other.safetensors');
  await run('weights', 'init', 'made.net', '--net', 'A', '-o', 'made.safetensors');
  for (const net of ['Five', 'Factored'])
    await run('weights', 'init', 'fresh.net', '--net', net, '-o', `${net}.safetensors`);
  const data = Float32Array.from({ length: 8 * 8 * 3 }, (_, i) => i % 5);
  writeNpy(join(folder, 'x.npy'), { shape: [1, 8, 8, 3], data });
});
afterAll(() => removeFolder(folder));

describe('of several nets', () => {
  const taken = 'taking B, whose weights b.safetensors has\n';

  it('the one is run whose weights are given, which is said', async () => {
    const said = await run('run', 'two.net', '--weights', 'b.safetensors', ...input);
    expect([said.code, said.err]).toEqual([0, taken]);
    expect(said.out.trimEnd().split('\n')).toHaveLength(1 + 3);
    const asked = ['--net', 'B', '--weights', 'b.safetensors'];
    expect(await run('run', 'two.net', ...asked, ...input)).toEqual({ ...said, err: '' });
  });

  it('the one is rewritten or labelled whose weights are given', async () => {
    const out = ['-o', 'new.safetensors'];
    const rewritten = await run(
      ...['weights', 'rewrite', 'two.net', '--weights', 'b.safetensors', ...out],
    );
    expect([rewritten.code, rewritten.err.startsWith(taken)]).toEqual([0, true]);
    const labelled = await run(
      ...['weights', 'label', 'two.net', 'b.safetensors', '--classes', 'names.txt', ...out],
    );
    expect([labelled.code, labelled.err.startsWith(taken)]).toEqual([0, true]);
    const exported = await run('weights', 'export', 'two.net', 'b.safetensors', ...out);
    expect(exported.err.startsWith(taken)).toBe(true);
  });

  it('the one that was asked for wins, though the weights are of another', async () => {
    const said = await run(
      ...['run', 'two.net', '--net', 'A', '--weights', 'b.safetensors', ...input],
    );
    expect(said.code).toBe(1);
    expect(said.err).toContain('has none of the 2 weights of `A`');
  });

  it('one has to be asked for when the weights are of none', async () => {
    const said = await run('run', 'two.net', '--weights', 'other.safetensors', ...input);
    expect(said.code).toBe(2);
    expect(said.err).toContain('this file declares 2 nets; say which');
    expect(said.err).toContain('--net NAME, where NAME is A or B');
  });

  it('one has to be asked for when a pass makes one of the other, with the same weights', async () => {
    const said = await run('run', 'made.net', '--weights', 'made.safetensors', ...input);
    expect(said.code).toBe(2);
    expect(said.err).toContain('2 nets have these weights; say which');
    expect(said.err).toContain('--net NAME, where NAME is A or Dense');
    const compiled = await run(
      'compile',
      'made.net',
      '--weights',
      'made.safetensors',
      '-o',
      'build',
    );
    expect([compiled.code, compiled.out.match(/1 shard/g)?.length]).toEqual([0, 2]);
  });

  it.each(['Five', 'Factored'])('layers that start anew tell them apart: %s', async (net) => {
    const said = await run('run', 'fresh.net', '--weights', `${net}.safetensors`, ...input);
    expect([said.code, said.err]).toEqual([
      0,
      `taking ${net}, whose weights ${net}.safetensors has\n`,
    ]);
    const compiled = await run(
      ...['compile', 'fresh.net', '--weights', `${net}.safetensors`, '-o', 'build'],
    );
    expect(compiled.out).toContain(`build/${net}/model.json and 1 shard`);
  });
});

describe('weights', () => {
  it('are not asked for where no layer has any', async () => {
    const said = await run('run', 'none.net', ...input);
    expect([said.code, said.err]).toEqual([0, '']);
    expect(said.out.trimEnd().split('\n')).toHaveLength(1 + 3);
    const compiled = await run('compile', 'none.net', '-o', 'build');
    expect([compiled.code, compiled.err]).toEqual([0, '']);
  });

  it('are asked for where there are some, with the way to make them', async () => {
    expect(await run('run', 'one.net', ...input)).toEqual({
      code: 2,
      out: '',
      err: [
        'error: Other has 2 weights; say where they are: --weights FILE',
        'to make some: netc weights init one.net --net Other --seed 7 -o Other.safetensors',
        '',
      ].join('\n'),
    });
  });

  it('are spoken of only for the nets that have some', async () => {
    const { err } = await run('compile', 'mixed.net', '-o', 'build');
    expect(err).toContain('netc weights init mixed.net --net A ');
  });
});
