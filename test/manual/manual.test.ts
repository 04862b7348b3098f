/** The manual: it explains everything there is, and its examples are programs without errors. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as Either from 'fp-ts/lib/Either.js';
import { analyse } from '../../src/check.ts';
import { forNet } from '../../src/compile.ts';
import { codes } from '../../src/diagnostic/codes.ts';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import { paint } from '../../src/diagnostic/terminal/paint.ts';
import { widthOf } from '../../src/diagnostic/terminal/terminal-width.ts';
import { declarations } from '../../src/manual/declarations.ts';
import { keywordsPage } from '../../src/manual/document.ts';
import { expressions } from '../../src/manual/expressions.ts';
import { readable } from '../../src/manual/markdown.ts';
import { names } from '../../src/manual/names.ts';
import { signs } from '../../src/manual/signs.ts';
import { calledIn, chapters, topicsOf } from '../../src/manual/topics.ts';
import { answers, namesOf, spelled } from '../../src/ops/elsewhere/elsewhere.ts';
import { foreignParameters } from '../../src/ops/elsewhere/parameters.ts';
import { identity } from '../../src/ops/roles.ts';
import { table, words } from '../../src/ops/table.ts';
import * as tokens from '../../src/parser/text/tokens.ts';
import { loadPasses, passTable } from '../../src/rewrite/passes.ts';
import { numberFunctions } from '../../src/typecheck/expr/arithmetic.ts';
import { factNames } from '../../src/typecheck/expr/fact-names.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import type { Program } from '../../src/typecheck/program/program.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const all = chapters(read);
const topics = all.flatMap((chapter) => chapter.topics);
const pages = topics.map(({ names: [name], page }) => [name, page()] as const);

/** A program, with what is wrong with it; `netc:` leads to the passes. */
const programOf = (text: string): { readonly program?: Program; readonly said: string[] } => {
  const found = analyse(
    {
      read: (path) =>
        Either.right({ path, text: path === 'example.net' ? text : read(path.slice(5)) }),
      resolve: (_, written) => Either.right(written),
    },
    'example.net',
  );
  const program = resultOf(found);
  const said = diagnosticsOf(found).map((d) => `${d.code}: ${d.message}`);
  return { ...(program && { program }), said };
};

describe('it explains', () => {
  const explained = new Set(topics.flatMap(calledIn));
  const missing = (wanted: Iterable<string>): readonly string[] =>
    [...wanted].filter((name) => !explained.has(name));

  it('every operator, with its parameters, every pass and every code', () => {
    expect(missing(table.keys())).toEqual([]);
    expect(missing([...table.values()].flatMap((row) => row.params.map((p) => p.name)))).toEqual(
      [],
    );
    expect(missing(passTable.map((row) => row.name))).toEqual([]);
    expect(missing(Object.keys(codes))).toEqual([]);
  });

  it('every reserved word, sign and built-in name', () => {
    expect(missing(tokens.reserved.keys())).toEqual([]);
    const labels = Object.values(tokens).flatMap((token) =>
      typeof token === 'object' && 'LABEL' in token ? [String(token.LABEL)] : [],
    );
    const written = labels.flatMap((label) => /^'(\S+)'$/.exec(label)?.[1] ?? []);
    expect(written.length).toBeGreaterThan(40);
    expect(missing([...written, '--', '"', '.'])).toEqual([]);
    expect(missing(['exact', 'approximate', 'structural'])).toEqual([]);
    expect(missing([...factNames, ...numberFunctions.keys(), ...words, 'true', 'false'])).toEqual(
      [],
    );
  });

  it('every word of other frameworks: layers and parameters', () => {
    const words = [...answers.flatMap(namesOf), ...foreignParameters];
    expect(words.filter((word) => topicsOf(all, word).length === 0)).toEqual([]);
    const [padding] = topicsOf(all, 'padding');
    expect(padding?.page()).toMatch(/netc writes `pad`[^]*- `conv`: /);
  });

  it('a word of a framework by what netc has for it, though a topic is called nearly so', () => {
    for (const answer of answers)
      for (const word of spelled(answer)) {
        if (explained.has(word)) continue;
        const says = answer.tag === 'none' ? answer.says : `netc writes \`${answer.written}\``;
        expect(topicsOf(all, word)[0]!.page(), word).toContain(says);
      }
  });

  it.each([
    ['Dense', ['`fc-10`', '# fc\n', '# dense, in views']],
    ['Input', ['the type of the net', '# input, a clause of train']],
    ['skip', ['`f + id`', '# add\n']],
    [
      'LeakyReLU',
      ['PyTorch, `LeakyReLU()`: `leaky_relu`', 'Keras, `LeakyReLU()`: `leaky_relu(alpha = 0.3)`'],
    ],
    ['ReLU', ['# relu\n']],
  ])('%s', (asked, parts) => {
    const page = topicsOf(all, asked)
      .map((topic) => topic.page())
      .join('\n');
    for (const part of parts) expect(page).toContain(part);
    expect(page.match(/^# \w+$/gm)?.length ?? 0).toBeLessThan(2);
  });

  it.each(['conv3-64/2', 'std.conv', 'Conv', 'conv1x7'])('%s, which is a conv', (asked) => {
    expect(topicsOf(all, asked).map((topic) => topic.names[0])).toEqual(['conv']);
  });

  it('in one line and in a page', () => {
    for (const { about } of topics) expect(about()).not.toMatch(/\n|^$/);
    for (const [name, page] of pages) expect(page, name).toMatch(/^# /);
  });

  it('within the width of the terminal, apart from programs', () => {
    for (const [, page] of pages) {
      const shown = readable(page, paint(false), 60).split('\n');
      expect(shown.filter((line) => widthOf(line) > 60 && !line.startsWith('    '))).toEqual([]);
    }
  });
});

describe('an example of', () => {
  const rows = [...table.values()].flatMap((row) =>
    row.examples.map((example) => [row.name, example] as const),
  );
  it.each(rows)('%s has the types it states: %s', (name, example) => {
    const [, input] = / : (\[[^\]]*\]) -> \[[^\]]*\]$/.exec(example)!;
    const { program, said } = programOf(`net N : ${input} -> _ { (${example}) }`);
    expect(said).toEqual([]);
    const layers = writtenOut(program!.nets[0]!).layers.map((layer) => layer.op);
    // the identity is no layer
    expect(name === identity.name ? example : layers).toContain(name);
  });

  const entries = [...declarations, ...expressions, ...signs, ...names].flatMap((entry) =>
    entry.examples.map((example) => [entry.names[0], entry, example] as const),
  );
  it.each(entries)('%s is a program without errors', (_, entry, example) => {
    expect(programOf(example).said).toEqual([]);
    // a line break is a `;` too
    const text = example.replaceAll('\n', ';');
    expect(entry.names.some((name) => text.includes(name))).toBe(true);
  });

  it.each(passTable)('$name is changed by the pass', (row) => {
    const text = `import "netc:passes/${row.file}" (${row.name})\n${row.example}\nnet Rewritten = ${row.name}(N)`;
    const { program, said } = programOf(text);
    expect(said).toEqual([]);
    const path = `passes/${row.file}`;
    const passes = resultOf(loadPasses([{ path, text: read(path) }]))!;
    const net = program!.nets.find(({ name }) => name === 'N')!;
    const pass = passes.filter(({ name }) => name === row.name);
    expect(resultOf(forNet({ passes: pass }).rewrite(net))!.trace).not.toEqual([]);
    const [, page] = pages.find(([name]) => name === row.name)!;
    for (const part of text.split('\n')) expect(page).toContain(part);
  });
});

it('says where there is more', () => {
  const headings = read('docs/language.md')
    .split('\n')
    .flatMap((line) => /^#+ (.*)/.exec(line)?.[1] ?? []);
  for (const { more } of [...declarations, ...expressions, ...signs, ...names])
    expect(headings).toContain(more);
});

it('docs/keywords.md is fresh: else run node scripts/keywords-doc.mjs', () => {
  expect(read('docs/keywords.md')).toBe(keywordsPage());
});
