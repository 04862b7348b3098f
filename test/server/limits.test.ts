/** Texts and nets that are too long for an editor are refused with the reason, and others are answered in time. */
import { describe, expect, test } from 'vitest';
import { features } from '../../src/server/features.ts';
import { deskFor, uriOf, type Desk } from './desk.ts';
import { main } from './marks.ts';

const textDocument = { uri: uriOf(main) };
const inOneLine = (layers: number): string =>
  `net N : [8, 8, 3] -> _ { ${Array.from({ length: layers }, () => 'conv1-3').join('; ')} }\n`;

/** Every request about a place in the middle of the first line. */
const askAll = (desk: Desk, length: number): readonly string[] => {
  const position = { line: 0, character: Math.floor(length / 2) };
  const params = {
    ...{ textDocument, position, positions: [position], range: { start: position, end: position } },
    ...{ ch: '}', newName: 'abc', context: { diagnostics: [] } },
  };
  const methods = features.map(({ method }) => method);
  return methods
    .filter((method) => /^textDocument\//.test(method) && !/(Delta|ename)$/.test(method))
    .map((method) => {
      try {
        desk.ask(method, params);
        return 'answered';
      } catch (thrown) {
        return `${method}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
      }
    });
};

test('a line of thousands of layers is answered about', () => {
  const text = inOneLine(5_000);
  const desk = deskFor(new Map([[main, text]]));
  expect(new Set(askAll(desk, text.length))).toEqual(new Set(['answered']));
});

describe('a line of 170,000 layers', () => {
  const text = inOneLine(170_000);
  const files = new Map([
    [main, text],
    ['user.net', 'import "main.net"\nnet M : [8, 8, 3] -> _ { relu }\n'],
  ]);
  const desk = deskFor(files);
  const why = 'is too long for an editor: it has more than 1,048,576 characters';
  const foundIn = (path: string): readonly string[] =>
    desk
      .ask('textDocument/diagnostic', { textDocument: { uri: uriOf(path) } })
      .items.map(({ code, message }: any) => `${code} ${message.split('\n')[0]}`);

  test('is refused with the reason', () => {
    const begin = performance.now();
    const answers = askAll(desk, text.length).filter((answer) => answer !== 'answered');
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(answers.length).toBeGreaterThan(15);
    const told = answers.map((answer) => answer.replace(/^\S+ \S+ /, ''));
    expect(new Set(told)).toEqual(new Set([why]));
  });

  test('has one diagnostic, and so has each import of it', () => {
    expect(foundIn(main)).toEqual([`E0002 \`main.net\` ${why}`]);
    expect(foundIn('user.net')).toEqual([`E0002 \`main.net\` ${why}`]);
  });

  test('is also refused as one declaration of many', () => {
    const declaration = inOneLine(17_000);
    desk.session.projects.change(textDocument.uri, 2, [{ text: `${declaration}def a = relu\n` }]);
    expect(foundIn(main)).toEqual([
      'E0002 `main.net` is too long for an editor: one of its declarations has more than 32,768 words',
    ]);
  });

  test('is read again when it is shorter', () => {
    desk.session.projects.change(textDocument.uri, 3, [{ text: inOneLine(3) }]);
    expect(foundIn(main)).toEqual([]);
    expect(foundIn('user.net')).toEqual([]);
  });
});

test('a net of many layers is not drawn, nor written out', () => {
  const desk = deskFor(new Map([[main, 'net N : [8, 8, 3] -> _ { 3x (10000x conv3-3) }\n']]));
  const ask = (method: string) => (): unknown => desk.ask(method, { textDocument });
  expect(ask('netc/diagram')).toThrow('`N` has 30,000 layers; at most 2,000 are shown');
  expect(ask('netc/summary')).toThrow('`N` has 30,000 layers; at most 20,000 are shown');
  expect(new Set(askAll(desk, 60))).toEqual(new Set(['answered']));
});
