/** What tree-sitter's nodes are coloured as in editors that use it: `highlights.scm`, written from the words. */
import { soundnesses } from '../parser/lexemes.ts';
import { combining, facts, naming, operators, others } from './words.ts';

/** Editors that read such a file. They agree on most names; those of Helix are others here and there. */
export type Painter = 'neovim' | 'helix' | 'zed';

/** Colours as Neovim calls them, with Helix's name where it has another. */
const helix: ReadonlyMap<string, string> = new Map([
  ['number', 'constant.numeric'],
  ['property', 'variable.other.member'],
  ['keyword.conditional', 'keyword.control.conditional'],
  ['function.call', 'function'],
  ['module', 'namespace'],
]);

const nameIn = (painter: Painter, colour: string): string =>
  painter === 'helix' ? (helix.get(colour) ?? colour) : colour;

const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(' ');

/** A word is an operator with the window that touches it: `conv3x3`. */
const isOperator = `"^(${operators.join('|')})([0-9]+(x[0-9]+)?)?$"`;
const isFact = `"^(${facts.join('|')})$"`;
const isNeither = `(#not-match? @here ${isOperator}) (#not-match? @here ${isFact})`;

const conditional = combining.filter((word) => !['and', 'or', 'not'].includes(word));

/** A colour and the patterns of what has it; `@here` marks the node. No node has two, as editors differ on which counts. */
const rows: readonly (readonly [colour: string, ...patterns: readonly string[]])[] = [
  ['comment', '(comment) @here'],
  ['string', '(string) @here'],
  ['number', '[(number) (size)] @here'],
  ['constant.builtin', '(any) @here'],
  ['keyword', `[${quoted([...naming, ...others])}] @here`, `[${quoted(soundnesses)}] @here`],
  ['keyword.conditional', `[${quoted(conditional)}] @here`],
  ['keyword.operator', '["and" "or" "not"] @here'],
  [
    'operator',
    '["->" "=>" "=" "==" "!=" "<" "<=" ">" ">=" ".." "|" "+" "-" "*" "/" "x" "@"] @here',
  ],
  ['punctuation.bracket', '["(" ")" "[" "]" "{" "}"] @here'],
  ['punctuation.delimiter', '["," ";" ":"] @here'],
  ['function', '(def name: (name) @here)', '(net name: (name) @here)', '(rule name: (name) @here)'],
  ['type', ...['rewrite', 'train', 'eval'].map((tag) => `(${tag} name: (name) @here)`)],
  ['module', '(import as: (name) @here)'],
  ['function', '(import picked: (name) @here)'],
  ['variable.parameter', '(parameter name: (name) @here)', '(rest name: (name) @here)'],
  ['property', ...['named', 'entry', 'binding'].map((tag) => `(${tag} name: (name) @here)`)],
  ['property', '(clause word: (name) @here)'],
  ['label', ...['label', 'block', 'as', 'also'].map((tag) => `(${tag} name: (name) @here)`)],
  ['variable', '(recall name: (name) @here)', '(spread name: (name) @here)'],
  ['function.builtin', `(chain word: (name) @here (#match? @here ${isOperator}))`],
  ['function.builtin', `(chain word: (name) @here (#match? @here ${isFact}))`],
  ['function.call', `(chain word: (name) @here [(link) (call)] ${isNeither})`],
  ['function.call', '(chain word: (qualified) @here)'],
  ['variable', `((chain . word: (name) @here .) ${isNeither})`],
];

/** The file for an editor. */
export const highlightQuery = (painter: Painter): string =>
  [
    '; Written by scripts/tree-sitter.mjs from the words of the language; do not edit.',
    ...rows.flatMap(([colour, ...patterns]) =>
      patterns.map((pattern) => pattern.replaceAll('@here', `@${nameIn(painter, colour)}`)),
    ),
    '',
  ].join('\n');
