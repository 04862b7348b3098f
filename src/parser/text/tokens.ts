/**
 * The words of the language, as Chevrotain tokens.
 *
 * The lexer knows few of them. `words.ts` makes a word a name or a reserved word, and `layout` decides what depends
 * on neighbours, by giving a token another type: does this `-` touch, does this `{` hold layers or clauses, does
 * this line break count? So the grammar is LL(1).
 */
import { createToken, Lexer, type IToken, type TokenType } from 'chevrotain';
import { lazy } from '../../syntax/memo.ts';
import { span, type Span } from '../../syntax/source.ts';

/** A type that the lexer never gives: later passes give it to tokens, or insert such tokens. */
const derived = (name: string, label: string, ...categories: readonly TokenType[]): TokenType =>
  createToken({ name, label, pattern: Lexer.NA, categories: [...categories] });

const sign = (name: string, text: string, ...categories: readonly TokenType[]): TokenType =>
  createToken({ name, label: `'${text}'`, pattern: text, categories: [...categories] });

/** Signs that may be written in two ways. */
const twoWays = {
  Different: ['!=', '≠'],
  AtMost: ['<=', '≤'],
  AtLeast: ['>=', '≥'],
  DotDot: ['..', '…'],
  FatArrow: ['=>', '⇒'],
  Arrow: ['->', '→'],
} as const;

/** Those signs with the character that may stand for each. */
export const otherSigns: ReadonlyMap<string, string> = new Map(Object.values(twoWays));

/** A sign of `twoWays`. The lexer looks only at signs that may begin with the next character. */
const either = (
  name: keyof typeof twoWays,
  pattern: RegExp,
  ...categories: readonly TokenType[]
): TokenType => {
  const [text, other] = twoWays[name];
  return createToken({
    name,
    label: `'${text}'`,
    pattern,
    start_chars_hint: [text.charAt(0), other],
    categories: [...categories],
  });
};

// words
export const Word = derived('Word', 'WORD');
export const Name = derived('Name', 'NAME', Word);
export const Qualified = derived('Qualified', 'NAME.NAME', Word);
/** A name before the `:` of a label. */
export const Label = derived('Label', 'NAME');
/** A name before the `=` of an argument, a binding or an entry. */
export const Key = derived('Key', 'NAME');
/** A name before `rule`: `exact`, `approximate` or `structural`, which are not reserved. */
export const Soundness = derived('Soundness', 'NAME');

// infix signs of all levels; `precedence.ts` gives a run of them its shape
export const Infix = derived('Infix', 'INFIX');
export const Bar = sign('Bar', '|', Infix);
export const Or = derived('Or', "'or'", Infix);
export const And = derived('And', "'and'", Infix);
export const Same = sign('Same', '==', Infix);
export const Different = either('Different', /!=|≠/, Infix);
export const AtMost = either('AtMost', /<=|≤/, Infix);
export const AtLeast = either('AtLeast', />=|≥/, Infix);
export const Less = sign('Less', '<', Infix);
export const Greater = sign('Greater', '>', Infix);
export const DotDot = either('DotDot', /\.\.|…/, Infix);
export const Plus = sign('Plus', '+', Infix);
export const Minus = sign('Minus', '-', Infix);
export const Star = sign('Star', '*', Infix);
export const Slash = sign('Slash', '/', Infix);

// `-` and `/` of paper notation: they touch the word before them and the argument after them
export const LinkSign = derived('LinkSign', "('-' | '/')");
export const LinkMinus = derived('LinkMinus', "'-'", LinkSign);
export const LinkSlash = derived('LinkSlash', "'/'", LinkSign);

// brackets; a `(` that touches a word opens a call, and a `{` is one of four
export const LParen = sign('LParen', '(');
export const CallOpen = derived('CallOpen', "'('");
/** Opens the parameters of a `net` or `def`. */
export const ParametersOpen = derived('ParametersOpen', "'('");
export const RParen = sign('RParen', ')');
export const LSquare = sign('LSquare', '[');
export const RSquare = sign('RSquare', ']');
export const LCurly = sign('LCurly', '{');
export const ClauseOpen = derived('ClauseOpen', "'{'");
export const RuleOpen = derived('RuleOpen', "'{'");
export const WithOpen = derived('WithOpen', "'{'");
export const RCurly = sign('RCurly', '}');

// punctuation
export const FatArrow = either('FatArrow', /=>|⇒/);
export const Arrow = either('Arrow', /->|→/);
export const Equals = sign('Equals', '=');
export const Dot = sign('Dot', '.');
export const Comma = sign('Comma', ',');
export const Semi = sign('Semi', ';');
export const Colon = sign('Colon', ':');
/** A `:` before `[` or `_`: a type follows, and not the layer of a label. */
export const TypeColon = derived('TypeColon', "':'");
export const At = sign('At', '@');
/** A line break that counts. */
export const NewLine = derived('NewLine', 'LINEBREAK');

// signs that look like names
export const Times = derived('Times', "'x'");
export const Any = derived('Any', "'_'");

// reserved words
const word = (name: string): TokenType => derived(name, `'${name.toLowerCase()}'`);
export const Def = word('Def');
export const Net = word('Net');
export const Import = word('Import');
export const Rewrite = word('Rewrite');
export const Rule = word('Rule');
export const Train = word('Train');
export const Eval = word('Eval');
export const Assert = word('Assert');
export const Where = word('Where');
/** `with { … }`, after a layer. */
export const With = word('With');
/** `with paper`, in the head of `train` and `eval`. */
export const Inherit = derived('Inherit', "'with'");
export const From = word('From');
export const When = word('When');
export const As = word('As');
export const Also = word('Also');
export const Block = word('Block');
export const If = word('If');
export const Then = word('Then');
export const Else = word('Else');
export const Not = word('Not');

/** The words that are not names, with their types. */
export const reserved: ReadonlyMap<string, TokenType> = new Map([
  ...[Def, Net, Import, Rewrite, Rule, Train, Eval, Assert, Where, With, From, When].map(
    (type): [string, TokenType] => [type.name.toLowerCase(), type],
  ),
  ...[As, Also, Block, If, Then, Else, Or, And, Not].map((type): [string, TokenType] => [
    type.name.toLowerCase(),
    type,
  ]),
  ['x', Times],
  ['_', Any],
]);

// what tokens begin with; the lexer takes apart the expressions of those that do not say it, each time it is made
const digits = [...'0123456789'];
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'];

// literals
export const Size = createToken({
  name: 'Size',
  label: 'SIZE',
  pattern: /\d+x\d+/,
  start_chars_hint: digits,
});
export const Numeral = createToken({
  name: 'Numeral',
  label: 'NUMBER',
  pattern: /\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?/,
  start_chars_hint: digits,
});

/** The offset after the string that begins at `start`: after its closing quote, or at the end of its line. */
export const endOfString = (text: string, start: number): number => {
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13) return i;
    if (c === 34) return i + 1;
    if (c === 92 && i + 1 < text.length) {
      const next = text.charCodeAt(i + 1);
      if (next !== 10 && next !== 13) i++;
    }
  }
  return text.length;
};

/** A string, perhaps without an end, which `literals.ts` reports. Read by a loop, since it may have megabytes. */
export const Text = createToken({
  name: 'Text',
  label: 'STRING',
  pattern: (text: string, start: number): [string] | null =>
    text.charCodeAt(start) === 34 ? [text.slice(start, endOfString(text, start))] : null,
  line_breaks: false,
  start_chars_hint: ['"'],
});

/** Any word; `words.ts` tells which. `k.kernel` is one word of two names, `torch.nn` and `ReLU` are two. */
export const RawWord = createToken({
  name: 'RawWord',
  pattern: /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/,
  start_chars_hint: letters,
});
const Space = createToken({
  name: 'Space',
  pattern: /[ \t\r\n]+/,
  start_chars_hint: [...' \t\r\n'],
  group: Lexer.SKIPPED,
  line_breaks: true,
});
const Comment = createToken({
  name: 'Comment',
  pattern: /--[^\r\n]*/,
  group: 'comments',
  start_chars_hint: ['-'],
});

/** In the order in which the lexer tries them. */
const lexed = [
  Space,
  RawWord,
  Size,
  Numeral,
  Comment,
  Text,
  ...[FatArrow, Arrow, Same, Different, AtMost, AtLeast, Less, Greater, Equals, DotDot, Dot],
  ...[Comma, Semi, Colon, Bar, Plus, Minus, Star, Slash, At],
  ...[LParen, RParen, LSquare, RSquare, LCurly, RCurly],
];

/** All types of tokens. */
export const vocabulary: TokenType[] = [
  ...[Word, Name, Qualified, Label, Key, Soundness, Infix, LinkSign, LinkMinus, LinkSlash],
  ...[CallOpen, ParametersOpen, ClauseOpen, RuleOpen, WithOpen, TypeColon, NewLine, Inherit],
  ...reserved.values(),
  ...lexed,
];

const lexer = lazy(
  () =>
    new Lexer(lexed, {
      positionTracking: 'onlyOffset',
      skipValidations: true,
      ensureOptimizations: true,
    }),
);

/** The tokens and comments of a text from which `scan` has taken what no token is made of. */
export const lex = (
  text: string,
): { readonly tokens: IToken[]; readonly comments: readonly IToken[] } => {
  const result = lexer().tokenize(text);
  return { tokens: result.tokens, comments: result.groups['comments'] ?? [] };
};

/** The offset after a token. The lexer records only where tokens start. */
export const endOf = (token: IToken): number => token.startOffset + token.image.length;

/** Has the token one of these types? */
export const is = (token: IToken | undefined, ...types: readonly TokenType[]): boolean =>
  token !== undefined && types.some((type) => type.tokenTypeIdx === token.tokenTypeIdx);

/** Gives a token another type, in place: only one parse holds the token. */
export const retag = (token: IToken, type: TokenType): void => {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx!;
};

/** A fast test whether a token has one of these types. */
export const oneOf = (...types: readonly TokenType[]): ((token: IToken) => boolean) => {
  const members = new Set(types.map((type) => type.tokenTypeIdx));
  return (token) => members.has(token.tokenTypeIdx);
};

// questions that several passes ask

/** Is the token an opening bracket, before the layout gives it its type? */
export const opensBracket = oneOf(LParen, LSquare, LCurly);
/** Is the token a closing bracket? */
export const closesBracket = oneOf(RParen, RSquare, RCurly);
const declaring = [Def, Net, Import, Rewrite, Train, Eval, Assert];
/** The words that begin declarations. */
export const declaringWords: readonly string[] = declaring.map(({ name }) => name.toLowerCase());
/** Does the token begin a declaration? */
export const declares = oneOf(...declaring);

/** Do two tokens stand side by side, without a space? */
export const touches = (a: IToken | undefined, b: IToken | undefined): boolean =>
  a !== undefined && b !== undefined && endOf(a) === b.startOffset;

/** The place of a token in the file at `path`. */
export const placeOf = (path: string, token: IToken): Span =>
  span(path, token.startOffset, endOf(token));
