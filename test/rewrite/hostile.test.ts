/** Rules that are many, long or nested: they are refused or checked, and neither takes long. */
import { expect, test } from 'vitest';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import { applyPass } from '../../src/rewrite/match/apply.ts';
import { codes } from '../typecheck/program.ts';
import {
  applied,
  difference,
  netOf,
  opsOf,
  randomTensor,
  randomWeights,
  run,
  shipped,
} from './nets.ts';

const many = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => line(i)).join('\n');

/** Many times what it takes on a machine that does nothing else. */
const soon = 20_000; // milliseconds

/** Those that take longest by themselves. */
const longest: ReadonlySet<string> = new Set([
  'a thousand passes',
  'many long proofs',
  'branches in any order',
]);
const isUsual = ([name]: readonly [string, ...unknown[]]): boolean =>
  process.env['NETC_DEEP'] !== undefined || !longest.has(name);

const programs: readonly (readonly [name: string, text: string, said: readonly string[]])[] = [
  [
    'a thousand rules',
    `rewrite r {\n${many(1000, (i) => `structural rule a${i}: conv3-n; scale(${i}) => conv3-n`)}\n}`,
    [],
  ],
  [
    'six thousand rules',
    `rewrite r {\n${many(6000, (i) => `rule a${i}: relu; maxpool(..p) => maxpool(..p); relu`)}\n}`,
    ['E0403'],
  ],
  [
    'a thousand passes',
    many(1000, (i) => `rewrite p${i} { structural rule a: conv3-n; scale(${i}) => conv3-n }`),
    [],
  ],
  [
    'many long proofs',
    `rewrite r {\n${many(
      30,
      (i) =>
        `structural rule a${i}: ${many(60, (j) => `maxpool(k${j}, s${j}); `)} relu => ${many(60, (j) => `maxpool(k${59 - j}, s${j}); `)} tanh`,
    )}\n}`,
    [],
  ],
  [
    'numbers made of themselves',
    `rewrite r { structural rule a: conv(1, n); conv(1, m) => conv(1, x0)
      where ${many(60, (i) => `x${i} = x${i + 1}*x${i + 1},`)} x60 = n + m }`,
    ['E0315'],
  ],
  [
    'conditions without number',
    `rewrite r { structural rule a: conv(1, n); conv(1, m) => conv(1, m)
      where ${many(2000, (i) => `${i}*n*m + n - m >= ${i} and`)} n > 0 }`,
    [],
  ],
  [
    'names behind each other',
    `rewrite r { structural rule a: conv(1, n); relu => conv(1, y0)
      where ${many(2000, (i) => `y${i} = y${i + 1} + 1,`)} y2000 = n }`,
    ['E0402'],
  ],
  [
    'weights made of themselves',
    `rewrite r { rule a: conv(1, n) as f; relu => conv(1, n) with { kernel = f.kernel, bias = y0 }; relu6
      where ${many(60, (i) => `y${i} = y${i + 1} + y${i + 1},`)} y60 = f.bias }`,
    [],
  ],
  [
    'hundreds of names to bind',
    `rewrite r { structural rule a: ${many(50, (i) => `conv(k${i} x l${i}, n${i}, s${i}, pad = [a${i}, b${i}, c${i}, d${i}]);`)} relu
      => ${many(50, (i) => `conv(k${i} x l${i}, n${i}, s${i}, pad = [a${i}, b${i}, c${i}, d${i}]);`)} tanh }`,
    [],
  ],
  [
    'thirty parts of any length',
    `rewrite r { structural rule a: ${many(30, (i) => `..f${i}; relu;`)} relu6 => ${many(30, (i) => `..f${i}; relu;`)} tanh }`,
    [],
  ],
  [
    'branches in any order',
    `rewrite r { structural rule a: ${many(9, (i) => `conv(1, n${i})`).replaceAll('\n', ' + ')}
      => conv(1, ${many(9, (i) => `n${i}`).replaceAll('\n', ' + ')}) where n0 > n8 }`,
    [],
  ],
  ['a long pattern', 'rewrite r { structural rule a: 100x conv3-n => conv3-n }', []],
  [
    'repetitions in each other',
    'rewrite r { structural rule a: 1000x (1000x (1000x relu)) => relu }',
    ['E0402'],
  ],
  ['nothing, often', 'rewrite r { structural rule a: relu; 2000000000x id => relu }', ['E0402']],
  [
    'a long line',
    `rewrite r { structural rule a: relu => ${many(2000, () => 'relu').replaceAll('\n', '; ')} }`,
    ['E0402'],
  ],
  [
    'parts of any length',
    'rewrite r { structural rule a: ..f; relu; ..g; relu; ..h; relu; ..i => relu; ..f; ..g; ..h; ..i }',
    [],
  ],
  [
    'a pass on a large net',
    'rewrite r { rule a: relu; relu => relu }\nnet N : [1, 1, 1] -> _ { 10000x relu; relu }\nnet M = r(N)',
    ['W0225'],
  ],
];

test.each(programs.filter(isUsual))('%s', { timeout: soon }, (_, text, expected) => {
  expect([...new Set(codes(text))]).toEqual(expected);
});

test('a long net is given up where a pass would go through it too often', () => {
  const simplify = shipped('simplify.net');
  const long = netOf('[8, 8, 3]', '_', 'conv3-4; 400x relu');
  const [fault, more] = diagnosticsOf(applyPass(long, simplify, { steps: 10_000 }));
  expect(more).toBeUndefined();
  expect(`${fault?.code}: ${fault?.message}; ${fault?.primary.message}`).toBe(
    'E0402: the pass `simplify` has too much to do on a net of 401 layers; stopped after 89 applications',
  );
  expect(opsOf(applied(long, simplify).graph)).toEqual(['conv', 'relu']);
});

test('a pass that nobody asked for leaves what it cannot finish', () => {
  const simplify = { ...shipped('simplify.net'), unasked: true };
  const long = netOf('[8, 8, 3]', '_', 'conv3-4; 400x relu');
  const result = applyPass(long, simplify, { steps: 10_000 });
  expect(diagnosticsOf(result).map((d) => `${d.severity} ${d.message}`)).toEqual([
    'hint `simplify` is left unfinished on a net of 401 layers',
  ]);
  const { graph, trace } = resultOf(result)!;
  expect(trace.length).toBe(89);
  expect(graph.nodes.length).toBe(401 - 89);
  const weights = randomWeights(long);
  const image = randomTensor([1, 8, 8, 3], 'image');
  expect(difference(run(graph, image, weights), run(long, image, weights))).toBe(0);
});
