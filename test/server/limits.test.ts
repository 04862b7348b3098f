/** Texts and nets that are too long for an editor are refused with the reason, and others are answered in time. */
import { describe, expect, test } from 'vitest';
import { contextAt } from '../../src/server/completion/context-at.ts';
import { features } from '../../src/server/features.ts';
import { deskFor, uriOf, type Desk } from './desk.ts';
import { main } from './marks.ts';
import { processorTime } from '../processor-time.ts';

const textDocument = { uri: uriOf(main) };
const inOneLine = (layers: number): string =>
  `net N : [8, 8, 3] -> _ { ${Array.from({ length: layers }, () => 'conv1-3').join('; ')} }\n`;

const ofNames = ['definition', 'references', 'rename', 'completion'];
/** Milliseconds that they may take about a long text, on a slow machine. */
const MOST = 5_000;

type Place = { readonly line: number; readonly character: number };

const middleOf = (length: number): Place => ({ line: 0, character: Math.floor(length / 2) });

/** Every request about a place, but for those that are refused where no name is. */
const askAll = (desk: Desk, position: Place): readonly string[] => {
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
  expect(new Set(askAll(desk, middleOf(text.length)))).toEqual(new Set(['answered']));
});

/** Milliseconds of the processor that some requests about a place of a text take, when it has been checked. */
const timeOf = (text: string, place: number, methods: readonly string[]): number => {
  const desk = deskFor(new Map([[main, text]]));
  const before = text.slice(0, place).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)!.length };
  desk.ask('textDocument/diagnostic', { textDocument });
  return processorTime(() => {
    for (const method of methods)
      desk.ask(`textDocument/${method}`, {
        ...{ textDocument, position, newName: 'abc', context: {} },
      });
  });
};

describe('many definitions', () => {
  const chained = (count: number): string =>
    [
      'def n0 = 4',
      ...Array.from({ length: count }, (_, i) => `def n${i + 1}_ = n${i === 0 ? '0' : `${i}_`}*1`),
      `net N : [8, 8, n${count}_] -> _ { conv1-n${count}_ }\n`,
    ].join('\n');

  test('that use each other in a chain are answered about', () => {
    const text = chained(12_000);
    expect(timeOf(text, text.indexOf('n5_'), ofNames)).toBeLessThan(MOST);
  });

  const layers = (count: number, body: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => `def f${i}_(c) = ${body(i)}\n`).join('') +
    'net N : [8, 8, 3] -> _ { f7_(8); gap }\n';
  const inNet = (text: string): number => text.indexOf('f7_(8)') + 1;

  test('of layers are hovered one by one', () => {
    const text = layers(2_000, (i) => (i === 0 ? 'conv3-c' : `f${i - 1}_(c); relu`));
    expect(timeOf(text, inNet(text), ['hover'])).toBeLessThan(800);
  });

  test.each(['hover', ...ofNames])('take time for %s as there are more of them', (method) => {
    const timeFor = (count: number): number => {
      const text = layers(count, () => 'conv3-c; relu');
      return Math.min(...[1, 2].map(() => timeOf(text, inNet(text), [method])));
    };
    timeFor(600);
    // five times as many; twenty-five would be their square
    expect(timeFor(3_000)).toBeLessThan(12 * Math.max(timeFor(600), 5));
  });

  test('of many factors are completed', () => {
    const factors = (i: number): string => Array.from({ length: 12 }, () => `m_${i}`).join('*');
    const text = [
      'def m_0 = 1',
      ...Array.from({ length: 20 }, (_, i) => `def m_${i + 1} = ${factors(i)}`),
      'def f(c) = conv3-c\nnet N : [8, 8, 3] -> _ { f() }\n',
    ].join('\n');
    expect(timeOf(text, text.indexOf('f()') + 2, ['completion'])).toBeLessThan(MOST);
  });
});

describe('many uses', () => {
  test('of one name are renamed', () => {
    const layers = Array.from({ length: 30 }, () => `{ ${'a; '.repeat(600)}}`);
    const nets = layers.map((body, i) => `net N${i} : [8, 8, 3] -> _ ${body}\n`);
    const text = `def a = relu\n${nets.join('')}`;
    expect(timeOf(text, 4, ofNames)).toBeLessThan(MOST);
  });

  test('of brackets are completed behind', () => {
    const text = `net N : [8, 8, 3] -> _ { ${'conv(1, 3); '.repeat(6_000)} }\n`;
    expect(processorTime(() => contextAt(text, text.length - 2))).toBeLessThan(300);
  });
});

test.each([
  ['spaces behind a layer', `net N : _ { a${' '.repeat(180_000)}`],
  ['spaces behind a fact', `assert a${' '.repeat(180_000)}`],
  ['spaces in a head', `net N${' '.repeat(180_000)}`],
  ['words of an if', `net N : _ { ${'if then '.repeat(20_000)}`],
  ['words of a where', `net N = a ${'where a = '.repeat(20_000)}`],
  ['types', `net N : ${'[a] -> '.repeat(20_000)}`],
  ['arguments', `net N : _ { f(${'a = a, '.repeat(20_000)}`],
  ['clauses', `train T : N { freeze ${'first 1 '.repeat(20_000)}`],
  ['calls before weights', `rewrite a { rule b: x => ${'f(a '.repeat(30_000)}with { `],
  ['a word', `net N : _ { ${'f'.repeat(1_000_000)} `],
  ['a word before weights', `rewrite a { rule b: x => ${'f'.repeat(1_000_000)} with { `],
])('%s without end are completed behind', (_, text) => {
  expect(processorTime(() => contextAt(text, text.length))).toBeLessThan(300);
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
    const answers = askAll(desk, middleOf(text.length)).filter((answer) => answer !== 'answered');
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
  const desk = deskFor(new Map([[main, 'net N : [8, 8, 3] -> _ { 3x (7000x conv3-3) }\n']]));
  const ask = (method: string) => (): unknown => desk.ask(method, { textDocument });
  expect(ask('netc/diagram')).toThrow('`N` has 21,000 layers; at most 2,000 are shown');
  expect(ask('netc/summary')).toThrow('`N` has 21,000 layers; at most 20,000 are shown');
  expect(new Set(askAll(desk, middleOf(60)))).toEqual(new Set(['answered']));
});
