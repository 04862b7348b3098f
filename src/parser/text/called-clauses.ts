/**
 * Runs before habits, for a clause that is written like a call, `sgd(rate = 0.1)`: its word is read once more, as the
 * head of its value. So it has one fault, which the checker finds: no clause is called so, or it has no such form.
 */
import type { IToken } from 'chevrotain';
import * as T from './tokens.ts';
import { virtual } from './words.ts';

/**
 * Is a call written at the token, `f()` or `f(a = …)`? A value in parentheses, `batch(8)`, is no call, unless its word is
 * that of a class, `StepLR(30)`.
 */
const isCall = (tokens: readonly IToken[], at: number): boolean => {
  const [word, open, first, sign] = tokens.slice(at, at + 4);
  if (!T.is(word, T.Name) || !T.is(open, T.LParen) || !T.touches(word, open)) return false;
  const isClass = /^[A-Z]/.test(word!.image);
  return isClass || T.is(first, T.RParen) || (T.is(first, T.Name) && T.is(sign, T.Equals));
};

/** The tokens with such words twice. Linear. */
export const readCalledClauses = (text: string, tokens: readonly IToken[]): IToken[] => {
  const out: IToken[] = [];
  let isOfClauses = false;
  let depth = 0;
  tokens.forEach((token, at) => {
    const last = tokens[at - 1];
    if (depth === 0 && T.declares(token)) isOfClauses = T.is(token, T.Train, T.Eval);
    if (T.opensBracket(token)) depth++;
    else if (T.closesBracket(token)) depth--;
    const begins =
      isOfClauses &&
      depth === 1 &&
      last !== undefined &&
      (T.is(last, T.LCurly) || /[\r\n]/.test(text.slice(T.endOf(last), token.startOffset)));
    out.push(token);
    if (begins && isCall(tokens, at)) out.push(virtual(T.Name, token.image, token.startOffset));
  });
  return out;
};
