/** What requests are refused with. */
import { describe, expect, test } from 'vitest';
import { deskFor, uriOf } from './desk.ts';
import { main } from './marks.ts';

const textDocument = { uri: uriOf(main) };

const askedOf = (text: string) => (method: string, params: object) => () =>
  deskFor(new Map([[main, text]])).ask(method, { textDocument, ...params });

describe('a position', () => {
  const at = (line: number) =>
    askedOf('def a = relu\n')('textDocument/hover', { position: { line, character: 0 } });

  test('may be that behind the last line break', () => expect(at(1)).not.toThrow());

  test('must be in a line that is there', () =>
    expect(at(2)).toThrow('line 2 is not there: the text has 2 lines'));
});

test('a summary needs a program without errors', () => {
  const faulty = 'net N : [8, 8, 3] -> _ { conv3-4 }\nnet M : [8, 8, 3] -> _ { conw3-4 }\n';
  expect(askedOf(faulty)('netc/summary', { net: 'N' })).toThrow(
    'the program has 1 error; mend what is underlined, and ask again',
  );
});

describe('a project of very many files', () => {
  const importer = 'import "main.net"\nnet N : [8, 8, 3] -> _ { unit-4 }\n';
  const importers = (count: number): readonly (readonly [string, string])[] =>
    Array.from({ length: count }, (_, i) => [`user${i}.net`, importer] as const);
  const renamed = (count: number) => () =>
    deskFor(new Map([[main, 'def unit(c) = conv3-c\n'], ...importers(count)]), [main]).ask(
      'textDocument/rename',
      { textDocument, position: { line: 0, character: 5 }, newName: 'other' },
    );

  test('has a name replaced in all of a hundred', () => expect(renamed(100)).not.toThrow());

  test('has no name replaced in a part of them', () =>
    expect(renamed(101)).toThrow('the project has more files than are looked through'));
});

describe('a name that a file too long for an editor may have', () => {
  const long = `import "main.net"\nnet N : [8, 8, 3] -> _ { ${'unit-4; '.repeat(20_000)}relu }\n`;
  const files = new Map([
    [main, 'def unit(c) = conv3-c\ndef alone = relu\nnet M : [8, 8, 3] -> _ { unit-4 }\n'],
    ['long.net', long],
  ]);
  const renamed = (line: number, open: readonly string[]) => () =>
    deskFor(files, open).ask('textDocument/rename', {
      ...{ textDocument, newName: 'other' },
      position: { line, character: 5 },
    });
  const why = '`unit` keeps its name here: it may stand in `long.net` too, which is too long';

  test('is not replaced', () => expect(renamed(0, [main])).toThrow(why));

  test('is not replaced where the file is open', () =>
    expect(renamed(0, [main, 'long.net'])).toThrow(why));

  test('is replaced where the file does not mention it', () =>
    expect(renamed(1, [main])).not.toThrow());
});
