/** What pages call, here on Node's wasm: what it gives, and what it says is wrong. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadedEngine } from '../../src/runtime/engines/engine.ts';
import { readPicture } from '../../src/runtime/files/pictures.ts';
import type { Answer } from '../../src/web/module/answer.ts';
import { open } from '../../src/web/module/net.ts';
import { compileWith, type Program, type Texts } from '../../src/web/module/program.ts';
import { train } from '../../src/web/module/training.ts';
import { loadWeights } from '../../src/web/module/weights.ts';
import { passTable } from '../../src/rewrite/passes.ts';
import { engine } from '../lower/engines.ts';

const pages = Object.fromEntries(
  passTable.map(({ file }) => [`passes/${file}`, readFileSync(`passes/${file}`, 'utf8')]),
);
const compile = (texts: Texts): Answer<Program> => compileWith(pages, texts, 'main.net');

const sure = <A>({ value, text }: Answer<A>): A => {
  if (value === undefined) throw new Error(text);
  return value;
};

const text = `net N : [8, 8, 3] -> [3] { conv3-4; batchnorm; relu; gap; fc-3; softmax }
net M : [h, w, 3] -> [3] { conv3-4; gap; fc-3; softmax }
train t : N {
  data shapes(size = 8, classes = 3, images = 12, validation = 6)
  input rgb(mean = data, std = data)
  optimizer sgd(rate = 0.1)
  batch 4
  epochs 2
}
train other : N {
  data arrays("data/a.npz")
  input rgb
}
train wild : N with t { optimizer sgd(rate = 1e38) }
`;

let wasm: LoadedEngine;
let program: Program;
beforeAll(async () => {
  wasm = await engine('wasm');
  program = sure(compile(text));
});

const images = (shape: readonly number[]) => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5),
});

describe('a page', () => {
  it('compiles texts that import each other, and passes of netc', () => {
    const { value } = compile({
      'main.net':
        'import "lib/unit.net" (unit)\nimport "netc:passes/fc-to-conv.net" (fc_to_conv)\n' +
        'net A : [8, 8, 3] -> [4] { unit-4; flatten; fc-4 }\nnet B = fc_to_conv(A)\n',
      'lib/unit.net': 'def unit(c) = conv3-c; relu\n',
    });
    expect(value?.nets).toEqual([
      { name: 'A', input: '[8, 8, 3]', output: '[4]', parameters: 1140 },
      { name: 'B', input: '[h, w, 3]', output: '[4]', parameters: 1140 },
    ]);
  });

  it('has places for what is wrong', () => {
    const { value, messages, text } = compile('net N : [2] -> [3] { fc-4 }\n');
    expect(value).toBeUndefined();
    expect(messages).toMatchObject([{ file: 'main.net', severity: 'error' }]);
    expect(text).toContain('main.net:1:');
  });

  it('prepares pictures as `netc run` does', async () => {
    const data = Uint8Array.from({ length: 12 * 9 * 4 }, (_, i) => (i * 37) % 256);
    for (let i = 3; i < data.length; i += 4) data[i] = 255;
    const folder = mkdtempSync(join(tmpdir(), 'netc-page-'));
    const path = join(folder, 'x.png');
    await sharp(data, { raw: { width: 12, height: 9, channels: 4 } })
      .removeAlpha()
      .toFile(path);
    const frame = { h: 8, w: 8, c: 3 };
    const input = { order: 'rgb', scale: 1, mean: [], std: [] } as const;
    const own = await readPicture(path, frame, input);
    rmSync(folder, { recursive: true });
    const net = sure(open(program, wasm, { net: 'N', seed: 1 }));
    const picture = sure(net.picture({ width: 12, height: 9, data }));
    net.dispose();
    expect(E.isRight(own) && own.right).toEqual(picture);
  });

  it('trains, and runs with what was learned', async () => {
    const before = wasm.memory();
    const losses: number[] = [];
    const epochs: (number | undefined)[] = [];
    const trained = sure(
      await train(program, wasm, {
        training: 't',
        each: ({ loss }) => void losses.push(loss),
        epoch: ({ validation }) => void epochs.push(validation?.loss),
      }),
    );
    expect([trained.step, trained.epoch, losses.length, epochs.length]).toEqual([6, 2, 6, 2]);
    const weights = sure(loadWeights(trained.weights));
    const net = sure(open(program, wasm, { net: 'N', weights }));
    expect(net.classes).toEqual(['circle', 'square', 'triangle']);
    const [output] = sure(await net.run(images([2, 8, 8, 3])));
    expect(output?.shape).toEqual([2, 3]);
    net.dispose();
    expect(wasm.memory()).toEqual(before);
  });

  it('stops a training when it is told to', async () => {
    const signal = { aborted: false };
    const stopped = sure(
      await train(program, wasm, {
        ...{ training: 't', signal },
        each: ({ step }) => void (signal.aborted = step === 2),
      }),
    );
    expect(stopped.step).toBe(2);
    expect(sure(await train(program, wasm, { training: 't', steps: 1 })).step).toBe(1);
  });

  const opened = (given: Parameters<typeof open>[2]) => () => open(program, wasm, given);
  const run = (net: string, of: ReturnType<typeof images>) => async () => {
    const on = sure(open(program, wasm, { net, seed: 1 }));
    const ran = await on.run(of);
    on.dispose();
    return ran;
  };
  const trained = (training?: string) => () => train(program, wasm, training ? { training } : {});
  it.each<readonly [string, () => Answer<unknown> | Promise<Answer<unknown>>, string]>([
    ['several nets', opened({}), 'E0316: the program has 2 nets; say which'],
    ['no such net', opened({ net: 'X' }), 'E0316: the program has no net `X`'],
    ['no weights', opened({ net: 'N' }), 'E0501: `N` has weights, and none are given'],
    ['no such size', opened({ net: 'N', seed: 1, size: { h: 0, w: 8 } }), 'E0508'],
    ['no file', () => loadWeights(new Uint8Array(3)), 'E0504'],
    [
      'other images',
      run('N', images([1, 9, 8, 3])),
      'E0508: `N` takes [batch, 8, 8, 3], but the images are [1, 9, 8, 3]',
    ],
    [
      'too few numbers',
      run('M', { ...images([1, 9, 8, 3]), shape: [2, 9, 8, 3] }),
      'E0508: `M` takes [batch, h, w, 3], but of [2, 9, 8, 3] there are 216 numbers',
    ],
    ['several trainings', trained(), 'E0961: the program has 3 trainings; say which'],
    ['no such training', trained('x'), 'E0961: the program has no training `x`'],
    ['files', trained('other'), 'E0901: the data `data/a.npz` is not there'],
    ['a rate that is too large', trained('wild'), 'E0963: the '],
  ])('says what is wrong: %s', async (_, call, says) => {
    const before = wasm.memory();
    const { value, messages } = await call();
    expect(value).toBeUndefined();
    expect(messages.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringContaining(says),
    ]);
    expect(wasm.memory()).toEqual(before);
  });
});
