/** How much work a check is, counted and not timed: questions to the shape rules of the table. */
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { table } from '../../src/ops/table.ts';
import { follow } from '../../src/typecheck/net/flow.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import { check, example } from '../programs.ts';

afterEach(() => vi.restoreAllMocks());

/** The questions that one check asks; every layer that is looked at asks at least one. */
const questions = (text: string): number => {
  const spies = [...table.values()].map((row) => vi.spyOn(row, 'shape'));
  check(text);
  const count = spies.reduce((n, spy) => n + spy.mock.calls.length, 0);
  vi.restoreAllMocks();
  return count;
};

const files = readdirSync(new URL('../../examples/', import.meta.url)).filter(
  (file) => file.endsWith('.net') && file !== 'vgg-protocol.net',
);

describe('the examples', () => {
  // a quarter above what they and their assertions ask today; written out, resnet.net alone has 12,266 layers
  const most: { readonly [file: string]: number } = { 'resnet.net': 2300, 'densenet.net': 9800 };

  test.each(files)('%s', (file) => {
    expect(questions(example(file))).toBeLessThan(most[file] ?? 900);
  });
});

test.each([10, 1000, 10_000])('%i copies of a layer are checked as two are', (n) => {
  const text = (copies: number): string =>
    `def f = (conv3-8; batchnorm; relu; conv3-8) + id\nnet N : [h, w, 8] -> [h, w, 8] { ${copies}x f }`;
  expect(questions(text(n))).toBeLessThanOrEqual(questions(text(2)));
});

test('a net is followed along its source', () => {
  const net = check(
    'def f(c) = conv3-c; relu\nnet N : [8, 8, 4] -> _ { 1000x (f(4); 10x f(4)); 1000x f(4) }',
  ).net('N');
  const visited: string[] = [];
  const ends = follow(net.body, 0, {
    layer: ({ op }, [n = 0]) => {
      visited.push(op);
      return n + 1;
    },
    again: (before, after, now) => now + after - before,
  });
  expect(ends).toBe(writtenOut(net).layers.length);
  expect(visited.length).toBeLessThan(10);
});

describe('a number of a net', () => {
  /** How often rows are asked what a pixel sees. */
  const looks = (text: string): number => {
    const spies = [...table.values()].map((row) => vi.spyOn(row, 'field'));
    check(text);
    const count = spies.reduce((n, spy) => n + spy.mock.calls.length, 0);
    vi.restoreAllMocks();
    return count;
  };

  test.each(['N', 'N : [32, 32, 3]', 'f : [8, 8, 3]'])('is computed once: %s', (asked) => {
    const text = (questions: number): string =>
      `def f = (conv3-3 + id); relu\nnet N : [h, w, 3] -> _ { f; 3x (conv3-3 + id) }\n${`assert receptive(${asked}) > stride(${asked})\n`.repeat(questions)}`;
    expect(looks(text(100))).toBe(looks(text(1)));
  });
});
