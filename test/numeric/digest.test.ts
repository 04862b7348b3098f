import { expect, it } from 'vitest';
import { digest } from '../../src/numeric/digest.ts';

it('is short, the same each time, and another for another text', () => {
  expect(digest('conv3-64')).toBe(digest(['conv3', '64'].join('-')));
  expect(digest('x'.repeat(100_000))).toMatch(/^[0-9a-f]{32}$/);
  const texts = new Set<string>();
  for (let i = 0; i < 20_000; i++)
    for (const s of [`${i}`, `[${i}]`, 'a'.repeat(i % 500) + i]) texts.add(s);
  expect(new Set([...texts].map(digest)).size).toBe(texts.size);
});

it('spreads a change of one character over all of its words', () => {
  const words = (text: string): readonly string[] => digest(text).match(/.{8}/g) ?? [];
  for (let i = 0; i < 1000; i++) {
    const [a, b] = [words(`layer ${i}`), words(`layer ${i + 1}`)];
    expect(a.filter((word, k) => word === b[k])).toEqual([]);
  }
});
