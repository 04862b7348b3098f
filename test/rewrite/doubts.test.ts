/** Rules that look right in every net that is tried, and are proved for no good reason: each has been once. */
import { describe, expect, test } from 'vitest';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { checkRules } from '../../src/rewrite/verify/check-rules.ts';
import { proveTypes } from '../../src/rewrite/proof/prove.ts';
import { passesIn, sound } from './nets.ts';
import { standardScope } from '../../src/typecheck/expr/standard.ts';

const verdict = (text: string): string =>
  proveTypes(
    resultOf(passesIn(`rewrite test when inference {\n${text}\n}`))![0]!.rules[0]!,
    standardScope(),
  ).tag;

/** The codes of what `netc check` says of a rule. */
const codes = (text: string): readonly string[] => {
  const source = { path: 'r.net', text: `rewrite test when inference {\n${text}\n}` };
  const checked = parse(source, operatorWords);
  expect(diagnosticsOf(checked)).toEqual([]);
  return checkRules({ source, tree: sound(checked) }, []).map((d) => d.code);
};

describe('what is no part of the result binds nothing', () => {
  test.each([
    [
      'an odd number',
      'structural rule r: (relu as a; lrn(n); @a; maxpool(n x n, 1, pad = half)) => lrn(n); maxpool(n x n, 1, pad = half)',
    ],
    [
      'a number with narrow bounds',
      'structural rule r: (relu as a; dropout(p); @a; scale(p)) => dropout(p)',
    ],
    [
      'a name in a type',
      'structural rule r: (relu as a; (conv(1, 1) : [_, _, p]); @a; pad(p)) => conv(p, 1); pad(p)',
    ],
  ])('%s', (_, text) => expect(verdict(text)).toBe('open'));
});

describe('of an image of which a part is fixed', () => {
  const flat = '(maxpool(2, 2); flatten; fc(n))';
  test('nobody knows the height', () => {
    // pictures of 14 pixels and of 15 are 7 high
    expect(
      verdict(`structural rule r: ${flat} : [h, w, c] => conv(h x w, n, pad = valid); flatten`),
    ).toBe('open');
  });

  test('that part is known', () => {
    expect(verdict(`structural rule r: ${flat} => maxpool(2, 2); relu; flatten; fc(n)`)).toBe(
      'proved',
    );
    expect(
      verdict(
        'structural rule r: (maxpool(2, 1); flatten; fc(n)) : [h, w, c] => conv(h x w, n, pad = valid); flatten',
      ),
    ).toBe('proved');
  });
});

describe('an axis of a new weight has at least one place', () => {
  const rule = (bias: string): string =>
    `rule r: (conv(1, n, groups = 1) as f; relu) : [h, w, c] => conv(1, n, groups = 1) with { kernel = f.kernel, bias = ${bias} }; relu6`;
  const twice = rule('sum(sum(reshape(f.bias, [0 - 1, 0 - 1, n]), 0), 0)');

  test('two below nothing are none', () => {
    expect(verdict(twice)).toBe('open');
    expect(codes(twice)).toEqual(['E0815']);
  });

  test('two are two', () => {
    const right = rule('sum(sum(reshape(f.bias, [1, 1, n]), 0), 0)');
    expect(verdict(right)).toBe('proved');
    expect(codes(right)).toEqual([]);
  });
});

test('a name in the size of an image may stand for less than nothing', () => {
  // a height of 3 is n + 5 for n = -2
  expect(
    verdict('structural rule r: relu : [n + 5, w, c] => crop([2, 2, 0, 0]); pad([2, 2, 0, 0])'),
  ).toBe('open');
});

test('what is made on the way may be larger than any tensor', () => {
  const rule = (of: string): string =>
    `structural rule r: (relu; gap) : [h, w, c] => (id | id); channels(0..c); gap ${of}`;
  expect(verdict(rule(''))).toBe('open');
  expect(verdict(rule('where c <= 1000000'))).toBe('proved');
});

test('the same equation twice says what it says once', () => {
  expect(verdict('structural rule r: batchnorm(n); batchnorm(n) => batchnorm(n)')).toBe('proved');
  expect(
    verdict('structural rule r: conv(1, n) + conv(1, m) + conv(1, m) => conv(1, n) + conv(1, m)'),
  ).toBe('proved');
});
