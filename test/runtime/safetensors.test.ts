import * as fs from 'node:fs';
import * as os from 'node:os';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { duplicateKey } from '../../src/runtime/data/json.ts';
import { fromBfloat, fromHalf } from '../../src/runtime/data/numbers.ts';
import { inMemory } from '../../src/runtime/data/bytes.ts';
import { readWeights } from '../../src/runtime/store/safetensors.ts';
import { openWeights, writeWeights } from '../../src/runtime/files/weights.ts';
import { weightChunks } from '../../src/runtime/store/safetensors-write.ts';

const folder = fs.mkdtempSync(nodePath.join(os.tmpdir(), 'netc-safetensors-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A file of this header text and so many bytes of numbers. */
const file = (json: string, data: Uint8Array | number = 0): Uint8Array => {
  const header = Buffer.from(json);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, typeof data === 'number' ? Buffer.alloc(data) : data]);
};

const read = (bytes: Uint8Array) => readWeights(inMemory('w.safetensors', bytes));

/** The code and the words of the fault; `fine` if there is none. */
const verdict = (bytes: Uint8Array): string => {
  const result = read(bytes);
  return E.isLeft(result) ? `${result.left.code} ${result.left.message}` : 'fine';
};

const values = (bytes: Uint8Array, name: string): Float32Array => {
  const opened = read(bytes);
  if (E.isLeft(opened)) throw new Error(opened.left.message);
  const numbers = opened.right.read(name);
  if (E.isLeft(numbers)) throw new Error(numbers.left.message);
  return numbers.right;
};

const f32 = (...xs: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(xs).buffer);

describe('a header', () => {
  const t = (rest: string) => `{"a":{"dtype":"F32",${rest}}}`;
  test.each([
    ['nothing', '{}', 0, /^fine$/],
    ['padded', '{}     ', 0, /^fine$/],
    ['a scalar', t('"shape":[],"data_offsets":[0,4]'), 4, /^fine$/],
    ['an empty tensor', t('"shape":[0,5],"data_offsets":[0,0]'), 0, /^fine$/],
    ['metadata', '{"__metadata__":{"format":"pt"}}', 0, /^fine$/],
    ['metadata of numbers', '{"__metadata__":{"epoch":3}}', 0, /E0504.*`epoch` is not a string/],
    ['no object', '[]', 0, /E0504.*does not begin with `\{`/],
    ['no JSON', '{"a":', 0, /E0504.*not JSON/],
    ['indented', ' {}', 0, /E0504.*does not begin with `\{`/],
    ['numbers of no tensor', '{}', 4, /E0504.*bytes 0 to 4 belong to no tensor/],
    ['a gap', t('"shape":[1],"data_offsets":[4,8]'), 8, /E0504.*bytes 0 to 4 belong/],
    ['beyond the file', t('"shape":[2],"data_offsets":[0,8]'), 4, /E0504.*outside the file/],
    ['backwards', t('"shape":[1],"data_offsets":[4,0]'), 4, /E0504.*outside the file/],
    ['negative', t('"shape":[1],"data_offsets":[-4,0]'), 4, /E0504.*no proper `data_offsets`/],
    ['fractions', t('"shape":[1],"data_offsets":[0,4.5]'), 4, /E0504.*no proper `data_offsets`/],
    ['one offset', t('"shape":[1],"data_offsets":[4]'), 4, /E0504.*no proper `data_offsets`/],
    ['too few bytes', t('"shape":[3],"data_offsets":[0,8]'), 8, /E0504.*takes 12 bytes, but has 8/],
    ['too many bytes', t('"shape":[1],"data_offsets":[0,8]'), 8, /E0504.*takes 4 bytes, but has 8/],
    [
      'a product of 2^62',
      t('"shape":[2147483647,2147483647],"data_offsets":[0,4]'),
      4,
      /E0504.*larger than netc takes/,
    ],
    ['a negative size', t('"shape":[-1],"data_offsets":[0,4]'), 4, /E0504.*no proper `shape`/],
    ['no shape', t('"data_offsets":[0,4]'), 4, /E0504.*no proper `shape`/],
    ['beyond 2^53', t('"shape":[9007199254740993],"data_offsets":[0,4]'), 4, /E0504.*`shape`/],
    [
      'a product beyond 2^53', // 2^32 · 2^32 is 0 in 64 bits
      t('"shape":[4294967296,4294967296],"data_offsets":[0,0]'),
      0,
      /E0504.*larger than netc takes/,
    ],
    [
      'sizes hidden by a zero',
      t('"shape":[0,4294967296],"data_offsets":[0,0]'),
      0,
      /E0504.*larger than netc takes/,
    ],
    ['no dtype', '{"a":{"shape":[],"data_offsets":[0,4]}}', 4, /E0504.*no `dtype`/],
    ['a strange dtype', '{"a":{"dtype":"F4","shape":[],"data_offsets":[0,4]}}', 4, /^E0510.*`F4`/],
    ['an inherited dtype', '{"a":{"dtype":"toString"}}', 0, /^E0510.*`toString`/],
    ['no description', '{"a":7}', 0, /E0504.*`a` has no description/],
    ['a name that escapes', '{"\\u001b[31m`":7}', 0, /E0504.*`\\u001b\[31m\?` has no description/],
    ['a prototype', '{"__proto__":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4, /^fine$/],
    ['a name twice', '{"a":1,"a":1}', 0, /E0504.*has `a` twice/],
    ['a name twice, escaped', '{"a":1,"\\u0061":1}', 0, /E0504.*has `a` twice/],
    ['a shape twice', t('"shape":[1],"shape":[2],"data_offsets":[0,4]'), 4, /has `shape` twice/],
  ])('%s', (_, json, data, expected) => expect(verdict(file(json, data))).toMatch(expected));

  const two = (a: string, b: string) =>
    `{"a":{"dtype":"F32","shape":[2],"data_offsets":[${a}]},"b":{"dtype":"F32","shape":[2],"data_offsets":[${b}]}}`;
  test.each([
    ['one after the other', two('0,8', '8,16'), 16, /^fine$/],
    ['in the other order', two('8,16', '0,8'), 16, /^fine$/],
    ['the same bytes', two('0,8', '0,8'), 8, /E0504.*overlaps another/],
    ['overlapping', two('0,8', '4,12'), 12, /E0504.*overlaps another/],
    ['a gap between', two('0,8', '12,20'), 20, /E0504.*bytes 8 to 12 belong to no tensor/],
    ['bytes left', two('0,8', '8,16'), 20, /E0504.*bytes 16 to 20 belong to no tensor/],
  ])('of two tensors: %s', (_, json, data, expected) =>
    expect(verdict(file(json, data))).toMatch(expected),
  );

  test('may not be longer than the file or than 100 MB', () => {
    const long = (n: bigint) => {
      const bytes = Buffer.alloc(16, '{');
      bytes.writeBigUInt64LE(n);
      return verdict(bytes);
    };
    expect(long(9n)).toMatch(/E0504.*ends after the file/);
    expect(long(100_000_001n)).toMatch(/E0504.*claims to have 100000001 bytes/);
    expect(long(2n ** 64n - 1n)).toMatch(/E0504.*claims to have/);
    expect(verdict(Buffer.alloc(7))).toMatch(/E0504.*too few/);
    expect(verdict(Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0xff]))).toMatch(/E0504/);
    const latin1 = Buffer.from('{"__metadata__":{"a":"\xff"}}', 'latin1');
    const length = Uint8Array.of(latin1.length, 0, 0, 0, 0, 0, 0, 0);
    expect(verdict(Buffer.concat([length, latin1]))).toMatch(/E0504.*not UTF-8/);
  });

  test('nested a million times is no exception', () =>
    expect(verdict(file(`{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`))).toMatch(/E0504/));
});

describe('duplicate keys', () => {
  test.each([
    ['{"a":{"b":1},"c":{"b":1}}', undefined],
    ['{"a":["b","b"],"b":"b"}', undefined],
    ['{"a":{"x":[{"y":1,"z":2,"y":3}]}}', 'y'],
    ['{"a\\"":1,"b":"\\\\","a\\"":2}', 'a"'],
    ['{"":1,"":2}', ''],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['["a","a",{"a":"a"}]', undefined],
  ])('of %s: %j', (json, key) => expect(duplicateKey(json)).toBe(key));

  test('are not seen in what JSON.stringify writes', () =>
    fc.assert(fc.property(fc.json(), (json) => duplicateKey(json) === undefined)));
});

describe('numbers', () => {
  const half: readonly (readonly [number, number])[] = [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x83ff, -1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3c00, 1],
    [0x3555, 0.333251953125],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
    [0xfc01, NaN],
  ];
  test.each(half)('half %i is %d', (bits, x) => expect(fromHalf(bits)).toBe(x));

  test('every half is what its definition says', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const [sign, e, f] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
      const size = e === 0 ? f * 2 ** -24 : (1 + f / 1024) * 2 ** (e - 15);
      const expected = e < 31 ? sign * size : f === 0 ? sign * Infinity : NaN;
      if (!Object.is(fromHalf(bits), expected)) expect(fromHalf(bits)).toBe(expected);
    }
  });

  test.each([
    [0x3f80, 1],
    [0xc040, -3],
    [0x0001, 2 ** -133],
    [0x8000, -0],
    [0x7f7f, 255 * 2 ** 120],
    [0x7f80, Infinity],
    [0xff80, -Infinity],
    [0x7fc0, NaN],
    [0x7f81, NaN],
  ])('bfloat %i is %d', (bits, x) => expect(fromBfloat(bits)).toBe(x));

  test('of each type become float32', () => {
    const of = (dtype: string, bytes: Uint8Array, count: number) =>
      file(
        `{"t":{"dtype":"${dtype}","shape":[${count}],"data_offsets":[0,${bytes.length}]}}`,
        bytes,
      );
    expect([...values(of('F32', f32(1, 2.5), 2), 't')]).toEqual([1, 2.5]);
    const doubles = new Uint8Array(Float64Array.of(0.1, 1e300, -1e-60).buffer);
    expect([...values(of('F64', doubles, 3), 't')]).toEqual([Math.fround(0.1), Infinity, -0]);
    const halves = new Uint8Array(Uint16Array.of(0x3c00, 1).buffer);
    expect([...values(of('F16', halves, 2), 't')]).toEqual([1, 2 ** -24]);
    expect([...values(of('BF16', halves, 2), 't')]).toEqual([0.0078125, Math.fround(2 ** -133)]);
  });

  test('in more than one part', () => {
    const n = 700_001; // of 2 bytes, a part has 524,288
    const halves = Uint16Array.from({ length: n }, (_, i) => i % 31744);
    const bytes = new Uint8Array(halves.buffer);
    const header = `{"t":{"dtype":"F16","shape":[${n}],"data_offsets":[0,${2 * n}]}}`;
    const out = values(file(header, bytes), 't');
    expect(out.every((x, i) => x === fromHalf(halves[i]!))).toBe(true);
  });

  test('that netc does not read may be there, and are refused when asked for', () => {
    const bytes = file('{"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}', 8);
    const opened = read(bytes);
    expect(E.isRight(opened) && opened.right.read('n')).toMatchObject({ left: { code: 'E0510' } });
    expect(E.isRight(opened) && opened.right.read('m')).toMatchObject({ left: { code: 'E0501' } });
  });
});

const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', '1', 'D/conv1/kernel', 'Ω`\n'));
const tensors = fc
  .uniqueArray(
    fc.record({
      name: names.filter((n) => n !== '__metadata__'),
      shape: fc.array(fc.nat(3), { maxLength: 4 }),
    }),
    { selector: (t) => t.name, maxLength: 5 },
  )
  .map((ts) => ts.map((t, k) => ({ ...t, data: dataOf(t.shape, k) })));
const dataOf = (shape: readonly number[], k: number): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => k + i / 7);

type Tensors = typeof tensors extends fc.Arbitrary<infer T> ? T : never;
const bytesOf = (ts: Tensors, metadata: ReadonlyMap<string, string> = new Map()): Uint8Array => {
  const provider = (name: string) => E.right(ts.find((t) => t.name === name)!.data);
  const parts: Uint8Array[] = [];
  for (const chunk of weightChunks(ts, provider, metadata))
    if (E.isRight(chunk)) parts.push(chunk.right);
  return Buffer.concat(parts);
};

describe('laws', () => {
  test('what is written is read again, in its order and at multiples of eight', () =>
    fc.assert(
      fc.property(tensors, fc.array(fc.tuple(names, fc.string())), (ts, entries) => {
        const metadata = new Map(entries);
        const bytes = bytesOf(ts, metadata);
        expect(Number(Buffer.from(bytes).readBigUInt64LE()) % 8).toBe(0);
        const opened = read(bytes);
        if (E.isLeft(opened)) throw new Error(opened.left.message);
        expect(new Map(opened.right.metadata)).toEqual(metadata);
        const found = ts.map((t) => opened.right.tensors.get(t.name)!.shape);
        expect(found).toEqual(ts.map((t) => t.shape));
        for (const t of ts) expect(opened.right.read(t.name)).toEqual(E.right(t.data));
      }),
    ));

  test('a file cut at any byte is refused', () => {
    const bytes = bytesOf([{ name: 'D/conv1/kernel', shape: [2, 3], data: dataOf([2, 3], 0) }]);
    for (let n = 0; n < bytes.length; n++) expect(verdict(bytes.slice(0, n))).toMatch(/^E0504/);
    expect(verdict(Buffer.concat([bytes, Buffer.alloc(1)]))).toMatch(/^E0504/);
  });

  test('a bit flipped in the header is refused or changes nothing but a name', () => {
    const bytes = bytesOf(
      [
        { name: 'a', shape: [2, 3], data: dataOf([2, 3], 0) },
        { name: 'b', shape: [4], data: dataOf([4], 1) },
      ],
      new Map([['k', 'v']]),
    );
    const header = 8 + Number(Buffer.from(bytes).readBigUInt64LE());
    for (let bit = 0; bit < header * 8; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const opened = read(flipped);
      if (E.isLeft(opened)) expect(opened.left.code).toMatch(/^E05(04|10)$/);
      else
        expect([...opened.right.tensors.keys()].map(opened.right.read)).toEqual([
          E.right(dataOf([2, 3], 0)),
          E.right(dataOf([4], 1)),
        ]);
    }
  });

  test('any bytes at all are no exception', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.string({ unit: 'binary' }), (raw, json) => {
        expect(verdict(raw)).toMatch(/^(E0504|fine)/);
        expect(verdict(file(`{${json}}`, raw))).toMatch(/^(E0504|E0510|fine)/);
      }),
    ));
});

describe('files', () => {
  const path = nodePath.join(folder, 'w.safetensors');
  const ts = [{ name: 'x', shape: [3] }];

  test('are written whole and read on demand', () => {
    const provider = () => E.right(Float32Array.of(1, 2, 3));
    expect(writeWeights(path, ts, provider, new Map([['a', 'b']]))).toEqual(E.right(undefined));
    const opened = openWeights(path);
    if (E.isLeft(opened)) throw new Error(opened.left.message);
    expect(opened.right.metadata.get('a')).toBe('b');
    fs.unlinkSync(path); // still open
    expect(opened.right.read('x')).toEqual(E.right(Float32Array.of(1, 2, 3)));
    opened.right.close();
    opened.right.close();
    expect(opened.right.read('x')).toMatchObject({ left: { code: 'E0001' } });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('that became shorter after they were opened are a fault, not zeros', () => {
    writeWeights(path, ts, () => E.right(Float32Array.of(1, 2, 3)));
    const opened = openWeights(path);
    fs.truncateSync(path, fs.statSync(path).size - 1);
    expect(E.isRight(opened) && opened.right.read('x')).toMatchObject({ left: { code: 'E0001' } });
    if (E.isRight(opened)) opened.right.close();
  });

  test('a fault of the provider leaves no file behind', () => {
    fs.rmSync(path, { force: true });
    const fault = openWeights(nodePath.join(folder, 'absent.safetensors'));
    if (E.isRight(fault)) throw new Error('there is no such file');
    expect(fault.left).toMatchObject({ code: 'E0001', primary: { span: { start: 0, end: 0 } } });
    expect(writeWeights(path, ts, () => fault)).toEqual(fault);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('folders are no weight files', () =>
    expect(openWeights(folder)).toMatchObject({ left: { code: 'E0001' } }));
});
