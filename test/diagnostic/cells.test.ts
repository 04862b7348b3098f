import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut, tame, widthOf, wrap } from '../../src/diagnostic/terminal/terminal-width.ts';

describe('cells', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['é', 1],
    ['🙂', 2],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['a\tb', 5],
    ['\u001b[31m', 5],
    ['\u202e', 1],
  ])('%j takes %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('have a column for every code unit, never falling, and one for the end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { columns } = layOut(text);
        expect(columns).toHaveLength(text.length + 1);
        expect(columns.every((c, i) => i === 0 || c >= columns[i - 1]!)).toBe(true);
      }),
    );
  });

  it('let nothing act on the terminal', () => {
    expect(tame('a\u001b\u2028\u2029\u202eb')).toBe('a\u241b\ufffd\ufffd\ufffdb');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(tame(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
      }),
    );
  });
});

describe('wrapping', () => {
  it('breaks at spaces, and not within code that fits into a line', () => {
    expect(wrap('write `conv(3, 8)` or so', 14)).toEqual(['write', '`conv(3, 8)`', 'or so']);
    expect(wrap('write `a b c d e f` now', 8)).toEqual(['write `a', 'b c d e', 'f` now']);
    expect(wrap('a lone ` in words', 8)).toEqual(['a lone `', 'in words']);
    expect(wrap('', 8)).toEqual(['']);
  });

  it('loses no word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z`]{1,6}$/), { maxLength: 12 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 30 }), (all, width) => {
        expect(wrap(all.join(' '), width).join(' ')).toBe(all.join(' '));
      }),
    );
  });
});
