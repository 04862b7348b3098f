/** Mends the brackets of one region, token by token. */
import type { IToken, TokenType } from 'chevrotain';
import { error, replace } from '../../../diagnostic/diagnostic.ts';
import * as T from '../tokens.ts';
import { span } from '../../../syntax/source.ts';
import { endsValue, virtual } from '../words.ts';
import type { Region } from './lines.ts';
import { closeAbove, closerOf, signOf, type Balance, type Open } from './state.ts';

/** The state within a region. */
type Mending = Balance & {
  readonly open: Open[];
  /** The number of the first token, and one more than that of the last. */
  readonly from: number;
  readonly end: number;
  /** Was a `{` behind the head missing, and read? */
  opened: boolean;
  /** Is it a training or an evaluation? */
  readonly isTraining: boolean;
  /** Was the token before the next one dropped? */
  dropped: boolean;
};

/** The number of the token behind the head of the net or definition that begins at `from`: its name, parameters and types. */
const behindHead = (tokens: readonly IToken[], from: number, end: number): number | undefined => {
  if (!T.is(tokens[from], T.Net, T.Def) || !T.is(tokens[from + 1], T.Name)) return undefined;
  let at = from + 2;
  const skip = (open: TokenType): boolean => {
    if (tokens[at]?.tokenType !== open) return false;
    let depth = 0;
    do {
      const token = tokens[at++]!;
      if (T.opensBracket(token)) depth++;
      else if (T.closesBracket(token)) depth--;
    } while (at < end && depth > 0);
    return true;
  };
  const skipType = (): boolean => {
    if (!T.is(tokens[at], T.Any)) return skip(T.LSquare);
    at++;
    return true;
  };
  skip(T.LParen);
  if (T.is(tokens[at], T.Colon)) {
    at++;
    if (!skipType()) return undefined;
    if (T.is(tokens[at], T.Arrow)) {
      at++;
      if (!skipType()) return undefined;
    }
  }
  return at < end ? at : undefined;
};

/** Reads a `{` behind the head of a declaration that lacks it, where a `}` closes nothing. Was one read? */
const openBody = (state: Mending, token: IToken): boolean => {
  const { tokens, from, end, out, path, report } = state;
  if (!T.is(token, T.RCurly) || state.opened) return false;
  const behind = behindHead(tokens, from, end);
  if (behind === undefined || T.is(tokens[behind], T.LCurly, T.Equals, T.RCurly)) return false;
  const last = tokens[behind - 1]!;
  const place = out.lastIndexOf(last);
  if (place < 0) return false;
  const at = T.endOf(last);
  const where = span(path, at, at);
  const message = 'a `{` is missing between the head of a declaration and its layers';
  report(error('E0101', where, message, { fixes: [replace('write `{`', where, ' {')] }));
  out.splice(place + 1, 0, virtual(T.LCurly, '', at));
  out.push(token);
  state.opened = true;
  return true;
};

/** Leaves out a closing bracket that closes nothing. */
const drop = (state: Mending, token: IToken): void => {
  const place = T.placeOf(state.path, token);
  const fixes = [replace(`remove \`${token.image}\``, place, '')];
  const message = `this \`${token.image}\` closes nothing; take it out`;
  state.stray(error('E0101', place, message, { fixes }));
  state.dropped = true;
};

/** `(a]`: reads a closing bracket as the one that was meant. */
const retagCloser = ({ path, open, out, report }: Mending, top: Open, token: IToken): void => {
  const place = T.placeOf(path, token);
  const right = signOf(closerOf(top.token));
  const message = `this \`${top.token.image}\` is closed by \`${token.image}\``;
  report(
    error('E0105', T.placeOf(path, top.token), message, {
      labels: [{ span: place, message: `\`${right}\` is expected` }],
      fixes: [replace(`write \`${right}\``, place, right)],
    }),
  );
  T.retag(token, closerOf(top.token));
  open.pop();
  out.push(token);
};

/** Is the next bracket after the token number `i` the one that closes `top`? */
const closesSoon = ({ tokens, end }: Mending, top: Open, i: number): boolean => {
  let next = i + 1;
  while (next < end && !T.opensBracket(tokens[next]!) && !T.closesBracket(tokens[next]!)) next++;
  return next < end && tokens[next]!.tokenType === closerOf(top.token);
};

const closing = (state: Mending, token: IToken, i: number): void => {
  const { open, lines } = state;
  const isOwner = (o: Open): boolean => closerOf(o.token) === token.tokenType;
  const top = open.at(-1);
  if (top === undefined) {
    if (!openBody(state, token)) drop(state, token);
    return;
  }
  const owner = open.findLastIndex(isOwner);
  if (owner < 0) {
    if (top.token.tokenType === T.LCurly || closesSoon(state, top, i)) return drop(state, token);
    return retagCloser(state, top, token);
  }
  // a brace that begins its line belongs to the bracket whose line is indented as much
  const aligned = lines.first[i]
    ? open.findLastIndex((o) => isOwner(o) && o.indent === lines.indent[i])
    : owner;
  closeAbove(state, open, Math.min(owner, aligned < 0 ? owner : aligned) + 1);
  open.pop();
  state.out.push(token);
};

/** Does a clause of a training begin at the token number `i`, where an argument would stand behind a `,`? */
const beginsClause = (state: Mending, top: Open, i: number): boolean => {
  const { tokens, isTraining, out } = state;
  return (
    isTraining &&
    T.is(top.token, T.LParen) &&
    T.is(tokens[i], T.Name) &&
    !T.is(tokens[i + 1], T.Equals, T.Comma) &&
    endsValue(out.at(-1)!) &&
    !closesSoon(state, top, i)
  );
};

/** A parenthesis is not left open by a line that is indented no more than its own, nor by the next clause. */
const atLineStart = (state: Mending, i: number): void => {
  const { open, lines } = state;
  const top = open.at(-1);
  if (top !== undefined && beginsClause(state, top, i)) closeAbove(state, open, open.length - 1);
  const isLeft = ({ token, indent }: Open): boolean =>
    token.tokenType !== T.LCurly && lines.indent[i]! <= indent;
  closeAbove(state, open, open.findLastIndex((o) => !isLeft(o)) + 1);
};

const other = (state: Mending, token: IToken, i: number): void => {
  const { first, indent } = state.lines;
  if (T.opensBracket(token))
    state.open.push({ token, indent: indent[i]!, inLine: first[i + 1] === false });
  if (state.dropped) state.silent.add(token);
  state.dropped = false;
  state.out.push(token);
};

/** Appends the tokens of a region with brackets that balance. */
export const mend = (balance: Balance, [from, end]: Region): void => {
  const isTraining = T.is(balance.tokens[from], T.Train, T.Eval);
  const state: Mending = {
    ...balance,
    open: [],
    from,
    end,
    opened: false,
    isTraining,
    dropped: false,
  };
  for (let i = from; i < end; i++) {
    const token = state.tokens[i]!;
    if (T.closesBracket(token)) closing(state, token, i);
    else {
      if (state.lines.first[i]) atLineStart(state, i);
      other(state, token, i);
    }
  }
  closeAbove(state, state.open, 0);
};
