import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import '@tensorflow/tfjs-backend-cpu';
import * as Either from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagOf } from '../../src/cli/host/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { widthOf } from '../../src/diagnostic/terminal/cells.ts';
import { readNpy, writeNpy } from '../../src/runtime/store/npy.ts';
import { fromFolder, netc, netcAt, newFolder, removeFolder } from './session.ts';

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
  folder = newFolder({ 'small.net': program, 'broken.net': 'net N : [8, 8, 3] -> _ { relo }\n' });
});
afterAll(() => removeFolder(folder));

describe('check', () => {
  it('praises on stderr what is right', async () => {
    expect(await netc(folder, 'check', 'small.net')).toEqual({
      code: 0,
      out: '',
      err: 'small.net: 2 nets, no errors\n',
    });
  });

  it('shows what is wrong, and goes on with other files', async () => {
    const said = await netc(folder, 'check', 'broken.net', 'small.net');
    expect(said.code).toBe(1);
    expect(said.out).toBe('');
    expect(said.err).toContain('error[E0301]');
    expect(said.err).toContain('  ┌─ broken.net:1:26\n');
    expect(said.err).toContain('did you mean `relu`?');
    expect(said.err).toContain('1 error; `netc explain E0301` says more\n');
    expect(said.err).toContain('small.net: 2 nets, no errors\n');
  });

  it('prints JSON to stdout, with names of files as they were given', async () => {
    const absolute = join(folder, 'broken.net');
    for (const name of ['broken.net', absolute]) {
      const { out, code } = await netc(folder, 'check', '--json', name);
      expect(code).toBe(1);
      const { diagnostics } = JSON.parse(out);
      expect(diagnostics).toHaveLength(1);
      expect(diagnostics[0]).toMatchObject({
        code: 'E0301',
        severity: 'error',
        file: name,
        range: { start: { line: 0, character: 25 }, end: { line: 0, character: 29 } },
        fixes: [{ edits: [{ file: name, newText: 'relu' }] }],
      });
    }
    expect(await netc(folder, 'check', '--json', 'small.net')).toEqual({
      code: 0,
      out: '{\n  "diagnostics": []\n}\n',
      err: '',
    });
  });

  it('takes the folder of a file elsewhere for its project', async () => {
    const elsewhere = newFolder({
      'a.net': 'import "b.net"\nnet A : [8, 8, 3] -> [8, 8, 3] { b }\n',
      'b.net': 'def b = relu\n',
    });
    const said = await netc(folder, 'check', join(elsewhere, 'a.net'));
    removeFolder(elsewhere);
    expect(said.code).toBe(0);
  });
});

describe('summary', () => {
  it('is an overview for several nets', async () => {
    const { out, code } = await netc(folder, 'summary', 'small.net');
    expect(code).toBe(0);
    expect(`\n${out}`).toMatchInlineSnapshot(`
      "
      net    input          output         layers  parameters   MACs
      ──────────────────────────────────────────────────────────────
      Small  [16, 16, 3]    [4]                19       2,148  170 k
      Free   [2*n, 2*m, 1]  [2*n, 2*m, 2]       6         126      –

      2 nets; --net NAME shows the layers of one
      "
    `);
  });

  it('leaves columns out where the terminal is narrow', async () => {
    const head = async (room: number): Promise<readonly string[]> => {
      const { out } = await netcAt(room, folder, 'summary', 'small.net', '--net', 'Small');
      const [, , columns] = out.split('\n');
      const table = out.split('\n\n')[1]!;
      expect(table.split('\n').filter((line) => widthOf(line) > room)).toEqual([]);
      return [columns!.trim().replaceAll(/ +/g, ' '), /^\(.*\)$/m.exec(out)?.[0] ?? ''];
    };
    expect(await head(100)).toEqual(['in out parameters MACs memory sees', '']);
    expect(await head(80)).toEqual([
      'out parameters MACs memory sees',
      '(no room for `in`; --json has all)',
    ]);
    expect(await head(64)).toEqual([
      'out parameters MACs memory',
      '(no room for `in`, `sees`; --json has all)',
    ]);
  });

  it('is a tree with repeats told once', async () => {
    const { out } = await netc(folder, 'summary', 'small.net', '--net', 'Small', '--batch', '2');
    expect(`\n${out}`).toMatchInlineSnapshot(`
      "
      Small : [16, 16, 3] -> [4]

                              in           out          parameters     MACs  memory  sees
      ───────────────────────────────────────────────────────────────────────────────────
      ├─ first                [16, 16, 3]  [8, 8, 8]           240   55.3 k  52 KiB
      │  ├─ unit1             [16, 16, 3]  [16, 16, 8]         240   55.3 k  48 KiB
      │  │  ├─ conv1          [16, 16, 3]  [16, 16, 8]         224   55.3 k  16 KiB     3
      │  │  ├─ batchnorm1     [16, 16, 8]  [16, 16, 8]          16           16 KiB     3
      │  │  └─ relu1          [16, 16, 8]  [16, 16, 8]                       16 KiB     3
      │  └─ maxpool1          [16, 16, 8]  [8, 8, 8]                          4 KiB     4
      ├─ second               [8, 8, 8]    [8, 8, 8]         1,872  114.7 k  44 KiB
      │  ├─ 3× unit1 … unit3  [8, 8, 8]    [8, 8, 8]         1,800  110.6 k  36 KiB
      │  │  ├─ conv1          [8, 8, 8]    [8, 8, 8]           584  36.86 k   4 KiB     8
      │  │  ├─ batchnorm1     [8, 8, 8]    [8, 8, 8]            16            4 KiB     8
      │  │  └─ relu1          [8, 8, 8]    [8, 8, 8]                          4 KiB     8
      │  ├─ conv1             [8, 8, 8]    [8, 8, 8]            72  4.096 k   4 KiB    16
      │  └─ add1              [8, 8, 8]    [8, 8, 8]                          4 KiB    16
      ├─ gap1                 [8, 8, 8]    [8]                                 64 B   all
      ├─ fc1                  [8]          [4]                  36       32    32 B   all
      └─ softmax1             [4]          [4]                                 32 B   all

      parameters  2,148      8.641 KiB of weights
      MACs        170 k      multiply–adds for one image
      FLOPs       357.5 k    floating-point operations for one image
      memory      102.1 KiB  all values of 2 images; at most 32 KiB at once when it runs
      height      2..        admissible with these weights
      width       2..
      "
    `);
  });

  it('takes a size for a net that leaves it free', async () => {
    const free = await netc(folder, 'summary', 'small.net', '--net', 'Free', '--json');
    expect(JSON.parse(free.out)).toMatchObject({
      net: 'Free',
      input: '[2*n, 2*m, 1]',
      output: '[2*n, 2*m, 2]',
      params: 40 + 68 + 8 + 10,
      macs: null,
      admissible: { h: '2.. step 2', w: '2.. step 2' },
    });
    const sized = await netc(
      folder,
      ...['summary', 'small.net', '--net', 'Free', '--input', '4x6', '--json'],
    );
    const { layers, ...facts } = JSON.parse(sized.out);
    expect(facts).toMatchObject({ input: '[4, 6, 1]', macs: 24 * (36 + 16 + 4 + 8) });
    expect(layers[0]).toEqual({
      path: 'Free/conv1',
      op: 'conv',
      in: '[4, 6, 1]',
      out: '[4, 6, 4]',
      params: 40,
      macs: 24 * 36,
      flops: 2 * 24 * 36 + 24 * 4,
      receptive: 3,
      stride: 1,
      bytes: 4 * 96,
    });
    const refused = await netc(
      folder,
      ...['summary', 'small.net', '--net', 'Free', '--input', '5x6'],
    );
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('admissible height: 2.. step 2; nearest to 5: 4 and 6');
  });
});

describe('weights, compile and run', () => {
  it('make weights that depend on the seed alone', async () => {
    const init = (name: string, seed: string) =>
      netc(folder, 'weights', 'init', 'small.net', '--net', 'Small', '--seed', seed, '-o', name);
    for (const [name, seed] of [
      ['a.safetensors', '7'],
      ['b.safetensors', '7'],
      ['c.safetensors', '8'],
    ] as const)
      expect((await init(name, seed)).code).toBe(0);
    const bytesOf = (name: string) => readFileSync(join(folder, name)).toString('base64');
    expect(bytesOf('a.safetensors')).toBe(bytesOf('b.safetensors'));
    expect(bytesOf('a.safetensors')).not.toBe(bytesOf('c.safetensors'));
    const { out } = await netc(folder, 'weights', 'show', 'a.safetensors', '--json');
    const { weights } = JSON.parse(out);
    expect(weights[0]).toEqual({
      name: 'Small/first/unit1/conv1/kernel',
      shape: [3, 3, 3, 8],
      dtype: 'F32',
    });
  });

  it('write a model for each net, and say how to add weights', async () => {
    const said = await netc(folder, 'compile', 'small.net', '-o', 'out', '--input', '16');
    expect(said.code).toBe(0);
    expect(said.out).toContain('Free   [16, 16, 1]  [16, 16, 2]');
    expect(said.err).toContain('netc weights init small.net --net Small --seed 7');
    for (const net of ['Small', 'Free']) {
      const model = JSON.parse(readFileSync(join(folder, 'out', net, 'model.json'), 'utf8'));
      expect(model.format).toBe('graph-model');
      expect(model.weightsManifest).toEqual([]);
      const needed = JSON.parse(readFileSync(join(folder, 'out', net, 'weights.json'), 'utf8'));
      const count = needed.reduce(
        (n: number, w: { shape: number[] }) => n + w.shape.reduce((a, b) => a * b, 1),
        0,
      );
      expect(count).toBeGreaterThan(100);
    }
  });

  it('store weights with the net they are of', async () => {
    const said = await netc(
      folder,
      ...['compile', 'small.net', '--weights', 'a.safetensors', '-o', 'stored'],
    );
    expect(said.code).toBe(0);
    expect(said.err).toBe('left out, since a.safetensors is not for them: Free\n');
    expect(said.out).toContain('stored/Small/model.json and 1 shard');
    expect(existsSync(join(folder, 'stored/Small/group1-shard1of1.bin'))).toBe(true);
    expect(existsSync(join(folder, 'stored/Free'))).toBe(false);
    // without weights the shard would be of no use any more
    await netc(folder, 'compile', 'small.net', '--net', 'Small', '-o', 'stored');
    expect(existsSync(join(folder, 'stored/Small/group1-shard1of1.bin'))).toBe(false);
  });

  it('run a net on arrays, also of other sizes that its weights admit', async () => {
    const array = (shape: readonly number[]) => ({
      shape,
      data: Float32Array.from({ length: shape.reduce((n, k) => n * k, 1) }, (_, i) => (i % 7) / 7),
    });
    writeNpy(join(folder, 'x.npy'), array([2, 16, 16, 3]));
    writeNpy(join(folder, 'larger.npy'), array([1, 21, 18, 3]));
    const run = (...more: readonly string[]) =>
      netc(
        folder,
        ...['run', 'small.net', '--net', 'Small', '--weights', 'a.safetensors', ...more],
      );
    const top = await run('--input', 'x.npy', '--engine', 'cpu', '--top', '2');
    expect(top.code).toBe(0);
    expect(top.out.split('\n').slice(0, 2)).toEqual(['image 1', 'class     value']);
    expect((await run('--input', 'larger.npy', '--engine', 'cpu')).code).toBe(0);
    const file = await run('--input', 'x.npy', '--engine', 'cpu', '--output', 'y.npy');
    expect(file).toEqual({ code: 0, out: '', err: 'y.npy: [2, 4], float32\n' });
    const y = readNpy(join(folder, 'y.npy'));
    expect(y).toMatchObject({ _tag: 'Right', right: { shape: [2, 4] } });
  });
});

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

describe('dump', () => {
  it('prints trees of broken files too', async () => {
    const { out, code } = await netc(folder, 'dump', '--after', 'parse', 'broken.net');
    expect(code).toBe(0);
    expect(out.startsWith('(net N')).toBe(true);
  });

  it('prints types after the check', async () => {
    const { out } = await netc(folder, 'dump', 'small.net', '--net', 'Small');
    expect(`\n${out}`).toMatchInlineSnapshot(`
      "
      net Small : [16, 16, 3] -> [4]
        -- h 2.., w 2..
        block first:      [16, 16, 3] -> [8, 8, 8]
          call unit       [16, 16, 3] -> [16, 16, 8]
            conv(3, 8)    [16, 16, 3] -> [16, 16, 8]
            batchnorm     [16, 16, 8] -> [16, 16, 8]
            relu          [16, 16, 8] -> [16, 16, 8]
          maxpool         [16, 16, 8] -> [8, 8, 8]
        block second:     [8, 8, 8] -> [8, 8, 8]
          3x              [8, 8, 8] -> [8, 8, 8]
            call unit     [8, 8, 8] -> [8, 8, 8]
              conv(3, 8)  [8, 8, 8] -> [8, 8, 8]
              batchnorm   [8, 8, 8] -> [8, 8, 8]
              relu        [8, 8, 8] -> [8, 8, 8]
          add             [8, 8, 8] -> [8, 8, 8]
            conv(1, 8)    [8, 8, 8] -> [8, 8, 8]
            id            [8, 8, 8] -> [8, 8, 8]
        gap               [8, 8, 8] -> [8]
        fc(4)             [8] -> [4]
        softmax           [4] -> [4]

      "
    `);
  });

  it.each(['Small', 'Free'])('prints graphs that compile again: %s', async (net) => {
    const { out } = await netc(folder, 'dump', '--after', 'lower', 'small.net', '--net', net);
    writeFileSync(join(folder, 'again.net'), out);
    const facts = async (file: string) => {
      const said = await netc(folder, 'summary', file, '--net', net, '--json');
      const { layers, ...rest } = JSON.parse(said.out);
      const shapes = layers.map(({ path: _path, ...layer }: { readonly path: string }) => layer);
      return { ...rest, layers: shapes };
    };
    expect(await facts('again.net')).toEqual(await facts('small.net'));
  });

  it('prints plans', async () => {
    const { out } = await netc(folder, 'dump', '--after', 'plan', 'small.net', '--net', 'Small');
    expect(out).toContain('Conv2D');
  });
});

describe('help', () => {
  it('begins with examples', async () => {
    const said = await netc(folder, '--help');
    expect(said.code).toBe(0);
    expect(said.err).toBe('');
    expect(said.out.startsWith('Examples:\n  netc check examples/vgg.net\n')).toBe(true);
  });

  it.each(commands.map((c) => [c.name, c] as const))('of %s shows every option', async (_, c) => {
    const { out, code } = await netc(folder, ...c.name.split(' '), '--help');
    expect(code).toBe(0);
    expect(out.startsWith(`Examples:\n  ${c.examples[0]!}\n`)).toBe(true);
    for (const [name, row] of Object.entries(c.options)) expect(out).toContain(flagOf(name, row));
  });

  it('is what a bare `netc` gets, as a fault of usage', async () => {
    const said = await netc(folder);
    expect([said.code, said.out]).toEqual([2, '']);
    expect(said.err).toContain('Usage: netc');
  });

  it('explains codes, and lists them', async () => {
    expect((await netc(folder, 'explain', 'e0210')).out).toContain('E0210: a batch norm');
    expect((await netc(folder, 'explain')).out).toContain('W0109  a line begins with a join');
  });
});

describe('what machines and reviewers read', () => {
  it('checks for SARIF and for annotations', async () => {
    writeFileSync(join(folder, 'wide.net'), 'net N : [8, 8, 3] -> _ { conv3-4; batchnorm-5 }\n');
    const log = await netc(folder, 'check', 'wide.net', '--format', 'sarif');
    expect(log.code).toBe(1);
    expect(JSON.parse(log.out).runs[0].results.map((r: { ruleId: string }) => r.ruleId)).toEqual([
      'E0210',
    ]);
    const annotated = await netc(folder, 'check', 'wide.net', '--format', 'github');
    expect(annotated.out).toMatch(/^::error file=wide\.net,line=1,/);
  });

  it('says which images a net takes, and why', async () => {
    const { out } = await netc(folder, 'check', 'small.net', '--sizes');
    expect(out).toMatch(
      /^Free +height, width +2\.\. step 2 +smallest: maxpool small\.net:\d+:\d+$/m,
    );
    expect(out).toMatch(/^ +only some: \S+ small\.net:\d+:\d+$/m);
  });

  it('says nothing of the images of a faulty net, and that of no images is no fault', async () => {
    writeFileSync(
      join(folder, 'faulty.net'),
      'net Bad : [8, 8, 3] -> _ { relo }\nnet Flat : [3] -> _ { fc-2 }\nnet Fine : [8, 8, 3] -> _ { relu }\n',
    );
    const { out, code } = await netc(folder, 'check', 'faulty.net', '--sizes');
    expect(code).toBe(1);
    expect(out).toBe('Bad   not checked\nFlat  takes no images\nFine  height, width    1..\n');
  });

  it('draws nets beside their models', async () => {
    const { code } = await netc(
      folder,
      'compile',
      'small.net',
      '--net',
      'Small',
      '--diagram',
      '-o',
      'drawn',
    );
    expect(code).toBe(0);
    const drawn = (name: string): string =>
      readFileSync(join(folder, 'drawn', 'Small', name), 'utf8');
    expect(drawn('diagram.svg')).toMatch(/^<svg /);
    expect(drawn('diagram.dot')).toContain('digraph');
    expect(drawn('diagram.mmd')).toContain('flowchart');
  });

  it('writes a summary in Markdown, with formulas where sizes are free', async () => {
    const { out } = await netc(folder, 'summary', 'small.net', '--net', 'Free', '--md');
    // stars are escaped, else Markdown would set what is between them in italics
    expect(out).toMatch(/^### Free : \[2\\\*n, 2\\\*m, 1\] → \[2\\\*n, 2\\\*m, 2\]$/m);
    expect(out).toMatch(/^\| layer \| in \| out \|/m);
    const sums = out.split('\n').filter((line) => line.startsWith('- '));
    expect(sums.map((line) => line.replace(/`.*`/, '`…`'))).toEqual([
      '- parameters · 126 · 504 B of weights',
      '- MACs at 2\\*n × 2\\*m: `…` · multiply–adds for one image',
      '- FLOPs at 2\\*n × 2\\*m: `…` · floating-point operations for one image',
      '- memory · – · all values of one image',
      '- height · 2.. step 2 · admissible with these weights',
      '- width · 2.. step 2',
    ]);
    expect(out).toContain('`256*n*m`');
  });

  it('lists the nets of a file in Markdown', async () => {
    const { out } = await netc(folder, 'summary', 'small.net', '--md');
    expect(out).toBe(
      [
        '| net | input | output | layers | parameters | MACs |',
        '| --- | --- | --- | ---: | ---: | ---: |',
        '| Small | [16, 16, 3] | [4] | 19 | 2,148 | 170 k |',
        '| Free | [2\\*n, 2\\*m, 1] | [2\\*n, 2\\*m, 2] | 6 | 126 | – |',
        '',
      ].join('\n'),
    );
  });
});
