/** What is given up as too long depends on the program alone: not on the machine, and not on what else it does. */
import { expect, test } from 'vitest';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import { defaultLimits } from '../../src/diagnostic/limits.ts';
import { resnets } from './long-programs.ts';
import { analysed } from './program.ts';

const lines = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join('\n');

/** Each definition calls the one before it twice, each time with another number. */
const doubling = (body: string, call: (name: string) => string): string =>
  `def f0_(n) = ${body}\n${lines(30, (i) => `def f${i + 1}_(n) = ${call(`f${i}_`)}`)}\n`;

const withoutEnd: readonly (readonly [what: string, text: string])[] = [
  [
    'layers of 2³⁰ different calls',
    `${doubling('conv1-8; relu', (f) => `${f}(2*n); ${f}(2*n + 1)`)}net N : [8, 8, 8] -> _ { f30_(1) }\n`,
  ],
  [
    'a sum of 2³⁰ different calls',
    `${doubling('n', (f) => `${f}(2*n) + ${f}(2*n + 1)`)}net N : [8, 8, 8] -> _ { fc-(f30_(1)) }\n`,
  ],
  [
    'many nets of one large body',
    `def big {\n${lines(500, (i) => `  conv3-${8 + (i % 13)}`)}\n}\n${lines(500, (i) => `net N${i} : [32, 32, 3] -> _ { big }`)}\n`,
  ],
  [
    'facts about one large body on many images',
    `def big {\n${lines(500, (i) => `  conv3-${8 + (i % 13)}`)}\n}\n${lines(500, (i) => `assert receptive(big : [${i + 32}, 32, 3]) > 1`)}\n`,
  ],
  [
    'a pass applied to a large net again and again',
    `rewrite once { rule twice: relu; relu => relu }\nnet A : [32, 32, 3] -> _ {\n${lines(1500, () => '  conv3-8; relu')}\n}\n${lines(20, (i) => `net R${i} = once(A)`)}\n`,
  ],
];

test.each(withoutEnd)('%s: given up once, at the same place each time', (_, text) => {
  const options = { asserts: true, limits: { ...defaultLimits, steps: 20_000 } };
  const found = diagnosticsOf(analysed(text, options)).filter((d) => d.code === 'E0403');
  expect(found.map((d) => d.message)).toEqual(['this takes more than 20,000 steps to check']);
  const again = diagnosticsOf(analysed(text, options)).filter((d) => d.code === 'E0403');
  expect(again).toEqual(found);
});

test('one step fewer than a program takes is too few', () => {
  const text = resnets(2);
  const isGivenUp = (steps: number): boolean =>
    diagnosticsOf(analysed(text, { asserts: true, limits: { ...defaultLimits, steps } })).some(
      (d) => d.code === 'E0403',
    );
  let [few, enough] = [0, 20_000];
  expect([isGivenUp(few), isGivenUp(enough)]).toEqual([true, false]);
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (isGivenUp(middle)) few = middle;
    else enough = middle;
  }
  expect([isGivenUp(few), isGivenUp(enough)]).toEqual([true, false]);
});

test('10,000 lines of ordinary networks take a third of the steps at most', () => {
  const text = resnets(401);
  expect(text.split('\n').length).toBeGreaterThan(10_000);
  const limits = { ...defaultLimits, steps: defaultLimits.steps / 3 };
  expect(diagnosticsOf(analysed(text, { asserts: true, limits }))).toEqual([]);
});
