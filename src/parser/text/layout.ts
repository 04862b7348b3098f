/**
 * The fourth pass: what tokens mean where they stand. Line breaks become separators where they count,
 * braces say what they hold, signs and parentheses that touch become paper notation, and names before
 * `:` and `=` are marked. Behind it the grammar needs one token of lookahead.
 */
import type { IToken, TokenType } from 'chevrotain';
import { warning } from '../../diagnostic/diagnostic.ts';
import { span, type Source } from '../../syntax/source.ts';
import type { Report } from './faults.ts';
import * as T from './tokens.ts';
import { endsValue, virtual } from './words.ts';

/** What holds the tokens: the file, `( )`, `[ ]`, or one of the four kinds of braces. */
type Holder =
  'file' | 'parentheses' | 'list' | 'layers' | 'clauses' | 'inner' | 'rules' | 'weights';

type Frame = {
  readonly holder: Holder;
  /** Does the closing bracket end a chain, as in `f(a)` and `f-(a)`? */
  readonly chains: boolean;
  /** The last `;` directly in this bracket on the current line of it. */
  semi: IToken | undefined;
  /** In the head of a local `def`, where a line break is a space. */
  inHead: boolean;
};

const beginsLayer = T.oneOf(
  ...[T.Name, T.Qualified, T.Numeral, T.Size, T.Text, T.Any, T.LParen, T.LSquare, T.LCurly],
  ...[T.At, T.Block, T.Also, T.If, T.Not, T.Def],
);
const beginsClause = T.oneOf(T.Name, T.Qualified);
const joins = T.oneOf(T.Bar, T.Plus, T.Star);
const opensBracket = T.oneOf(T.LParen, T.LSquare, T.LCurly);
const closesBracket = T.oneOf(T.RParen, T.RSquare, T.RCurly);
const declares = T.oneOf(...[T.Def, T.Net, T.Import, T.Rewrite, T.Train, T.Eval, T.Assert]);
const argument = T.oneOf(T.Name, T.Qualified, T.Numeral, T.Size, T.LParen);
/** Behind these a name is declared, or stands alone: no paper notation, no label, no key. */
const standsAlone = T.oneOf(T.At, T.As, T.Def, T.Net, T.Also, T.Rule, T.Train, T.Eval, T.Rewrite);

const holderOf = (
  frame: Frame,
  declaration: IToken | undefined,
  before: IToken | undefined,
): Holder => {
  const top = frame.holder === 'file';
  if (top && T.is(declaration, T.Train, T.Eval)) return 'clauses';
  if (frame.holder === 'clauses' || frame.holder === 'inner') return 'inner';
  if (T.is(before, T.With)) return 'weights';
  if (top && T.is(declaration, T.Rewrite)) return 'rules';
  return 'layers';
};
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

/** `balanced` brackets in, tokens for the grammar out; also the lint W0109. */
export const layOut = (
  source: Source,
  text: string,
  tokens: readonly IToken[],
  report: Report,
): IToken[] => {
  const { path } = source;
  const out: IToken[] = [];
  const open = (holder: Holder, chains = false): Frame => ({
    holder,
    chains,
    semi: undefined,
    inHead: false,
  });
  const frames: Frame[] = [];
  let frame = open('file');
  let declaration: IToken | undefined; // at the top
  let before: IToken | undefined; // the token before this one, as the grammar sees it
  let word: IToken | undefined; // the last token, when paper notation may touch it
  let first = true; // nothing but space stands before this token on its line

  const touches = (a: IToken | undefined, b: IToken | undefined): boolean =>
    a !== undefined && b !== undefined && T.endOf(a) === b.startOffset;
  const breaks = (from: number, to: number): boolean => {
    for (let i = from; i < to; i++) {
      const c = text.charCodeAt(i);
      if (c === 10 || c === 13) return true;
    }
    return false;
  };
  const lineBreak = (): void => {
    const end = before === undefined ? 0 : T.endOf(before);
    before = virtual(T.NewLine, '', end, end);
    out.push(before);
    frame.semi = undefined;
    word = undefined;
  };
  /** Does the line break before `token` count here? */
  const separates = (token: IToken, next: IToken | undefined): boolean => {
    if (before === undefined || !endsValue(before)) return false;
    if (frame.holder === 'layers') {
      if (frame.inHead || T.is(out.at(-2), T.Also)) return false;
      return beginsLayer(token) || (T.is(token, T.DotDot) && touches(token, next));
    }
    return (
      (frame.holder === 'clauses' || frame.holder === 'inner') &&
      (beginsClause(token) || T.reserved.has(token.image))
    );
  };
  const lint = (token: IToken): void => {
    const { semi } = frame;
    if (semi === undefined || !joins(token)) return;
    report(
      warning(
        'W0109',
        span(path, token.startOffset, T.endOf(token)),
        `\`${token.image}\` binds tighter than the \`;\` before it: \`f; g ${token.image} h\` is \`f; (g ${token.image} h)\``,
        {
          label: 'joins only what follows the `;`',
          labels: [{ span: span(path, semi.startOffset, T.endOf(semi)), message: 'this `;`' }],
          notes: ['put parentheses around what is meant'],
        },
      ),
    );
  };
  /** Does the word state the soundness of a rule, and not end the rule before? */
  const states = (token: IToken, rule: IToken | undefined): boolean =>
    rule !== undefined && first && !breaks(T.endOf(token), rule.startOffset);
  /** Is the next name the word of a clause? */
  const beginsClauses = (last: IToken): boolean =>
    (frame.holder === 'clauses' || frame.holder === 'inner') && T.is(last, T.ClauseOpen, T.NewLine);
  /** `stated` is the `rule` that follows, perhaps behind a tolerance. */
  const name = (
    token: IToken,
    next: IToken | undefined,
    behind: IToken | undefined,
    stated: IToken | undefined,
  ): void => {
    const alone = before !== undefined && (standsAlone(before) || beginsClauses(before));
    const prefix = T.is(before, T.DotDot) && (out.length < 2 || !endsValue(out.at(-2)!));
    const isArgument = T.is(before, T.LinkMinus, T.LinkSlash);
    if (T.is(token, T.Name) && states(token, stated)) T.retag(token, T.Soundness);
    else if (T.is(token, T.Name) && T.is(next, T.Equals) && !alone && !isArgument)
      T.retag(token, T.Key);
    else if (T.is(token, T.Name) && T.is(next, T.Colon) && !alone && !isArgument) {
      if (!T.is(behind, T.LSquare, T.Any)) T.retag(token, T.Label);
      else if (!prefix) word = token;
    } else if (!alone && !prefix) word = token;
  };
  /** Do the parameters of a `def` or `net` follow, even of one without a name? */
  const isHead = (): boolean =>
    T.is(T.is(out.at(-1), T.Name) ? out.at(-2) : out.at(-1), T.Def, T.Net);
  const push = (token: IToken): void => {
    out.push(token);
    before = token;
  };

  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const next = tokens[i + 1];
    const previous = tokens[i - 1];
    first =
      previous === undefined ||
      previous.tokenType === T.RuleOpen ||
      breaks(T.endOf(previous), token.startOffset);
    if (first) {
      lint(token);
      if (!closesBracket(token)) frame.semi = undefined;
      if (separates(token, next)) lineBreak();
    }
    const chain = touches(word, token) ? word : undefined;
    word = undefined;

    if (frame.holder === 'file' && declares(token)) {
      declaration = token;
      frame.semi = undefined;
    }
    if (T.is(token, T.Name, T.Qualified)) {
      const rule = frame.holder === 'rules' ? ruleBehind(tokens, i) : undefined;
      name(token, next, tokens[i + 2], rule);
      push(token);
    } else if (T.is(token, T.Numeral, T.Size)) {
      if (T.is(before, T.LinkMinus, T.LinkSlash)) word = token;
      push(token);
    } else if (opensBracket(token)) {
      const holder = T.is(token, T.LParen)
        ? 'parentheses'
        : T.is(token, T.LSquare)
          ? 'list'
          : holderOf(frame, declaration, before);
      const chains =
        holder === 'parentheses' && (chain !== undefined || T.is(before, T.LinkMinus, T.LinkSlash));
      T.retag(token, chain !== undefined && holder === 'parentheses' ? T.CallOpen : braces[holder]);
      if (T.is(token, T.LParen) && isHead()) T.retag(token, T.ParametersOpen);
      if (holder === 'layers') frame.inHead = false;
      frames.push(frame);
      frame = open(holder, chains);
      push(token);
    } else if (closesBracket(token)) {
      if (frame.chains && token.image !== '') word = token;
      frame = frames.pop() ?? open('file');
      push(token);
    } else {
      if (T.is(token, T.Minus, T.Slash)) {
        if (chain !== undefined && touches(token, next) && argument(next!))
          T.retag(token, T.is(token, T.Minus) ? T.LinkMinus : T.LinkSlash);
      } else if (T.is(token, T.Colon)) {
        if (T.is(next, T.LSquare, T.Any)) T.retag(token, T.TypeColon);
      } else if (T.is(token, T.Semi)) {
        frame.semi = token;
        if (frame.holder === 'inner') T.retag(token, T.NewLine);
      } else if (T.is(token, T.With)) {
        const inherits = frame.holder === 'file' && T.is(declaration, T.Train, T.Eval);
        if (inherits) T.retag(token, T.Inherit);
      } else if (T.is(token, T.Def)) frame.inHead = true;
      else if (T.is(token, T.Equals)) frame.inHead = false;
      push(token);
    }
  }
  return out;
};
