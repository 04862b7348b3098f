/** Weight files that are broken, or of another network, through every command that reads them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBfloat, fromHalf } from '../../src/runtime/data/numbers.ts';
import { readNpy, writeNpy } from '../../src/runtime/files/arrays.ts';
import { zoo } from '../../src/runtime/zoo/zoo.ts';
import { netc, newFolder, removeFolder } from './session.ts';

const program = `
net Tiny : [4, 4, 2] -> [3] { conv1-2; gap; fc-3 }
net Other : [4, 4, 2] -> [3] { conv1-2; relu; gap; fc-3 }
`;

let folder: string;
const at = (name: string): string => join(folder, name);
const run = (...args: readonly string[]) => netc(folder, ...args);

beforeAll(() => {
  folder = newFolder({ 'n.net': program, 'names.txt': 'a\nb\nc\n' });
  const data = Float32Array.from({ length: 32 }, (_, i) => i / 8);
  writeNpy(at('x.npy'), { shape: [1, 4, 4, 2], data });
});
afterAll(() => removeFolder(folder));

type Tensor = { readonly name: string; readonly shape: readonly number[]; readonly dtype?: string };

const tiny: readonly Tensor[] = [
  { name: 'Tiny/conv1/kernel', shape: [1, 1, 2, 2] },
  { name: 'Tiny/conv1/bias', shape: [2] },
  { name: 'Tiny/fc1/kernel', shape: [2, 3] },
  { name: 'Tiny/fc1/bias', shape: [3] },
];

const sizes: { readonly [dtype: string]: number } = { F32: 4, F64: 8, F16: 2, BF16: 2, I64: 8 };
const sizeOf = ({ shape, dtype = 'F32' }: Tensor): number =>
  shape.reduce((n, k) => n * k, 1) * (sizes[dtype] ?? 1);

const file = (json: string, numbers: Uint8Array): Uint8Array => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  return Buffer.concat([length, Buffer.from(json), numbers]);
};

/** Tensors one behind the other, all zeros unless numbers are given. */
const sound = (tensors: readonly Tensor[], numbers?: Uint8Array): Uint8Array => {
  let end = 0;
  const entries = tensors.map((t) => {
    const begin = end;
    end += sizeOf(t);
    return `"${t.name}":{"dtype":"${t.dtype ?? 'F32'}","shape":[${t.shape.join(',')}],"data_offsets":[${begin},${end}]}`;
  });
  return file(`{${entries.join(',')}}`, numbers ?? new Uint8Array(end));
};

const ofTiny = ['n.net', '--net', 'Tiny'] as const;

/** Every command that reads a weight file of the net. */
const readers: { readonly [command: string]: (weights: string) => readonly string[] } = {
  run: (w) => ['run', ...ofTiny, '--weights', w, '--input', 'x.npy', '--engine', 'cpu'],
  compile: (w) => ['compile', ...ofTiny, '--weights', w, '-o', 'out'],
  label: (w) => ['weights', 'label', ...ofTiny, w, '--classes', 'names.txt', '-o', 'new.st'],
  export: (w) => ['weights', 'export', '--to', 'torchvision', ...ofTiny, w, '-o', 'new.st'],
};

/** Those that read any file. */
const anyReaders: typeof readers = {
  show: (w) => ['weights', 'show', w],
  import: (w) => ['weights', 'import', '--from', 'torchvision', ...ofTiny, w, '-o', 'new.st'],
};

const entry = (name: string, shape: string, offsets: string): string =>
  `"${name}":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}`;

describe('a broken file', () => {
  const whole = sound(tiny);
  const twice = `{${entry('a', '[1]', '[0,4]')},${entry('a', '[1]', '[4,8]')}}`;
  const lying = Buffer.from(whole);
  lying.writeBigUInt64LE(2n ** 62n);
  const torchs = "is in PyTorch's own format";
  it.each<readonly [what: string, bytes: Uint8Array, code: string, says: string]>([
    ['empty', new Uint8Array(), 'E0504', 'it has 0 bytes'],
    ['cut in the header', whole.subarray(0, 40), 'E0504', 'its header ends after the file'],
    ['cut in the numbers', whole.subarray(0, whole.length - 1), 'E0504', 'outside the file'],
    ['too long', Buffer.concat([whole, Buffer.alloc(4)]), 'E0504', 'belong to no tensor'],
    ['with an endless header', lying, 'E0504', 'its header claims to have'],
    [
      'of tensors that overlap',
      file(`{${entry('a', '[2]', '[0,8]')},${entry('b', '[2]', '[4,12]')}}`, new Uint8Array(12)),
      'E0504',
      'overlaps another',
    ],
    ['with a key twice', file(twice, new Uint8Array(8)), 'E0504', 'has `a` twice'],
    ['with a strange dtype', sound([{ ...tiny[0]!, dtype: 'F4' }]), 'E0510', 'type `F4`'],
    ['a pickle', Buffer.from('\x80\x02}q\x00X\x05\x00\x00\x00', 'latin1'), 'E0504', torchs],
    ['a zip', Buffer.from('PK\x03\x04\x00\x00\x08\x08\x00\x00', 'latin1'), 'E0504', torchs],
    ['a small zip', Buffer.from('PK\x03\x04\x00\x00\x00\x00{}', 'latin1'), 'E0504', torchs],
  ])('%s', async (_, bytes, code, says) => {
    writeFileSync(at('bad.st'), bytes);
    for (const command of Object.values({ ...readers, ...anyReaders })) {
      const said = await run(...command('bad.st'));
      expect(said.err).toContain(`error[${code}]`);
      expect(said.err).toContain(says);
      expect(said.err).toContain('1 error;');
      expect([said.code, said.out]).toEqual([1, '']);
    }
  });

  it('is none because its length begins as a zip or a pickle does', async () => {
    for (const length of [0x4b50, 0x0280]) {
      const json = whole.subarray(8, 8 + Number(Buffer.from(whole).readBigUInt64LE()));
      const padded = Buffer.alloc(8 + length, ' ');
      padded.writeBigUInt64LE(BigInt(length));
      padded.set(json, 8);
      const numbers = whole.subarray(8 + json.length);
      writeFileSync(at('padded.st'), Buffer.concat([padded, numbers]));
      expect((await run('weights', 'show', 'padded.st')).code).toBe(0);
    }
  });
});

describe('a file that does not fit', () => {
  const without = (name: string) => tiny.filter((t) => !t.name.endsWith(name));
  const reshaped = (shape: readonly number[], name: string) =>
    tiny.map((t) => (t.name.endsWith(name) ? { ...t, shape } : t));
  const retyped = (dtype: string) => tiny.map((t) => ({ ...t, dtype }));
  it.each<readonly [what: string, tensors: readonly Tensor[], code: string, says: string]>([
    ['lacks a key', without('fc1/bias'), 'E0501', '`Tiny/fc1/bias` is missing'],
    ['has one more', [...tiny, { name: 'Tiny/x', shape: [1] }], 'E0503', '`Tiny/x` in'],
    ['has another shape', reshaped([3, 2], 'fc1/kernel'), 'E0502', 'this is how PyTorch orders it'],
    ['has integers', retyped('I64'), 'E0510', '4 weights in `bad.st` have number types'],
    ['has bytes', retyped('U8'), 'E0510', 'has numbers of type `U8`'],
    ['has truth values', retyped('BOOL'), 'E0510', 'has numbers of type `BOOL`'],
    ['has eight bits', retyped('F8_E4M3'), 'E0510', 'has numbers of type `F8_E4M3`'],
    ['has nothing', [], 'E0501', 'the file has no weights at all'],
    [
      'is of another net',
      tiny.map((t) => ({ ...t, name: t.name.replace('Tiny', 'Other') })),
      'E0501',
      'its 4 weights belong to `Other`',
    ],
    [
      'is torchvision’s',
      zoo
        .find((m) => m.name === 'vgg16')!
        .modules.map((m) => ({ name: `${m}.weight`, shape: [1] })),
      'E0501',
      "they look like torchvision's `vgg16`",
    ],
    [
      'is for other classes',
      [
        ...tiny.slice(0, 2),
        { name: 'Tiny/fc1/kernel', shape: [2, 7] },
        { name: 'Tiny/fc1/bias', shape: [7] },
      ],
      'E0502',
      'the file is for 7 outputs, and the net has 3',
    ],
  ])('%s', async (_, tensors, code, says) => {
    writeFileSync(at('bad.st'), sound(tensors));
    for (const command of Object.values(readers)) {
      const said = await run(...command('bad.st'));
      expect(said.err).toContain(`error[${code}]`);
      expect(said.err).toContain(says);
      expect(said.err).toContain('1 error;');
      expect([said.code, said.out]).toEqual([1, '']);
    }
  });

  it('is told of once for each kind, however many weights it concerns', async () => {
    const text = Array.from({ length: 40 }, () => 'conv1-2').join('; ');
    writeFileSync(at('deep.net'), `net Deep : [4, 4, 2] -> _ { ${text} }\n`);
    const tensors = Array.from({ length: 40 }, (_, i) => [
      { name: `Deep/conv${i + 1}/kernel`, shape: [1, 1, 2, 3] },
      { name: `Deep/conv${i + 1}/bais`, shape: [2] },
    ]).flat();
    writeFileSync(at('bad.st'), sound(tensors));
    const args = ['deep.net', '--weights', 'bad.st', '-o', 'out'];
    const { err } = await run('compile', ...args);
    expect(`\n${err}`).toMatchInlineSnapshot(`
      "
      error[E0501]: 40 weights of \`Deep\` are missing in \`bad.st\`
        = \`Deep/conv1/bias\`, where the file has \`Deep/conv1/bais\`
        = \`Deep/conv2/bias\`, where the file has \`Deep/conv2/bais\`
        = \`Deep/conv3/bias\`, where the file has \`Deep/conv3/bais\`
        = \`Deep/conv4/bias\`, where the file has \`Deep/conv4/bais\`
        = \`Deep/conv5/bias\`, where the file has \`Deep/conv5/bais\`
        = and 35 more

      error[E0502]: 40 weights in \`bad.st\` have another shape than \`Deep\` needs
        = \`Deep/conv1/kernel\` has [1, 1, 2, 3], but [1, 1, 2, 2] is needed
        = \`Deep/conv2/kernel\` has [1, 1, 2, 3], but [1, 1, 2, 2] is needed
        = \`Deep/conv3/kernel\` has [1, 1, 2, 3], but [1, 1, 2, 2] is needed
        = \`Deep/conv4/kernel\` has [1, 1, 2, 3], but [1, 1, 2, 2] is needed
        = \`Deep/conv5/kernel\` has [1, 1, 2, 3], but [1, 1, 2, 2] is needed
        = and 35 more
        = weights from before a pass are turned into those of the net that it makes by
          \`netc weights rewrite\`

      error[E0503]: 40 weights in \`bad.st\` belong to no layer of \`Deep\`
        = \`Deep/conv1/bais\`
        = \`Deep/conv2/bais\`
        = \`Deep/conv3/bais\`
        = \`Deep/conv4/bais\`
        = \`Deep/conv5/bais\`
        = and 35 more

      3 errors; \`netc explain E0501\` says more
      "
    `);
  });
});

describe('number formats', () => {
  const formats: {
    readonly [dtype: string]: (view: DataView, at: number, x: number) => void;
  } = {
    F32: (view, at, x) => view.setFloat32(at, x, true),
    F64: (view, at, x) => view.setFloat64(at, x, true),
    F16: (view, at, x) => view.setUint16(at, bitsOf(fromHalf, x), true),
    BF16: (view, at, x) => view.setUint16(at, bitsOf(fromBfloat, x), true),
  };
  /** The bits that stand for a number. */
  const bitsOf = (decode: (bits: number) => number, x: number): number =>
    Array.from({ length: 65536 }, (_, bits) => bits).find((bits) => decode(bits) === x)!;

  it.each(['F64', 'F16', 'BF16'])('%s gives what float32 does', async (dtype) => {
    const values = [1, -0.5, 0.25, 2, 0, 1, 0.5, -1, 2, 1, 1, -2, 0, 0.5, -0.5];
    const outputs: unknown[] = [];
    for (const type of ['F32', dtype]) {
      const size = sizes[type]!;
      const view = new DataView(new ArrayBuffer(values.length * size));
      values.forEach((x, i) => formats[type]!(view, i * size, x));
      const tensors = tiny.map((t) => ({ ...t, dtype: type }));
      writeFileSync(at('w.st'), sound(tensors, new Uint8Array(view.buffer)));
      const said = await run(...readers['run']!('w.st'), '--output', 'y.npy');
      expect(said.code).toBe(0);
      outputs.push(readNpy(at('y.npy')));
    }
    expect(outputs[1]).toEqual(outputs[0]);
  });
});

describe('a checkpoint of another network', () => {
  it('is called by its name when it is taken over', async () => {
    for (const model of zoo.filter(({ name }) => name !== 'googlenet')) {
      const tensors = model.modules.map((m) => ({ name: `${m}.weight`, shape: [1] }));
      writeFileSync(at('other.st'), sound(tensors));
      const { code, err } = await run(...anyReaders['import']!('other.st'));
      expect(code).toBe(1);
      expect(err).toContain(`is \`${model.name}\` of torchvision with`);
      expect(err).toContain('but `Tiny` has 2');
    }
  });

  it('is unknown when it is none of them', async () => {
    writeFileSync(at('other.st'), sound([{ name: 'blocks.0.attn.qkv.weight', shape: [1] }]));
    const { code, err } = await run(...anyReaders['import']!('other.st'));
    expect(code).toBe(1);
    expect(err).toContain('holds none of the torchvision networks that netc knows');
  });
});

describe('numbers that no sound net has', () => {
  const numbers = (...odd: readonly (readonly [at: number, number: number])[]): Uint8Array => {
    const data = Float32Array.from({ length: 15 }, (_, i) => i / 8);
    for (const [at, number] of odd) data[at] = number;
    return new Uint8Array(data.buffer);
  };
  const compiled = async (weights: Uint8Array) => {
    writeFileSync(at('odd.safetensors'), sound(tiny, weights));
    return run('compile', ...ofTiny, '--weights', 'odd.safetensors', '-o', 'odd');
  };

  it('are named when a model is made of them', async () => {
    const { code, err } = await compiled(numbers([5, NaN], [13, -Infinity]));
    expect(code).toBe(0);
    expect(err).toBe(
      'warning: the weight `Tiny/conv1/bias` has NaN at 1, and 1 other like it; are these the right weights?\n',
    );
  });
  it('are not seen in others', async () => {
    expect((await compiled(numbers())).err).toBe('');
  });
});
