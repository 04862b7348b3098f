/** The state of the pass that balances brackets, and how it closes them. */
import type { IToken, TokenType } from 'chevrotain';
import { error, replace, type Edit } from '../../../diagnostic/diagnostic.ts';
import { span, type Span } from '../../../syntax/source.ts';
import type { Report } from '../faults.ts';
import * as T from '../tokens.ts';
import { virtual } from '../words.ts';
import type { Lines } from './lines.ts';

/** What the pass knows while it mends the brackets of a file. */
export type Balance = {
  readonly path: string;
  readonly tokens: readonly IToken[];
  readonly lines: Lines;
  /** The places that the scan has taken out. Brackets may have been there. */
  readonly removed: readonly Span[];
  readonly report: Report;
  /** Takes closing brackets that close nothing. */
  readonly stray: Report;
  readonly out: IToken[];
  readonly silent: Set<IToken>;
  readonly doubtful: Span[];
};

/** A bracket that is not closed yet. */
export type Open = {
  readonly token: IToken;
  /** The column in which its line begins. */
  readonly indent: number;
  /** Does more stand after it on its line? Braces that end their line hold lines of their own. */
  readonly inLine: boolean;
};

const closers: ReadonlyMap<TokenType, TokenType> = new Map([
  [T.LParen, T.RParen],
  [T.LSquare, T.RSquare],
  [T.LCurly, T.RCurly],
]);
/** The type of the bracket that closes `open`. */
export const closerOf = (open: IToken): TokenType => closers.get(open.tokenType)!;
/** A closing bracket as it is written. */
export const signOf = (type: TokenType): string =>
  type === T.RParen ? ')' : type === T.RSquare ? ']' : '}';

/** Do the brackets of tokens[from, to) match? */
export const matches = (tokens: readonly IToken[], from: number, to: number): boolean => {
  const open: IToken[] = [];
  for (let i = from; i < to; i++) {
    const token = tokens[i]!;
    if (T.opensBracket(token)) open.push(token);
    else if (T.closesBracket(token)) {
      const opener = open.pop();
      if (opener === undefined || closerOf(opener) !== token.tokenType) return false;
    }
  }
  return open.length === 0;
};

const endsCalled = T.oneOf(
  ...[T.RawWord, T.Name, T.Qualified, T.Minus, T.Slash, T.Numeral, T.Size, T.RParen],
);

/** Does a token end what an open bracket holds? `next` is the token behind it. */
type Ends = (token: IToken, next: IToken | undefined) => boolean;

/** Behind a type, or one of its sides, as in `[32, 32, 3 -> [10 {`. */
const endsType: Ends = T.oneOf(T.Arrow, T.LCurly, T.Equals, T.Semi);
/** Behind parameters, as in `net A(c = 16 : [32, 32, 3]`. */
const endsParameters: Ends = (token, next) =>
  T.is(token, T.LCurly) || (T.is(token, T.Colon) && T.is(next, T.LSquare, T.Any));
/** Behind a call, as in `conv(3, 16; relu`. */
const endsCall: Ends = T.oneOf(T.Semi);

/** What ends the bracket number `from`, if a sign does. */
const endsOf = (out: readonly IToken[], from: number): Ends | undefined => {
  const [token, word] = [out[from]!, out[from - 1]];
  if (T.is(token, T.LSquare)) return endsType;
  if (!T.is(token, T.LParen) || word === undefined) return undefined;
  if (T.is(out[from - 2], T.Net, T.Def)) return endsParameters;
  return endsCalled(word) && T.touches(word, token) ? endsCall : undefined;
};

/** The number of the token before which the bracket `token` ends, if a sign shows it. */
const signBehind = (out: readonly IToken[], token: IToken): number | undefined => {
  const from = out.lastIndexOf(token);
  const ends = endsOf(out, from);
  if (ends === undefined) return undefined;
  let depth = 0;
  for (let i = from + 1; i < out.length; i++) {
    if (depth === 0 && ends(out[i]!, out[i + 1])) return i;
    if (T.opensBracket(out[i]!)) depth++;
    else if (T.closesBracket(out[i]!)) depth--;
  }
  return undefined;
};

/** Inserts the missing bracket of `token`. Gives the edit that inserts it in the text. */
const insertCloser = ({ path, out, silent }: Balance, open: Open, end: number): Edit => {
  const { token } = open;
  const before = signBehind(out, token);
  const at = before === undefined ? end : T.endOf(out[before - 1]!);
  const made = virtual(closerOf(token), '', at);
  silent.add(made);
  out.splice(before ?? out.length, 0, made);
  return { span: span(path, at, at), newText: written(open) };
};

/** The closing bracket as it is laid out: a brace with lines of its own closes on a line of its own. */
const written = ({ token, inLine, indent }: Open): string => {
  const sign = signOf(closerOf(token));
  if (!T.is(token, T.LCurly)) return sign;
  return inLine ? ` ${sign}` : `\n${' '.repeat(indent)}${sign}`;
};

/** The edits in order; neighbours with the same place become one. */
const joined = (edits: readonly Edit[]): readonly Edit[] => {
  const out: Edit[] = [];
  for (const edit of edits) {
    const before = out.at(-1);
    if (before?.span.start !== edit.span.start) out.push(edit);
    else out.splice(-1, 1, { ...before, newText: before.newText + edit.newText });
  }
  return out;
};

/** A `;` or `,` is not left at the end of what is closed. */
const overSeparator = (edit: Edit, last: IToken | undefined): Edit =>
  T.is(last, T.Semi, T.Comma) && T.endOf(last!) === edit.span.start
    ? { ...edit, span: { ...edit.span, start: last!.startOffset } }
    : edit;

/** Does something else explain that `open` is not closed before `end`? */
const isExplained = ({ out, removed }: Balance, { token }: Open, end: number): boolean => {
  const last = out.at(-1);
  const swallowed = T.is(last, T.Text) && !/[^\\]"$/.test(last!.image); // by a string without an end
  return swallowed || removed.some(({ start }) => start >= token.startOffset && start < end + 1);
};

/** `conv((3, 64)`: takes out the second `(` of a call whose arguments stand in two, one of them closed. Did it? */
const takeOutDouble = ({ path, out, report }: Balance, { token }: Open): boolean => {
  const at = out.lastIndexOf(token);
  const [word, next] = [out[at - 1], out[at + 1]];
  if (!T.is(token, T.LParen) || !T.is(next, T.LParen) || !T.touches(token, next)) return false;
  if (word === undefined || !endsCalled(word) || !T.touches(word, token)) return false;
  const end = signBehind(out, token) ?? out.length;
  let depth = 0;
  let hasComma = false;
  for (let i = at + 1; i < end; i++) {
    if (T.opensBracket(out[i]!)) depth++;
    else if (T.closesBracket(out[i]!)) depth--;
    if (depth === 0 && i < end - 1) return false;
    hasComma ||= depth === 1 && T.is(out[i], T.Comma);
  }
  if (!hasComma) return false;
  const place = T.placeOf(path, next!);
  const message = 'one of these two `(` is never closed';
  report(
    error('E0105', { ...place, start: token.startOffset }, message, {
      fixes: [replace('take one out', place, '')],
    }),
  );
  out.splice(at + 1, 1);
  return true;
};

/** Closes what is open above `keep` brackets, after the last token; one message for all. */
export const closeAbove = (state: Balance, open: Open[], keep: number): void => {
  const { path, out, report, doubtful } = state;
  const left = open.splice(keep);
  const innermost = left.at(-1);
  if (innermost === undefined) return;
  if (left.length === 1 && takeOutDouble(state, innermost)) return;
  const last = out.at(-1);
  const end = last === undefined ? 0 : T.endOf(last);
  const explained = isExplained(state, innermost, end);
  const isEmpty = last === innermost.token;
  const inserted = left.toReversed().map((o) => insertCloser(state, o, end));
  const closed = joined(inserted.toSorted((a, b) => a.span.start - b.span.start));
  const edits = closed.map((edit) => overSeparator(edit, last));
  if (!explained)
    report(
      error(
        'E0105',
        T.placeOf(path, innermost.token),
        `this \`${innermost.token.image}\` is never closed`,
        {
          labels: left
            .slice(0, -1)
            .slice(-3)
            .map(({ token }) => ({ span: T.placeOf(path, token), message: 'nor is this one' })),
          // closed as it is, it would hold nothing
          fixes: isEmpty ? [] : [{ title: 'close it', edits, applicability: 'likely' }],
        },
      ),
    );
  const parenthesis = left.find((o) => o.inLine || o.token.tokenType !== T.LCurly);
  if (parenthesis !== undefined) doubtful.push(span(path, parenthesis.token.startOffset, end));
};
