import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import {
  below,
  fillNormal,
  normal,
  permutation,
  philox,
  uniform,
  words,
  type Key,
} from '../../src/numeric/random.ts';

const key = (over: Partial<Key> = {}): Key => ({
  seed: 1,
  purpose: 'test',
  epoch: 0,
  index: 0,
  ...over,
});
const take = (k: Key, n: number): readonly number[] => {
  const draw = words(k);
  return Array.from({ length: n }, () => draw());
};
const hex = (w: Uint32Array): string =>
  [...w].map((x) => x.toString(16).padStart(8, '0')).join(' ');

describe('philox 4x32-10', () => {
  // kat_vectors of Random123 1.14, the authors' own
  const f = 0xffffffff;
  test.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[f, f, f, f], [f, f], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ] as const)('%j under %j', (counter, k, answer) => expect(hex(philox(counter, k))).toBe(answer));
});

describe('streams', () => {
  type Golden = {
    readonly key: Key;
    readonly words: readonly number[];
    readonly uniform: readonly number[];
    readonly below: readonly number[];
    readonly permutation: readonly number[];
    readonly normals: readonly number[];
  };
  const file = new URL('random.golden.json', import.meta.url);
  const golden: readonly Golden[] = JSON.parse(readFileSync(file, 'utf8'));

  test.each(golden)('are those of random.py, bit for bit: $key', (g) => {
    expect(take(g.key, 9)).toEqual(g.words);
    const uniforms = words(g.key);
    expect(g.uniform.map(() => uniform(uniforms))).toEqual(g.uniform);
    const whole = words(g.key);
    expect([1, 2, 3, 10, 1000, 2 ** 31 + 1, 2 ** 32].map((n) => below(whole, n))).toEqual(g.below);
    expect([...permutation(words(g.key), 20)]).toEqual(g.permutation);
    const out = new Float32Array(1001);
    fillNormal(words(g.key), out, 0.1);
    expect([...out.slice(-41)]).toEqual(g.normals);
  });

  test('differ in every part of their key', () => {
    const keys = [
      key(),
      key({ seed: 2 }),
      key({ seed: 1 + 2 ** 32 }),
      key({ purpose: 'Test' }),
      key({ purpose: 1 }),
      key({ epoch: 1 }),
      key({ index: 1 }),
    ];
    expect(new Set(keys.map((k) => take(k, 2).join())).size).toBe(keys.length);
    expect(take(key({ purpose: 12 }), 4)).toEqual(take(key({ purpose: '12' }), 4));
  });

  test.each([{ seed: -1 }, { seed: 0.5 }, { seed: 2 ** 53 }, { epoch: 2 ** 32 }, { index: -1 }])(
    'need a proper key: %j',
    (bad) => expect(() => words(key(bad))).toThrow(),
  );
});

describe('distributions', () => {
  test('uniform numbers lie in [0, 1) and are even', () => {
    const draw = words(key());
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 160_000; i++) counts[Math.floor(uniform(draw) * 16)]!++;
    const chi2 = counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chi2).toBeLessThan(37.7); // 15 degrees of freedom, 0.1 %
  });

  test('integers below n are below n, whatever n', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.nat(), (n, seed) => {
        const k = below(words(key({ seed })), n);
        return Number.isInteger(k) && k >= 0 && k < n;
      }),
    ));

  test('a permutation has every number once, and every order is as likely', () => {
    fc.assert(
      fc.property(fc.nat(300), (n) => {
        const sorted = [...permutation(words(key()), n)].sort((a, b) => a - b);
        return sorted.every((k, i) => k === i) && sorted.length === n;
      }),
    );
    const counts = new Map<string, number>();
    for (let index = 0; index < 12_000; index++) {
      const order = permutation(words(key({ index })), 3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chi2 = [...counts.values()].reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0);
    expect(counts.size).toBe(6);
    expect(chi2).toBeLessThan(20.5); // 5 degrees of freedom, 0.1 %
  });

  test('normal numbers are those of the library functions', () =>
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (a, b) => {
        const given = [a, b];
        let i = 0;
        const u = (a + 0.5) / 2 ** 32;
        const v = (b + 0.5) / 2 ** 32;
        const expected = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
        expect(normal(() => given[i++]!)).toBeCloseTo(expected, 13);
      }),
      {
        examples: [0, 1, 2 ** 31, 0xffffffff].flatMap((a) => [
          [a, 0],
          [0, a],
          [a, a],
        ]) as [number, number][],
        numRuns: 2000,
      },
    ));

  test('the moments of normal numbers', () => {
    const n = 400_000;
    const out = new Float32Array(n);
    fillNormal(words(key()), out, 1);
    const moment = (k: number): number => out.reduce((sum, x) => sum + x ** k, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(0.006);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.009);
    expect(Math.abs(moment(3))).toBeLessThan(0.025);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.065);
  });
});
