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
