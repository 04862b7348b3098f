/** The grammar for tree-sitter reads what the compiler reads, and refuses what it refuses. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Language, Parser, Query, type Node } from 'web-tree-sitter';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import { treeSitterFiles } from '../../src/editor/tree-sitter.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { sketches } from '../parser/corpus.ts';
import { randomFrom, type Random } from '../typecheck/random-programs.ts';
import { compilerOutline, treeSitterOutline } from './outline.ts';
import { texts } from './texts.ts';

const editors = join(import.meta.dirname, '../../editors');
const folder = join(editors, 'tree-sitter-netc');
const read = (path: string): string => readFileSync(join(editors, path), 'utf8');

/** The beginnings of examples and passes. */
const shipped = sketches.map(({ text }) => text.slice(0, 1500));

let language: Language;
let parser: Parser;

beforeAll(async () => {
  await Parser.init();
  language = await Language.load(readFileSync(join(folder, 'tree-sitter-netc.wasm')));
  parser = new Parser();
  parser.setLanguage(language);
});

const rootOf = (text: string): Node => {
  const tree = parser.parse(text);
  if (tree === null) throw new Error('the parser has a language');
  return tree.rootNode;
};

describe('what is written from the tables', () => {
  it.each([...treeSitterFiles()])(
    'is fresh, else run node scripts/tree-sitter.mjs: %s',
    (path, text) => {
      expect(read(path)).toBe(text);
    },
  );

  const built = read('tree-sitter-netc/built.sha256').trimEnd().split('\n');
  it.each(built.map((line) => line.split('  ') as [string, string]))(
    'is what the parser was built from, else run npm run build in editors/tree-sitter-netc: %s %s',
    (digest, file) => {
      const now = createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex');
      expect(now).toBe(digest);
    },
  );
});

/** The programs that the compiler's parser takes, and those that it refuses; how large a number is, is not grammar. */
const refuses = (text: string): boolean =>
  diagnosticsOf(parse({ path: 'a.net', text }, operatorWords)).some(
    // the sizes of a type may be too many, and an integer too large
    ({ severity, code }) => severity === 'error' && code !== 'E0107' && code !== 'E0207',
  );

describe('the programs of the repository', () => {
  const refused = texts.filter(refuses);
  // a type of too many sizes is read as another one
  const isMended = (text: string): boolean =>
    diagnosticsOf(parse({ path: 'a.net', text }, operatorWords)).some(
      ({ code }) => code === 'E0207',
    );
  const taken = texts.filter((text) => !refuses(text) && !isMended(text));

  it('are many of both kinds', () => {
    expect(taken.length).toBeGreaterThan(600);
    expect(refused.length).toBeGreaterThan(60);
  });
  it('have the tree of the compiler, node by node', () => {
    for (const text of taken) {
      const root = rootOf(text);
      const tree = resultOf(parse({ path: 'a.net', text }, operatorWords));
      expect(treeSitterOutline(root, text)).toBe(tree && compilerOutline(tree, text));
      expect(root.hasError).toBe(false);
    }
  });
  it('have an error where the parser of the compiler has one', () => {
    expect(refused.filter((text) => !rootOf(text).hasError)).toEqual([]);
  });
});

/** An example with a word or sign of another taken out, put in, or put in place of its own. */
const mutant = (r: Random): string => {
  const words = (): string[] =>
    shipped[r(shipped.length)]!.match(/--.*|[A-Za-z_]\w*|[\d._]+|\s+|->|=>|./g)!;
  const [own, others] = [words(), words()];
  const other = [others[r(others.length)]!, '\n'][r(2)]!;
  own.splice(r(own.length), r(2), ...[[], [other]][r(2)]!);
  return own.join('');
};

describe('programs with a slip', () => {
  // the compiler reads a clause that is written like a call, and refuses numbers that touch a word, also between values
  it('have the same tree in both where both take them, and nearly always both do', () => {
    let apart = 0;
    const runs = process.env['NETC_DEEP'] === undefined ? 150 : 5000;
    for (let seed = 0; seed < runs; seed++) {
      const text = mutant(randomFrom(seed));
      const root = rootOf(text);
      if (refuses(text) !== root.hasError) apart++;
      if (refuses(text) || root.hasError) continue;
      const tree = resultOf(parse({ path: 'a.net', text }, operatorWords));
      expect(treeSitterOutline(root, text)).toBe(tree && compilerOutline(tree, text));
    }
    expect(apart).toBeLessThan(runs / 50);
  });
});

describe('the corpus', () => {
  const files = readdirSync(join(folder, 'test/corpus'));
  const tests = files.flatMap((file) => {
    const [, ...parts] = read(`tree-sitter-netc/test/corpus/${file}`).split(/^={80}$\n/m);
    return Array.from({ length: parts.length / 2 }, (_, i): [string, string] => [
      parts[2 * i]?.trim() ?? '',
      parts[2 * i + 1] ?? '',
    ]);
  });
  it.each(tests)('holds: %s', (title, body) => {
    const [text = '', expected = ''] = body.split(/^-{80}$/m);
    const root = rootOf(text.slice(1, -2));
    if (title.endsWith(':error')) return expect(root.hasError).toBe(true);
    const shown = root.toString().replaceAll(/\w+: /g, '');
    expect(shown).toBe(expected.trim().replaceAll(/\s+/g, ' ').replaceAll(' )', ')'));
  });
});

describe('colours', () => {
  const queries = [
    'neovim/queries/netc',
    'helix/queries/netc',
    'zed/languages/netc',
    'tree-sitter-netc/queries',
  ];
  it.each(
    queries.flatMap((place) =>
      readdirSync(join(editors, place)).flatMap((name) =>
        name.endsWith('.scm') ? [`${place}/${name}`] : [],
      ),
    ),
  )('speak of nodes that there are: %s', (path) => {
    expect(() => new Query(language, read(path))).not.toThrow();
  });

  it('are one for a node, and those of the words', () => {
    const query = new Query(language, read('tree-sitter-netc/queries/highlights.scm'));
    const text = `-- a net
def unit(c, n = 2) = conv3-c/n(pad = 1); relu
net A : [h, w, 3] -> _ { 2x unit-64 as s; (@s | id); f: std.conv(3, 8) }
assert params(A) == 1.5 and not true
train a : A { batch 8 }
`;
    const found = query.captures(rootOf(text));
    const places = found.map(({ node }) => `${node.startIndex} ${node.text}`);
    expect(places.filter((place, i) => places.indexOf(place) < i)).toEqual([]);
    expect(found.map(({ name, node }) => `${node.text} ${name}`)).toMatchSnapshot();
  });
});
