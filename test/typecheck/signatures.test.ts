/** What `check --types` says of definitions, and that every use agrees with it. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { showTypes } from '../../src/report/types.ts';
import {
  fixedAxis,
  mapType,
  showType,
  type MaybeAxis,
  type TensorType,
} from '../../src/ops/types.ts';
import { valueAt as valueAtSize } from '../../src/size/sizes.ts';
import { netc, newFolder, removeFolder } from '../cli/session.ts';
import { check, example } from '../programs.ts';
import { valueAt, type Values } from './polynomial.ts';
import { processorTime } from '../processor-time.ts';

const typesOf = (text: string): readonly string[] => {
  const { program, found } = check(text);
  expect(found.filter((d) => d.severity === 'error')).toEqual([]);
  return showTypes(program).trimEnd().split('\n');
};

test.each([
  ['def f = relu', 'def f : [h, w, c] -> [h, w, c]'],
  ['def f(c) = conv3-c', 'def f(c) : [h, w, d] -> [h, w, c]'],
  ['def f(c) = conv3-c + id', 'def f(c) : [h, w, c] -> [h, w, c]'],
  ['def f(c) = (conv1-c; conv1-(4*c)) + id', 'def f(c) : [h, w, 4*c] -> [h, w, 4*c]'],
  ['def f(k) = id | conv3-k', 'def f(k) : [h, w, c] -> [h, w, c + k]'],
  ['def f(n, k) = n x (id | conv3-k)', 'def f(n, k) : [h, w, c] -> [h, w, c + k*n]'],
  ['def f(n, k) = (n-1)x (id | conv3-k)', 'def f(n, k) : [h, w, c] -> [h, w, c + k*n - k]'],
  ['def f(n) = n x maxpool', 'def f(n)   -- checked at each use'],
  ['def f(n, c) = n x (conv3-c + id)', 'def f(n, c) : [h, w, c] -> [h, w, c]'],
  ['def f = maxpool; upsample-2 + id', undefined],
  ['def f = (maxpool; upsample-2) + id', 'def f : [h, w, c] -> [h, w, c] where h and w even'],
  [
    'def f = (conv3/2-8; upsample-2; crop([0, 1])) + conv1-8',
    'def f : [h, w, c] -> [h, w, 8] where h and w odd',
  ],
  ['def f = 2x conv3-8(pad = valid)', 'def f : [h, w, c] -> [h - 4, w - 4, 8] where h and w >= 5'],
  ['def f = conv1x3-8(pad = valid)', 'def f : [h, w, c] -> [h, w - 2, 8] where w >= 3'],
  ['def f(size, c) = conv(size, c)', 'def f(size, c) : [h, w, d] -> [h, w, c] where size odd'],
  ['def f(size, c) = conv(size, c, pad = same)', 'def f(size, c) : [h, w, d] -> [h, w, c]'],
  ['def f(size, c) = conv(size, c, pad = valid)', 'def f(size, c) : [h, w, d] -> [_, _, c]'],
  ['def f(s, c) = conv3-c(stride = s)', 'def f(s, c) : [h, w, d] -> [_, _, c]'],
  ['def f(r) = conv3-8(dilation = r)', 'def f(r) : [h, w, c] -> [h, w, 8]'],
  ['def f(r) = conv2-8(dilation = r)', 'def f(r) : [h, w, c] -> [_, _, 8]'],
  ['def f(size) = maxpool(size)', 'def f(size) : [h, w, c] -> [_, _, c]'],
  ['def f(rate) = dropout-rate', 'def f(rate) : [h, w, c] -> [h, w, c]'],
  ['def f(m) = depthwise3-m', 'def f(m) : [h, w, c] -> [h, w, c*m]'],
  ['def f = deconv2-8/2', 'def f : [h, w, c] -> [2*h, 2*w, 8]'],
  ['def f(n) = fc-n; relu', 'def f(n) : [c] -> [n]'],
  ['def f(n) = gap; fc-n', 'def f(n) : [h, w, c] -> [n]'],
  ['def f(n) = flatten; fc-n', 'def f(n) : [h, w, c] -> [n] where h and w fixed'],
  ['def f = maxpool; flatten', 'def f : [h, w, c] -> [c*(h/2)*(w/2)] where h and w fixed'],
  ['def f(c, r) = id * (gap; fc-(c/r); fc-c)', 'def f(c, r) : [h, w, c] -> [h, w, c]'],
  ['def f(c) = batchnorm-c; relu', 'def f(c) : [h, w, c] -> [h, w, c]'],
  ['def f(a, b) = conv1-a + conv1-b', 'def f(a, b) : [h, w, c] -> [h, w, a] where b == a'],
  ['def f = conv1-64 + id', 'def f : [h, w, 64] -> [h, w, 64]'],
  ['def f : [h, w, c] -> [h/2, w/2, c/2] = conv1-(c/2); avgpool', undefined],
  ['def f : [2*n, 2*m, 4*c] -> _ = conv1-c; maxpool', 'def f : [2*n, 2*m, 4*c] -> [n, m, c]'],
  ['def f(g) = conv3-8; g', 'def f(g)   -- checked at each use'],
  ['def f(g) = g | conv3-8; conv1-4', 'def f(g) : [h, w, c] -> [h, w, 4] where the branches fit'],
  ['def f(n) = if n > 2 then relu else fc-n', 'def f(n)   -- checked at each use'],
  ['def f(n) = 64*n + 1', 'def f(n) = 64*n + 1'],
  ['def f = 64', 'def f = 64'],
  ['def f(h, c) = conv3-c; conv1-h', 'def f(h, c) : [height, w, d] -> [height, w, h]'],
  [
    'def f(..p) = conv(..p, bias = false)',
    'def f(size, channels, ..p) : [h, w, c] -> [h, w, channels] where size odd',
  ],
  ['net N : [32, 32, 3] -> [10] = gap; fc-10', 'net N : [32, 32, 3] -> [10]'],
])('%s', (text, shown) => {
  const [first] = typesOf(text);
  if (shown !== undefined) expect(first).toBe(shown);
});

test.each([
  // none of it, when it is repeated no times
  ['def f(n, c) = conv3-(min(c, 8)); n x conv3-c', 'def f(n, c)   -- checked at each use'],
  ['def f(n, g) = g; n x conv3-8', 'def f(n, g)   -- checked at each use'],
  ['def f(n, g) = g; n x gap', 'def f(n, g)   -- checked at each use'],
  // repeated behind a map of unknown size: what keeps every size keeps this one
  [
    'def f(s, n, c) { conv3-c(stride = s); n x (id + conv3-c) }',
    'def f(s, n, c) : [h, w, d] -> [_, _, c]',
  ],
  [
    'def f(s, n, c) { conv3-c(stride = s); n x (id + (maxpool; upsample-2)) }',
    'def f(s, n, c) : [h, w, d] -> [_, _, c] where the branches fit',
  ],
  [
    'def f(s, n, c) { conv3-c(stride = s); n x (id + conv3-8) }',
    'def f(s, n, c)   -- checked at each use',
  ],
  ['def f(s, n) { conv3-8(stride = s); n x maxpool }', 'def f(s, n)   -- checked at each use'],
  ['def f(s, n) { maxpool-s; n x conv3-8 }', 'def f(s, n)   -- checked at each use'],
  ['def f(s, n) { maxpool-s; n x (flatten; fc-10) }', 'def f(s, n)   -- checked at each use'],
  // one branch or the other, as an argument says
  ['def f(t, c) = if t > 1 then conv3-8 else conv1-8', 'def f(t, c) : [h, w, d] -> [h, w, 8]'],
  [
    'def f(t, c) { if t > 1 then conv1-t else id; conv3-c }',
    'def f(t, c) : [h, w, d] -> [h, w, c]',
  ],
  [
    'def f(t, c) { if t > 1 then conv1-t else id; maxpool; conv3-c(pad = valid) }',
    'def f(t, c) : [h, w, d] -> [h/2 - 2, w/2 - 2, c] where h and w >= 6',
  ],
  // layers that are handed over, with arguments
  ['def f(g, n) { g(3, 4); relu; gap; fc-n }', 'def f(g, n) : [h, w, c] -> [n]'],
  ['def f(g, n) { g3-64/2; gap; fc-n }', 'def f(g, n) : [h, w, c] -> [n]'],
  ['def f(g) = conv3-8; g(4)', 'def f(g)   -- checked at each use'],
  [
    'def f(a, n) = channels(a..a + n); conv5-1(pad = valid)',
    'def f(a, n) : [h, w, c] -> [h - 4, w - 4, 1] where h and w >= 5',
  ],
  ['def f(t) = if t > 1 then maxpool else id', 'def f(t)   -- checked at each use'],
  ['def f(t) = if t > 1 then maxpool else avgpool', 'def f(t)   -- checked at each use'],
  ['def f(t) = if t > 1 then (id + conv3-t) else id', 'def f(t)   -- checked at each use'],
  ['def f(t) = if t > 1 then relu else gap', 'def f(t)   -- checked at each use'],
  [
    'def f(t) { if t > 1 then relu as a else relu as a; id + @a }',
    'def f(t)   -- checked at each use',
  ],
  [
    'def f(c, d, e, k, m, c_) = id | conv3-c_',
    'def f(c, d, e, k, m, c_) : [h, w, d_] -> [h, w, c_ + d_]',
  ],
  ['def f(k) = maxpool(2, k); flatten; fc-10', 'def f(k) : [h, w, c] -> [10] where h and w fixed'],
  ['def f(k) = id + maxpool(k, k)', 'def f(k) : [h, w, c] -> [h, w, c] where the branches fit'],
  [
    'def f(g) = conv3-16(groups = g)',
    'def f(g) : [h, w, c] -> [h, w, 16] where the groups divide the channels',
  ],
  ['def f = id + conv(4, 4)', 'def f   -- checked at each use'],
  ['def f(a) = -(a/2)', 'def f(a) = -(a/2)'],
])('%s, exactly', (text, shown) => {
  expect(typesOf(text)).toEqual([shown]);
});

test('nets that passes make are layers of definitions', () => {
  const text = `
rewrite dense when inference {
  rule first: (flatten; fc(n, ..p) as f) : [h, w, c]
    => conv(h x w, n, ..p, pad = valid) with { kernel = reshape(f.kernel, [h, w, c, n]), bias = f.bias }; flatten
  rule mean: flatten : [1, 1, c] => gap
}
net D(n = 5) : [32, 40, 3] -> [n] { maxpool; flatten; fc-n }
net Dense = dense(D)
net Typed : [h, w, 3] -> _ = dense(D(7))
def f(c) = Dense; fc-c
def g(c) = conv3-c; Typed
def h = dense(D) | (gap; fc-2)
def fixed = D; relu
def open(n) = dense(D(n))
def handed(N) = dense(N)
`;
  expect(typesOf(text).slice(0, 6)).toEqual([
    'def f(c) : [h, w, 3] -> [c] where h >= 32, w >= 40',
    'def g(c) : [h, w, d] -> [7] where h >= 32, w >= 40, c == 3',
    'def h : [h, w, 3] -> [7] where h >= 32, w >= 40',
    'def fixed   -- checked at each use',
    'def open(n)   -- checked at each use',
    'def handed(N)   -- checked at each use',
  ]);
});

test.runIf(process.env['NETC_DEEP'] !== undefined)(
  'a tree of calls does not hold up the others',
  () => {
    const tree = Array.from({ length: 24 }, (_, i) => `def d${i}(a) = d${i + 1}(a); d${i + 1}(a)`);
    const text = [...tree, 'def d24(a) = id | conv3-a', 'def simple(c) = conv3-c'].join('\n');
    const time = processorTime(() =>
      expect(typesOf(text).at(-1)).toBe('def simple(c) : [h, w, d] -> [h, w, c]'),
    );
    expect(time).toBeLessThan(8000);
  },
);

test('what a repeated body asks for is asked each time', () => {
  const res = 'def res(k) = (id + conv3-k) | conv3-1\n';
  const f = 'def f(n) { also aux { conv3-7; n x res(7) }; conv3-5; n x res(5) }';
  expect(typesOf(`${res}${f}`)[1]).toBe('def f(n)   -- checked at each use');
});

test('branches that depend on a layer are said to have to fit', () => {
  const level = 'def f(c, below) { conv3-c; id | (maxpool; below; upsample-2; conv1-c) }';
  expect(typesOf(level)).toEqual([
    'def f(c, below) : [h, w, d] -> [h, w, 2*c] where the branches fit',
  ]);
});

test('a definition that fits nothing has none', () => {
  // told at each use, not here
  expect(typesOf('def f = gap; conv3-8')).toEqual(['def f   -- checked at each use']);
});

// ------------------------------------------------------------------------------------------- soundness

/** The type as it is written, with numbers for channels and for the sizes that are named. */
const written = (t: TensorType, values: Values): string => {
  if (t.tag === 'unknown') return '_';
  const channels = t.c === 'unknown' ? t.c : valueAt(t.c, values);
  const axis = (a: MaybeAxis): MaybeAxis =>
    a === 'unknown' || values[a.variable] === undefined
      ? a
      : fixedAxis(valueAtSize(a.size, values[a.variable]!));
  return showType(
    t.tag === 'map' ? mapType(axis(t.h), axis(t.w), channels) : { ...t, c: channels },
  );
};

/** The definitions of an example alone. */
const definitionsOf = (text: string): string =>
  (check(text).program.files.get('test.net')?.tree.declarations ?? [])
    .flatMap((d) => (d.tag === 'def' ? [text.slice(d.span.start, d.span.end)] : []))
    .join('\n');

const examples = readdirSync(new URL('../../examples', import.meta.url)).filter(
  (f) => f.endsWith('.net') && !example(f).includes('import '),
);

test('every use of a definition has the type that its signature gives', () => {
  const rounds = process.env['NETC_DEEP'] === undefined ? [2] : [1, 2, 3];
  const compared = examples.flatMap((file) => {
    const definitions = definitionsOf(example(file));
    return check(definitions)
      .program.signatures()
      .flatMap(({ name, parameters, result }) => {
        if (result.tag !== 'layer' || result.input.tag !== 'map') return [];
        const given = parameters.filter((p) => /^\w+$/.test(p));
        return rounds.flatMap((round) => {
          const numbers = [...given, 'c', 'd', 'e'].map((p, i) => [p, 8 * (round + i)] as const);
          const values: Values = {
            ...Object.fromEntries(numbers.toReversed()),
            size: 2 * round + 1,
          };
          const sizes = { h: 288 + round, w: 300 - round };
          const input = written(result.input, { ...values, ...sizes });
          const list = given.map((p) => `${p} = ${values[p]}`).join(', ');
          const call = `${name}${list === '' ? '' : `(${list})`}`;
          const { found, program } = check(`${definitions}\nnet Used : ${input} -> _ = ${call}`);
          // an argument may have to be a layer, and sizes may not be admissible
          if (found.some((d) => d.severity === 'error')) return [];
          const [net] = program.nets;
          const expected = written(result.output, { ...values, ...sizes });
          const pattern = expected.replaceAll(/[[\]()*+/]/g, '\\$&').replaceAll('_', '[^,]+');
          expect(showType(net!.output), `${file}: ${call} on ${input}`).toMatch(
            new RegExp(`^${pattern}$`),
          );
          return [call];
        });
      });
  });
  expect(compared.length).toBeGreaterThan(33 * rounds.length);
});

test('types and sizes are there for machines too', async () => {
  const folder = newFolder({ 'n.net': 'def f(c) = conv3-c\nnet N : [8, 8, 3] -> _ = f(4); gap' });
  try {
    const { out } = await netc(folder, 'check', 'n.net', '--types', '--sizes', '--json');
    expect(JSON.parse(out)).toEqual({
      diagnostics: [],
      types: ['def f(c) : [h, w, d] -> [h, w, c]', 'net N : [8, 8, 3] -> [4]'],
      admissible: [{ net: 'N', h: '1..', w: '1..' }],
    });
  } finally {
    removeFolder(folder);
  }
});
