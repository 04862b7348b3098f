/** Names of weights: paths say what the source says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rowOf } from '../../src/ops/table.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { netOf } from './program.ts';

/** Of the layers that have weights, in order of execution. */
const pathsOf = (net: TypedNet): readonly string[] =>
  writtenOut(net).layers.flatMap((l) =>
    rowOf(l.op).weights(l.args, l.inputTypes).length > 0 ? [l.path] : [],
  );

const example = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../examples/${name}.net`), 'utf8');

describe('examples', () => {
  test.each([
    ['vgg', 'D', ['D/block3/conv2', 'D/classifier1/fc3']],
    ['vgg', 'A_BN', ['A_BN/block1/conv1/batchnorm1', 'A_BN/block1/conv1/conv1']],
    ['vgg', 'A_LRN', ['A_LRN/block5/conv2']],
    [
      'resnet',
      'ResNet50',
      ['ResNet50/conv1/conv_bn1/conv1', 'ResNet50/conv2_x/stage1/bottleneck1/shortcut1/conv1'],
    ],
    ['googlenet', 'GoogLeNet', ['GoogLeNet/inception3a/conv3', 'GoogLeNet/aux1/auxiliary1/fc2']],
    ['inception_v3', 'InceptionV3', ['InceptionV3/aux/fc1']],
  ])('examples/%s.net: %s', (file, name, paths) => {
    const all = pathsOf(netOf(example(file), name));
    for (const path of paths) expect(all).toContain(path);
    expect(new Set(all).size).toBe(all.length);
  });
});

const net = (body: string, before = ''): string =>
  `${before}\nnet N : [32, 32, 8] -> _ {\n${body}\n}`;

test.each([
  [
    'namesakes are counted in their folder',
    net('conv3-8; conv3-8; block conv3-8'),
    'conv1 conv2 block1/conv1',
  ],
  [
    'after a digit comes `_`',
    net('stage1; stage1', 'def stage1 = conv3-8; conv3-8'),
    'stage1_1/conv1 stage1_1/conv2 stage1_2/conv1 stage1_2/conv2',
  ],
  ['a size at the end is no part of the name', net('conv3-8; conv1x7-8'), 'conv1 conv2'],
  ['a label replaces name and number of a call', net('a: conv3-8; conv3-8'), 'a conv1'],
  ['on anything else it is a folder', net('a: (conv3-8; conv3-8)'), 'a/conv1 a/conv2'],
  ['under a repetition it is numbered', net('3x (a: conv3-8)'), 'a1 a2 a3'],
  ['but not below the next folder', net('2x (block (a: conv3-8))'), 'block1/a block2/a'],
  ['`block name:` is a folder', net('block b: conv3-8; conv3-8'), 'b/conv1 b/conv2'],
  [
    'a definition of one layer with weights stands for it',
    net('unit-8; unit-8', 'def unit(c) = conv3-c; relu'),
    'unit1 unit2',
  ],
  [
    'so does one of one such definition',
    net('two; relu', 'def unit(c) = conv3-c; relu\ndef two = unit-8; relu'),
    'two1',
  ],
  [
    'one of two layers is a folder',
    net('unit-8; relu', 'def unit(c) = conv3-c; batchnorm'),
    'unit1/conv1 unit1/batchnorm1',
  ],
  [
    'a layer parameter counts as a word',
    net('f(conv3-8); relu', 'def f(g) { g; batchnorm; g }'),
    'f1/g1 f1/batchnorm1 f1/g2',
  ],
  [
    'and as a folder',
    net('f((conv3-8; conv3-8)); relu', 'def f(g) { g; batchnorm }'),
    'f1/g1/conv1 f1/g1/conv2 f1/batchnorm1',
  ],
  [
    'branches are counted in the order of the text',
    net('(conv3-8; conv3-8) + conv1-8 | conv1-8'),
    'conv1 conv2 conv3 conv4',
  ],
  ['`if` is no folder', net('if 1 > 0 then (conv3-8; conv3-8) else id'), 'conv1 conv2'],
  ['`as` is none either', net('conv3-8 as a; conv3-8; @a | id'), 'conv1 conv2'],
  [
    '`also` is a folder, numbered under a repetition',
    net('2x (also s { conv3-8 }; relu); conv3-8'),
    's1/conv1 s2/conv1 conv1',
  ],
  ['`std.conv` is called conv', net('std.conv3-8; conv3-8'), 'conv1 conv2'],
  [
    'a net as a layer is a folder',
    net('M; M', 'net M : [h, w, 8] -> [h, w, 8] { conv3-8; relu }'),
    'M1/conv1 M2/conv1',
  ],
  [
    'a net that is one call has its paths',
    'def f(c) { conv3-c; conv3-c }\nnet N : [32, 32, 8] -> _ { f(8) }',
    'conv1 conv2',
  ],
  [
    'a call nobody names twice',
    net('conv3-8; (conv1: conv1-8) | id').replace('conv1: ', 'c: '),
    'conv1 c',
  ],
  [
    'a local definition',
    net('def f = conv3-8; conv3-8\nf\nf'),
    'f1/conv1 f1/conv2 f2/conv1 f2/conv2',
  ],
])('%s', (_, text, paths) => {
  const found = pathsOf(netOf(text, 'N')).map((p) => p.replace(/^N\//, ''));
  expect(found.join(' ')).toBe(paths);
});

test.each([
  'f((conv3-8; @a + id))',
  'f(((conv3-8; @a + id)))',
  'f({ conv3-8; @a + id })',
  'f(if true then (conv3-8; @a + id) else id)',
])('in each copy a remembered value is that of the copy: %s', (call) => {
  const copies = `2x (conv3-8 as a; relu; ${call})`;
  const { layers } = writtenOut(netOf(`def f(g) = g; relu\nnet N : [8, 8, 3] -> _ = ${copies}`));
  const joined = layers.flatMap(({ op, inputs }) => (op === 'add' ? [inputs[0]] : []));
  const convs = layers.flatMap(({ op, id }) => (op === 'conv' ? [id] : []));
  expect(joined).toEqual([convs[0], convs[2]]);
});
