/** Tells names from reserved words. */
import type { IToken, TokenType } from 'chevrotain';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Report } from './faults.ts';
import * as T from './tokens.ts';

/** A token that is not in the source, made as the lexer makes them; Chevrotain's own would be twice as large. */
export const virtual = (type: TokenType, image: string, start: number): IToken => ({
  image,
  startOffset: start,
  tokenTypeIdx: type.tokenTypeIdx!,
  tokenType: type,
});

/** May a value end with this token? */
export const endsValue = T.oneOf(
  ...[T.Name, T.Qualified, T.Numeral, T.Size, T.Text, T.Any],
  ...[T.RParen, T.RSquare, T.RCurly],
);
const introducesName = T.oneOf(
  ...[T.Def, T.Net, T.Rewrite, T.Train, T.Eval, T.Rule, T.As, T.Also, T.At],
);
const heads = T.oneOf(T.Rewrite, T.Train, T.Eval);
const headWords = T.oneOf(T.With, T.From, T.When);
const opensItem = T.oneOf(T.LParen, T.LSquare, T.Comma);
const joins = T.oneOf(T.Plus, T.Star, T.Bar);
const endsItem = T.oneOf(T.RParen, T.RSquare, T.Comma);

/**
 * Does a reserved word or sign stand where only a name makes sense? It is read as a name, so that one mistake
 * gives one message. The token after it has not been classified.
 */
const standsForName = (
  text: string,
  before: IToken | undefined,
  token: IToken,
  behind: IToken | undefined,
): boolean => {
  // in `-> _ = f` and `: _ = f` it is a type
  if (T.is(token, T.Any) && before !== undefined && T.is(before, T.Arrow, T.Colon)) return false;
  const sign = T.is(token, T.Times, T.Any);
  // `def = f` lacks a name, `g(def = f)` has a bad one
  const introduces = introducesName(token) && (before === undefined || !opensItem(before));
  const oneLine =
    before === undefined || !/[\r\n]/.test(text.slice(T.endOf(before), token.startOffset));
  // after a value, `where =` and `else :` are reserved words; `x =` on a new line is a name
  const leads = before === undefined || !endsValue(before) || (T.is(token, T.Times) && !oneLine);
  if (T.is(behind, T.Equals) && leads)
    return !introduces || (before !== undefined && introducesName(before));
  if (T.is(behind, T.Colon) && leads && !T.is(token, T.Any) && !introduces) return true;
  if (before === undefined) return false;
  if (introducesName(before)) {
    return oneLine && !(heads(before) && headWords(token) && T.is(behind, T.RawWord));
  }
  if (T.is(before, T.DotDot) && T.endOf(before) === token.startOffset) return !T.is(token, T.Any);
  // a repetition has its layer behind the sign: `x + y` on a line of its own has names
  if (T.is(token, T.Times))
    return !endsValue(before) || (!oneLine && behind !== undefined && joins(behind));
  return !sign && opensItem(before) && behind !== undefined && endsItem(behind);
};

/** Does a token begin a step in braces? */
const beginsStep = (text: string, before: IToken | undefined, token: IToken): boolean => {
  if (before === undefined || T.is(before, T.LCurly, T.Semi)) return before !== undefined;
  const gap = text.slice(T.endOf(before), token.startOffset);
  return endsValue(before) && /[\r\n][ \t]+$/.test(gap);
};

const misnamed = (path: string, token: IToken, part: string): Diagnostic => {
  const place = T.placeOf(path, token);
  if (part === 'x')
    return error(
      'E0108',
      place,
      '`x` is the sign of repetition, as in `3x f`, and cannot be a name',
    );
  if (part === '_') return error('E0108', place, '`_` stands for any size and cannot be a name');
  return error(
    'E0108',
    place,
    `\`${part}\` is a reserved word and cannot be a name; try \`${part}_\``,
  );
};

/** The state of the pass. */
export type Words = {
  readonly path: string;
  /** The text as it is written, and as the scan has left it. */
  readonly source: string;
  readonly text: string;
  readonly report: Report;
  readonly out: IToken[];
  /** Is the declaration that is being read an assertion? */
  inAssertion: boolean;
  /** The words of the file that no number touches: what has a name. Collected when they are first needed. */
  readonly names: () => ReadonlySet<string>;
};

/** A word on its own; `behind` is the token behind it. */
export const nameWord = (words: Words, token: IToken, behind: IToken | undefined): void => {
  const { path, text, report, out } = words;
  const { image } = token;
  const before = out.at(-1);
  out.push(token);
  if (image.includes('.')) {
    const odd = image.split('.').find((part) => T.reserved.has(part));
    if (odd !== undefined) report(misnamed(path, token, odd));
    return T.retag(token, T.Qualified);
  }
  const type = T.reserved.get(image);
  if (type === undefined) return T.retag(token, T.Name);
  T.retag(token, type);
  if (!standsForName(text, before, token, behind)) {
    if (T.declares(token)) words.inAssertion = T.is(token, T.Assert);
    return;
  }
  // of `x = f` among layers the grammar says that it needs no name
  if (!(type === T.Times && T.is(behind, T.Equals) && beginsStep(text, before, token)))
    report(misnamed(path, token, image));
  T.retag(token, T.Name);
};
