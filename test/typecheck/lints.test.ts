/** Lints: each on a program that deserves it and on its mended twin; none on the examples. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linter } from '../../src/typecheck/lints.ts';
import { check, example } from '../programs.ts';

const linted = (text: string): readonly string[] =>
  check(text)
    .program.nets.flatMap(linter())
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
