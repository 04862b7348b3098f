import * as fs from 'node:fs';
import * as os from 'node:os';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { inMemory } from '../../src/runtime/data/bytes.ts';
import { parseNpy, parseNpyHeader } from '../../src/runtime/store/npy.ts';
import { readNpy, writeNpy } from '../../src/runtime/files/arrays.ts';

const folder = fs.mkdtempSync(nodePath.join(os.tmpdir(), 'netc-npy-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const npy = (header: string, data: Uint8Array = new Uint8Array(), version = 1): Uint8Array => {
  const text = Buffer.from(header, 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(text.length, 0, length.length);
  return Buffer.concat([
    Buffer.from('\x93NUMPY', 'latin1'),
    Uint8Array.of(version, 0),
    length,
    text,
    data,
  ]);
};
const dict = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
const bytes = (array: { readonly buffer: ArrayBufferLike }) => new Uint8Array(array.buffer);
const parse = (file: Uint8Array) => parseNpy(inMemory('x.npy', file));
const verdict = (file: Uint8Array): string => {
  const result = parse(file);
  return E.isLeft(result) ? `${result.left.code} ${result.left.message}` : 'fine';
};

describe('numbers of each type', () => {
  test.each([
    ['<f4', bytes(Float32Array.of(1.5, -2)), [1.5, -2]],
    ['>f4', Uint8Array.of(0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0), [1.5, -2]],
    ['<f8', bytes(Float64Array.of(0.1, 1e300)), [Math.fround(0.1), Infinity]],
    ['<f2', bytes(Uint16Array.of(0x3c00, 0xfc00)), [1, -Infinity]],
    ['|u1', Uint8Array.of(0, 255), [0, 255]],
    ['|i1', Uint8Array.of(127, 128), [127, -128]],
    ['<u1', Uint8Array.of(1, 2), [1, 2]],
    ['|b1', Uint8Array.of(0, 1), [0, 1]],
    ['<i2', bytes(Int16Array.of(-5, 300)), [-5, 300]],
    ['>u2', Uint8Array.of(1, 0, 0, 1), [256, 1]],
    ['<i4', bytes(Int32Array.of(-7, 2 ** 31 - 1)), [-7, 2 ** 31]],
    ['<u4', bytes(Uint32Array.of(7, 2 ** 32 - 1)), [7, 2 ** 32]],
    ['<i8', bytes(BigInt64Array.of(-9n, 2n ** 53n + 1n)), [-9, 2 ** 53]],
    ['<u8', bytes(BigUint64Array.of(9n, 2n ** 64n - 1n)), [9, 2 ** 64]],
  ])('%s', (descr, data, expected) => {
    const result = parse(npy(dict(descr, '(2,)'), data));
    expect(result).toEqual(E.right({ shape: [2], data: Float32Array.from(expected) }));
  });

  test.each([
    '|f4',
    '=f4',
    '<c8',
    '|O',
    '<U3',
    '|V4',
    '<f16',
    'f4',
    '',
    '<toString',
    '<bf',
    '<M8[ns]',
  ])('%j is refused', (descr) => expect(verdict(npy(dict(descr, '(0,)')))).toMatch(/^E0510/));
});

describe('headers', () => {
  test.each([
    [`{'descr': '<f4', 'fortran_order': False, 'shape': (), }`, []],
    [`{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }   \n`, [3]],
    [`{"shape":(1,2,3),"fortran_order":False,"descr":"<f4"}`, [1, 2, 3]],
    [`{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }`, [2, 3]],
  ])('%s', (text, shape) => expect(parseNpyHeader(text)?.shape).toEqual(shape));

  test.each([
    '',
    '{}',
    `{'descr': '<f4', 'fortran_order': False}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (3)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': [3]}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (3 4)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (,)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (1e3,)}`,
    `{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}`,
    `{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}`,
    `{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (3,)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} x`,
    `{'descr': '<f4' 'fortran_order': False 'shape': (3,)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (3,)`,
    `__import__('os').system('true')`,
  ])('refused: %s', (text) => expect(parseNpyHeader(text)).toBeUndefined());

  test.each([
    ['Fortran order', npy(dict('<f4', '(1, 1)', 'True'), new Uint8Array(4)), /^E0505.*Fortran/],
    ['too short', npy(dict('<f4', '(2,)'), new Uint8Array(7)), /^E0505.*takes 8 bytes, but 7/],
    ['too long', npy(dict('<f4', '(2,)'), new Uint8Array(9)), /^E0505.*takes 8 bytes, but 9/],
    ['2^64 elements', npy(dict('|u1', '(4294967296, 4294967296)')), /^E0505.*larger than/],
    ['2^62 elements', npy(dict('|u1', '(2147483647, 2147483647)')), /^E0505.*larger than/],
    ['beyond 2^53', npy(dict('|u1', '(99999999999999999999,)')), /^E0505/],
    ['2^31 bytes promised', npy(dict('|u1', '(2147483647,)')), /^E0505.*but 0 are there/],
    ['version 4', npy(dict('<f4', '()'), new Uint8Array(4), 4), /^E0505.*version 4/],
    [
      'a long header',
      npy(dict('<f4', '()') + ' '.repeat(20_000), new Uint8Array(4)),
      /^E0505.*bytes/,
    ],
    ['a zip (npz)', Buffer.from('PK\x03\x04aaaaaaaaaa'), /^E0505.*does not begin/],
    ['nothing', new Uint8Array(), /^E0505.*does not begin/],
  ])('%s', (_, file, expected) => expect(verdict(file)).toMatch(expected));

  test.each([1, 2, 3])('version %i', (version) =>
    expect(verdict(npy(dict('<f4', '()'), new Uint8Array(4), version))).toBe('fine'),
  );
});

describe('laws', () => {
  const path = nodePath.join(folder, 'x.npy');

  test('what is written is read again, aligned as NumPy aligns it', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 5 }), (shape) => {
        const n = shape.reduce((a, b) => a * b, 1);
        const data = Float32Array.from({ length: n }, (_, i) => Math.sin(i));
        expect(writeNpy(path, { shape, data })).toEqual(E.right(undefined));
        expect(readNpy(path)).toEqual(E.right({ shape, data }));
        expect((fs.statSync(path).size - 4 * n) % 64).toBe(0);
      }),
      { numRuns: 30 },
    ));

  // np.save(f, np.float32([[1, 2]])), NumPy 1.26
  const numpys = npy(dict('<f4', '(1, 2)').padEnd(117) + '\n', bytes(Float32Array.of(1, 2)));
  test('the bytes are those of np.save', () => {
    writeNpy(path, { shape: [1, 2], data: Float32Array.of(1, 2) });
    expect(Buffer.compare(fs.readFileSync(path), numpys)).toBe(0);
  });

  test('cut at any byte: refused', () => {
    for (let n = 0; n < numpys.length; n++) expect(verdict(numpys.slice(0, n))).toMatch(/^E0505/);
  });

  test('a flipped bit in the header: refused or the same numbers under another type', () => {
    for (let bit = 0; bit < 128 * 8; bit++) {
      const flipped = Uint8Array.from(numpys);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(verdict(flipped)).toMatch(/^(E0505|E0510|fine)/);
    }
  });

  test('any header is no exception', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, data) => {
        expect(verdict(npy(text, data))).toMatch(/^(E05|fine)/);
        expect(verdict(data)).toMatch(/^E0505/);
      }),
    ));

  test('a missing file', () =>
    expect(readNpy(nodePath.join(folder, 'absent.npy'))).toMatchObject({
      left: { code: 'E0001' },
    }));
});
