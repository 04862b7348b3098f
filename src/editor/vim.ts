/** The syntax file of Vim and Neovim: colours without a language server, written from the words of the language. */
import { clauses, combining, facts, naming, operators, others } from './words.ts';

const number = String.raw`\d\+\%(_\d\+\)*\%(\.\d\+\%(_\d\+\)*\)\?\%([eE][+-]\?\d\+\)\?`;

/** One of the words, with what a pattern of Vim adds around them. */
const oneOf = (words: readonly string[]): string => String.raw`\%(${words.join(String.raw`\|`)}\)`;

/** Rows of the file: a group, the group of colours that it belongs to, and what is in it. */
type Row = {
  readonly group: string;
  readonly link: string;
  readonly items: readonly string[];
};

const keyword = (words: readonly string[]): string => `keyword ${words.join(' ')}`;
const match = (pattern: string, options = ''): string => `match /${pattern}/${options}`;

/** Of two that begin at the same place, the later one is taken. */
const rows: readonly Row[] = [
  { group: 'Label', link: 'Label', items: [match(String.raw`\<\h\w*\ze\s*:\s*[^[:blank:]_\[]`)] },
  { group: 'Key', link: 'Identifier', items: [match(String.raw`\<\h\w*\ze\s*=[^=>]`)] },
  {
    group: 'Operator',
    link: 'Function',
    items: [
      match(String.raw`\<${oneOf(operators)}\ze\%(\d\+\%(x\d\+\)\?\)\?\%(\W\|$\)`),
      match(String.raw`\<${oneOf(facts)}\ze(`),
    ],
  },
  // behind a word too, as in `conv3-64`
  {
    group: 'Number',
    link: 'Number',
    items: [
      match(String.raw`\%(\<\|\h\@<=\)${number}`),
      match(String.raw`\%(\<\|\h\@<=\)\d\+x\d\+\>`),
    ],
  },
  { group: 'Repeat', link: 'Repeat', items: [match(String.raw`\%(\d\|\s\|)\)\@<=x\>`)] },
  { group: 'Recall', link: 'Special', items: [match(String.raw`@\h\w*`)] },
  {
    group: 'Sign',
    link: 'Operator',
    items: [match(String.raw`->\|→\|=>\|⇒\|[=!<>]=\|[≠≤≥…]\|\.\.\|[-+*\/|<>]`)],
  },
  {
    group: 'Clause',
    link: 'Statement',
    items: [match(String.raw`\%(^\|{\)\s*\zs${oneOf(clauses)}\ze\s\+[^[:blank:]:=;|]`)],
  },
  { group: 'Keyword', link: 'Keyword', items: [keyword(others.filter((word) => word !== 'rule'))] },
  { group: 'Conditional', link: 'Conditional', items: [keyword(combining)] },
  {
    group: 'Declaration',
    link: 'Keyword',
    items: [`${keyword([...naming, 'rule'])} nextgroup=netcName skipwhite`],
  },
  { group: 'Name', link: 'Type', items: [match(String.raw`\h\w*`, ' contained')] },
  { group: 'Escape', link: 'SpecialChar', items: [match(String.raw`\\.`, ' contained')] },
  {
    group: 'String',
    link: 'String',
    items: [String.raw`region start=/"/ skip=/\\./ end=/"/ oneline contains=netcEscape`],
  },
  { group: 'Comment', link: 'Comment', items: [match(String.raw`--.*$`, ' contains=@Spell')] },
];

/** The file as a text. */
export const vimSyntax = (): string =>
  [
    '" Written by scripts/vim.mjs from the words of the language; do not edit.',
    "if exists('b:current_syntax')",
    '  finish',
    'endif',
    ...rows.flatMap(({ group, items }) =>
      items.map((item) => `syntax ${item.replace(/^(\w+)/, `$1 netc${group}`)}`),
    ),
    ...rows.map(({ group, link }) => `highlight default link netc${group} ${link}`),
    "let b:current_syntax = 'netc'",
    '',
  ].join('\n');
