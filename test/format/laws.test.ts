/** What holds of every layout: it is one for all texts that differ in blanks, and it changes nothing that a text says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasErrors } from '../../src/diagnostic/checked.ts';
import { format } from '../../src/format/format.ts';
import { lexemes } from '../../src/parser/lexemes.ts';
import { randomFrom, randomProgram, written, type Random } from '../typecheck/random-programs.ts';

const deep = process.env['NETC_DEEP'] !== undefined;
const runs = (usual: number, thorough: number): { readonly numRuns: number } => ({
  numRuns: deep ? thorough : usual,
});

const root = join(import.meta.dirname, '../..');
const shipped = ['examples', 'passes'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.net'))
    .map((name) => [`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8')] as const),
);

/** Throws if the layout would mean something else (`format`). */
const laidOut = (text: string): string => format({ path: 'a.net', text }).text;

/** The same text with other blanks: where there is one there may be several, and lines begin anywhere. */
const withOtherBlanks = (text: string, r: Random): string => {
  const { lexemes: all } = lexemes({ path: 'a.net', text });
  let at = 0;
  const parts: string[] = [];
  for (const { text: word, start } of all) {
    const gap = text.slice(at, start);
    const broken = gap.includes('\n');
    const wider = /^ +$/.test(gap) ? ' '.repeat(1 + r(4)) : gap;
    // a declaration at the margin ends what is before it, so nothing else may come to stand there
    parts.push(broken ? gap.replaceAll(/(?<=\n) +/g, () => ' '.repeat(1 + r(9))) : wider, word);
    at = start + word.length;
  }
  return parts.join('') + text.slice(at);
};

describe('what netc ships', () => {
  test.each(shipped)('%s is laid out so', (_, text) => {
    expect(laidOut(text)).toBe(text);
  });

  test.each(shipped)('%s with other blanks is laid out as it is here', (_, text) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(laidOut(withOtherBlanks(text, randomFrom(seed)))).toBe(text);
      }),
      runs(3, 50),
    );
  });

  test('as Windows writes it keeps its line breaks', () => {
    const [, text] = shipped.find(([name]) => name === 'examples/vgg.net')!;
    const windows = text.replaceAll('\n', '\r\n');
    expect(laidOut(windows)).toBe(windows);
  });
});

test('random programs have one layout, which has no errors', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const program = randomProgram(seed);
      const text = written(
        program,
        program.steps.map((s) => s.text),
      );
      const once = laidOut(text);
      expect(laidOut(once)).toBe(once);
      expect(hasErrors(lexemes({ path: 'a.net', text: once }).tree)).toBe(false);
      expect(laidOut(withOtherBlanks(once, randomFrom(seed)))).toBe(once);
    }),
    runs(200, 5000),
  );
});

test('texts with errors are laid out where they have none, and only once', () => {
  const words = shipped.map(([, text]) =>
    text.match(/--.*|[A-Za-z_]\w*|[\d._]+|\s+|->|=>|==|\.\.|./g)!,
  );
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const r = randomFrom(seed);
      const mutant = [...words[r(words.length)]!];
      for (let i = 0; i < 1 + r(3); i++) {
        const at = r(mutant.length);
        const other = words[r(words.length)]!;
        const change = r(4);
        if (change === 0) mutant.splice(at, 1);
        else if (change === 1) mutant.splice(at, 0, other[r(other.length)]!);
        else if (change === 2) mutant[at] = other[r(other.length)]!;
        else mutant.splice(at, 0, '\n'.repeat(1 + r(3)));
      }
      const once = laidOut(mutant.join(''));
      expect(laidOut(once)).toBe(once);
    }),
    runs(150, 4000),
  );
});

test('any characters have a layout', () => {
  const signs = fc.constantFrom(
    ...['net A ', 'def f = ', '{', '}', '(', ')', '[', ']', '|', '+', ';', '\n', '  ', '-- c\n'],
    ...[
      'a',
      '3x ',
      '"',
      '\t',
      '\r',
      '=',
      '=>',
      ':',
      'where ',
      'train t ',
      'rewrite r ',
      'rule q: ',
      '// c\n',
      '&& ',
      'é',
    ],
  );
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 40 }), (parts) => {
      const once = laidOut(parts.join(''));
      expect(laidOut(once)).toBe(once);
    }),
    runs(500, 10_000),
  );
});

test('a clause that is written like a call stays one, whatever stands in a column beside it', () => {
  const text = 'train t : A {\n  sgd(rate = 0.1)\n  batch 3\n}\n';
  expect(laidOut(text)).toBe(text);
});
