/** What is told of weights and parameters: how many there are, of which net, and what to do next. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { netc, netcAt, newFolder, removeFolder } from './session.ts';

const example = (name: string): string =>
  readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8');

let folder: string;
const run = (...args: readonly string[]) => netc(folder, ...args);
const init = (file: string, net: string) =>
  run('weights', 'init', file, '--net', net, '-o', `${net}.safetensors`);

beforeAll(async () => {
  folder = newFolder({
    'norms.net': `
net Normed : [4*n, 4*m, 3] -> [10] { conv3-32; batchnorm; relu; dropout; maxpool; gap; fc-10 }
net Plain : [8, 8, 3] -> [8, 8, 2] { conv3-2 }
net Deep : [8, 8, 5] -> [2] { gap; fc-2 }
net Long : [8, 8, 3] -> [2] { 3x (conv3-3; batchnorm); gap; fc-2 }
`,
    'squeezenet.net': example('squeezenet.net'),
    'twice.net': `${example('squeezenet.net')}\nnet Again = SqueezeNet1_1\n`,
  });
  for (const net of ['Normed', 'Plain', 'Deep']) await init('norms.net', net);
  await init('squeezenet.net', 'SqueezeNet1_1');
  const torch = ['SqueezeNet1_1.safetensors', '-o', 'torch.safetensors'];
  await run('weights', 'export', 'squeezenet.net', ...torch);
});
afterAll(() => removeFolder(folder));

/** 3·3·3·32 + 32 of the convolution, 10·32 + 10 of the classifier, and 4 numbers a channel of the norm. */
const convolution = 896;
const classifier = 330;

describe('the numbers of a net', () => {
  const source = convolution + 2 * 32 + classifier; // gamma and beta are trained
  const stored = source + 2 * 32; // mean and variance are not
  const folded = convolution + classifier;
  const told = (n: number): string => n.toLocaleString('en-US');

  it('are told apart where weights are made', async () => {
    const { err } = await init('norms.net', 'Normed');
    expect(err.split('\n')[0]).toBe(
      `Normed.safetensors: Normed, 8 weights, ${told(stored)} numbers (${told(source)} parameters, 64 running statistics), 5.289 KiB`,
    );
  });

  it('are parameters where there are no others', async () => {
    const { err } = await init('norms.net', 'Deep');
    expect(err.split('\n')[0]).toBe('Deep.safetensors: Deep, 2 weights, 12 numbers, 48 B');
  });

  it('are those of the source in a summary, and those of the model behind `compile`', async () => {
    const summary = await run('summary', 'norms.net', '--net', 'Normed');
    expect(summary.out).toContain(`\nparameters  ${told(source)}  `);
    const { out } = await run('compile', 'norms.net', '--net', 'Normed', '-o', 'build');
    expect(out).toContain(`  ${told(folded)}  `);
    expect(out.split('\n').slice(-3)).toEqual([
      '',
      `parameters are counted after fold_batchnorm; before: Normed ${told(source)}`,
      '',
    ]);
  });

  it('are explained for the nets that passes changed', async () => {
    const { out } = await run('compile', 'norms.net', '-o', 'build');
    expect(out).toContain('after fold_batchnorm; before: Normed 1,290, Long 278\n');
    const plain = await run('compile', 'norms.net', '--no-default-passes', '-o', 'build');
    expect(plain.out).not.toContain('counted');
  });

  it('stand in as many columns as there is room for', async () => {
    const wide = await netcAt(100, folder, 'compile', 'norms.net', '-o', 'build');
    expect(wide.out).not.toContain('no room');
    const { out } = await netcAt(60, folder, 'compile', 'norms.net', '-o', 'build');
    expect(out).toContain('(no room for `MACs`, `input`, `output`; `netc summary`\ntells)');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});

describe('nets that a weight file is not for', () => {
  it('are named when they are not compiled', async () => {
    const given = ['--weights', 'Plain.safetensors', '-o', 'build'];
    const { code, out, err } = await run('compile', 'norms.net', ...given);
    expect([code, err]).toEqual([
      0,
      'left out, since Plain.safetensors is not for them: Normed, Deep, Long\n',
    ]);
    expect(out).toContain('build/Plain/model.json');
    expect(out).not.toContain('build/Deep');
    expect((await run('compile', 'norms.net', '--net', 'Plain', ...given)).err).toBe('');
  });
});

describe('what to do with new weights', () => {
  it.each([
    ['Normed', '--input PICTURE'],
    ['Plain', '--input PICTURE --output Y.npy'], // a map, which is not printed
    ['Deep', '--input X.npy'], // no picture has five channels
  ])('%s: %s', async (net, how) => {
    const { err } = await init('norms.net', net);
    const file = `${net}.safetensors`;
    expect(err.split('\n')[1]).toBe(
      `next: netc run norms.net --net ${net} --weights ${file} ${how}`,
    );
  });
});

describe("torchvision's weights", () => {
  const taking = (file: string, ...more: readonly string[]) =>
    run('weights', 'import', file, 'torch.safetensors', ...more, '-o', 'taken.safetensors');

  it('are taken over by the only net that they fit', async () => {
    const { code, err } = await taking('squeezenet.net');
    const lines = err.split('\n');
    expect([code, lines[0]]).toEqual([
      0,
      "taking SqueezeNet1_1, which torchvision's squeezenet1_1 in torch.safetensors fits",
    ]);
    expect(lines[1]).toMatch(/squeezenet1_1 as SqueezeNet1_1, 52 weights, 1,235,496 numbers, /);
    expect(await taking('squeezenet.net', '--net', 'SqueezeNet1_1')).toMatchObject({
      err: lines.slice(1).join('\n'),
    });
  });

  it('may fit several nets, which are named', async () => {
    const { code, err } = await taking('twice.net');
    expect(code).toBe(2);
    expect(err).toContain("torchvision's `squeezenet1_1` fits 2 nets; say which");
    expect(err).toContain('--net NAME, where NAME is SqueezeNet1_1 or Again');
  });

  it('may fit none', async () => {
    const { code, err } = await taking('norms.net');
    expect(code).toBe(2);
    expect(err).toContain("torchvision's `squeezenet1_1` fits none of the 4 nets of this file");
    expect(err).toMatch(/--net NAME, where NAME is Normed or .*, says what does not fit/);
  });

  it('are not told from other files by a guess', async () => {
    const args = ['norms.net', 'Normed.safetensors', '-o', 'taken.safetensors'];
    const { code, err } = await run('weights', 'import', ...args);
    expect(code).toBe(1);
    expect(err).toContain('holds none of the networks of torchvision');
  });
});
