/** What tokens mean, one reader for each class of them. */
import type { IToken, TokenType } from 'chevrotain';
import * as T from '../tokens.ts';
import { endsValue } from '../words.ts';
import { breaks, frameOf, type Holder, type State } from './state.ts';

const argument = T.oneOf(T.Name, T.Qualified, T.Numeral, T.Size, T.LParen);
/** Behind these a name is declared or stands alone: it is not a label or a key, and nothing touches it. */
const standsAlone = T.oneOf(T.At, T.As, T.Def, T.Net, T.Also, T.Rule, T.Train, T.Eval, T.Rewrite);

const isLink = T.oneOf(T.LinkMinus, T.LinkSlash);
const endsLink = (token: IToken | undefined): boolean => token !== undefined && isLink(token);

/** What the bracket will hold. */
const holderOf = ({ frame, declaration, out }: State, open: IToken): Holder => {
  if (T.is(open, T.LParen)) return 'parentheses';
  if (T.is(open, T.LSquare)) return 'list';
  const top = frame.holder === 'file';
  if (top && T.is(declaration, T.Train, T.Eval)) return 'clauses';
  if (frame.holder === 'clauses' || frame.holder === 'inner') return 'inner';
  if (T.is(out.at(-1), T.With)) return 'weights';
  if (top && T.is(declaration, T.Rewrite)) return 'rules';
  return 'layers';
};
/** The type of an opening bracket, by what it holds. */
const braces: Readonly<Record<Holder, TokenType>> = {
  file: T.LCurly,
  parentheses: T.LParen,
  list: T.LSquare,
  layers: T.LCurly,
  clauses: T.ClauseOpen,
  inner: T.ClauseOpen,
  rules: T.RuleOpen,
  weights: T.WithOpen,
};

/** The `rule` that comes after a word, as in `exact rule` and `approximate(1e-3) rule`. */
const ruleBehind = (tokens: readonly IToken[], word: number): IToken | undefined => {
  const next = tokens[word + 1];
  if (T.is(next, T.Rule)) return next;
  if (!T.is(next, T.LParen)) return undefined;
  let close = word + 2;
  while (close < tokens.length && !T.is(tokens[close], T.RParen, T.RCurly, T.Rule)) close++;
  const behind = T.is(tokens[close], T.RParen) ? tokens[close + 1] : undefined;
  return T.is(behind, T.Rule) ? behind : undefined;
};

/** Gives a token its type, and says what holds after it. */
type Reader = (state: State, token: IToken, i: number) => void;

/** Does the word state the soundness of a rule? Otherwise it belongs to the rule before. */
const statesRule = ({ frame, first, text, tokens }: State, token: IToken, i: number): boolean => {
  if (frame.holder !== 'rules' || !first || !T.is(token, T.Name)) return false;
  const rule = ruleBehind(tokens, i);
  return rule !== undefined && !breaks(text, T.endOf(token), rule.startOffset);
};

/** Does the next name stand alone, as where it is declared and at the beginning of a clause? */
const isAlone = ({ frame, out }: State): boolean => {
  const before = out.at(-1);
  if (before === undefined) return false;
  if (standsAlone(before)) return true;
  const holdsClauses = frame.holder === 'clauses' || frame.holder === 'inner';
  return holdsClauses && T.is(before, T.ClauseOpen, T.NewLine);
};

/** Does a `..` stand before the next name, and not as the sign of a range? */
const isRest = ({ out }: State): boolean =>
  T.is(out.at(-1), T.DotDot) && (out.length < 2 || !endsValue(out.at(-2)!));

const name: Reader = (state, token, i) => {
  if (statesRule(state, token, i)) return T.retag(token, T.Soundness);
  if (isAlone(state)) return;
  const next = state.tokens[i + 1];
  if (T.is(token, T.Name) && !endsLink(state.out.at(-1))) {
    if (T.is(next, T.Equals)) return T.retag(token, T.Key);
    const isLabel = T.is(next, T.Colon) && !T.is(state.tokens[i + 2], T.LSquare, T.Any);
    if (isLabel) return T.retag(token, T.Label);
  }
  if (!isRest(state)) state.word = token;
};

const number: Reader = (state, token) => {
  if (endsLink(state.out.at(-1))) state.word = token;
};

/** Do the parameters of a `def` or `net` follow? Its name may be missing. */
const isHead = ({ out }: State): boolean =>
  T.is(T.is(out.at(-1), T.Name) ? out.at(-2) : out.at(-1), T.Def, T.Net);

const opening: Reader = (state, token) => {
  const { frame, chained, out } = state;
  const holder = holderOf(state, token);
  const isCall = holder === 'parentheses' && chained;
  const chains = isCall || (holder === 'parentheses' && endsLink(out.at(-1)));
  T.retag(token, isCall ? T.CallOpen : braces[holder]);
  if (T.is(token, T.LParen) && isHead(state)) T.retag(token, T.ParametersOpen);
  if (holder === 'layers') frame.inHead = false;
  state.frames.push(frame);
  state.frame = frameOf(holder, chains);
};

const closing: Reader = (state, token) => {
  if (state.frame.chains && token.image !== '') state.word = token;
  state.frame = state.frames.pop() ?? frameOf('file');
};

const link: Reader = ({ chained, tokens }, token, i) => {
  const next = tokens[i + 1];
  if (chained && next !== undefined && T.touches(token, next) && argument(next))
    T.retag(token, T.is(token, T.Minus) ? T.LinkMinus : T.LinkSlash);
};

const colon: Reader = ({ tokens }, token, i) => {
  if (T.is(tokens[i + 1], T.LSquare, T.Any)) T.retag(token, T.TypeColon);
};

const semicolon: Reader = ({ frame }, token) => {
  frame.semi = token;
  if (frame.holder === 'inner') T.retag(token, T.NewLine);
};

const withWord: Reader = ({ frame, declaration }, token) => {
  const inherits = frame.holder === 'file' && T.is(declaration, T.Train, T.Eval);
  if (inherits) T.retag(token, T.Inherit);
};

const head =
  (inHead: boolean): Reader =>
  ({ frame }) => {
    frame.inHead = inHead;
  };

/** The readers by type of token. A token without a reader keeps its type. */
export const readers: ReadonlyMap<number, Reader> = new Map(
  (
    [
      [[T.Name, T.Qualified], name],
      [[T.Numeral, T.Size], number],
      [[T.LParen, T.LSquare, T.LCurly], opening],
      [[T.RParen, T.RSquare, T.RCurly], closing],
      [[T.Minus, T.Slash], link],
      [[T.Colon], colon],
      [[T.Semi], semicolon],
      [[T.With], withWord],
      [[T.Def], head(true)],
      [[T.Equals], head(false)],
    ] as const
  ).flatMap(([types, read]) => types.map((type): [number, Reader] => [type.tokenTypeIdx!, read])),
);
