/**
 * The TextMate grammar: how editors colour a text before, or without, a language server. It is written from the tables
 * of the parser and the operators, so it knows every word that they know.
 */
import { clauses, combining, facts, longestFirst, naming, operators, others } from './words.ts';

const oneOf = (words: readonly string[]): string => longestFirst(words).join('|');

/** A name of a scope, as themes know it. */
const scoped = (name: string): string => `${name}.net`;

type Captures = { readonly [group: string]: { readonly name: string } };

type Pattern = {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly include?: string;
  readonly patterns?: readonly Pattern[];
};

const captures = (...names: readonly string[]): Captures =>
  Object.fromEntries(names.map((name, i) => [String(i + 1), { name: scoped(name) }]));

const include = (...names: readonly string[]): readonly Pattern[] =>
  names.map((name) => ({ include: `#${name}` }));

/** `256`, `1e-3`, `1_000`. */
const number = String.raw`\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?`;

/** A layer in the notation of papers, `conv3-256/2`: the word, its size, and what touches it; one scope holds it all. */
const layer = (word: string): string =>
  String.raw`\b(${word})(\d+(?:x\d+)?)?((?:[-/](?:${number}|[A-Za-z_]\w*))*)(?![\w])`;

/** What a text is made of, in the order in which the patterns are tried. */
const repository: { readonly [name: string]: { readonly patterns: readonly Pattern[] } } = {
  comment: {
    patterns: [{ name: scoped('comment.line.double-dash'), match: '--.*$' }],
  },
  string: {
    patterns: [
      {
        name: scoped('string.quoted.double'),
        begin: '"',
        end: String.raw`"|$`,
        patterns: [{ name: scoped('constant.character.escape'), match: String.raw`\\.` }],
      },
    ],
  },
  declaration: {
    patterns: [
      {
        match: String.raw`\b(net|def)\s+([A-Za-z_]\w*)`,
        captures: captures('keyword.declaration', 'entity.name.function'),
      },
      {
        match: String.raw`\b(rewrite|train|eval)\s+([A-Za-z_]\w*)`,
        captures: captures('keyword.declaration', 'entity.name.type'),
      },
      {
        match: String.raw`(?:\b(exact|approximate|structural)(?:\(([^)]*)\))?\s+)?\b(rule)\s+([A-Za-z_]\w*)`,
        captures: captures(
          'storage.modifier',
          'constant.numeric',
          'keyword.declaration',
          'entity.name.function',
        ),
      },
    ],
  },
  clause: {
    patterns: [
      {
        // at the beginning of its line, or behind the brace
        match: String.raw`(?:^|(?<=\{))\s*(${oneOf(clauses)})\b(?=\s+[^\s:=;|])`,
        captures: captures('support.type.property-name'),
      },
    ],
  },
  keyword: {
    patterns: [
      { name: scoped('keyword.control'), match: String.raw`\b(?:${oneOf(combining)})\b` },
      {
        name: scoped('keyword.other'),
        match: String.raw`\b(?:${oneOf([...naming, ...others])})\b`,
      },
    ],
  },
  repetition: {
    patterns: [
      {
        match: String.raw`\b(\d+)(x)(?=\s|\()`,
        captures: captures('constant.numeric', 'keyword.operator.repeat'),
      },
    ],
  },
  recall: {
    patterns: [
      {
        match: String.raw`(@)([A-Za-z_]\w*)`,
        captures: captures('keyword.operator', 'variable.other'),
      },
    ],
  },
  argument: {
    patterns: [
      {
        name: scoped('variable.parameter'),
        match: String.raw`\b[A-Za-z_]\w*(?=\s*=(?![=>]))`,
      },
    ],
  },
  label: {
    patterns: [
      {
        name: scoped('entity.name.tag'),
        match: String.raw`\b[A-Za-z_]\w*(?=\s*:(?!\s*[\[_]))`,
      },
    ],
  },
  layer: {
    patterns: [
      {
        name: scoped('meta.layer'),
        match: layer(oneOf(operators)),
        captures: captures('support.function', 'constant.numeric', 'constant.numeric'),
      },
      {
        match: String.raw`\b(${oneOf(facts)})(?=\()`,
        captures: captures('support.function'),
      },
      {
        name: scoped('meta.layer'),
        match: layer(String.raw`[A-Za-z_]\w*?(?:\.[A-Za-z_]\w*?)?`),
        captures: captures('variable.function', 'constant.numeric', 'constant.numeric'),
      },
    ],
  },
  number: {
    patterns: [{ name: scoped('constant.numeric'), match: String.raw`\b\d+x\d+\b|\b${number}` }],
  },
  sign: {
    patterns: [
      {
        name: scoped('keyword.operator'),
        match: String.raw`->|→|=>|⇒|==|!=|≠|<=|≤|>=|≥|\.\.|…|[-+*/|<>=]`,
      },
      { name: scoped('punctuation.separator'), match: '[;,:]' },
    ],
  },
};

/** The grammar as editors read it: JSON. */
export const textmateGrammar = (): string =>
  `${JSON.stringify(
    {
      name: 'netc',
      scopeName: 'source.net',
      fileTypes: ['net'],
      patterns: include(...Object.keys(repository)),
      repository,
    },
    undefined,
    2,
  )}\n`;
