/** Programs made to be slow, deep or large: each is answered soon, with a fault or without, never an exception. */
import { describe, expect, test } from 'vitest';
import { analysed, codes, netOf, rendered } from './program.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import { resultOf } from '../../src/diagnostic/checked.ts';
import { processorTime } from '../processor-time.ts';

const net = (body: string, input = '[32, 32, 3]'): string => `net N : ${input} -> _ { ${body} }\n`;
const many = (n: number, of: (i: number) => string, between = '\n'): string =>
  Array.from({ length: n }, (_, i) => of(i)).join(between);
const deep = process.env['NETC_DEEP'] !== undefined;
/** `((((x))))` with n of each. */
const nested = (open: string, inside: string, close: string, n: number): string =>
  open.repeat(n) + inside + close.repeat(n);

const doubling = (first: string): string =>
  `${many(40, (i) => `def f${i + 1}_ = ${i === 0 ? first : `f${i}_; f${i}_`}`)}\n${net('f40_')}`;

const programs: readonly (readonly [what: string, text: string, codes: readonly string[]])[] = [
  ['a huge count', net('999999999x conv3-8'), ['E0401']],
  ['counts in counts', net('10000x 10000x 10000x conv3-8'), ['E0402']],
  ['counts of nothing', net('10000x 10000x 10000x 0x relu'), ['E0402']],
  ['counts of a remembered value', net('relu as a; 10000x 10000x 10000x @a'), ['E0402']],
  ['2⁴⁰ layers through definitions', doubling('relu'), ['E0402']],
  ['2⁴⁰ times nothing', doubling('0x relu'), ['E0402']],
  [
    '2³⁰ layers through parameters',
    `def d(f) { f; f }\n${net(nested('d(', 'relu', ')', 30))}`,
    ['E0402'],
  ],
  [
    '2³⁰ branches through parameters',
    `def d(f) = f + f\n${net(nested('d(', 'relu', ')', 30))}`,
    ['E0402'],
  ],
  ['a layer handed to itself', `def f(g) = g(g)\n${net('f(f)')}`, ['E0308']],
  ['sums in sums', net(`conv3-(${nested('(1+', '1', ')', 60)})`), []],
  [
    'calls of numbers in calls',
    `def f(n) = n+1\n${net(`conv3-(${nested('f(', '1', ')-1', 60)})`)}`,
    [],
  ],
  ['sums of layers in sums', net(nested('id + (', 'relu', ')', 100)), []],
  ['brackets', net(nested('(', 'relu', ')', 200)), []],
  [
    'brackets through definitions',
    `${many(200, (i) => `def f${i + 1}_ = ${nested('id + (', i === 0 ? 'relu' : `f${i}_`, ')', 120)}`)}\n${net('f200_')}`,
    ['E0104'],
  ],
  [
    'brackets of numbers through definitions',
    `${many(200, (i) => `def f${i + 1}_(n) = ${nested('(1+', i === 0 ? 'n' : `f${i}_(n)`, ')', 120)}`)}\n${net('conv3-(f200_(1))')}`,
    ['E0104'],
  ],
  [
    'names through names',
    net(`(conv3-a0 where ${many(3000, (i) => `a${i} = ${i < 2999 ? `a${i + 1}` : 1}`, ', ')})`),
    ['E0104'],
  ],
  [
    'a number that doubles',
    net(
      `(conv3-a0 where ${many(60, (i) => `a${i} = ${i < 59 ? `a${i + 1} + a${i + 1}` : 1}`, ', ')})`,
    ),
    ['E0315'],
  ],
  [
    'names of the language they run in',
    'def constructor = relu\ndef toString = 8\nnet hasOwnProperty(__proto__ = 4) : [32, 32, 3] -> _ { __proto__: conv3-__proto__ as __proto__; also constructor { relu }; @__proto__ | constructor; valueOf: relu; conv3-toString }\n',
    [],
  ],
  [
    'and where they mean nothing',
    net('constructor; toString3; @constructor; conv(3, 4, __proto__ = 3)'),
    ['E0301', 'E0301', 'E0311', 'E0305'],
  ],
  [
    'an input of 2⁹³ numbers',
    net('flatten; fc-1000', '[2147483647, 2147483647, 2147483647]'),
    ['E0213'],
  ],
  ['2³¹ − 1 channels', net('conv3-2147483647', '[3, 3, 3]'), ['E0213']],
  ['2⁶² parameters', net('gap; fc-2147483647', '[1, 1, 2147483647]'), ['E0215']],
  ['2⁶² parameters on free sizes', net('conv3-2147483647', '[h, w, 2147483647]'), ['E0215']],
  [
    'sizes that grow',
    net(
      many(10, () => 'upsample(2147483647)', '; '),
      '[h, w, 3]',
    ),
    ['E0214'],
  ],
  [
    'sizes that shrink',
    net(
      many(40, () => 'maxpool7/7', '; '),
      '[h, w, 3]',
    ),
    ['E0214'],
  ],
  [
    'long periods',
    net('(maxpool(251); upsample(251)) + (maxpool(257); upsample(257))', '[h, w, 3]'),
    ['E0209'],
  ],
  [
    'a long name',
    `def ${'a'.repeat(100_000)} = relu\n${net(`${'a'.repeat(100_000)}b`)}`,
    ['E0301'],
  ],
  ['many arguments', net(`conv(3, ${many(20_000, () => '1', ', ')})`), ['E0303']],
  ['a long sum', net(`conv3-(${many(20_000, () => '1', ' + ')})`), []],
  ['many branches', net(many(2000, () => 'conv3-1', ' | ')), []],
  ['many residuals that do not fit', net(nested('(conv3-8 + id) + (', 'relu', ')', 60)), []],
  [
    'arguments passed on in a circle',
    `def f(..p) = g(..p)\ndef g(..p) = f(..p)\n${net('f3-8')}`,
    ['E0308'],
  ],
  ['an import of itself', `import "main.net"\n${net('relu')}`, ['E0004']],
];

describe('is answered within a second or so', () => {
  test.each(programs)('%s', (what, text, expected) => {
    let found: readonly string[] = [];
    // none takes more than half a second where nothing else runs
    expect(processorTime(() => (found = codes(text)))).toBeLessThan(4000);
    if (what === 'many residuals that do not fit')
      expect(new Set(found)).toEqual(new Set(['E0204']));
    else expect([...found].sort(), rendered(text).slice(0, 2000)).toEqual([...expected].sort());
  });

  test('very many definitions', () => {
    const text = `${many(deep ? 100_000 : 25_000, (i) => `def f${i + 1}_ = ${i === 0 ? 'relu' : `f${i}_`}`)}\n`;
    expect(codes(text + net('f50_'))).toEqual([]);
  });

  test.runIf(deep)('100,000 definitions in a chain', () => {
    const text = `${many(100_000, (i) => `def f${i + 1}_ = ${i === 0 ? 'relu' : `f${i}_`}`)}\n`;
    expect(codes(text + net('f100000_'))).toEqual(['E0308']);
  });

  test('nets that are each the next one', () => {
    const text = many(deep ? 4000 : 1500, (i) =>
      i === 0 ? net('relu').replace('N', 'N_0') : `net N_${i} = N_${i - 1}`,
    );
    expect([...new Set(codes(text))]).toEqual(['E0308']);
  });
});

test('many unknown names among many known ones', () => {
  const text = many(20_000, (i) => `def f${i + 1}_ = g${i}_`);
  expect(processorTime(() => expect(codes(text).length).toBe(20_000))).toBeLessThan(8000);
});

describe('large programs', () => {
  const mix = (n: number): string => `
def unit(c) = conv3-c; relu
def res(c) = (conv3-c; relu; conv3-c) + id
net N : [h, w, 8] -> [h, w, 8] {
${many(n / 2, (i) => ['  (conv3-8; relu) + id', '  unit-8', '  conv3-8; relu', '  res(8)'][i % 4]!)}
}`;
  const time = (text: string): number => processorTime(() => expect(codes(text)).toEqual([]));

  test('grow in time as they grow in length', () => {
    const small = time(mix(10_000));
    expect(small).toBeLessThan(4000); // 0.5 s where nothing else runs
    if (deep) expect(time(mix(100_000)) / small).toBeLessThan(14);
  });

  test('100,000 layers of a few lines are written out', () => {
    expect(writtenOut(netOf(net('50x 1000x (conv3-3; relu)'))).layers.length).toBe(100_000);
  });

  test('nothing is left of a program too large', () => {
    expect(resultOf(analysed(net('10000x 10000x relu')))?.nets[0]?.output.tag).toBe('unknown');
  });
});
