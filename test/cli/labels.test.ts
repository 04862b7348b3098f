/** Class names and descriptions of pictures: attached to weights, carried along, and refused when they are wrong. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Header } from '../../src/runtime/store/safetensors.ts';
import { openWeights, writeWeights } from '../../src/runtime/files/weights.ts';
import { writeNpy } from '../../src/runtime/files/arrays.ts';
import { netc, newFolder, removeFolder } from './session.ts';

const program = `
def fire(s, e) = conv1-s; relu; (conv1-e; relu) | (conv3-e; relu)
-- the layers of SqueezeNet 1.1, with few channels
net S(classes = 5) : [h, w, 3] -> [classes] {
  conv3-4/2(pad = valid); relu; maxpool3/2; 8x fire(2, 3); conv1-classes; relu; gap; softmax
}
net Grey : [8, 8, 1] -> [2] { gap; fc-2 }
net Map : [8, 8, 3] -> [8, 8, 2] { conv1-2 }
net Vector : [4] -> [2] { fc-2 }
`;

const five = ['crane', 'crane', 'Bär, "brown"', 'kite', '  spaced out '];

let folder: string;
const at = (name: string): string => join(folder, name);
const run = (...args: readonly string[]) => netc(folder, ...args);

const ofS = ['n.net', '--net', 'S'] as const;
const label = (classes: string, weights = 's.safetensors') =>
  run('weights', 'label', ...ofS, weights, '--classes', classes, '-o', 'labelled.safetensors');

beforeAll(async () => {
  folder = newFolder({
    'n.net': program,
    'five.txt': `${five.join('\n')}\n`,
    'windows.txt': `\ufeff${five.join('\r\n')}\r\n\r\n`,
    'two.txt': 'off\non',
    'bgr.json': '{"order": "bgr", "mean": [103.9, 116.8, 123.7]}',
  });
  await run('weights', 'init', ...ofS, '-o', 's.safetensors');
  await run('weights', 'init', 'n.net', '--net', 'Map', '-o', 'map.safetensors');
  const data = Float32Array.from({ length: 32 * 32 * 3 }, (_, i) => (i % 11) / 11);
  writeNpy(at('x.npy'), { shape: [1, 32, 32, 3], data });
});
afterAll(() => removeFolder(folder));

/** The header of a weight file. */
const headerOf = (name: string): Header => {
  const opened = openWeights(at(name));
  if (Either.isLeft(opened)) throw new Error(opened.left.message);
  opened.right.close();
  return opened.right;
};
const namesIn = (name: string): unknown =>
  JSON.parse(headerOf(name).metadata.get('netc.classes') ?? 'null');
const trimmed = five.map((name) => name.trim());
const numbersOf = (name: string): Buffer => {
  const bytes = readFileSync(at(name));
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE()));
};

describe('class names', () => {
  it('are stored with new weights', async () => {
    const args = ['weights', 'init', ...ofS, '--classes', 'five.txt', '-o', 'named.safetensors'];
    expect((await run(...args)).code).toBe(0);
    expect(namesIn('named.safetensors')).toEqual(trimmed);
    expect(numbersOf('named.safetensors')).toEqual(numbersOf('s.safetensors'));
  });

  it.each(['five.txt', 'windows.txt'])(
    'are stored with weights that are there: %s',
    async (file) => {
      expect(await label(file)).toEqual({
        code: 0,
        out: '',
        err: 'labelled.safetensors: s.safetensors with 5 class names\n',
      });
      expect(namesIn('labelled.safetensors')).toEqual(trimmed);
      expect(numbersOf('labelled.safetensors')).toEqual(numbersOf('s.safetensors'));
    },
  );

  it('replace others in the same file, and leave what else is said', async () => {
    await label('five.txt');
    const again = (...more: readonly string[]) =>
      run(
        ...['weights', 'label', ...ofS, 'labelled.safetensors', ...more],
        ...['-o', 'labelled.safetensors', '--force'],
      );
    expect((await again('--input', 'bgr.json')).code).toBe(0);
    writeFileSync(at('abc.txt'), 'a\nb\nc\nd\ne');
    expect((await again('--classes', 'abc.txt')).code).toBe(0);
    expect(namesIn('labelled.safetensors')).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(headerOf('labelled.safetensors').metadata.get('netc.input')).toBe(
      '{"order":"bgr","scale":1,"mean":[103.9,116.8,123.7],"std":[]}',
    );
  });

  it('leave numbers of any format as they are', async () => {
    const tensors = [
      ['Map/conv1/kernel', 'F16', '[1,1,3,2]', 12],
      ['Map/conv1/bias', 'BF16', '[2]', 4],
    ] as const;
    let end = 0;
    const entries = tensors.map(([name, dtype, shape, size]) => {
      end += size;
      return `"${name}":{"dtype":"${dtype}","shape":${shape},"data_offsets":[${end - size},${end}]}`;
    });
    const header = Buffer.from(`{${entries.join(',')}}`);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const numbers = Buffer.from(Uint8Array.from({ length: end }, (_, i) => 7 * i));
    writeFileSync(at('halves.safetensors'), Buffer.concat([length, header, numbers]));
    const args = ['n.net', '--net', 'Map', 'halves.safetensors', '--classes', 'two.txt'];
    const said = await run('weights', 'label', ...args, '-o', 'halves-named.safetensors');
    expect(said.err).toContain('2 class names');
    expect(numbersOf('halves-named.safetensors')).toEqual(numbers);
    const types = [...headerOf('halves-named.safetensors').tensors.values()].map((t) => t.dtype);
    expect(types).toEqual(['F16', 'BF16']);
  });

  it('are printed beside the largest outputs', async () => {
    await label('five.txt');
    const args = ['--weights', 'labelled.safetensors', '--input', 'x.npy', '--engine', 'cpu'];
    const { out } = await run('run', ...ofS, ...args);
    const [head, ...rows] = out.trimEnd().split('\n');
    expect(head).toMatch(/^class +value +name$/);
    expect(rows).toHaveLength(5);
    for (const row of rows) {
      const [, index, name] = /^ *(\d+) +\S+ {2}(.*)$/.exec(row)!;
      expect(name).toBe(trimmed[Number(index)]);
    }
  });

  it('travel into the model', async () => {
    await label('five.txt');
    const args = ['--weights', 'labelled.safetensors', '-o', 'out'];
    expect((await run('compile', ...ofS, ...args)).code).toBe(0);
    const model = JSON.parse(readFileSync(at('out/S/model.json'), 'utf8'));
    expect(JSON.parse(model.userDefinedMetadata['netc.classes'])).toEqual(trimmed);
  });

  it('stay out of what torchvision gets', async () => {
    const exported = (from: string, to: string) =>
      run('weights', 'export', '--to', 'torchvision', ...ofS, from, '-o', to);
    // a file of torchvision's, taken over with class names and without
    const weights = headerOf('s.safetensors');
    expect(weights.tensors.size).toBe(52);
    const keys = [
      ...['features.0.weight', 'features.0.bias'],
      ...[3, 4, 6, 7, 9, 10, 11, 12].flatMap((i) =>
        ['squeeze', 'expand1x1', 'expand3x3'].flatMap((m) =>
          ['weight', 'bias'].map((w) => `features.${i}.${m}.${w}`),
        ),
      ),
      ...['classifier.1.weight', 'classifier.1.bias'],
    ];
    const shapes = [...weights.tensors.values()].map(({ shape: [h, w, i, o, ...none] }) => {
      expect(none).toEqual([]);
      return o === undefined ? [h!] : [o, i!, h!, w!];
    });
    const tensors = keys.map((name, k) => ({ name, shape: shapes[k]! }));
    const size = (shape: readonly number[]) => shape.reduce((n, x) => n * x, 1);
    const numbers = (name: string) => {
      const { shape } = tensors.find((t) => t.name === name)!;
      return Either.right(Float32Array.from({ length: size(shape) }, (_, i) => i / 8));
    };
    writeWeights(at('torch.safetensors'), tensors, numbers, new Map([['format', 'pt']]));
    const taken = ['weights', 'import', '--from', 'torchvision', ...ofS, 'torch.safetensors'];
    const said = await run(...taken, '--classes', 'five.txt', '-o', 'taken.safetensors');
    expect(said.err).toContain('squeezenet1_1 as S');
    expect(namesIn('taken.safetensors')).toEqual(trimmed);
    expect((await exported('taken.safetensors', 'back.safetensors')).code).toBe(0);
    expect(readFileSync(at('back.safetensors')).equals(readFileSync(at('torch.safetensors')))).toBe(
      true,
    );
    // labelled afterwards
    await run(...taken, '-o', 'plain.safetensors');
    expect((await label('five.txt', 'plain.safetensors')).code).toBe(0);
    await exported('labelled.safetensors', 'again.safetensors');
    expect(
      readFileSync(at('again.safetensors')).equals(readFileSync(at('torch.safetensors'))),
    ).toBe(true);
  });

  it('may name what each pixel is', async () => {
    const args = ['n.net', '--net', 'Map', 'map.safetensors', '--classes', 'two.txt'];
    const said = await run('weights', 'label', ...args, '-o', 'm.safetensors');
    expect(said.err).toBe('m.safetensors: map.safetensors with 2 class names\n');
  });
});

describe('what cannot be attached', () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `name ${i}`);
  it.each<readonly [what: string, code: string, file: string | Uint8Array, says: string]>([
    ['nothing', 'E0520', '', 'the file has no names'],
    ['only line ends', 'E0520', '\n\r\n\n', 'the file has no names'],
    ['only a byte order mark', 'E0520', '\ufeff', 'the file has no names'],
    ['an empty line', 'E0520', 'a\nb\n\nc\nd', 'line 3 is empty'],
    ['too few', 'E0521', names(4).join('\n'), '4 class names, but `S` has 5 outputs'],
    ['one', 'E0521', 'cat', '1 class name, but `S` has 5 outputs'],
    ['too many', 'E0521', names(6).join('\n'), '6 class names, but `S` has 5 outputs'],
    ['TensorFlow’s', 'E0521', ['background', ...names(5)].join('\n'), 'without the first name'],
    [
      'a line of 10 MB',
      'E0520',
      'x'.repeat(10_000_000),
      'the file has 9766 KiB; at most 4096 KiB are read',
    ],
    ['a long line', 'E0520', `a\n${'x'.repeat(1001)}\n`, 'line 2 has 1001 characters'],
    ['columns', 'E0520', 'n01\tcrane\nn02\tkite', 'line 1 has a tab'],
    ['an escape', 'E0520', 'a\n\u001b[2J\n', 'line 2 has a control character'],
    ['a next line', 'E0520', 'a\nb\u0085c\n', 'line 2 has a control character'],
    ['a line separator', 'E0520', 'a\u2028b\nc\n', 'line 1 has a line separator'],
    ['a paragraph separator', 'E0520', 'a\nb\u2029c\n', 'line 2 has a line separator'],
    ['JSON', 'E0520', JSON.stringify(names(5)), 'the file is JSON'],
    ['UTF-16', 'E0520', new Uint8Array([0xff, 0xfe, 0x61, 0]), 'not text in UTF-8'],
    ['Latin-1', 'E0520', Buffer.from('B\xe4r\n', 'latin1'), 'not text in UTF-8'],
  ])('class names: %s', async (_, code, content, says) => {
    writeFileSync(at('bad.txt'), content);
    const said = await label('bad.txt');
    expect(said.err).toContain(`error[${code}]`);
    expect(said.err).toContain(says);
    expect([said.code, said.out]).toEqual([1, '']);
  });

  it('class names that are no file', async () => {
    expect((await label('absent.txt')).err).toContain(
      '`absent.txt` cannot be read: it does not exist',
    );
    expect((await label('.')).err).toContain('it is a folder');
  });

  it.each([
    ['not JSON', '{', 'E0520'],
    ['an unknown order', '{"order": "hsv"}', 'E0520'],
    ['an unknown key', '{"ordre": "rgb"}', 'E0520'],
    ['too long', ' '.repeat(2 ** 17), 'E0520'],
    ['other channels', '{"order": "grey"}', 'E0521'],
  ])('a description of pictures: %s', async (_, content, code) => {
    writeFileSync(at('bad.json'), content);
    const args = ['s.safetensors', '--input', 'bad.json', '-o', 'labelled.safetensors'];
    const said = await run('weights', 'label', ...ofS, ...args);
    expect([said.code, said.out]).toEqual([1, '']);
    expect(said.err).toContain(`error[${code}]`);
  });

  it('a description of pictures for a net that takes none', async () => {
    const args = ['s.safetensors', '--input', 'bgr.json', '-o', 'labelled.safetensors'];
    const said = await run('weights', 'label', 'n.net', '--net', 'Vector', ...args);
    expect(said.err).toContain('error[E0521]');
    expect(said.err).toContain('`bgr` have 3 channels, but `Vector` takes no pictures');
  });

  it('weights of another net', async () => {
    const said = await label('five.txt', 'map.safetensors');
    expect(said.err).toContain('error[E0501]: `map.safetensors` has none of the 52 weights of `S`');
    const lost = await label('five.txt', 'absent.safetensors');
    expect(lost.err).toContain('`absent.safetensors` cannot be read: it does not exist');
  });

  it('nothing at all', async () => {
    const said = await run('weights', 'label', ...ofS, 's.safetensors', '-o', 'x.safetensors');
    expect([said.code, said.err]).toEqual([
      2,
      'error: nothing to store; give --classes FILE or --input FILE\n',
    ]);
  });

  it('is not blamed when the weights are for other classes', async () => {
    await label('five.txt');
    writeFileSync(at('seven.net'), program.replace('classes = 5', 'classes = 7'));
    const args = ['--net', 'S', '--weights', 'labelled.safetensors'];
    for (const said of [
      await run('run', 'seven.net', ...args, '--input', 'x.npy'),
      await run('compile', 'seven.net', ...args, '-o', 'out'),
    ]) {
      expect(said.code).toBe(1);
      expect(said.err).toContain('error[E0502]');
      expect(said.err).toContain('for 5 outputs, and the net has 7');
      expect(said.err).not.toContain('E0504');
    }
  });

  it('is refused in files that others wrote', async () => {
    const { tensors } = headerOf('map.safetensors');
    const zeros = (name: string) =>
      Either.right(new Float32Array(tensors.get(name)!.shape.reduce((n, k) => n * k, 1)));
    for (const [json, says] of [
      ['["a"]', 'has 1 name for 2 outputs'],
      ['["a", 7]', 'is not a list of names'],
      ['["a", "b\\n"]', 'is not a list of names'],
      ['["a", "b\u2028c"]', 'is not a list of names'],
      ['{', 'is not a list of names'],
    ] as const) {
      const metadata = new Map([['netc.classes', json]]);
      writeWeights(at('odd.safetensors'), [...tensors.values()], zeros, metadata);
      const weights = ['n.net', '--net', 'Map', '--weights', 'odd.safetensors'] as const;
      writeNpy(at('m.npy'), { shape: [1, 8, 8, 3], data: new Float32Array(192) });
      for (const said of [
        await run('run', ...weights, '--input', 'm.npy', '--output', 'y.npy'),
        await run('compile', ...weights, '-o', 'out'),
      ]) {
        expect([said.code, said.out]).toEqual([1, '']);
        expect(said.err).toContain('error[E0504]');
        expect(said.err).toContain(says);
      }
    }
  });
});

describe('weights show', () => {
  const shown = async (metadata: ReadonlyMap<string, string>) => {
    const { tensors } = headerOf('map.safetensors');
    const zeros = (name: string) =>
      Either.right(new Float32Array(tensors.get(name)!.shape.reduce((n, k) => n * k, 1)));
    writeWeights(at('odd.safetensors'), [...tensors.values()], zeros, metadata);
    const { out } = await run('weights', 'show', 'odd.safetensors');
    return out.split('\n\n')[1]!.trimEnd().split('\n').slice(1);
  };

  it('tells in few words what is long', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `name ${i}`);
    const entries = await shown(
      new Map([
        ['netc.classes', JSON.stringify(names)],
        ['notes', 'x'.repeat(1e6)],
        ['y'.repeat(1e6), 'z'],
      ]),
    );
    expect(entries[0]).toBe('netc.classes: 1,000 names: name 0, name 1, name 2, …');
    expect(entries[1]).toBe(`notes: ${'x'.repeat(200)}…`);
    expect(entries[2]).toBe(`${'y'.repeat(200)}…: z`);
  });

  it.runIf(process.env['NETC_DEEP'] !== undefined)('has room for very many weights', async () => {
    const none = Array.from({ length: 140_000 }, (_, i) => ({ name: `w${i}`, shape: [0] }));
    writeWeights(at('many.safetensors'), none, () => Either.right(new Float32Array()));
    const { code, out } = await run('weights', 'show', 'many.safetensors');
    expect(code).toBe(0);
    expect(out).toContain('140,000 weights, 0 numbers, 0 B');
  });

  it('does not flood, and lets nothing act on the terminal', async () => {
    const many = Array.from({ length: 1020 }, (_, i) => [`key${i}`, '\u001b[2J\r\nx'] as const);
    const entries = await shown(new Map(many));
    expect(entries).toHaveLength(21);
    expect(entries[0]).toBe('key0: ␛[2J␍ x');
    expect(entries[20]).toBe('and 1,000 more; --json prints all of it');
  });
});
