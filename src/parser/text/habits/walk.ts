/** The state of the pass that mends habits, with the questions and actions that its rows share. */
import type { IToken, TokenType } from 'chevrotain';
import { error, type Edit, type Fix } from '../../../diagnostic/diagnostic.ts';
import { span, type Span } from '../../../syntax/source.ts';
import { meets, type Report } from '../faults.ts';
import * as T from '../tokens.ts';
import { endsValue } from '../words.ts';

/** What holds the tokens: `items` stand between commas, `other` brackets are left alone. */
export type Holder = 'file' | 'layers' | 'group' | 'items' | 'weights' | 'other';

/** A bracket that is open, or the file around them all. */
export type Frame = {
  readonly holder: Holder;
  readonly isParameters: boolean;
  /** Behind `where`, whose commas are in order. */
  inWhere: boolean;
  /** Between `net` or `def` and what it is. */
  inHead: boolean;
  /** The commas that were read as `;`. */
  commas: Edit[];
  /** The arrows that were read as `;`. */
  arrows: Edit[];
  /** The places without a sign that were read so. */
  gaps: Edit[];
  /** Other signs that were read so. */
  pipes: Edit[];
  /** The divisions that were written with two signs. */
  divisions: Edit[];
  /** The kinds of parameters that were left out. */
  kinds: Edit[];
  /** The semicolons that were read as `,`, and the colons that were read as `=`. */
  semicolons: Edit[];
  colons: Edit[];
};

/** Words that have a meaning in every file. Only the reading of slips depends on them. */
export type KnownWords = {
  readonly operators: ReadonlySet<string>;
  /** those whose first number is a window and part of the word, as in `conv3` */
  readonly windowed: ReadonlySet<string>;
};

/** Nothing is known of words. */
export const noWords: KnownWords = { operators: new Set(), windowed: new Set() };

/** What is known while the pass walks the tokens. */
export type Walk = {
  readonly path: string;
  readonly text: string;
  /** the text as it was written, offset by offset */
  readonly source: string;
  readonly tokens: readonly IToken[];
  /** The places of brackets without an end, where faults have been reported. */
  readonly doubtful: readonly Span[];
  readonly known: KnownWords;
  readonly report: Report;
  /** The number of the token that the pass looks at. */
  at: number;
  /** The tokens before it, as they were meant. */
  readonly out: IToken[];
  /** The innermost bracket around it, and those around that one. */
  frame: Frame;
  readonly frames: Frame[];
  /** The word that begins the declaration at the top. */
  declaration: IToken | undefined;
  /** The bracket that the last token closed. */
  closed: Frame | undefined;
  /** Closing brackets behind which `else id` is to be read. */
  readonly lacksElse: Set<IToken>;
  /** The names of the file that may be counts; collected when they are first needed. */
  names: ReadonlySet<string> | undefined;
  /** The names of values and outputs of this declaration; collected likewise. */
  values: ReadonlySet<string> | undefined;
};

/** A bracket that has just been opened. */
export const frameOf = (holder: Holder, isParameters = false): Frame => ({
  holder,
  isParameters,
  inWhere: false,
  inHead: false,
  commas: [],
  arrows: [],
  gaps: [],
  pipes: [],
  divisions: [],
  kinds: [],
  semicolons: [],
  colons: [],
});

// questions

/** The token behind the one that the pass looks at. */
export const nextOf = (walk: Walk): IToken | undefined => walk.tokens[walk.at + 1];

const textBetween = ({ text }: Walk, a: IToken, b: IToken): string =>
  text.slice(T.endOf(a), b.startOffset);
/** Do both stand on one line? */
export const sameLine = (walk: Walk, a: IToken, b: IToken): boolean =>
  !/[\r\n]/.test(textBetween(walk, a, b));
/** Does space stand between the two, and nothing else? */
export const onlySpace = (walk: Walk, a: IToken, b: IToken): boolean =>
  T.endOf(a) < b.startOffset && /^[ \t]+$/.test(textBetween(walk, a, b));
/** Does the token stand at the very left of the file? */
export const isLeft = ({ text }: Walk, { startOffset }: IToken): boolean =>
  startOffset === 0 || /[\r\n]/.test(text[startOffset - 1]!);

const beforeStep = T.oneOf(
  ...[T.LCurly, T.LParen, T.Semi, T.Equals, T.Bar, T.Plus, T.Colon, T.Block, T.Times, T.FatArrow],
);
/** Does the last token begin a step? Its predecessor tells. */
export const isStep = (walk: Walk): boolean => {
  const last = walk.out.at(-1);
  const previous = walk.out.at(-2);
  if (last === undefined || previous === undefined || beforeStep(previous)) return true;
  return walk.frame.holder === 'layers' && !sameLine(walk, previous, last);
};

/** Do the parameters of a `net` or `def` begin with the next bracket? */
const atParameters = ({ frame, out }: Walk): boolean =>
  frame.inHead && T.is(out.at(-1), T.Name) && T.is(out.at(-2), T.Net, T.Def);

const bracesOf = ({ declaration, frames, out }: Walk): Holder => {
  const inClauses = T.is(declaration, T.Train, T.Eval);
  if (T.is(out.at(-1), T.With) && !inClauses) return 'weights';
  const holdsRules = T.is(declaration, T.Rewrite) && frames.length === 0;
  return inClauses || holdsRules ? 'other' : 'layers';
};

const parenthesesOf = ({ declaration, out }: Walk, open: IToken): Holder => {
  if (T.is(declaration, T.Import)) return 'items';
  const last = out.at(-1);
  if (T.touches(last, open)) {
    if (endsValue(last!)) return 'items';
    if (T.is(last, T.Minus, T.Slash)) return 'other';
  }
  return T.is(declaration, T.Net, T.Def, T.Rewrite) ? 'group' : 'other';
};

/** The bracket that a token opens here. */
export const openedBy = (walk: Walk, token: IToken): Frame => {
  if (T.is(token, T.LSquare)) return frameOf('items');
  if (T.is(token, T.LCurly)) return frameOf(bracesOf(walk));
  return atParameters(walk) ? frameOf('items', true) : frameOf(parenthesesOf(walk, token));
};

// actions

/** Appends tokens as they are. */
export const keep = (walk: Walk, ...tokens: readonly IToken[]): void => {
  for (const token of tokens) walk.out.push(token);
};

/** A reserved word as it is written. */
export const keyword = (type: TokenType): string => type.name.toLowerCase();

/** From the beginning of one token to the end of the other. */
export const between = ({ path }: Walk, from: IToken, to: IToken): Span =>
  span(path, from.startOffset, Math.max(T.endOf(from), T.endOf(to)));
/** The space between two tokens. */
export const gapOf = ({ path }: Walk, from: IToken, to: IToken): Span =>
  span(path, T.endOf(from), to.startOffset);
/** The empty place right behind a token. */
export const behind = ({ path }: Walk, token: IToken): Span =>
  span(path, T.endOf(token), T.endOf(token));

/** The number of the bracket that closes the one at `open`; `open` where none does. */
export const partnerOf = (tokens: readonly IToken[], open: number): number => {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (T.opensBracket(tokens[i]!)) depth++;
    else if (T.closesBracket(tokens[i]!) && --depth === 0) return i;
  }
  return open;
};

/** Reports a habit with its one fix, unless a bracket without an end is the mistake there. */
export const say = (
  walk: Walk,
  place: Span,
  message: string,
  fix: Fix,
  code: 'E0101' | 'E0207' = 'E0101',
): void => {
  if (!meets(walk.doubtful, place.start, place.end))
    walk.report(error(code, place, message, { fixes: [fix] }));
};

/** Reports what was mended several times in a bracket, in one message each. */
export const sayTogether = (
  walk: Walk,
  { commas, arrows, gaps, pipes, divisions, kinds, semicolons, colons }: Frame,
): void => {
  sayAll(walk, semicolons, 'write `,`', 'a `,` goes between arguments; a `;` goes between layers');
  sayAll(
    walk,
    colons,
    'write `=`',
    'a value stands behind `=`; a `:` names a layer, or states a type',
  );
  sayAll(walk, commas, 'write `;`', 'write `;` between layers; a `,` goes between arguments');
  sayAll(walk, arrows, 'write `;`', 'write `;` between layers; `->` belongs to types');
  sayAll(walk, gaps, 'write `;`', 'a `;` or a new line is missing between two layers');
  sayAll(
    walk,
    divisions,
    'write `/`',
    'a division is written `/`, in parentheses behind `-`; between integers it rounds down',
  );
  sayAll(walk, pipes, 'write `;`', 'write `;` between layers: `f; g` is first `f`, then `g`');
  const message =
    'kinds are not written: the uses of a parameter say whether it is a number or a layer';
  sayAll(walk, kinds, 'leave the kind out', message);
};

const sayAll = (walk: Walk, edits: readonly Edit[], title: string, message: string): void => {
  const first = edits[0];
  if (first === undefined) return;
  const times = edits.length === 1 ? '' : `, ${edits.length} times`;
  say(walk, first.span, message, { title: title + times, edits, applicability: 'likely' });
};

/** Begins a declaration, or a local `def`. */
export const begin = (walk: Walk, token: IToken): void => {
  const { frame } = walk;
  if (frame.holder === 'file') {
    sayTogether(walk, frame);
    frame.commas = [];
    frame.arrows = [];
    frame.gaps = [];
    frame.pipes = [];
    frame.divisions = [];
    frame.inWhere = false;
    walk.declaration = token;
    walk.values = undefined;
  }
  frame.inHead = T.is(token, T.Net, T.Def);
};
