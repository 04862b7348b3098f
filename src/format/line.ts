/** A line of a text on its way to its canonical layout. */
import type { Lexeme } from '../parser/lexemes.ts';

export type Line =
  /** as it was: something in its declaration is wrong */
  | { readonly tag: 'verbatim'; readonly text: string }
  | { readonly tag: 'blank' }
  | {
      readonly tag: 'words';
      readonly words: readonly Lexeme[];
      /** a declaration, a layer, a clause or a rule begins with it; otherwise it goes on */
      readonly begins: boolean;
    };

/** A line with words. */
export type Words = Extract<Line, { readonly tag: 'words' }>;

export const endOf = ({ start, text }: Lexeme): number => start + text.length;

export const isComment = ({ words }: Words): boolean => words[0]!.kind === 'comment';

const opening: ReadonlySet<string> = new Set([
  '(',
  'call',
  '[',
  '{',
  'clauses{',
  'rules{',
  'with{',
]);
const closing: ReadonlySet<string> = new Set([')', ']', '}']);

export const opens = ({ kind }: Lexeme): boolean => opening.has(kind);
export const closes = ({ kind }: Lexeme): boolean => closing.has(kind);

const declaring: ReadonlySet<string> = new Set([
  'def',
  'net',
  'import',
  'assert',
  'rewrite',
  'train',
  'eval',
]);

/** Does a declaration of a file begin with the word? */
export const declares = ({ kind, text }: Lexeme): boolean =>
  kind === 'keyword' && declaring.has(text);

/** How deep each word stands in the brackets of its line; a bracket stands outside of what it holds. */
export const depths = (words: readonly Lexeme[]): readonly number[] => {
  let depth = 0;
  return words.map((word) => {
    if (closes(word)) depth--;
    const own = depth;
    if (opens(word)) depth++;
    return own;
  });
};
