/** What the tree-sitter grammar takes from the language: its words and signs, for `grammar.js` and `scanner.c`. */
import { highlightQuery } from './highlights.ts';
import { layerWords, otherSigns, reservedWords, soundnesses } from '../parser/lexemes.ts';

const written = 'Written by scripts/tree-sitter.mjs from the words of the parser; do not edit.';

const quoted = (words: readonly string[]): readonly string[] => words.map((word) => `  '${word}',`);

/** `words.js`, which the grammar imports. */
const treeSitterWords = (): string =>
  [
    `// ${written}`,
    ...['export const reserved = [', ...quoted([...reservedWords]), '];'],
    `export const soundnesses = [${soundnesses.map((word) => `'${word}'`).join(', ')}];`,
    '/** Signs with the character that may stand for each. */',
    ...[
      'export const otherSigns = {',
      ...[...otherSigns].map(([a, b]) => `  '${a}': '${b}',`),
      '};',
    ],
    '',
  ].join('\n');

const array = (name: string, words: readonly string[]): string =>
  `static const char *const ${name}[] = {
${[...words.map((word) => `"${word}"`), 'NULL'].map((word) => `    ${word},`).join('\n')}
};
`;

/** `src/words.h`, which the scanner includes. */
const treeSitterHeader = (): string =>
  [
    `// ${written}`,
    '#include <stddef.h>',
    '',
    array('reserved_words', [...reservedWords]),
    array('words_that_begin_layers', layerWords),
  ].join('\n');

/** Everything that is written, by its path in `editors`. */
export const treeSitterFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ['tree-sitter-netc/words.js', treeSitterWords()],
    ['tree-sitter-netc/src/words.h', treeSitterHeader()],
    ['tree-sitter-netc/queries/highlights.scm', highlightQuery('neovim')],
    ['neovim/queries/netc/highlights.scm', highlightQuery('neovim')],
    ['helix/queries/netc/highlights.scm', highlightQuery('helix')],
    ['zed/languages/netc/highlights.scm', highlightQuery('zed')],
  ]);
