/** Each habit is shown by its example, which is also a row of docs/habits.md. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { habitsPage } from '../../src/parser/document.ts';
import { parse } from '../../src/parser/parse.ts';
import { habits } from '../../src/parser/text/habits/habits.ts';
import { noWords } from '../../src/parser/text/habits/walk.ts';
import { showTree } from '../../src/syntax/show.ts';
import { applied } from './cases.ts';

const read = (text: string): { readonly tree: string; readonly found: readonly Diagnostic[] } => {
  const result = parse({ path: 'a.net', text }, operatorWords);
  return { tree: showTree(resultOf(result)!), found: diagnosticsOf(result) };
};

describe.each(habits.map(({ example }) => example))('%s', (written, meant) => {
  it('gives one message, and one fix', () => {
    expect(read(written).found.map(({ fixes }) => fixes.length)).toEqual([1]);
  });
  it('is mended by the fix', () => {
    expect(applied(written, read(written).found[0]!, 0)).toBe(meant);
    expect(read(meant).found).toEqual([]);
  });
  it('is read as what was meant', () => {
    expect(read(written).tree).toBe(read(meant).tree);
  });
});

test('every habit has an example of its own', () => {
  const written = habits.map(({ example }) => example[0]);
  expect(new Set(written).size).toBe(written.length);
});

test('only how a slip is read depends on the words that are known', () => {
  const text = 'net A { maxpool 2; conv3-16; maxpool2 }';
  const none = diagnosticsOf(parse({ path: 'a.net', text }, noWords));
  expect(none.map(({ message }) => message)).toEqual([
    'an argument touches its layer; write `maxpool-2`',
  ]);
});

test('docs/habits.md is fresh: else run node scripts/habits-doc.mjs', () => {
  const file = new URL('../../docs/habits.md', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(habitsPage(operatorWords));
});
