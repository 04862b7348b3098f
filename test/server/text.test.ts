/** Positions in the units that were agreed on. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changed, offsetAt, positionOf, textOf, type Encoding } from '../../src/server/text.ts';

const encodings: readonly Encoding[] = ['utf-8', 'utf-16', 'utf-32'];

it.each([
  ['utf-8', 1 + 2 + 3 + 4],
  ['utf-16', 1 + 1 + 1 + 2],
  ['utf-32', 4],
] as const)('counts %s', (encoding, units) => {
  const text = textOf('x\naé€😀b', encoding);
  expect(positionOf(text, 2 + 5)).toEqual({ line: 1, character: units });
  expect(offsetAt(text, { line: 1, character: units })).toBe(7);
});

it('brings positions back into the text', () => {
  const text = textOf('ab\r\ncd', 'utf-8');
  expect(offsetAt(text, { line: 0, character: 99 })).toBe(2);
  expect(offsetAt(text, { line: 99, character: 0 })).toBe(6);
  // in the middle of a character: before it
  expect(offsetAt(textOf('😀', 'utf-8'), { line: 0, character: 2 })).toBe(0);
});

const strange = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '€', '😀', '\n', '\r\n', '\r') });

it.each(encodings)('finds every place again in %s', (encoding) => {
  fc.assert(
    fc.property(strange, (plain) => {
      const text = textOf(plain, encoding);
      for (let at = 0; at <= plain.length; at++) {
        const low = /[\udc00-\udfff]/.test(plain[at] ?? '');
        const inBreak = plain[at] === '\n' && plain[at - 1] === '\r';
        if (!low && !inBreak) expect(offsetAt(text, positionOf(text, at))).toBe(at);
      }
    }),
  );
});

it.each(encodings)('makes changes one after the other in %s', (encoding) => {
  const edit = fc.record({ from: fc.nat(30), to: fc.nat(30), text: strange });
  fc.assert(
    fc.property(strange, fc.array(edit, { maxLength: 4 }), (plain, edits) => {
      let text = textOf(plain, encoding);
      let expected = plain;
      const changes = edits.map(({ from, to, text: inserted }) => {
        const [a, b] = [from, to].map((at) => positionOf(text, Math.min(at, expected.length)));
        const [start, end] = [offsetAt(text, a!), offsetAt(text, b!)].sort((x, y) => x - y);
        expected = expected.slice(0, start) + inserted + expected.slice(end);
        const change = {
          range: { start: positionOf(text, start!), end: positionOf(text, end!) },
          text: inserted,
        };
        text = changed(text, [change]);
        return change;
      });
      expect(changed(textOf(plain, encoding), changes).text).toBe(expected);
    }),
  );
});
