/**
 * The third pass: makes brackets balance. Behind it every opening bracket has its closing one, so the
 * grammar can always skip to the end of a bracket, and one missing bracket is one message.
 */
import type { IToken, TokenType } from 'chevrotain';
import { error, replace, type Edit } from '../../diagnostic/diagnostic.ts';
import { span, type Source, type Span } from '../../syntax/source.ts';
import type { Report } from './faults.ts';
import * as T from './tokens.ts';
import { virtual } from './words.ts';

const isOpen = T.oneOf(T.LParen, T.LSquare, T.LCurly);
const isClose = T.oneOf(T.RParen, T.RSquare, T.RCurly);
const nested = T.oneOf(T.Net, T.Import, T.Rewrite, T.Train, T.Eval, T.Assert);
const closers: ReadonlyMap<TokenType, TokenType> = new Map([
  [T.LParen, T.RParen],
  [T.LSquare, T.RSquare],
  [T.LCurly, T.RCurly],
]);
const signOf = (type: TokenType): string =>
  type === T.RParen ? ')' : type === T.RSquare ? ']' : '}';
const closerOf = (open: IToken): TokenType => closers.get(open.tokenType)!;

export type Balanced = {
  readonly tokens: IToken[];
  /** Tokens at which a fault is a consequence of one that has been reported. */
  readonly silent: ReadonlySet<IToken>;
  /** From each bracket within a line that is not closed to where it is closed now, in order. */
  readonly doubtful: readonly Span[];
};

type Open = {
  readonly token: IToken;
  readonly indent: number;
  /** Does more stand behind it on its line? Braces that end their line hold lines of their own. */
  readonly inLine: boolean;
};

/** The column of a token that is the first on its line, else -1; of its line's first token, always. */
type Line = { readonly first: readonly boolean[]; readonly indent: readonly number[] };

const linesOf = (text: string, tokens: readonly IToken[]): Line => {
  const first: boolean[] = [];
  const indent: number[] = [];
  let done = 0;
  let lineStart = 0;
  let current = 0;
  for (const token of tokens) {
    let broke = done === 0;
    for (let i = done; i < token.startOffset; i++) {
      const c = text.charCodeAt(i);
      if (c === 10 || c === 13) {
        broke = true;
        lineStart = i + 1;
      }
    }
    done = T.endOf(token);
    if (broke) current = token.startOffset - lineStart;
    first.push(broke);
    indent.push(current);
  }
  return { first, indent };
};

/** Do the brackets of tokens[from, to) match? */
const matches = (tokens: readonly IToken[], from: number, to: number): boolean => {
  const open: IToken[] = [];
  for (let i = from; i < to; i++) {
    const token = tokens[i]!;
    if (isOpen(token)) open.push(token);
    else if (isClose(token)) {
      const opener = open.pop();
      if (opener === undefined || closerOf(opener) !== token.tokenType) return false;
    }
  }
  return open.length === 0;
};

/** `stray` takes closing brackets that close nothing. Never fails; linear. */
export const balance = (
  source: Source,
  text: string,
  tokens: IToken[],
  removed: readonly Span[],
  report: Report,
  stray: Report,
): Balanced => {
  if (matches(tokens, 0, tokens.length)) return { tokens, silent: new Set(), doubtful: [] };
  const { path } = source;
  const out: IToken[] = [];
  const silent = new Set<IToken>();
  const doubtful: Span[] = [];
  const { first, indent } = linesOf(text, tokens);
  const placeOf = (token: IToken): Span => span(path, token.startOffset, T.endOf(token));

  /** Closes what is open above `keep` brackets, behind the last token; one message for all. */
  const close = (open: Open[], keep: number, why: (innermost: IToken) => string): void => {
    const left = open.splice(keep);
    const innermost = left.at(-1);
    if (innermost === undefined) return;
    const last = out.at(-1);
    const end = last === undefined ? 0 : T.endOf(last);
    const cut = removed.some(
      (gap) => gap.start >= innermost.token.startOffset && gap.start < end + 1,
    );
    const swallowed = T.is(last, T.Text) && !/[^\\]"$/.test(last!.image); // by a string without an end
    const edits: Edit[] = [];
    for (const { token } of [...left].reverse()) {
      const before = callEnd(token);
      const at = before === undefined ? end : T.endOf(out[before - 1]!);
      const made = virtual(closerOf(token), '', at, at);
      silent.add(made);
      out.splice(before ?? out.length, 0, made);
      const newText = signOf(made.tokenType);
      const same = edits.at(-1);
      if (same?.span.start === at)
        edits.splice(-1, 1, { ...same, newText: same.newText + newText });
      else edits.push({ span: span(path, at, at), newText });
    }
    if (!cut && !swallowed)
      report(
        error('E0105', placeOf(innermost.token), why(innermost.token), {
          labels: left
            .slice(0, -1)
            .slice(-3)
            .map(({ token }) => ({ span: placeOf(token), message: 'nor is this one' })),
          fixes: [{ title: 'close it', edits, applicability: 'likely' }],
        }),
      );
    const parenthesis = left.find((o) => o.inLine || o.token.tokenType !== T.LCurly);
    if (parenthesis !== undefined) doubtful.push(span(path, parenthesis.token.startOffset, end));
  };
  /** Where the call that `token` opens ends: before the first `;` in it, `conv(3, 16; relu`. */
  const callEnd = (token: IToken): number | undefined => {
    const from = out.lastIndexOf(token);
    const word = out[from - 1];
    const isCall =
      T.is(token, T.LParen) &&
      T.is(word, T.RawWord, T.Name, T.Qualified, T.Minus, T.Slash, T.Numeral, T.Size, T.RParen) &&
      T.endOf(word!) === token.startOffset;
    let depth = 0;
    for (let i = from + 1; isCall && i < out.length; i++) {
      if (isOpen(out[i]!)) depth++;
      else if (isClose(out[i]!)) depth--;
      else if (depth === 0 && T.is(out[i], T.Semi)) return i;
    }
    return undefined;
  };
  const unclosed = (token: IToken): string => `this \`${token.image}\` is never closed`;

  const mend = (from: number, to: number): void => {
    const open: Open[] = [];
    let dropped = false; // the next token stands where something was dropped
    const drop = (token: IToken): void => {
      stray(
        error('E0101', placeOf(token), `this \`${token.image}\` closes nothing; take it out`, {
          fixes: [replace(`remove \`${token.image}\``, placeOf(token), '')],
        }),
      );
      dropped = true;
    };
    const closer = (token: IToken, i: number): void => {
      const top = open.at(-1);
      const owner = open.findLastIndex((o) => closerOf(o.token) === token.tokenType);
      if (top === undefined) return drop(token);
      if (owner < 0 && top.token.tokenType === T.LCurly) return drop(token);
      if (owner < 0) {
        let next = i + 1;
        while (next < to && !isOpen(tokens[next]!) && !isClose(tokens[next]!)) next++;
        if (next < to && tokens[next]!.tokenType === closerOf(top.token)) return drop(token);
        const right = signOf(closerOf(top.token));
        report(
          error(
            'E0105',
            placeOf(top.token),
            `this \`${top.token.image}\` is closed by \`${token.image}\``,
            {
              labels: [{ span: placeOf(token), message: `\`${right}\` is expected` }],
              fixes: [replace(`write \`${right}\``, placeOf(token), right)],
            },
          ),
        );
        T.retag(token, closerOf(top.token));
        open.pop();
        out.push(token);
        return;
      }
      // a brace that begins its line belongs to the bracket whose line is indented as much
      const aligned = first[i]
        ? open.findLastIndex((o) => closerOf(o.token) === token.tokenType && o.indent === indent[i])
        : owner;
      close(open, Math.min(owner, aligned < 0 ? owner : aligned) + 1, unclosed);
      open.pop();
      out.push(token);
    };
    for (let i = from; i < to; i++) {
      const token = tokens[i]!;
      if (first[i] && !isClose(token)) {
        // a parenthesis is not left open by a line that is indented no more than its own
        let keep = open.length;
        while (
          keep > 0 &&
          open[keep - 1]!.token.tokenType !== T.LCurly &&
          indent[i]! <= open[keep - 1]!.indent
        )
          keep--;
        close(open, keep, unclosed);
      }
      if (isClose(token)) closer(token, i);
      else {
        if (isOpen(token)) open.push({ token, indent: indent[i]!, inLine: first[i + 1] === false });
        if (dropped) silent.add(token);
        dropped = false;
        out.push(token);
      }
    }
    close(open, 0, unclosed);
  };

  /** Tokens between declarations that begin lines; local `def`s count only where nothing else helps. */
  const regions = (
    from: number,
    to: number,
    starts: (i: number) => boolean,
  ): [number, number][] => {
    const found: [number, number][] = [];
    let begin = from;
    for (let i = from + 1; i < to; i++) {
      if (!first[i] || !starts(i)) continue;
      found.push([begin, i]);
      begin = i;
    }
    found.push([begin, to]);
    return found;
  };
  const left = indent[0] ?? 0;
  const declares = (i: number): boolean =>
    nested(tokens[i]!) &&
    indent[i]! <= left &&
    (T.is(tokens[i], T.Assert) || T.is(tokens[i + 1], T.Name, T.Text));
  for (const [from, to] of regions(0, tokens.length, declares)) {
    if (matches(tokens, from, to)) for (let i = from; i < to; i++) out.push(tokens[i]!);
    else {
      const base = indent[from] ?? 0;
      const outer = (i: number): boolean => T.is(tokens[i], T.Def) && indent[i]! <= base;
      for (const [a, b] of regions(from, to, outer)) {
        if (matches(tokens, a, b)) for (let i = a; i < b; i++) out.push(tokens[i]!);
        else mend(a, b);
      }
    }
  }
  return { tokens: out, silent, doubtful };
};
