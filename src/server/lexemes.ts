/** What a text of the editor is made of, read once. */
import { lexemes, type Lexeme } from '../parser/lexemes.ts';
import { perObject } from '../syntax/memo.ts';
import type { Text } from './text.ts';

export const lexemesOf: (text: Text) => readonly Lexeme[] = perObject(
  ({ text }: Text) => lexemes({ path: '', text }).lexemes,
);
