/**
 * Decides what tokens mean where they stand. Line breaks become separators where they count, braces get types
 * for what they hold, signs and parentheses that touch become paper notation, and names before `:` and `=` are
 * marked. After this pass the grammar needs one token of lookahead.
 */
import type { IToken } from 'chevrotain';
import type { Source } from '../../../syntax/source.ts';
import type { Report } from '../faults.ts';
import * as T from '../tokens.ts';
import { atLineStart, isFirst } from './lines.ts';
import { readers } from './readers.ts';
import { frameOf, type State } from './state.ts';

/** Makes tokens for the grammar from tokens whose brackets balance. Reports the lint W0109. */
export const layOut = (
  { path }: Source,
  text: string,
  tokens: readonly IToken[],
  report: Report,
): IToken[] => {
  const state: State = {
    ...{ path, text, tokens, report, out: [], frame: frameOf('file'), frames: [] },
    ...{ declaration: undefined, word: undefined, chained: false, first: true },
  };
  tokens.forEach((token, i) => {
    state.first = isFirst(state, token, i);
    if (state.first) atLineStart(state, token, i);
    state.chained = T.touches(state.word, token);
    state.word = undefined;
    if (state.frame.holder === 'file' && T.declares(token)) {
      state.declaration = token;
      state.frame.semi = undefined;
    }
    readers.get(token.tokenTypeIdx)?.(state, token, i);
    state.out.push(token);
  });
  return state.out;
};
