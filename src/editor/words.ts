/** The words of the language in groups that editors colour alike. */
import { table } from '../ops/table.ts';
import { declaringWords, reservedWords } from '../parser/lexemes.ts';
import { allClauses } from '../protocol/document.ts';
import { factNames } from '../typecheck/expr/fact-names.ts';

/** The longest first: where the first alternative that fits is taken, `conv` must not hide `conv_t`. */
export const longestFirst = (words: readonly string[]): readonly string[] =>
  [...new Set(words)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));

/** Of conditions and choices. */
export const combining: readonly string[] = ['and', 'or', 'not', 'if', 'then', 'else'];

/** Those that begin declarations with a name. */
export const naming: readonly string[] = declaringWords.filter(
  (word) => word !== 'import' && word !== 'assert',
);

/** Reserved words of neither kind. */
export const others: readonly string[] = [...reservedWords].filter(
  (word) => /^\w{2,}$/.test(word) && !naming.includes(word) && !combining.includes(word),
);

/** The operators, as `conv`. */
export const operators: readonly string[] = longestFirst([...table.keys()]);

/** What assertions ask of nets, as `params`. */
export const facts: readonly string[] = longestFirst([...factNames]);

/** The words of the clauses of `train` and `eval`. */
export const clauses: readonly string[] = longestFirst(allClauses.map(({ word }) => word));
