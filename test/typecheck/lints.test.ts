/** Lints: each on a program that deserves it and on its mended twin; none on the examples. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linter } from '../../src/typecheck/net/lints.ts';
import { check, example } from '../programs.ts';
import { processorTime } from '../processor-time.ts';

const linted = (text: string): readonly string[] =>
  check(text)
    .program.nets.flatMap(
      linter(
        () => '',
        () => () => true,
      ),
    )
    .map((d) => `${d.code} ${d.message}`);

const net = (input: string, body: string): string => `net N : ${input} -> _ { ${body} }`;

describe('pixels that no window sees', () => {
  it.each([
    ['maxpool', '[15, 16, 3]', ['W0220 `maxpool` does not see the last row of its input']],
    [
      'maxpool3/3',
      '[16, 17, 3]',
      ['W0220 `maxpool` does not see the last row and 2 columns of its input'],
    ],
    [
      'conv3-8/2(pad = valid)',
      '[6, 5, 3]',
      ['W0220 `conv` does not see the last row of its input'],
    ],
    ['maxpool(round = ceil)', '[15, 15, 3]', []],
    ['maxpool3/2(round = ceil)', '[13, 14, 3]', []],
    ['maxpool', '[16, 16, 3]', []],
    ['conv3-8/2', '[16, 16, 3]', []], // the padding takes in what is left
    ['conv3-8/2(pad = same)', '[15, 16, 3]', []],
    ['maxpool1/2', '[15, 16, 3]', []], // a stride beyond the window skips on purpose
  ])('%s on %s', (layer, input, expected) => {
    expect(linted(net(input, layer))).toEqual(expected);
  });
});

describe('a forgotten batch norm', () => {
  const bn = 'conv3-8; batchnorm; relu';
  const bare = 'conv3-8; relu';
  it.each([
    [[bn, bare, bn], 1],
    [[bn, bn, bn], 0],
    [[bare, bare, bare], 0],
    [[bn, bare, bare], 0], // two without: it may be meant
    [[bn, bare], 0], // one other makes no habit
    [[bn, bn, 'conv1-21'], 0], // a head gives the result
  ])('%j', (layers, count) => {
    const found = linted(net('[8, 8, 3]', layers.join('; ')));
    expect(found.length).toBe(count);
    if (count > 0) expect(found[0]).toContain('W0221');
  });

  it('looks at one stage at a time', () => {
    expect(linted(net('[8, 8, 3]', `${bn}; ${bn}; maxpool; ${bare}`))).toEqual([]);
  });

  it.each([
    ['a batch norm behind a call', 'conv3-8', 'f; batchnorm; f; batchnorm; f; relu; f', 0],
    ['one of the calls without', 'conv3-8', 'f; batchnorm; f; batchnorm; f; relu; maxpool; f', 1],
    ['a batch norm in the call', 'batchnorm; conv3-8', 'conv3-8; f; f; f; relu; maxpool; f', 1],
    ['a stage through calls', bn, `f; f; ${bare}; f`, 1],
    ['a stage in a call', `relu; maxpool; ${bn}; ${bare}; ${bn}; maxpool`, 'f; relu', 1],
    ['the last of a net', `relu; maxpool; ${bn}; ${bn}; ${bare}; maxpool`, 'f; relu', 0],
    ['the last of a call', `relu; maxpool; ${bn}; ${bn}; ${bare}; maxpool`, `f; ${bn}`, 1],
    ['repeated calls', bn, `100x f; ${bare}; 100x f`, 1],
    ['a shortcut', `(${bn}; ${bn}) + conv1-8; relu`, 'f; f; relu', 0],
    ['a branch of one layer', `(${bn}; ${bn}) + (conv3-8; relu)`, `f; ${bn}`, 1],
    ['the last of a branch', `(${bn}; ${bn}; conv3-8) + id`, `f; ${bn}`, 1],
  ])('is found through definitions: %s', (_, f, body, count) => {
    expect(linted(`def f = ${f}\n${net('[16, 16, 8]', body)}`).length).toBe(count);
  });

  it.each([
    ['a call', 'def f = conv3-8', '3x (f; batchnorm; relu); f; relu; maxpool; conv1-10', []],
    [
      'a layer',
      'def f = conv3-8',
      '3x (f; batchnorm; relu); conv3-8; relu; maxpool; conv1-10',
      ['conv3-8'],
    ],
    [
      'an argument',
      'def f(g) = g; relu',
      '3x f(layer_bn); f(conv3-4); maxpool; conv1-10',
      ['conv3-4'],
    ],
  ])('is added where nothing else changes: %s', (_, f, body, places) => {
    const text = `def layer_bn = conv3-8; batchnorm\n${f}\n${net('[16, 16, 8]', body)}`;
    const fixes = check(text).found.flatMap((d) => (d.code === 'W0221' ? d.fixes : []));
    const edits = fixes.flatMap((fix) => fix.edits);
    const before = edits.map(({ span }) => /[\w-]+$/.exec(text.slice(0, span.start))?.[0]);
    expect(before).toEqual(places);
  });

  it('looks once at what 500 nets of 390,000 layers share', () => {
    const ten = (f: string): string => Array.from({ length: 10 }, () => f).join('; ');
    const { nets } = check(
      [
        `def f0_ = ${bn}`,
        ...[1, 2, 3, 4].map((i) => `def f${i}_ = ${ten(`f${i - 1}_`)}`),
        `def all = ${ten('f4_')}; f4_; f4_; f4_`,
        ...Array.from(
          { length: 500 },
          (_, i) => `net N${i}_ : [8, 8, 8] -> _ { all; conv1-${i + 1} }`,
        ),
      ].join('\n'),
    ).program;
    expect(nets.length).toBe(500);
    const lint = linter(
      () => '',
      () => () => true,
    );
    const time = processorTime(() => expect(nets.flatMap(lint)).toEqual([]));
    // written out it takes a hundred times as long
    expect(time).toBeLessThan(2000);
  });
});

describe('branches that look at different places', () => {
  it.each([
    ['conv3-8/2 + conv3-8/2(pad = [0, 1])', 1], // TensorFlow's padding beside PyTorch's
    ['conv3-8/2 + conv1-8/2', 0],
    ['conv3-3 + id', 0],
    ['crop([2, 0]) + conv3-3(pad = valid)', 1],
    ['crop(1) + conv3-3(pad = valid)', 0],
    ['id | (maxpool; conv3-8; deconv2-8/2)', 0],
  ])('%s', (layer, count) => {
    const found = linted(net('[16, 16, 3]', layer));
    expect(found.filter((f) => f.startsWith('W0222')).length).toBe(count);
  });
});

it.each(
  readdirSync(new URL('../../examples/', import.meta.url)).filter(
    (f) => f.endsWith('.net') && f !== 'vgg-protocol.net',
  ),
)('finds nothing in examples/%s', (file) => {
  expect(linted(example(file))).toEqual([]);
});
