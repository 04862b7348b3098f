/** What a text is made of, in order and with comments: for those who write the text again, or colour it. */
import type { IToken, TokenType } from 'chevrotain';
import type { Checked } from '../diagnostic/checked.ts';
import type { Source } from '../syntax/source.ts';
import type { Tree } from '../syntax/tree.ts';
import { read } from './parse.ts';
import { noWords } from './text/habits/walk.ts';
import { beginsLayer } from './text/layout/lines.ts';
import * as T from './text/tokens.ts';
import { virtual } from './text/words.ts';

export type LexemeKind =
  | 'comment'
  /** a line break that separates layers or clauses; without text */
  | 'break'
  /** `def`, `where`, `block` */
  | 'keyword'
  | 'name'
  /** before `:`, as in `stage1: f` */
  | 'label'
  /** before `=` of an argument, a binding or an entry */
  | 'key'
  | 'number'
  | 'string'
  /** `-` and `/` of paper notation, which touch */
  | 'link'
  /** `+`, `-`, `*` and `/`: with a space or without, as they were written */
  | 'sign'
  | '|'
  /** `==`, `<`, `and`, and their like */
  | 'infix'
  | '..'
  | '->'
  | '=>'
  | '='
  | ':'
  /** the `:` before the net of `train` and `eval` */
  | 'of'
  /** the `:` before a type */
  | 'type'
  | ','
  | ';'
  | '@'
  | '.'
  /** the `x` of `3x f` */
  | 'times'
  /** `(` that touches a word */
  | 'call'
  | '('
  | ')'
  | '['
  | ']'
  /** of layers */
  | '{'
  /** of `train` and `eval`, and of their clauses */
  | 'clauses{'
  | 'rules{'
  | 'with{'
  | '}';

/** Words and signs that are not names. */
export const reservedWords: ReadonlySet<string> = new Set(T.reserved.keys());

/** Those that layers begin with, so that in braces the line break before them counts. */
export const layerWords: readonly string[] = [...T.reserved]
  .filter(([, type]) => beginsLayer(virtual(type, '', 0)))
  .map(([word]) => word);

export { otherSigns } from './text/tokens.ts';

/** Words that may stand before `rule`, and are names elsewhere. */
export { soundnesses } from './grammar/grammar.ts';

/** Those that begin declarations. */
export const declaringWords: readonly string[] = T.declaringWords;

export type Lexeme = { readonly kind: LexemeKind; readonly text: string; readonly start: number };

const kinds: ReadonlyMap<TokenType, LexemeKind> = new Map<TokenType, LexemeKind>([
  [T.NewLine, 'break'],
  ...[T.Name, T.Qualified, T.Any].map((type): [TokenType, LexemeKind] => [type, 'name']),
  [T.Label, 'label'],
  [T.Key, 'key'],
  [T.Numeral, 'number'],
  [T.Size, 'number'],
  [T.Text, 'string'],
  [T.LinkMinus, 'link'],
  [T.LinkSlash, 'link'],
  ...[T.Plus, T.Minus, T.Star, T.Slash].map((type): [TokenType, LexemeKind] => [type, 'sign']),
  ...[T.Same, T.Different, T.AtMost, T.AtLeast, T.Less, T.Greater, T.And, T.Or].map(
    (type): [TokenType, LexemeKind] => [type, 'infix'],
  ),
  [T.Bar, '|'],
  [T.DotDot, '..'],
  [T.Arrow, '->'],
  [T.FatArrow, '=>'],
  [T.Equals, '='],
  [T.Colon, ':'],
  [T.TypeColon, 'type'],
  [T.Comma, ','],
  [T.Semi, ';'],
  [T.At, '@'],
  [T.Dot, '.'],
  [T.Times, 'times'],
  [T.CallOpen, 'call'],
  [T.ParametersOpen, 'call'],
  [T.LParen, '('],
  [T.RParen, ')'],
  [T.LSquare, '['],
  [T.RSquare, ']'],
  [T.LCurly, '{'],
  [T.ClauseOpen, 'clauses{'],
  [T.RuleOpen, 'rules{'],
  [T.WithOpen, 'with{'],
  [T.RCurly, '}'],
]);

const isHead = T.oneOf(T.Train, T.Eval);

const kindOf = (token: IToken): LexemeKind =>
  token.image === ';'
    ? ';' // also where it counts as a line break
    : (kinds.get(token.tokenType) ?? 'keyword');

/** A text that was read for its lexemes. Where it has errors, lexemes may not be those of the text. */
export type Lexed = { readonly lexemes: readonly Lexeme[]; readonly tree: Checked<Tree> };

export const lexemes = (source: Source): Lexed => {
  const { tokens: made, comments, tree } = read(source, noWords);
  // the word of a clause that is written like a call is read twice
  const tokens = made.filter((t, i) => i === 0 || made[i - 1]!.startOffset !== t.startOffset);
  const all = [
    ...tokens.map((t, i): Lexeme => {
      const ofNet = T.is(t, T.Colon) && i > 1 && isHead(tokens[i - 2]!);
      return { kind: ofNet ? 'of' : kindOf(t), text: t.image, start: t.startOffset };
    }),
    ...comments.map((t): Lexeme => ({ kind: 'comment', text: t.image, start: t.startOffset })),
  ];
  return { lexemes: all.sort((a, b) => a.start - b.start), tree };
};
