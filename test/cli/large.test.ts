/** Programs with more layers, branches or arguments than a call of JavaScript's can have arguments. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { netc, newFolder, removeFolder } from './session.ts';

const many = 140_000;
const net = (body: string): string => `net N : [8, 8, 4] -> _ { ${body} }\n`;
const repeated = (layer: string, between: string, count = many): string =>
  Array.from({ length: count }, () => layer).join(between);

/** As many layers, each called through five definitions. */
const called = [
  'def f0_ = relu',
  ...[1, 2, 3, 4].map((i) => `def f${i}_ = ${repeated(`f${i - 1}_`, '; ', 10)}`),
  net(repeated('f4_', '; ', 14)),
].join('\n');

let folder: string;

beforeAll(() => {
  folder = newFolder({
    'called.net': called,
    'row.net': net(repeated('tanh; sigmoid', '; ', many / 2)),
    'sum.net': net(repeated('relu', ' + ')),
    'deep.net': net(repeated('relu', ' + ', 20_000)),
  });
});
afterAll(() => removeFolder(folder));

// `test/hostile` has others of this kind in every run
const deep = process.env['NETC_DEEP'] !== undefined;

it.runIf(deep)('prints layers with their types', async () => {
  const { code, out } = await netc(folder, 'dump', 'called.net');
  expect(code).toBe(0);
  const layers = out.split('\n').filter((line) => line.trimStart().startsWith('relu '));
  expect(layers.length).toBe(many);
});

it.runIf(deep)('prints the tree of a sequence', async () => {
  const { code, out } = await netc(folder, 'dump', '--after', 'parse', 'row.net');
  expect(code).toBe(0);
  expect(out.match(/tanh|sigmoid/g)?.length).toBe(many);
});

it.runIf(deep)('checks a sum', async () => {
  expect((await netc(folder, 'check', 'sum.net')).code).toBe(0);
});

it.runIf(deep)('prints a plan of as many steps', async () => {
  const { code, out } = await netc(folder, 'dump', '--after', 'plan', 'row.net');
  expect(code).toBe(0);
  expect(out.match(/Tanh|Sigmoid/g)?.length).toBe(many);
});

it.runIf(deep)('prints a plan of a sum, whose kernels lie one in the other', async () => {
  const { code, out } = await netc(folder, 'dump', '--after', 'plan', 'deep.net');
  expect(code).toBe(0);
  expect(out.match(/AddV2/g)?.length).toBe(19_999);
});
