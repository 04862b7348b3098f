/** docs/language.md is true: its programs compile, its mistakes are those, and nothing is left out. */
import * as E from 'fp-ts/lib/Either.js';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../src/check.ts';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import { codes } from '../../src/diagnostic/codes.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { table } from '../../src/ops/table.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { reserved } from '../../src/parser/text/tokens.ts';
import type { Declaration, Expr } from '../../src/syntax/tree.ts';
import { partsOf } from '../../src/syntax/walk.ts';
import { factNames } from '../../src/typecheck/expr/fact-names.ts';
import type { Files } from '../../src/typecheck/program/modules.ts';
import { numberFunctions } from '../../src/typecheck/expr/arithmetic.ts';
import { paramsOf } from '../../src/typecheck/net/costs.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import { showSizes } from '../../src/size/sizes.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import type { Program } from '../../src/typecheck/program/program.ts';

const docs = new URL('../../docs/', import.meta.url);
const text = readFileSync(new URL('language.md', docs), 'utf8');

/** A fenced block: its language, its attributes, and the line where it begins. */
type Fence = {
  readonly language: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly body: string;
  readonly line: number;
};

const fences: readonly Fence[] = [...text.matchAll(/^```(\S+)([^\n]*)\n([\s\S]*?)^```$/gm)].map(
  (match) => {
    const [, language = '', attributes = '', body = ''] = match;
    const pairs = attributes.split(' ').flatMap((word): [string, string][] => {
      const [name = '', value = ''] = word.split('=');
      return name === '' ? [] : [[name, value]];
    });
    const line = text.slice(0, match.index).split('\n').length;
    return { language, attributes: new Map(pairs), body, line };
  },
);

const pathOf = (fence: Fence): string =>
  fence.attributes.get('file') ?? `line-${String(fence.line)}.net`;

const programs = fences.filter((fence) => fence.language === 'net');
const sources = new Map(programs.map((fence) => [pathOf(fence), fence.body]));

const files: Files = {
  read: (path) => {
    const source = sources.get(path);
    return source === undefined
      ? E.left({ code: 'E0001', message: 'is not in the document' })
      : E.right({ path, text: source });
  },
  resolve: (_, written) => E.right(written),
};

type Checked = { readonly program: Program; readonly found: readonly Diagnostic[] };
const check = (fence: Fence): Checked => {
  const checked = analyse(files, pathOf(fence));
  return { program: resultOf(checked)!, found: diagnosticsOf(checked) };
};

/** The program that a block of text speaks of: the last one before it. */
const before = (fence: Fence): Fence => programs.filter((p) => p.line < fence.line).at(-1)!;
const claims = (attribute: string): readonly [string, Fence][] =>
  fences
    .filter((f) => f.language === 'text' && f.attributes.has(attribute))
    .map((f) => [`line ${String(f.line)}`, f]);
const lines = (fence: Fence): readonly string[] => fence.body.trimEnd().split('\n');
const netOf = (fence: Fence, name: string): TypedNet =>
  check(fence).program.nets.find((net) => net.name === name)!;

describe('programs', () => {
  test.each(programs.map((p) => [`${pathOf(p)} at line ${String(p.line)}`, p] as const))(
    '%s',
    (_, fence) => {
      const { found } = check(fence);
      const expected = fence.attributes.get('error');
      if (expected === undefined) expect(found.map((d) => `${d.code} ${d.message}`)).toEqual([]);
      else expect([...new Set(found.map((d) => d.code))]).toEqual([expected]);
    },
  );

  test('names of files are used once', () => {
    expect(sources.size).toBe(programs.length);
  });
});

describe('what is said of them', () => {
  test.each(claims('message'))('messages, %s', (_, fence) => {
    expect(check(before(fence)).found.map((d) => d.message)).toEqual(lines(fence));
  });

  test.each(claims('paths'))('paths of weights, %s', (_, fence) => {
    const net = netOf(before(fence), fence.attributes.get('paths')!);
    const weighted = writtenOut(net).layers.filter((layer) => paramsOf(layer) > 0);
    expect(weighted.map((layer) => layer.path)).toEqual(lines(fence));
  });

  test.each(claims('admissible'))('admissible sizes, %s', (_, fence) => {
    const said = lines(fence).map((line) => /^(\S+)\s+(.*)$/.exec(line)!.slice(1));
    const found = said.map(([name]) => {
      const { h, w } = netOf(before(fence), name!).admissible!;
      expect(showSizes(w)).toBe(showSizes(h));
      return [name, showSizes(h)];
    });
    expect(found).toEqual(said);
  });
});

describe('nothing is left out', () => {
  /** Everything that is set as code, in the text and in blocks. */
  const code = [
    ...programs.map((p) => p.body),
    ...[...text.matchAll(/`([^`\n]+)`/g)].map((m) => m[1]!),
  ];
  const words = new Set(code.flatMap((c) => c.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []));
  const listed = text.slice(text.indexOf('## Reserved words'));

  test.each([...reserved.keys()])('the reserved word %s', (word) => {
    expect(words).toContain(word);
    expect(listed).toContain(`\`${word}\``);
  });

  test('the list of reserved words has no others', () => {
    const named = [...listed.matchAll(/`([^`]+)`/g)].map((m) => m[1]!);
    expect(named.filter((word) => !reserved.has(word))).toEqual([]);
  });

  const operators = text.slice(text.indexOf('## Operators'), text.indexOf('## Limits'));
  test.each([...table.values()].map((row) => [row.name, row] as const))('operator %s', (_, row) => {
    const written = row.inputs.tag === 'one' ? row.name : row.inputs.sign.replace('|', '\\|');
    expect(operators).toContain(`\`${written}\``);
  });

  test.each([
    ...factNames,
    ...numberFunctions.keys(),
    'half',
    'valid',
    'same',
    'nearest',
    'bilinear',
  ])('the built-in name %s', (name) => {
    expect(words).toContain(name);
  });

  const trees = programs.map((p) =>
    resultOf(parse({ path: pathOf(p), text: p.body }, operatorWords))!,
  );
  const declarations = trees.flatMap((tree) => tree.declarations);

  /** One entry for each form, so that a new one does not compile without being asked for here. */
  const declarationForms: Readonly<Record<Declaration['tag'], true>> = {
    def: true,
    net: true,
    import: true,
    assert: true,
    rewrite: true,
    train: true,
    eval: true,
  };
  test.each(Object.keys(declarationForms))('declaration %s', (tag) => {
    expect(declarations.map((d) => d.tag as string)).toContain(tag);
  });

  const expressionForms: Readonly<Record<Exclude<Expr['tag'], 'missing'>, true>> = {
    number: true,
    size: true,
    string: true,
    list: true,
    any: true,
    recall: true,
    spread: true,
    group: true,
    chain: true,
    times: true,
    negate: true,
    label: true,
    as: true,
    ascribe: true,
    with: true,
    run: true,
    range: true,
    compare: true,
    not: true,
    and: true,
    or: true,
    if: true,
    beside: true,
    sequence: true,
    block: true,
    also: true,
    where: true,
  };
  const rootsOf = (d: Declaration): readonly Expr[] => {
    switch (d.tag) {
      case 'def':
      case 'net': {
        const types = d.signature === undefined ? [] : [d.signature.input, d.signature.output];
        const axes = types.flatMap((t) => (t?.tag === 'tensor' ? t.axes : []));
        const defaults = d.parameters.flatMap((p) =>
          p.tag === 'parameter' && p.default !== undefined ? [p.default] : [],
        );
        return [d.body, ...axes, ...defaults];
      }
      case 'assert':
        return [d.condition];
      case 'rewrite':
        return d.rules.flatMap((r) => [r.pattern, r.replacement]);
      default:
        return [];
    }
  };
  const used = new Set<string>();
  const visit = (e: Expr): void => {
    used.add(e.tag);
    if (e.tag === 'sequence') e.defs.flatMap(rootsOf).forEach(visit);
    partsOf(e).forEach(visit);
  };
  declarations.flatMap(rootsOf).forEach(visit);
  test.each(Object.keys(expressionForms))('expression %s', (tag) => {
    expect(used).toContain(tag);
  });

  test.each(['exact', 'approximate', 'structural'])('soundness %s', (word) => {
    expect(words).toContain(word);
  });
});

describe('links', () => {
  const anchors = new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replaceAll(/[^a-z0-9 _-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  const targets = [...new Set([...text.matchAll(/\]\(([^)\s]+)\)/g)].map((m) => m[1]!))];

  test.each(targets)('%s', (target) => {
    if (target.startsWith('#')) expect(anchors).toContain(target.slice(1));
    else expect(existsSync(new URL(target, docs))).toBe(true);
  });

  test('codes exist', () => {
    const named = [...text.matchAll(/\b[EW]\d{4}\b/g)].map(([code]) => code);
    expect(named.filter((code) => !(code in codes))).toEqual([]);
  });
});
