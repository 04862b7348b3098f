/** docs/passes.md, written from the files of the passes: their comments, rules, conditions and weights. */
import { Bug } from '../diagnostic/bug.ts';
import { resultOf } from '../diagnostic/checked.ts';
import { operatorWords } from '../ops/words.ts';
import { parse } from '../parser/parse.ts';
import type { Source, Span } from '../syntax/source.ts';
import { perObject } from '../syntax/memo.ts';
import type { Declaration, Expr, Rule, Tree } from '../syntax/tree.ts';
import { partsOf } from '../syntax/walk.ts';
import { passesOf } from './rule/compile.ts';
import { proveTypes } from './proof/prove.ts';
import type { PassRow } from './passes.ts';
import { standardScope } from '../typecheck/expr/standard.ts';

type Rewrite = Extract<Declaration, { readonly tag: 'rewrite' }>;

/** A pass as its file declares it, without the rules that it takes over. */
export type Declared = {
  readonly row: PassRow;
  readonly source: Source;
  readonly declaration: Rewrite;
  /** the rules whose sides are proved to have one type */
  readonly proved: ReadonlySet<Rule>;
};

/** The declaration of a pass in the file that its row names. */
const declarationIn = ({ name, file }: PassRow, tree: Tree | undefined): Rewrite => {
  const declarations = tree?.declarations ?? [];
  const found = declarations.find((d) => d.tag === 'rewrite' && d.name.text === name);
  if (found?.tag !== 'rewrite') throw new Bug(`no pass ${name} in ${file}`);
  return found;
};

const treeOf = (source: Source): Tree | undefined => resultOf(parse(source, operatorWords));

/** The passes of a table, each found in its file. */
export const declared = (
  rows: readonly PassRow[],
  read: (file: string) => Source,
): readonly Declared[] =>
  rows.map((row) => {
    const source = read(row.file);
    const tree = treeOf(source);
    const declaration = declarationIn(row, tree);
    return { row, source, declaration, proved: tree ? provedIn(tree) : new Set() };
  });

/** What a pass does, in one sentence. */
export const aboutPass = (row: PassRow, source: Source): string =>
  firstSentence(declarationIn(row, treeOf(source)).doc);

/** The rules of a file whose sides are proved to have one type. */
const provedIn = perObject((tree: Tree): ReadonlySet<Rule> => {
  const std = standardScope();
  const rules = new Map(
    (resultOf(passesOf(tree)) ?? []).flatMap((pass) => pass.rules.map((r) => [r.rule, r] as const)),
  );
  const proved = [...rules.values()].filter((rule) => proveTypes(rule, std).tag === 'proved');
  return new Set(proved.map(({ rule }) => rule));
});

/** The drawing of a rule, below docs/. */
export const drawingOf = (pass: string, rule: string): string => `passes/${pass}-${rule}.svg`;

const opening = `# Passes

<!-- Written by scripts/passes-doc.mjs from passes/*.net. Do not edit. -->

A pass is a list of rules: two programs that mean the same, and where the weights go. The first rule that matches
anywhere is applied at its first match, in order of execution, until none does. [language.md](language.md)
shows how to write one, and [running.md](running.md) how to apply one: \`netc compile FILE --pass fc_to_conv\`.
\`netc verify passes/*.net\` tests every rule on a thousand small nets; of a structural rule it tests the sizes only.
"Types: for all sizes and parameters" marks a rule whose sides are proved to have one type, see
[running.md](running.md#testing-rewrite-rules).

An exact rule is an equation between functions of real numbers: computed in float64, both sides agree to 1e-12 of
the largest number computed, which \`verify\` tests. Engines compute in float32. There the sides are rounded at
different places and differ by some 1e-6 of that number, as two engines do. This holds as long as float32 can represent
every number computed: a product of two weights below 1e-38 becomes 0, though an input of 1e20 might have followed.
Rules guard against that for factors that a program states. An approximate rule says how far its sides may differ, and
a structural one makes another function.

In a drawing x is the input and y the output; a box with a name, \`k: conv\`, is a layer whose weights or
arguments the other side uses; \`..p\` are the remaining arguments, \`..f\` any layers.
`;

/** A heading and its paragraphs; empty ones are left out. */
const section = (heading: string, ...parts: readonly string[]): string =>
  [heading, ...parts.filter((part) => part !== '')].join('\n\n');

/** The sentence with which a text begins, in one line. */
export const firstSentence = (doc: string): string =>
  (/^[^]*?\.(?=\s+[A-Z`*]|\n\n|$)/.exec(doc)?.[0] ?? doc).replaceAll('\n', ' ');

const contents = (all: readonly Declared[]): string =>
  [
    '| pass | what it does | by default |',
    '| --- | --- | --- |',
    ...all.map(({ row, declaration }) => {
      const what = firstSentence(declaration.doc);
      return `| [\`${row.name}\`](#${row.name}) | ${what} | ${row.byDefault ? 'yes' : ''} |`;
    }),
  ].join('\n');

const cut = ({ text }: Source, { start, end }: Span): string => text.slice(start, end);

/** In one line, as inline code. */
const code = (source: Source, { span }: { readonly span: Span }): string =>
  `\`${cut(source, span).replaceAll(/\s+/g, ' ')}\``;

/** The text of a rule without the indentation of the file. */
const ruleText = (source: Source, { span }: Rule): string => {
  const line = source.text.lastIndexOf('\n', span.start) + 1;
  const indent = ' '.repeat(span.start - line);
  const lines = cut(source, span).split('\n');
  // spaces that only align it with its neighbours
  return lines.length === 1
    ? lines[0]!.replaceAll(/ +/g, ' ')
    : lines.map((l) => (l.startsWith(indent) ? l.slice(indent.length) : l)).join('\n');
};

type With = Extract<Expr, { readonly tag: 'with' }>;

const withsIn = (e: Expr): readonly With[] => [
  ...partsOf(e).flatMap(withsIn),
  ...(e.tag === 'with' ? [e] : []),
];

const bindingsIn = (e: Expr) => (e.tag === 'where' ? e.bindings : []);

/** The weights of a replacement: a line for each entry, `kernel = k.kernel * s`, and one for the names after `where`. */
const weights = (source: Source, { replacement }: Rule): string => {
  const entries = withsIn(replacement).flatMap((w) => w.entries);
  const names = bindingsIn(replacement).filter((b) => b.tag === 'binding');
  if (entries.length === 0) return '';
  return [
    'Weights:',
    '',
    ...entries.map((entry) => `- ${code(source, entry)}`),
    ...(names.length === 0
      ? []
      : [`- where ${names.map((name) => code(source, name)).join(', ')}`]),
  ].join('\n');
};

const conditions = (source: Source, { replacement }: Rule): string => {
  const guards = bindingsIn(replacement).filter((b) => b.tag === 'guard');
  return guards.length === 0 ? '' : `, where ${guards.map((g) => code(source, g)).join(', ')}`;
};

const meanings = {
  exact: 'Exact',
  approximate: 'Approximate',
  structural: 'Structural: another function; only its sizes are checked',
} as const;

const ruleSection = ({ source, declaration, proved }: Declared, rule: Rule): string => {
  const { name, when } = declaration;
  const place = when === undefined ? '' : `, at ${when.text}`;
  const types = proved.has(rule) ? ' Types: for all sizes and parameters.' : '';
  return section(
    `### ${name.text}: ${rule.name.text}`,
    rule.doc,
    `${meanings[rule.soundness]}${place}${conditions(source, rule)}.${types}`,
    `![${rule.name.text}, before and after](${drawingOf(name.text, rule.name.text)})`,
    `\`\`\`\n${ruleText(source, rule)}\n\`\`\``,
    weights(source, rule),
  );
};

/** A program that applies the pass, and a command that prints what it makes of the net. */
const examples = ({ name, file, example }: PassRow): string =>
  section(
    [
      '```',
      `import "netc:passes/${file}" (${name})`,
      example,
      `net Rewritten = ${name}(N)`,
      '```',
    ].join('\n'),
    `\`\`\`sh\nnetc dump --after rewrite FILE.net --net N --pass ${name}\n\`\`\``,
  );

const takenOver = ({ with: base }: Rewrite): string =>
  base === undefined
    ? ''
    : `It has the rules of [\`${base.text}\`](#${base.text}), and behind them these:`;

/** The section of a pass without its heading: what it does, two examples, its rules. */
export const passText = (pass: Declared): string => {
  const { row, declaration } = pass;
  const file = `[passes/${row.file}](../passes/${row.file})`;
  const use = row.byDefault
    ? '`compile` and `run` apply it, unless `--no-default-passes` is given.'
    : `It is applied on request: \`--pass ${row.name}\`.`;
  return [
    section(declaration.doc, `From ${file}. ${use}`, examples(row), takenOver(declaration)),
    ...declaration.rules.map((rule) => ruleSection(pass, rule)),
  ].join('\n\n');
};

const passSection = (pass: Declared): string => section(`## ${pass.row.name}`, passText(pass));

/** The page of the documentation, in Markdown. */
export const passesPage = (all: readonly Declared[]): string =>
  `${[opening.trimEnd(), contents(all), ...all.map(passSection)].join('\n\n')}\n`;

// what an editor offers in a rule
export { weightNames } from './rule/pattern.ts';
export { weightFunctions } from './rule/weight-functions.ts';
