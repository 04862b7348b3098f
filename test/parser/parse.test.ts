import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { grammarText } from '../../src/parser/grammar/ebnf.ts';
import { Grammar } from '../../src/parser/grammar/grammar.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { showTree } from '../../src/syntax/show.ts';
import type { Span } from '../../src/syntax/source.ts';
import type { Tree } from '../../src/syntax/tree.ts';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { sketches, sources } from './corpus.ts';
import { processorTime } from '../processor-time.ts';

const deep = process.env['NETC_DEEP'] !== undefined ? 20 : 1;

const read = (text: string): { readonly tree: Tree; readonly found: readonly Diagnostic[] } => {
  const result = parse({ path: 'a.net', text }, operatorWords);
  const tree = resultOf(result);
  if (tree === undefined) throw new Error('no tree');
  return { tree, found: diagnosticsOf(result) };
};

/** Every span in a tree lies in the text and in the span around it; without recursion. */
const checkSpans = (tree: Tree, found: readonly Diagnostic[], length: number): void => {
  const inside = (span: Span, outer: Span): boolean =>
    span.path === 'a.net' &&
    Number.isInteger(span.start) &&
    outer.start <= span.start &&
    span.start <= span.end &&
    span.end <= outer.end;
  const whole = { path: 'a.net', start: 0, end: length };
  const work: { readonly node: object; readonly outer: Span }[] = [{ node: tree, outer: whole }];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    let { outer } = item;
    const { node } = item;
    if ('span' in node) {
      const span = node.span as Span;
      if (!inside(span, outer))
        throw new Error(`${JSON.stringify(node)} is not in ${JSON.stringify(outer)}`);
      outer = span;
    }
    for (const [key, value] of Object.entries(node))
      if (key !== 'span' && typeof value === 'object' && value !== null)
        work.push({ node: value as object, outer });
  }
  for (const { primary, labels, fixes } of found)
    for (const { span } of [primary, ...labels, ...fixes.flatMap((fix) => fix.edits)])
      if (!inside(span, whole)) throw new Error(JSON.stringify(span));
};

const check = (text: string): void => {
  const { tree, found } = read(text);
  checkSpans(tree, found, text.length);
  expect(found.length).toBeLessThanOrEqual(101);
  showTree(tree);
};

describe('the grammar', () => {
  test('is LL(1) and not ambiguous', () => {
    expect(() => new Grammar(true)).not.toThrow();
  });
  test('is written down in grammar/net.ebnf; node scripts/grammar.mjs', () => {
    const file = path.resolve(import.meta.dirname, '../../grammar/net.ebnf');
    expect(fs.readFileSync(file, 'utf8')).toBe(grammarText());
  });
});

describe('the sketches', () => {
  test.each(sketches.map(({ name, text }) => [name, text]))('%s parses', (_, text) => {
    const { tree, found } = read(text);
    expect(found).toEqual([]);
    checkSpans(tree, found, text.length);
    expect(JSON.stringify(tree)).not.toContain('"missing"');
  });
});

describe('places', () => {
  test('are exact', () => {
    const text = '-- doc\nnet A(c = 1) : [h] -> _ { block b: 3x (conv3-c/2 ; id) as k | f+g }';
    const { tree } = read(text);
    const seen = new Map<string, string>();
    const work: object[] = [tree.declarations[0]!];
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      if ('span' in node && 'tag' in node) {
        const { start, end } = node.span as Span;
        seen.set(String(node.tag), text.slice(start, end));
      }
      for (const value of Object.values(node))
        if (typeof value === 'object' && value !== null) work.push(value as object);
    }
    expect(Object.fromEntries(seen)).toEqual({
      net: text.slice(7),
      parameter: 'c = 1',
      number: '1',
      tensor: '[h]',
      any: '_',
      chain: 'h',
      group: '(conv3-c/2 ; id)', // the inner one
      block: 'block b: 3x (conv3-c/2 ; id) as k | f+g',
      beside: '3x (conv3-c/2 ; id) as k | f+g',
      as: '3x (conv3-c/2 ; id) as k',
      times: '3x (conv3-c/2 ; id)',
      sequence: 'conv3-c/2 ; id',
      '-': '-c',
      '/': '/2',
      run: 'f+g',
    });
  });
});

describe('any text has a tree', () => {
  const words = [
    ...'def net import rewrite rule train eval assert where with from when as also block'.split(
      ' ',
    ),
    ...'if then else and or not x _ a b.c conv3 exact 3 3x3 0.5 "s" "'.split(' '),
    ...'( ) [ ] { } ; , : | + - * / @ = == < .. . => -> -- ! # é'.split(' '),
    ..."// /* */ ' nett blok nx".split(' '),
    ...[' ', ' ', '\n', '\n', '\r\n', '\t'],
  ];
  test('arbitrary strings', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), check), {
      numRuns: 1000 * deep,
    });
  });
  test('a head that begins two declarations', () => {
    for (const text of ['eval*def\r\n]defdef', 'eval x def\n]d', 'train x net\n]d']) check(text);
  });
  test('arbitrary words', () => {
    const text = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((all) => all.join(''));
    fc.assert(fc.property(text, check), { numRuns: 5000 * deep });
  });
  test('sources with characters changed', () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat(3),
      insert: fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'grapheme', maxLength: 3 })),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(change, { maxLength: 6 }),
        (text, changes) => {
          let mutant = text;
          for (const { at, remove, insert } of changes) {
            const i = Math.floor(at * mutant.length);
            mutant = mutant.slice(0, i) + insert + mutant.slice(i + remove);
          }
          check(mutant);
        },
      ),
      { numRuns: 700 * deep },
    );
  });
  test('sources with tokens left out, doubled and swapped', () => {
    const change = fc.tuple(
      fc.constantFrom('drop', 'double', 'swap', 'cut'),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(change, { maxLength: 5 }),
        (text, changes) => {
          const tokens = text.match(/\s+|\w+|[^\w\s]/g) ?? [];
          for (const [what, at] of changes) {
            const i = Math.floor(at * tokens.length);
            const token = tokens[i] ?? '';
            if (what === 'drop') tokens.splice(i, 1);
            else if (what === 'double') tokens.splice(i, 0, token);
            else if (what === 'swap') tokens.splice(i, 2, tokens[i + 1] ?? '', token);
            else tokens.splice(i);
          }
          check(tokens.join(''));
        },
      ),
      { numRuns: 700 * deep },
    );
  });
  test('one token left out of a sketch gives few messages', () => {
    for (const { text } of sketches.slice(-1)) {
      const tokens = text.match(/\s+|--.*|"[^"]*"|\w+|[^\w\s]/g) ?? [];
      const counts = tokens.map((_, i) => read(tokens.toSpliced(i, 1).join('')).found.length);
      expect(Math.max(...counts)).toBeLessThanOrEqual(3);
      expect(counts.filter((n) => n > 1).length / counts.length).toBeLessThan(0.05);
    }
  });
});

describe('limits', () => {
  const nested: readonly (readonly [string, string, string])[] = [
    ['(', 'f', ')'],
    ['{', 'f', '}'],
    ['[', 'f', ']'],
    ['f(', 'g', ')'],
    ['f-(', 'c', ')'],
    ['f with { k = ', '1', '}'],
    ['f : [', 'h', ']'],
    ['also a {', 'f', '}'],
    ['{ def g { f }\ng\n', 'f', '}'],
    ['if a then ', 'b', ' else c'],
    ['if a then b else ', 'c', ''],
    ['if ', 'a', ' then b else c'],
    ['a: ', 'f', ''],
    ['2x ', 'f', ''],
    ['not ', 'f', ''],
    ['- ', 'f', ''],
    ['block ', 'f', ''],
    ['block a; ', 'f', ''],
    ['(a | b; block n: c + l: 2x ', 'f', ' where c = 1)'],
  ];
  const source = ([before, middle, behind]: readonly [string, string, string], n: number): string =>
    `def z = ${before.repeat(n)}${middle}${behind.repeat(n)}`;
  test('256 levels are possible and more are one error', () => {
    for (const parts of nested) {
      const levels = parts[0].startsWith('(a') ? 60 : parts[0].startsWith('{ def') ? 255 : 256;
      expect(read(source(parts, levels)).found, parts[0]).toEqual([]);
      const { tree, found } = read(source(parts, 400));
      expect(
        found.map(({ code }) => code),
        parts[0],
      ).toEqual(['E0104']);
      showTree(tree);
    }
  });
  test('four megabytes of brackets', () => {
    const time = processorTime(() => {
      for (const bracket of '({[') check(bracket.repeat(4 * 2 ** 20));
    });
    expect(time).toBeLessThan(3000);
  });
  test('64 KiB of one habit', () => {
    const habits = [
      '/*\n',
      '/* */',
      "'",
      '“a”',
      'é ',
      'a,',
      'a = b\n',
      'nett B = id\n',
      'conv 3-1\n',
    ];
    const time = processorTime(() => {
      for (const habit of habits) read(`net A {\n${habit.repeat(2 ** 16 / habit.length)}*/}`);
    });
    expect(time).toBeLessThan(2500); // 1 s
  });
  test('rules of comments behind what begins another language', () => {
    const rules = '#'.repeat(2000) + '# '.repeat(1000);
    const time = processorTime(() => {
      for (const beginning of ['[net]\n', '[net] ', 'name: "x"\n', 'name: "x" '])
        read(`${beginning}${rules}\nconv3-64\n`);
    });
    expect(time).toBeLessThan(1000); // 30 ms
  });
  test('a hundred diagnostics and how many more', () => {
    const { found } = read('def f = $\n'.repeat(150));
    expect(found.length).toBe(101);
    expect(found.at(-1)!.message).toBe('50 more');
  });
  test('long lists of everything are not deep', () => {
    const n = 20_000;
    for (const text of [
      `def f = ${'a; '.repeat(n)}b`,
      `def f = ${'a | '.repeat(n)}b`,
      `def f = ${'a + '.repeat(n)}b`,
      `def f = a${'-1'.repeat(n)}`,
      `def f = g(${'a, '.repeat(n)}b)`,
      `def f {\n${'a\n'.repeat(n)}}`,
      `assert ${'a or b and '.repeat(n)}c`,
      `def f = a where ${'c = 1, '.repeat(n)}d = 1`,
      `train a {\n${'b 1\n'.repeat(n)}}`,
    ]) {
      const { tree, found } = read(text);
      expect(found).toEqual([]);
      showTree(tree);
    }
  });
});

describe('speed', () => {
  const lines = (n: number): string => {
    const text = sketches.map((sketch) => sketch.text).join('\n');
    const all = text.repeat(Math.ceil(n / text.split('\n').length));
    return all.split('\n').slice(0, n).join('\n');
  };
  const time = (text: string): number =>
    processorTime(() => void parse({ path: 'a.net', text }, operatorWords));
  test('a thousand lines', () => {
    const text = lines(1000);
    const times = Array.from({ length: 30 }, () => time(text));
    expect(Math.min(...times)).toBeLessThan(60); // 17 ms where nothing else runs
  });
  test('many lines take as long as so many thousands', () => {
    const many = deep > 1 ? 50_000 : 10_000;
    expect(time(lines(many))).toBeLessThan(many / 5); // 0.6 s for 50,000
  });
});
