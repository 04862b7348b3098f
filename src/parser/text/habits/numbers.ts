/** Habits about numbers and counts beside words: `conv 3-16`, `fc 10`, `nx f`. */
import type { IToken } from 'chevrotain';
import { replace } from '../../../diagnostic/diagnostic.ts';
import { span } from '../../../syntax/source.ts';
import * as T from '../tokens.ts';
import { virtual } from '../words.ts';
import { habit } from './habit.ts';
import { amongLayers } from './separators.ts';
import { between, gapOf, isStep, keep, nextOf, onlySpace, say, type Walk } from './walk.ts';

const isNumber = T.oneOf(T.Numeral, T.Size);

/** A name that ends where `number` does. The space is not part of it, so it begins later than in the text. */
const joinedWord = (image: string, number: IToken): IToken =>
  virtual(T.Name, image, T.endOf(number) - image.length);

/** A space before a number that has a link of its own. */
export const spaceBeforeLink = habit({
  example: ['net A = conv 3-16', 'net A = conv3-16'],
  sees: (walk, token) => {
    const next = nextOf(walk);
    if (!isNumber(token) || !T.touches(token, next)) return false;
    // in `f(a 3(b))` a comma is missing
    const isLink =
      T.is(next, T.Minus, T.Slash) || (T.is(next, T.LParen) && walk.frame.holder !== 'items');
    return isLink && isStep(walk);
  },
  mends: (walk, number, last) => {
    const joined = `${last.image}${number.image}`;
    const end = T.endOf(number);
    const whole = joined + (/^[-/]\w*/.exec(walk.text.slice(end, end + 24))?.[0] ?? '');
    const message = `a layer is written without spaces; write \`${whole}\``;
    const fix = replace('remove the space', gapOf(walk, last, number), '', 'certain');
    say(walk, between(walk, last, number), message, fix);
    walk.out.pop();
    keep(walk, joinedWord(joined, number));
  },
});

/** Does a number stand alone behind the word of a layer? */
const isArgument = (walk: Walk, token: IToken): boolean =>
  isNumber(token) && walk.frame.holder !== 'items' && isStep(walk);

/** A space before the window of a layer. */
export const spaceBeforeWindow = habit({
  example: ['net A = maxpool 2', 'net A = maxpool2'],
  sees: (walk, token, last) => isArgument(walk, token) && walk.known.windowed.has(last.image),
  mends: (walk, number, last) => {
    const joined = `${last.image}${number.image}`;
    const fix = replace(`write \`${joined}\``, gapOf(walk, last, number), '');
    const message = `a kernel touches its layer; write \`${joined}\``;
    say(walk, between(walk, last, number), message, fix);
    walk.out.pop();
    keep(walk, joinedWord(joined, number));
  },
});

/** A space for the `-` before an argument. */
export const spaceBeforeArgument = habit({
  example: ['net A = fc 10', 'net A = fc-10'],
  sees: isArgument,
  mends: (walk, number, last) => {
    const { image } = last;
    const dashed = `${image}-${number.image}`;
    const fix = replace(`write \`${dashed}\``, gapOf(walk, last, number), '-');
    const message = `an argument touches its layer; write \`${dashed}\``;
    say(walk, between(walk, last, number), message, fix);
    walk.out.pop();
    const sign = number.startOffset - 1;
    const word = virtual(T.Name, image, sign - image.length);
    keep(walk, word, virtual(T.Minus, '-', sign), number);
  },
});

/** `=` for the `-` before an argument. */
export const equalsForDash = habit({
  example: ['net A { conv3=64; relu }', 'net A { conv3-64; relu }'],
  sees: (walk, token, last) => {
    if (!T.is(token, T.Equals) || !amongLayers(walk) || !T.is(last, T.Name)) return false;
    const next = nextOf(walk);
    if (!T.touches(last, token) || !T.touches(token, next) || !isNumber(next!)) return false;
    const stem = /^(.*[a-z])\d+(?:x\d+)?$/i.exec(last.image)?.[1];
    return stem !== undefined && walk.known.windowed.has(stem) && isStep(walk);
  },
  mends: (walk, token, last) => {
    const place = T.placeOf(walk.path, token);
    const dashed = `${last.image}-${nextOf(walk)!.image}`;
    const message = `the argument of a layer stands behind \`-\`; write \`${dashed}\``;
    say(walk, place, message, replace(`write \`${dashed}\``, place, '-', 'certain'));
    keep(walk, virtual(T.Minus, '-', token.startOffset));
  },
});

/** Does a name stand alone between brackets or commas, as parameters do, or before `=`? */
const isGiven = (tokens: readonly IToken[], i: number): boolean =>
  T.is(tokens[i], T.Name) &&
  T.is(tokens[i - 1], T.LParen, T.LSquare, T.Comma, T.Where, T.Def) &&
  T.is(tokens[i + 1], T.RParen, T.RSquare, T.Comma, T.Equals);

/** Is the last word `nx`, where `n` is a name of the file? */
const isCount = (walk: Walk, { image }: IToken): boolean => {
  if (image.length < 2 || !image.endsWith('x')) return false;
  const { tokens } = walk;
  walk.names ??= new Set(tokens.flatMap((t, i) => (isGiven(tokens, i) ? [t.image] : [])));
  return walk.names.has(image.slice(0, -1));
};

/** Splits the last word `nx` in two. */
const splitCount = (walk: Walk, token: IToken, last: IToken): void => {
  const count = last.image.slice(0, -1);
  const at = T.endOf(last) - 1;
  const message = `a repetition is a number and \`x\`; write \`${count} x\``;
  const fix = replace('insert a space', span(walk.path, at, at), ' ');
  say(walk, T.placeOf(walk.path, last), message, fix);
  walk.out.pop();
  keep(walk, virtual(T.Name, count, last.startOffset), virtual(T.Times, 'x', at), token);
};

/** A count that touches its `x`, before a word. */
export const countOfLayer = habit({
  example: ['def f(n) { nx conv3-16 }', 'def f(n) { n x conv3-16 }'],
  sees: (walk, token, last) => !isNumber(token) && isStep(walk) && isCount(walk, last),
  mends: splitCount,
});

/** The same before a parenthesis. */
export const countOfGroup = habit({
  example: ['def f(n) { nx (conv3-16; relu) }', 'def f(n) { n x (conv3-16; relu) }'],
  sees: (walk, token, last) =>
    T.is(token, T.LParen) &&
    T.is(last, T.Name) &&
    last.image.length === 2 && // `max (f)` has a space too many
    onlySpace(walk, last, token) &&
    isStep(walk) &&
    isCount(walk, last),
  mends: splitCount,
});

/** Is the last word `x3`, the first of a step, with space behind it? */
const isBehindTimes = (walk: Walk, token: IToken, last: IToken): boolean =>
  /^x\d+$/.test(last.image) && onlySpace(walk, last, token) && isStep(walk);

/** The last word `x3` becomes `3x`. */
const turnCount = (walk: Walk, token: IToken, last: IToken): void => {
  const count = last.image.slice(1);
  const place = T.placeOf(walk.path, last);
  const message = `a repetition is a number and then \`x\`; write \`${count}x\``;
  say(walk, place, message, replace(`write \`${count}x\``, place, `${count}x`));
  walk.out.pop();
  const number = virtual(T.Numeral, count, last.startOffset);
  keep(walk, number, virtual(T.Times, 'x', T.endOf(number)), token);
};

/** An `x` before its count, before a word. */
export const countBehindTimes = habit({
  example: ['net A { x3 conv3-16 }', 'net A { 3x conv3-16 }'],
  sees: (walk, token, last) => !isNumber(token) && isBehindTimes(walk, token, last),
  mends: turnCount,
});

/** The same before a parenthesis. */
export const countBehindTimesOfGroup = habit({
  example: ['net A { x3 (conv3-16; relu) }', 'net A { 3x (conv3-16; relu) }'],
  sees: (walk, token, last) =>
    T.is(token, T.LParen, T.LCurly) && T.is(last, T.Name) && isBehindTimes(walk, token, last),
  mends: turnCount,
});

/** A count without its `x`. */
export const countWithoutTimes = habit({
  example: ['net A { 3 conv3-16 }', 'net A { 3x conv3-16 }'],
  sees: (walk, token, last) =>
    T.is(token, T.Name) &&
    T.is(last, T.Numeral) &&
    /^\d+$/.test(last.image) &&
    onlySpace(walk, last, token) &&
    !T.is(nextOf(walk), T.Colon) &&
    amongLayers(walk) &&
    isStep(walk),
  mends: (walk, token, last) => {
    const at = T.endOf(last);
    const message = `a repetition is a number and \`x\`; write \`${last.image}x\``;
    const fix = replace('write `x`', span(walk.path, at, at), 'x');
    say(walk, between(walk, last, token), message, fix);
    keep(walk, virtual(T.Times, 'x', at), token);
  },
});

/** The tokens of `fc-c` in front of `//r`, where `c` is what is divided. */
const dividedArgument = (out: readonly IToken[]): IToken | undefined => {
  const [word, minus, argument, slash] = out.slice(-4);
  const touch = T.touches(word, minus) && T.touches(minus, argument) && T.touches(argument, slash);
  const isArgument =
    T.is(word, T.Name) && T.is(minus, T.Minus) && T.is(argument, T.Name, T.Numeral);
  return touch && isArgument ? argument : undefined;
};

/** Two `/` for a division. */
export const wholeDivision = habit({
  example: ['def f(c) { fc-c//2; fc-c//4 }', 'def f(c) { fc-(c/2); fc-(c/4) }'],
  sees: (_, token, last) => T.is(token, T.Slash) && T.is(last, T.Slash) && T.touches(last, token),
  mends: (walk, token, last) => {
    const { out, path } = walk;
    const argument = dividedArgument(out);
    const by = nextOf(walk);
    const twice = span(path, last.startOffset, T.endOf(token));
    if (argument === undefined || !T.is(by, T.Name, T.Numeral)) {
      walk.frame.divisions.push({ span: twice, newText: '/' });
      return;
    }
    const [from, to] = [argument.startOffset, T.endOf(by!)];
    const written = `(${argument.image}/${by!.image})`;
    walk.frame.divisions.push({ span: span(path, from, to), newText: written });
    out.splice(-2, 2);
    // of a word the sign touches both, or it would be one between layers
    const sign = virtual(T.Slash, T.is(argument, T.Name) ? '//' : '/', last.startOffset);
    keep(walk, virtual(T.LParen, '', from), argument, sign, by!, virtual(T.RParen, '', to));
    walk.at += 1;
  },
});
