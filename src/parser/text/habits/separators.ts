/** Habits about `,` and `;`. */
import type { IToken } from 'chevrotain';
import { replace } from '../../../diagnostic/diagnostic.ts';
import { span } from '../../../syntax/source.ts';
import * as T from '../tokens.ts';
import { endsValue, virtual } from '../words.ts';
import { habit } from './habit.ts';
import { behind, between, keep, nextOf, onlySpace, sameLine, say, type Walk } from './walk.ts';

const separates = T.oneOf(T.Comma, T.Semi);

const isNumber = T.oneOf(T.Numeral, T.Size);

/** Do layers stand here, and not arguments or the names of `where`? */
export const amongLayers = ({ frame, declaration }: Walk): boolean => {
  if (frame.inWhere) return false;
  if (frame.holder === 'file') return T.is(declaration, T.Net, T.Def) && !frame.inHead;
  return frame.holder === 'layers' || frame.holder === 'group';
};

/** Is a separator superfluous before `next`? */
export const isLast = ({ frames }: Walk, next: IToken | undefined): boolean =>
  next === undefined ||
  T.closesBracket(next) ||
  separates(next) ||
  (frames.length === 0 && T.declares(next));

/** A window as a pair of numbers. */
export const pairOfNumbers = habit({
  example: ['net A = conv((3, 5), 16)', 'net A = conv(3x5, 16)'],
  sees: (walk, token, last) =>
    T.is(token, T.Comma) &&
    walk.frame.holder === 'group' &&
    walk.frames.at(-1)?.holder === 'items' &&
    T.is(last, T.Numeral) &&
    T.is(walk.out.at(-2), T.LParen) &&
    T.is(nextOf(walk), T.Numeral) &&
    T.is(walk.tokens[walk.at + 2], T.RParen),
  mends: (walk, _, last) => {
    const place = between(walk, walk.out.at(-2)!, walk.tokens[walk.at + 2]!);
    const size = `${last.image}x${nextOf(walk)!.image}`;
    const fix = replace(`write \`${size}\``, place, size);
    say(walk, place, `a size is written \`${size}\`, height and width`, fix);
    // a token ends where its image does
    const image = size.padEnd(place.end - place.start);
    walk.out.splice(-2, 2, virtual(T.Size, image, place.start));
    walk.at += 2;
    walk.frame = walk.frames.pop()!; // the bracket is read to its end
  },
});

/** Words that are values of arguments here or elsewhere, and not layers. */
const words: ReadonlySet<string> = new Set([
  ...['true', 'false', 'half', 'valid', 'same', 'ceil', 'floor', 'nearest', 'bilinear'],
  ...['True', 'False', 'None', 'SAME', 'VALID'],
]);

/** Is a token the value of an argument? A word in quotes is, as in `activation = 'relu'`. */
const isValue = ({ source }: Walk, token: IToken | undefined): boolean =>
  T.is(token, T.Numeral, T.Size, T.Text) ||
  (T.is(token, T.Name) && (words.has(token!.image) || source[token!.startOffset - 1] === "'"));

/** The tokens of the arguments `name = value` from the token `first` on, without each `,` between them. */
const argumentsFrom = (walk: Walk, first: number): readonly (readonly IToken[])[] => {
  const { tokens } = walk;
  const found: IToken[][] = [];
  for (let i = first - 1; i === first - 1 || T.is(tokens[i], T.Comma); i += 4) {
    const [name, sign, value] = tokens.slice(i + 1, i + 4);
    const ends = tokens[i + 4];
    if (!T.is(name, T.Name) || !T.is(sign, T.Equals)) break;
    if (!isValue(walk, value)) break;
    // in `pad = conv3-8` the value is a layer
    if (T.is(value, T.Numeral, T.Size) && T.touches(value, ends) && !isEnd(ends)) break;
    found.push([name!, sign!, value!]);
  }
  return found;
};

const isEnd = (token: IToken | undefined): boolean =>
  T.is(token, T.Comma, T.Semi, T.RCurly, T.RParen);

/** The first token of the call that the last token ends: before it nothing touches. */
const startOfCall = ({ out }: Walk): IToken => {
  let depth = 0;
  for (let i = out.length - 1; i >= 0; i--) {
    if (T.closesBracket(out[i]!)) depth++;
    else if (T.opensBracket(out[i]!)) depth--;
    if (depth === 0 && !T.touches(out[i - 1], out[i])) return out[i]!;
  }
  return out[0]!;
};

/** An argument behind a layer that has ended. */
export const argumentBehindLayer = habit({
  example: ['net A { conv3-16, pad = 1; relu }', 'net A { conv3-16(pad = 1); relu }'],
  sees: (walk, token, last) => {
    if (!T.is(token, T.Comma) || !amongLayers(walk)) return false;
    if (walk.frames.at(-1)?.inHead === true) return false; // parameters without a name before them
    const isCall = T.is(last, T.RParen) && walk.closed?.holder === 'items';
    if (!isCall && !T.is(last, T.Name, T.Numeral, T.Size)) return false;
    const given = argumentsFrom(walk, walk.at + 1);
    if (given.length === 0) return false;
    const start = startOfCall(walk);
    return T.is(start, T.Name, T.Qualified) && { given, isCall, start: start.startOffset };
  },
  mends: (walk, _, last, seen) => {
    intoCall(walk, last, seen);
    walk.at += 4 * seen.given.length - 1;
  },
});

/** Arguments that stand behind the call that ends with `last`. */
type Stray = {
  readonly given: readonly (readonly IToken[])[];
  /** does the call have parentheses? */
  readonly isCall: boolean;
  readonly start: number;
};

/** The offset behind a value, and behind the quotes that it was written in. */
const endOfValue = ({ source }: Walk, value: IToken): number =>
  T.endOf(value) + (source[T.endOf(value)] === "'" ? 1 : 0);

/** Reports arguments behind a call, and puts them into its parentheses. */
const intoCall = (walk: Walk, last: IToken, { given, isCall, start }: Stray): void => {
  const { path, text, out } = walk;
  const value = given.at(-1)![2]!;
  const named = given.map((tokens) => tokens.map(({ image }) => image).join(' ')).join(', ');
  const from = isCall ? last.startOffset : T.endOf(last);
  const end = endOfValue(walk, value);
  const behind = `${isCall ? ', ' : '('}${named})`;
  const whole = `${text.slice(start, from)}${behind}`;
  const fix = replace(`write \`${whole}\``, span(path, from, end), behind);
  const message = `an argument stands in the parentheses of its layer; write \`${whole}\``;
  say(walk, span(path, given[0]![0]!.startOffset, end), message, fix);
  if (isCall) out.pop();
  given.forEach((tokens, i) => {
    const opens = i === 0 && !isCall;
    keep(walk, virtual(opens ? T.LParen : T.Comma, '', from), ...tokens);
  });
  keep(walk, virtual(T.RParen, '', end));
};

/** An argument behind a layer, without a sign between them. */
export const argumentBehindSpace = habit({
  example: ['net A { conv3-16 pad = 1; relu }', 'net A { conv3-16(pad = 1); relu }'],
  sees: (walk, _, last) => {
    if (
      !amongLayers(walk) ||
      !T.is(last, T.Numeral, T.Size) ||
      !sameLine(walk, last, walk.tokens[walk.at]!)
    )
      return false;
    const given = argumentsFrom(walk, walk.at);
    if (given.length === 0) return false;
    const start = startOfCall(walk);
    return T.is(start, T.Name, T.Qualified) && { given, isCall: false, start: start.startOffset };
  },
  mends: (walk, _, last, seen) => {
    intoCall(walk, last, seen);
    walk.at += 4 * seen.given.length - 2;
  },
});

/** Space between a layer and the parentheses of its arguments. */
export const spaceBeforeArguments = habit({
  example: ['net A { conv3-16 (pad = 1); relu }', 'net A { conv3-16(pad = 1); relu }'],
  sees: (walk, token, last) => {
    if (!T.is(token, T.LParen) || !amongLayers(walk) || !onlySpace(walk, last, token)) return false;
    if (!T.is(last, T.Name, T.Numeral, T.Size)) return false;
    const [name, sign] = walk.tokens.slice(walk.at + 1);
    return T.is(name, T.Name) && T.is(sign, T.Equals);
  },
  mends: (walk, token, last) => {
    const place = span(walk.path, T.endOf(last), token.startOffset);
    const message = 'the parentheses of the arguments touch the layer';
    say(walk, place, message, replace('remove the space', place, '', 'certain'));
    keep(walk, virtual(T.LParen, '', T.endOf(last)));
  },
});

/** A `,` for a `;`. */
export const commaBetweenLayers = habit({
  example: ['net A { conv3-16, relu, }', 'net A { conv3-16; relu }'],
  sees: (walk, token, last) => T.is(token, T.Comma) && amongLayers(walk) && endsValue(last),
  /** Leaves the message to the end of the bracket: there is one for all of its commas. */
  mends: (walk, token) => {
    const ends = isLast(walk, nextOf(walk));
    walk.frame.commas.push({ span: T.placeOf(walk.path, token), newText: ends ? '' : ';' });
    if (ends) return;
    T.retag(token, T.Semi);
    keep(walk, token);
  },
});

/** Is this the word of an operator, with its window or without? */
const isOperator = ({ known }: Walk, { image }: IToken): boolean => {
  if (known.operators.has(image)) return true;
  const stem = /^(.*[a-z])\d+(?:x\d+)?$/i.exec(image)?.[1];
  return stem !== undefined && known.windowed.has(stem);
};

/** No `;` between two layers on one line. */
export const missingSemicolon = habit({
  example: ['net A { conv3-16 batchnorm relu }', 'net A { conv3-16; batchnorm; relu }'],
  sees: (walk, token, last) => {
    if (!amongLayers(walk) || !T.is(token, T.Name)) return false;
    // a sign that has no meaning may have stood there, which the scan has taken out
    if (!/^[ \t]+$/.test(walk.source.slice(T.endOf(last), token.startOffset))) return false;
    const next = nextOf(walk);
    // `pad = 1` and `pad 1` are arguments, and `relu: f` has a label
    if (T.is(next, T.Equals, T.Colon)) return false;
    if (T.is(next, T.Numeral, T.Size) && onlySpace(walk, token, next!)) return false;
    const start = startOfCall(walk);
    return T.is(start, T.Name) && isOperator(walk, start) && isOperator(walk, token);
  },
  /** Leaves the message to the end of the bracket: there is one for all that are missing. */
  mends: (walk, token, last) => {
    const place = behind(walk, last);
    walk.frame.gaps.push({ span: place, newText: ';' });
    keep(walk, virtual(T.Semi, '', place.start), token);
  },
});

const opensArgument = T.oneOf(T.LParen, T.LSquare, T.Equals, T.Comma, T.Semi);

const endsArgument = (token: IToken | undefined): boolean =>
  token !== undefined && (T.closesBracket(token) || separates(token));

/** Is a number alone on one side of the `;` that the pass looks at? A number is not a layer, so none stands behind another. */
const besideNumber = ({ out, tokens, at }: Walk): boolean => {
  const [before, last, next] = [out.at(-2), out.at(-1), tokens[at + 1]];
  const isBehind = last !== undefined && isNumber(last);
  return (
    (isBehind && before !== undefined && opensArgument(before)) ||
    (next !== undefined && isNumber(next) && endsArgument(tokens[at + 2]))
  );
};

/** A `;` for a `,`. */
export const semicolonBetweenArguments = habit({
  example: ['net A = conv(3; 16; pad = 1)', 'net A = conv(3, 16, pad = 1)'],
  sees: (walk, token, last) => {
    const { frame, tokens, at, out } = walk;
    if (!T.is(token, T.Semi) || frame.holder !== 'items') return false;
    const isNamed = T.is(nextOf(walk), T.Name) && T.is(tokens[at + 2], T.Equals);
    const isParameter = T.is(last, T.Name) && T.is(out.at(-2), T.LParen, T.Comma);
    return isNamed || (frame.isParameters && isParameter) || besideNumber(walk);
  },
  /** Leaves the message to the end of the bracket: there is one for all of its signs. */
  mends: (walk, token) => {
    walk.frame.semicolons.push({ span: T.placeOf(walk.path, token), newText: ',' });
    T.retag(token, T.Comma);
    keep(walk, token);
  },
});

/** `:` or `:=` between the name of a parameter or an argument and its value. */
export const colonForEquals = habit({
  example: ['net A = conv(size: 3, channels: 16)', 'net A = conv(size = 3, channels = 16)'],
  sees: (walk, token, last) => {
    const { frame, tokens, at, out } = walk;
    if (!T.is(token, T.Colon) || frame.holder !== 'items' || !T.is(last, T.Name)) return false;
    if (!T.is(out.at(-2), T.LParen, T.Comma)) return false;
    const isAssigned = T.is(nextOf(walk), T.Equals);
    const value = tokens[at + (isAssigned ? 2 : 1)];
    // `a: f` may be a layer with a label
    const isValue =
      T.is(value, T.Numeral, T.Size, T.Text) || (frame.colons.length > 0 && T.is(value, T.Name));
    return (isAssigned || (isValue && endsArgument(tokens[at + 2]))) && { isAssigned };
  },
  mends: (walk, token, last, { isAssigned }) => {
    const { path } = walk;
    const sign = isAssigned ? nextOf(walk)! : token;
    const place = span(path, T.endOf(last), T.endOf(sign));
    walk.frame.colons.push({ span: place, newText: ' =' });
    if (isAssigned) walk.at += 1;
    T.retag(sign, T.Equals);
    keep(walk, sign);
  },
});

/** Does an argument before this one, in the same bracket, have a name? */
const followsNamed = (out: readonly IToken[]): boolean => {
  let depth = 0;
  for (let i = out.length - 1; i >= 0 && depth >= 0; i--) {
    if (T.closesBracket(out[i]!)) depth++;
    else if (T.opensBracket(out[i]!)) depth--;
    else if (depth === 0 && T.is(out[i], T.Equals)) return true;
  }
  return false;
};

/** No `=` between the name of an argument and its value, where others have names. */
export const missingEquals = habit({
  example: ['net A = conv(3, channels = 16, pad 1)', 'net A = conv(3, channels = 16, pad = 1)'],
  sees: ({ frame, out }, token, last) =>
    frame.holder === 'items' &&
    T.is(last, T.Name) &&
    T.is(out.at(-2), T.Comma) &&
    T.is(token, T.Numeral, T.Size) &&
    followsNamed(out),
  mends: (walk, token, last) => {
    const place = behind(walk, last);
    const message = `a \`=\` is missing between \`${last.image}\` and its value`;
    say(walk, between(walk, last, token), message, replace('write `=`', place, ' =', 'certain'));
    keep(walk, virtual(T.Equals, '', place.start), token);
  },
});

/** No `,` between two arguments or entries. */
export const missingComma = habit({
  example: ['net A = conv(3 16)', 'net A = conv(3, 16)'],
  sees: (walk) => {
    const { holder } = walk.frame;
    if (holder === 'weights') return T.is(nextOf(walk), T.Equals);
    return holder === 'items' && !T.is(nextOf(walk), T.Colon);
  },
  mends: (walk, token, last) => {
    const place = behind(walk, last);
    const newText = T.touches(last, token) ? ', ' : ',';
    const message = `a \`,\` is missing before \`${token.image.slice(0, 40)}\``;
    const fix = replace('write `,`', place, newText, 'certain');
    say(walk, between(walk, last, token), message, fix);
    keep(walk, virtual(T.Comma, '', place.start), token);
  },
});
