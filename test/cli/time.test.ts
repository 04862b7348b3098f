/** `--time`: a line for each phase that ran, on stderr, in the order in which they ran. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { phases } from '../../src/phase.ts';
import { netc, newFolder, removeFolder } from './session.ts';

let folder: string;
beforeAll(() => {
  const net = (name: string) => `net ${name} : [8, 8, 3] -> [8, 8, 3] { relu; relu }\n`;
  folder = newFolder({ 'two.net': net('A') + net('B') });
});
afterAll(() => removeFolder(folder));

/** What is said of each phase: its name, and how much it made. */
const timed = (err: string): readonly (readonly [string, string])[] =>
  Array.from(err.matchAll(/^(\w+) +\d+\.\d ms(?: {2}(\S.*?))? {2,}(\S.*)$/gm), ([, name, made]) => [
    name!,
    made ?? '',
  ]);

const ofFile = [
  ['parse', '1 file, 3 lines'],
  ['check', '2 nets, 4 layers'],
] as const;
const built = ['build', '2 layers'] as const;

it.each([
  [['check', 'two.net'], ofFile],
  [
    ['dump', '--after', 'build', '--net', 'A', 'two.net'],
    [...ofFile, built],
  ],
  // nets are added up; the default passes leave one of two rectifiers
  [
    ['dump', '--after', 'kernels', 'two.net'],
    [
      ...ofFile,
      ['build', '4 layers'],
      ['rewrite', '2 layers, 2 applications'],
      ['kernels', '2 kernels'],
    ],
  ],
  [
    ['summary', '--net', 'A', 'two.net'],
    [
      ...ofFile,
      built,
      ['rewrite', '2 layers, 0 applications'],
      ['kernels', '2 kernels'],
      ['plan', '2 steps'],
    ],
  ],
  // the overview of several nets
  [['summary', 'two.net'], ofFile],
] as const)('netc %j', async ([...args], expected) => {
  const { code, err } = await netc(folder, ...args, '--time');
  expect(code).toBe(0);
  expect(timed(err)).toEqual(expected);
  for (const [name] of expected) expect(err).toContain(phases[name]);
});

it.each([
  ['compile', 'two.net', '-o', 'out', '--net', 'C'],
  ['run', 'two.net', '--net', 'C', '--input', 'X.npy'],
  ['summary', 'two.net', '--net', 'C'],
])('netc %s fails, and says how long that took', async (...args) => {
  const { code, err } = await netc(folder, ...args, '--time');
  expect(code).toBe(2);
  expect(timed(err)).toEqual(ofFile);
});

it('says nothing unless asked', async () => {
  const { err } = await netc(folder, 'check', 'two.net');
  expect(timed(err)).toEqual([]);
});
