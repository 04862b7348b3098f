/**
 * How the grammar goes on when a text does not follow it.
 *
 * Chevrotain's own recovery is off: it throws, and resumes at tokens that may stand inside other brackets.
 * Here nothing is thrown. A missing token is reported and imagined, a missing operand becomes `missing`, and
 * what follows a complete part without a separator is skipped up to the next separator of the same bracket.
 * Brackets balance, so skipping ends in the right place. A second fault at the same token is a consequence of
 * the first, and is not reported.
 */
import { EmbeddedActionsParser, EOF, type IToken, type TokenType } from 'chevrotain';
import { error, replace, type Fix } from '../../diagnostic/diagnostic.ts';
import type { Code } from '../../diagnostic/codes.ts';
import { span, type Source, type Span } from '../../syntax/source.ts';
import type { Expr, Name } from '../../syntax/tree.ts';
import { meets, type Report } from '../text/faults.ts';
import { nestingLimit } from '../text/scan/nesting.ts';
import * as T from '../text/tokens.ts';
import { virtual } from '../text/words.ts';

/** What the grammar must know from the passes before it, and where it reports faults. */
export type Context = {
  readonly source: Source;
  readonly report: Report;
  readonly comments: readonly IToken[];
  readonly silent: ReadonlySet<IToken>;
  readonly removed: readonly Span[];
  /** The places of brackets that were not closed, up to where they are closed now, in order. */
  readonly doubtful: readonly Span[];
};

const opensBracket = T.oneOf(
  ...[T.LParen, T.CallOpen, T.ParametersOpen, T.LSquare],
  ...[T.LCurly, T.ClauseOpen, T.RuleOpen, T.WithOpen],
);
const separator = T.oneOf(T.Semi, T.Comma, T.NewLine);
/** What may stand after a complete layer, in one context or another. */
const follows = T.oneOf(
  ...[
    T.Semi,
    T.NewLine,
    T.Comma,
    T.RParen,
    T.RSquare,
    T.RCurly,
    T.Where,
    T.FatArrow,
    T.Then,
    T.Else,
  ],
  ...[T.From, T.Inherit, T.ClauseOpen, T.Rule, T.Soundness, EOF],
  ...[T.Def, T.Net, T.Import, T.Rewrite, T.Train, T.Eval, T.Assert],
);
/** What a layer, a number or a truth value may begin with. */
const beginsOperand = T.oneOf(
  ...[T.Name, T.Qualified, T.Label, T.Numeral, T.Size, T.Text, T.Any, T.LParen, T.LCurly],
  ...[T.LSquare, T.At, T.DotDot, T.If, T.Also, T.Minus, T.Not],
);

const beginsPart = (token: IToken): boolean => beginsOperand(token) || beginsOther(token);
const beginsOther = T.oneOf(
  ...[T.Key, T.Block, T.LinkMinus, T.LinkSlash, T.CallOpen, T.Rule, T.Soundness],
);

/** A token in the user's words. */
const shown = (token: IToken, isFollowed: boolean): string => {
  if (token.tokenType === EOF) return isFollowed ? 'the next declaration' : 'the end of the file';
  if (token.tokenType === T.NewLine) return 'the end of the line';
  if (token.tokenType === T.Text) return 'a string';
  if (T.declares(token)) return 'the next declaration';
  const image = token.image.length > 40 ? `${token.image.slice(0, 40)}…` : token.image;
  return `\`${image}\``;
};

/** Tokens in which the `else` of a choice is looked for whose `if` stands behind its layer. */
const LONGEST_CONDITION = 60;

const noFixes: readonly Fix[] = [];

/** A line break before a declaration at the margin. */
const nextHead = new RegExp(`[\\r\\n](?=(?:${T.declaringWords.join('|')})\\b)`);

/** Why these cannot stand where a layer is expected, although a layer may begin with them in other places. */
const unplaced: ReadonlyMap<TokenType, string> = new Map([
  [T.Block, '`block` must begin a step; put parentheses around it here'],
  [T.Label, 'a label after `x` needs parentheses, as in `3x (name: f)`'],
  [T.Not, '`not` needs parentheses here'],
  [T.Minus, 'a negative number needs parentheses here'],
]);

/** The state of one parse and the tools of recovery. The classes that extend it have the rules. */
export class Recovery extends EmbeddedActionsParser {
  protected path = '';
  protected context: Context | undefined;
  /** Brackets and constructs around the next token. */
  protected depth = 0;
  /** The greatest depth of this run. */
  protected highest = 0;
  private tooDeep = false; // reported once in a declaration
  private last: IToken | undefined; // where the last fault was
  protected owed: TokenType | undefined; // reported as missing, and may still come

  private further: ReadonlySet<string> | undefined; // what `furtherResults` has found
  private top = 0; // where the declaration begins

  protected enter(context: Context): void {
    this.context = context;
    this.further = undefined;
    this.path = context.source.path;
  }
  protected leave(): void {
    this.context = undefined;
  }
  /** Begins a run over an island, or over the file. */
  protected start(tokens: IToken[]): void {
    this.input = tokens;
    this.depth = 0;
    this.highest = 0;
    this.tooDeep = false;
    this.last = undefined;
    this.owed = undefined;
  }

  // places

  protected placeOf(token: IToken): Span {
    return T.placeOf(this.path, token);
  }
  /** Where the next token stands; at the end of the file, after the last one. */
  protected here(): Span {
    const token = this.LA(1);
    if (token.tokenType !== EOF) return this.placeOf(token);
    const end = this.context?.source.text.length ?? 0;
    return span(this.path, end, end);
  }
  /** Where the next part begins; after the last token if the part is missing. */
  protected startOfNext(): number {
    return beginsPart(this.LA(1)) ? this.LA(1).startOffset : this.endOfLast();
  }
  protected endOfLast(): number {
    const token = this.LA(0);
    return token === undefined || Number.isNaN(token.startOffset) ? 0 : T.endOf(token);
  }
  /** From `start` to the end of the last token; an empty place after it when nothing was read. */
  protected since(start: number): Span {
    const end = this.endOfLast();
    return span(this.path, Math.min(start, end), end);
  }

  /** The same, for something whose first part may have been imagined before `start`. */
  protected around(start: number, first: { readonly span: Span }): Span {
    return this.since(this.RECORDING_PHASE ? start : Math.min(start, first.span.start));
  }

  protected at(...types: readonly TokenType[]): boolean {
    return T.is(this.LA(1), ...types);
  }

  protected textOf({ start, end }: Span): string {
    return this.context?.source.text.slice(start, end) ?? '';
  }

  /** The names behind the first one of a `return a, b` of this declaration, a habit from other languages. */
  protected furtherResults(): ReadonlySet<string> {
    const [text = ''] = (this.context?.source.text ?? '').slice(this.top).split(nextHead, 1);
    this.further ??= new Set(
      [...text.matchAll(/\breturn[ \t]+\w+[ \t]*,([^\n}]*)/g)].flatMap(([, names]) =>
        names!.split(/\W+/),
      ),
    );
    return this.further;
  }

  // faults

  /** Is a fault at the next token a consequence of one that has been reported? */
  private isConsequence(): boolean {
    const token = this.LA(1);
    if (token === this.last || this.context === undefined) return true;
    if (this.owed === token.tokenType) return true;
    const { silent, removed, doubtful } = this.context;
    const { end } = this.here();
    const from = this.endOfLast();
    return silent.has(token) || meets(removed, from, end) || meets(doubtful, from, end);
  }
  protected report(
    code: Code,
    message: string,
    place: Span = this.here(),
    fixes: readonly Fix[] = noFixes,
  ): void {
    if (!this.isConsequence()) this.context?.report(error(code, place, message, { fixes }));
    this.last = this.LA(1);
  }
  /** A fault at the next token is a consequence of one that is reported elsewhere. */
  protected ignore(): void {
    this.last = this.LA(1);
  }
  /** Reports a fault in what has been read. A fault at the next token is not a consequence of it. */
  protected complain(code: Code, message: string, place: Span, fixes = noFixes): void {
    this.context?.report(error(code, place, message, { fixes }));
  }
  /** Is the place of a missing part after the last token, rather than at the next? */
  private isBehind(): boolean {
    return T.declares(this.LA(1)) || this.at(EOF, T.NewLine);
  }
  protected expected(what: string, next?: string, fixes = noFixes): void {
    const found = shown(this.LA(1), this.context?.source.followed === true);
    const place = this.isBehind() ? this.since(this.endOfLast()) : this.here();
    this.report(
      'E0101',
      `expected ${what}, found ${found}${next === undefined ? '' : `; ${next}`}`,
      place,
      fixes,
    );
  }

  // missing parts

  /** The token; a missing one is reported and imagined. Each call in a rule has its own `index`. */
  protected need(index: number, type: TokenType, what: string, next?: string): IToken {
    if (this.RECORDING_PHASE || this.LA(1).tokenType === type) return this.consume(index, type);
    this.expected(what, next);
    const end = this.endOfLast();
    return virtual(type, '', end);
  }
  /** A name that is declared or referred to; an imagined one has no text. */
  protected needName(index: number, what: string, next?: string): Name {
    return this.nameOf(this.need(index, T.Name, what, next));
  }
  /** A name that is referred to, perhaps behind that of an import: `r.paper`. */
  protected needWord(index: number, what: string): Name {
    if (this.RECORDING_PHASE || T.is(this.LA(1), T.Name, T.Qualified))
      return this.nameOf(this.consume(index, T.Word));
    return this.needName(index, what);
  }
  protected nameOf(token: IToken): Name {
    return { text: token.image, span: this.placeOf(token) };
  }
  /** Reads the closing bracket, and skips what stands before it. */
  protected close(index: number, type: TokenType, what: string): void {
    if (!this.RECORDING_PHASE && this.LA(1).tokenType !== type) {
      this.expected(what);
      this.skip(T.closesBracket);
    }
    this.need(index, type, what);
  }
  protected missing(what: string): Expr {
    const before = this.LA(0);
    const next = this.LA(1);
    const ends = T.closesBracket(next) || next.tokenType === T.NewLine || next.tokenType === EOF;
    if ((ends || T.declares(next)) && separator(before) && before.image !== '') {
      const sign = before.image;
      this.report('E0101', `nothing follows this \`${sign}\`; take it out`, this.placeOf(before), [
        replace(`remove \`${sign}\``, this.placeOf(before), '', 'certain'),
      ]);
    } else if (T.closesBracket(next) && opensBracket(before)) {
      const advice = next.tokenType === T.RCurly ? '; `id` is the layer that does nothing' : '';
      const place = span(this.path, before.startOffset, T.endOf(next));
      this.report('E0101', `expected ${what} inside these brackets${advice}`, place);
    } else this.expected(what, unplaced.get(next.tokenType));
    return this.hole();
  }
  protected hole(): Expr {
    const end = this.endOfLast();
    return { tag: 'missing', span: span(this.path, end, end) };
  }

  // skipping

  /** Skips to a token that `stop` accepts, past whole brackets and never out of the bracket around. */
  protected skip(stop: (token: IToken) => boolean): void {
    let inside = 0;
    for (;;) {
      const token = this.LA(1);
      if (token.tokenType === EOF) break;
      if (inside === 0 && (stop(token) || T.closesBracket(token))) break;
      if (opensBracket(token)) inside++;
      else if (T.closesBracket(token)) inside--;
      this.SKIP_TOKEN();
    }
    this.last = this.LA(1);
  }
  /** Skips to what may stand after a layer. */
  protected skipPart(): void {
    this.skip(follows);
  }
  /** Ends a complete part: reports and skips what cannot follow it. */
  protected settle(what = '`;` or the end of the layer', stop = follows): void {
    if (this.RECORDING_PHASE || stop(this.LA(1))) return;
    this.expected(what, stop === follows ? this.advice() : undefined);
    this.skip(stop);
  }
  /** Advice about a next token that cannot follow the last one. */
  private advice(): string | undefined {
    const before = this.LA(0);
    const next = this.LA(1);
    if (next.tokenType === T.Colon) return 'a label is a single word before `:`';
    if (next.tokenType === T.Equals) return '`==` compares';
    if (next.tokenType === T.Name && /^x\d+$/.test(next.image))
      return `a repetition comes before its layer, as in \`${next.image.slice(1)}x f\``;
    if (next.tokenType === T.Dot) return 'a name has one dot at most, and no space around it';
    if (!beginsOperand(next)) return undefined;
    if (next.tokenType === T.LParen && T.is(before, T.Name, T.Qualified))
      return 'the `(` of a call touches its word';
    const alone = !T.is(this.LA(-1), T.LinkMinus, T.LinkSlash);
    if (alone && before.tokenType === T.Numeral && next.tokenType !== T.Numeral)
      return `a repetition is written \`${before.image}x ${next.image}\``;
    return 'a `;` or a new line in `{ }` goes between two layers';
  }

  // choices

  /** Reads `f if n > 1 else g`, where `f` has been read, as the choice that it is in Python. */
  protected chosen(then: Expr, step: () => Expr): Expr {
    if (this.RECORDING_PHASE || !this.at(T.If) || !this.isBeforeElse()) return then;
    const sign = this.placeOf(this.LA(1));
    this.SKIP_TOKEN();
    const condition = step();
    if (!this.at(T.Else)) return then;
    this.SKIP_TOKEN();
    const otherwise = step();
    const whole = { ...then.span, end: otherwise.span.end };
    if (condition.tag !== 'missing' && otherwise.tag !== 'missing') {
      const [asked, first, second] = [condition, then, otherwise].map((e) => this.textOf(e.span));
      const written = `if ${asked} then ${first} else ${second}`;
      const fix = replace('write `if … then … else …`', whole, written);
      this.complain('E0101', 'a choice is written `if … then … else …`', sign, [fix]);
    }
    return { tag: 'if', condition, then, else: otherwise, span: whole };
  }

  /** Does an `else` stand behind the next token, which is an `if`, before its step ends? */
  private isBeforeElse(): boolean {
    let depth = 0;
    for (let i = 2; i < LONGEST_CONDITION; i++) {
      const token = this.LA(i);
      if (opensBracket(token)) depth++;
      else if (T.closesBracket(token)) depth--;
      if (depth < 0 || T.declares(token) || T.is(token, T.Semi, T.NewLine, EOF)) return false;
      if (depth === 0 && T.is(token, T.If, T.Then)) return false;
      if (depth === 0 && T.is(token, T.Else)) return true;
    }
    return false;
  }

  // nesting

  /** Forgets the nesting and its faults where a declaration begins. */
  protected atTop(): void {
    this.top = this.LA(1).startOffset;
    this.further = undefined;
    this.depth = 0;
    this.tooDeep = false;
    this.owed = undefined;
  }
  protected descend(): void {
    this.depth++;
    this.highest = Math.max(this.highest, this.depth);
  }
  /** May `levels` more levels be nested here? Reports if not. */
  protected hasRoom(levels = 1): boolean {
    if (this.depth + levels <= nestingLimit) {
      if (levels > 1) this.highest = Math.max(this.highest, this.depth + levels);
      return true;
    }
    if (!this.tooDeep)
      this.report(
        'E0104',
        `this is nested more than ${nestingLimit} deep; give the inner part a name with \`def\``,
      );
    this.tooDeep = true;
    return false;
  }
}
