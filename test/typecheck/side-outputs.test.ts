/** The names of side outputs: the label of an `also`, numbered over the net where it gives several. */
import { expect, test } from 'vitest';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import { check } from '../programs.ts';

const f = 'def f = also b { relu }; tanh\n';
const g = 'def g = also b { relu }; 2x (also b { tanh })\n';
const deep = 'def f(n) = n x (also b { relu }); tanh\n';

test.each<[body: string, outputs: string, before?: string]>([
  ['also b { relu }', 'b'],
  ['1x (also b { relu })', 'b1'],
  ['2x (also b { relu })', 'b1 b2'],
  ['2x (also b1 { relu })', 'b1_1 b1_2'],
  ['also b { relu }; 2x (also b { tanh })', 'b b1 b2'],
  ['also a { also b { relu }; tanh }', 'b a'],
  ['2x (also a { also b { relu }; tanh })', 'b1 a1 b2 a2'],
  ['2x (also a { 2x (also b { relu }) })', 'b1 b2 a1 b3 b4 a2'],
  ['2x (c: (also b { relu }; tanh))', 'b1 b2'],
  ['f', 'b', f],
  ['f; f', 'b1 b2', f],
  ['2x f', 'b1 b2', f],
  ['3x (2x f; relu)', 'b1 b2 b3 b4 b5 b6', f],
  ['f + f', 'b1 b2', f],
  ['f(1); f(2)', 'b1 b2 b3', deep],
  ['2x g', 'b1 b2 b3 b4 b5 b6', g],
  ['M; M', 'b1 b2', 'net M : [4] -> _ { also b { relu }; tanh }\n'],
  [
    't(M); t(M)',
    'b1 b2',
    'rewrite t { rule r: (relu; relu) => relu }\nnet M : [4] -> _ { also b { relu } }\n',
  ],
])('%s', (body, outputs, before = '') => {
  const { found, net } = check(`${before}net N : [4] -> _ { ${body} }`);
  expect(found).toEqual([]);
  const [main, ...sides] = writtenOut(net('N')).outputs.map(({ name }) => name);
  expect(main).toBe('output');
  expect(sides.join(' ')).toBe(outputs);
  expect(net('N').extras.map(({ name }) => name)).toEqual(sides);
});

test.each([
  'also b { relu }; also b { relu }',
  'a: (also b { relu }); c: (also b { relu })',
  '2x (also b { relu }); also b2 { relu }',
  'f; f; also b1 { relu }',
])('two outputs have one name: %s', (body) => {
  const { found } = check(`${f}net N : [4] -> _ { ${body} }`);
  expect(found.map(({ code }) => code)).toEqual(['E0313']);
});
