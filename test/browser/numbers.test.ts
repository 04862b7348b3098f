/**
 * A browser gives Node's numbers: the same texts and weights are run and trained by netc as its users start it, and by the
 * module in Chromium. `npm run test:browser` runs this; it takes two minutes.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { uniform, words } from '../../src/numeric/random.ts';
import { readNpy, writeNpy } from '../../src/runtime/files/arrays.ts';
import { openWeights } from '../../src/runtime/files/weights.ts';
import type * as Netc from '../../web/netc.ts';
import { sites, type Site } from './site.ts';

/** The module, as `site.ts` gives it to the page. */
declare const netc: typeof Netc;

const right = <A>(found: E.Either<unknown, A>): A => {
  if (E.isLeft(found)) throw new Error(JSON.stringify(found.left));
  return found.right;
};

const root = join(import.meta.dirname, '../..');
const example = (name: string): string => readFileSync(join(root, 'examples', name), 'utf8');

/** VGG-A with an eighth of its channels, and ResNet-20 as it is. */
const nets = {
  'main.net': `import "resnet.net" (ResNet20)

def unit(c) = conv3-c; relu

net A(w = 8) : [32, 32, 3] -> [10] {
  block unit(w);             maxpool
  block unit(2 * w);         maxpool
  block 2x unit(4 * w);      maxpool
  block 2x unit(8 * w);      maxpool
  block 2x unit(8 * w);      maxpool
  flatten
  2x (fc-64; relu; dropout-0.5)
  fc-10; softmax
}

net R = ResNet20
`,
  'resnet.net': example('resnet.net'),
};

/** LeNet-5 as in the paper learns drawn shapes; 20 steps are an epoch. */
const learning = {
  'main.net': `import "lenet.net" (LeNet5)

train shapes : LeNet5 {
  data      shapes(size = 32, classes = 10, images = 80, validation = 0)
  input     grey(mean = data, std = data)
  augment   crop(32, pad = 2); flip
  optimizer sgd(rate = 0.01, momentum = 0.9)
  batch     4
  epochs    1
}
`,
  'lenet.net': example('lenet.net'),
};

const steps = 20;
const folder = mkdtempSync(join(tmpdir(), 'netc-browser-'));

const put = (where: string, files: { readonly [name: string]: string }): string => {
  const path = join(folder, where);
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
};

/** netc as its users start it. */
const command = (cwd: string, ...args: readonly string[]): void => {
  const program = join(inject('built'), 'netc.js');
  execFileSync(process.execPath, [program, ...args], { cwd, stdio: 'pipe' });
};

/** Numbers as pages are given them. */
const listOf = (bytes: Uint8Array): number[] => [...bytes];
const floatsIn = (bytes: readonly number[]): Float32Array =>
  new Float32Array(Uint8Array.from(bytes).buffer);

const bitsOf = (numbers: Float32Array): Uint32Array =>
  new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);

/** The largest difference, in parts of the largest number. */
const apart = (a: Float32Array, b: Float32Array): number => {
  const size = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) / size;
};

const images = (
  count: number,
): { readonly shape: readonly number[]; readonly data: Float32Array } => {
  const draw = words({ seed: 1, purpose: 'images', epoch: 0, index: 0 });
  const shape = [count, 32, 32, 3];
  return { shape, data: Float32Array.from({ length: count * 3072 }, () => uniform(draw) - 0.5) };
};

/** What a run of a page has given. */
type Ran = {
  readonly version: string;
  readonly threads: number | undefined;
  readonly bytes: readonly number[];
};

/** Compiles texts in a page, loads weights from bytes, and runs a net. */
const ranIn = (
  { page }: Site,
  engine: 'wasm' | 'webgpu' | 'cpu',
  net: string,
  weights: Uint8Array,
  input: ReturnType<typeof images>,
): Promise<Ran> =>
  page.evaluate(
    async ({ texts, engine, net, weights, input }) => {
      const { compile, loadWeights, open, start } = netc;
      const sure = <A>({ value, text }: Netc.Answer<A>): A => {
        if (value === undefined) throw new Error(text);
        return value;
      };
      const program = sure(compile(texts));
      const on = sure(await start(engine));
      const file = sure(loadWeights(Uint8Array.from(weights)));
      const opened = sure(open(program, on, { net, weights: file }));
      const before = on.memory();
      const data = Float32Array.from(input.data);
      const [output] = sure(await opened.run({ shape: input.shape, data }));
      const after = on.memory();
      if (before.tensors !== after.tensors) throw new Error('a run leaves tensors');
      opened.dispose();
      const { hardware } = on;
      return {
        version: on.version,
        threads: hardware.tag === 'cpu' ? hardware.threads : undefined,
        bytes: [...new Uint8Array(output!.data.buffer)],
      };
    },
    {
      texts: nets,
      engine,
      net,
      weights: listOf(weights),
      input: { ...input, data: [...input.data] },
    },
  );

/** What a training of a page has done. */
type Learned = { readonly losses: readonly number[]; readonly weights: readonly number[] };

const learnedIn = ({ page }: Site, engine: 'wasm' | 'webgpu', count: number): Promise<Learned> =>
  page.evaluate(
    async ({ texts, engine, steps }) => {
      const { compile, start, train } = netc;
      const sure = <A>({ value, text }: Netc.Answer<A>): A => {
        if (value === undefined) throw new Error(text);
        return value;
      };
      const program = sure(compile(texts));
      const losses: number[] = [];
      const trained = sure(
        await train(program, sure(await start(engine)), {
          ...{ steps },
          each: ({ loss }) => void losses.push(loss),
        }),
      );
      return { losses, weights: [...trained.weights] };
    },
    { texts: learning, engine, steps: count },
  );

let all: Awaited<ReturnType<typeof sites>>;
let site: Site;

describe.skipIf(process.env['NETC_BROWSER'] === undefined)('in a browser', () => {
  beforeAll(async () => {
    all = await sites(join(folder, 'web'));
    site = await all.open();
  }, 120_000);
  afterAll(async () => {
    await all.close();
    rmSync(folder, { recursive: true });
  });

  it('says in its page what is wrong, trains, and runs', { timeout: 120_000 }, async () => {
    const { page, complaints } = site;
    const says = (id: string, what: RegExp): Promise<unknown> =>
      page.waitForFunction(`${what}.test(document.getElementById('${id}').textContent)`, null, {
        timeout: 60_000,
      });
    const text = await page.inputValue('#text');
    await page.fill('#text', text.replace('fc-6', 'fc-7'));
    await says('compiled', /error\[E0\d{3}\]/);
    await page.click('#run');
    await says('result', /error\[E0\d{3}\]/);
    await page.fill('#text', text);
    await says('compiled', /^Shapes : \[32, 32, 3\] -> \[6\]\n$/);
    await page.click('#learn');
    await says('result', /^step 152, loss 0/);
    await page.waitForFunction('!document.getElementById("learn").disabled');
    await page.click('#run');
    // it is drawn on the canvas
    await says('result', /^square \d/);
    expect(complaints).toEqual([]);
    if (process.env['NETC_PICTURE'] !== undefined)
      await page.screenshot({ path: process.env['NETC_PICTURE'] });
  });

  it('computes on one thread in a page that is isolated too', async () => {
    const isolated = await all.open({ isIsolated: true });
    expect(await isolated.page.evaluate('crossOriginIsolated')).toBe(true);
    const found = await isolated.page.evaluate(async () => {
      const { value, text } = await netc.start('wasm');
      return value?.hardware ?? text;
    });
    expect(found).toEqual({ tag: 'cpu', threads: 1 });
    expect(isolated.complaints).toEqual([]);
  });

  it('sees classes in a picture where the net has some', async () => {
    const seen = await site.page.evaluate(async () => {
      const { compile, open, start, valueOf } = netc;
      const engine = valueOf(await start('wasm'));
      const black = { width: 8, height: 8, data: new Uint8ClampedArray(8 * 8 * 4) };
      const all = async (net: string) => {
        const opened = valueOf(open(valueOf(compile(net)), engine, { seed: 7 }));
        const { value, messages } = await opened.classify(black);
        opened.dispose();
        return value?.map(({ index, name }) => [index, name]) ?? messages[0]?.code;
      };
      return [
        await all('net Two : [8, 8, 3] -> [2] { gap; fc-2; softmax }'),
        await all('net Map : [8, 8, 3] -> _ { conv3-4 }'),
      ];
    });
    // black is no reason for either
    expect(seen).toEqual([
      [
        [0, undefined],
        [1, undefined],
      ],
      'E0508',
    ]);
  });

  it('says why an engine cannot be used', async () => {
    const { page } = await all.open({ hasGpu: false });
    const reasons = await page.evaluate(async () => {
      const engines = [await netc.start('webgpu'), await netc.start('wasm', 'http://localhost:1/')];
      return engines.map(({ messages }) => [messages[0]?.code, ...(messages[0]?.notes ?? [])]);
    });
    expect(reasons).toEqual([
      [
        'E0701',
        'the browser finds no GPU',
        'to enable it: use a browser with WebGPU, on a page that comes by https or from localhost',
      ],
      [
        'E0701',
        'the backend wasm does not start',
        'to enable it: put the .wasm files of @tensorflow/tfjs-backend-wasm into http://localhost:1/',
      ],
    ]);
  });

  it.each([
    ['a text that is not a net', 'compile', "netc.compile('net N : [2] -> [3] { fc-4 }')", 'E0'],
    ['bytes that are no weights', 'loadWeights', 'netc.loadWeights(new Uint8Array(9))', 'E0504'],
  ])('says what is wrong with %s', async (_what, _call, script, code) => {
    const { value, messages } = await site.page.evaluate<Netc.Answer<unknown>>(script);
    expect(value).toBeUndefined();
    expect(messages[0]!.code.startsWith(code)).toBe(true);
  });

  describe.each(['A', 'R'])('the net %s', (net) => {
    const input = images(2);
    let expected: Float32Array;
    let weights: Uint8Array;
    beforeAll(() => {
      const cwd = put(net, nets);
      right(writeNpy(join(cwd, 'x.npy'), input));
      command(
        cwd,
        'weights',
        'init',
        'main.net',
        '--net',
        net,
        '--seed',
        '7',
        '-o',
        'w.safetensors',
      );
      const given = ['--net', net, '--weights', 'w.safetensors', '--input', 'x.npy'];
      command(cwd, 'run', 'main.net', ...given, '--output', 'y.npy');
      expected = right(readNpy(join(cwd, 'y.npy'))).data;
      weights = readFileSync(join(cwd, 'w.safetensors'));
      // numbers that a mistake would change
      expect(new Set(expected).size).toBe(20);
    }, 120_000);

    it('has the bits of Node on wasm', async () => {
      const { bytes, threads } = await ranIn(site, 'wasm', net, weights, input);
      expect(threads).toBe(1);
      expect(bitsOf(floatsIn(bytes))).toEqual(bitsOf(expected));
    });

    it('has its numbers on WebGPU', { timeout: 240_000 }, async () => {
      const { bytes, version } = await ranIn(site, 'webgpu', net, weights, input);
      expect(version).toMatch(/^tfjs-backend-webgpu 4.22.0 on google swiftshader, in software$/);
      const found = floatsIn(bytes);
      expect(apart(found, expected)).toBeLessThan(1e-5);
    });
  });

  describe('LeNet-5', () => {
    let logged: ReadonlyMap<number, number>;
    let expected: ReadonlyMap<string, Float32Array>;
    beforeAll(() => {
      const cwd = put('learning', learning);
      command(cwd, 'train', 'main.net');
      const run = join(cwd, 'runs/shapes-1');
      const entries = readFileSync(join(run, 'log.jsonl'), 'utf8').trim().split('\n');
      logged = new Map(
        entries.flatMap((line) => {
          const { step, loss, rate } = JSON.parse(line);
          // an entry of an epoch has no rate
          return typeof rate === 'number' ? [[step, loss] as const] : [];
        }),
      );
      const file = right(openWeights(join(run, 'weights.safetensors')));
      expected = new Map(Array.from(file.tensors.keys(), (name) => [name, right(file.read(name))]));
      file.close();
    }, 120_000);

    it('learns the bits of Node on wasm', { timeout: 240_000 }, async () => {
      const { losses, weights } = await learnedIn(site, 'wasm', steps);
      expect(losses).toHaveLength(steps);
      expect([...logged.keys()]).toContain(steps);
      for (const [step, loss] of logged) expect(losses[step - 1]).toBe(loss);
      const path = join(folder, 'learned.safetensors');
      writeFileSync(path, Uint8Array.from(weights));
      const file = right(openWeights(path));
      expect([...file.tensors.keys()]).toEqual([...expected.keys()]);
      for (const [name, numbers] of expected)
        expect(bitsOf(right(file.read(name))), name).toEqual(bitsOf(numbers));
      file.close();
    });

    it('learns nearly the same on WebGPU', { timeout: 600_000 }, async () => {
      const { losses } = await learnedIn(site, 'webgpu', steps);
      for (const [step, loss] of logged)
        expect(Math.abs(losses[step - 1]! - loss)).toBeLessThan(1e-4);
    });
  });
});
