/** Tells names from reserved words, and mends numbers that touch words. */
import type { IToken, TokenType } from 'chevrotain';
import { error, replace, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { lazy } from '../../syntax/memo.ts';
import { span, type Source } from '../../syntax/source.ts';
import type { Report } from './faults.ts';
import { numberFaults, stringOf } from './literals.ts';
import * as T from './tokens.ts';

/** A token that is not in the source, made as the lexer makes them; Chevrotain's own would be twice as large. */
export const virtual = (type: TokenType, image: string, start: number): IToken => ({
  image,
  startOffset: start,
  tokenTypeIdx: type.tokenTypeIdx!,
  tokenType: type,
});

/** May a value end with this token? */
export const endsValue = T.oneOf(
  ...[T.Name, T.Qualified, T.Numeral, T.Size, T.Text, T.Any],
  ...[T.RParen, T.RSquare, T.RCurly],
);
const introducesName = T.oneOf(
  ...[T.Def, T.Net, T.Rewrite, T.Train, T.Eval, T.Rule, T.As, T.Also, T.At],
);
const heads = T.oneOf(T.Rewrite, T.Train, T.Eval);
const headWords = T.oneOf(T.With, T.From, T.When);
const opensItem = T.oneOf(T.LParen, T.LSquare, T.Comma);
const joins = T.oneOf(T.Plus, T.Star, T.Bar);
const endsItem = T.oneOf(T.RParen, T.RSquare, T.Comma);

/**
 * Does a reserved word or sign stand where only a name makes sense? It is read as a name, so that one mistake
 * gives one message. The token after it has not been classified.
 */
const standsForName = (
  text: string,
  before: IToken | undefined,
  token: IToken,
  behind: IToken | undefined,
): boolean => {
  // in `-> _ = f` and `: _ = f` it is a type
  if (T.is(token, T.Any) && before !== undefined && T.is(before, T.Arrow, T.Colon)) return false;
  const sign = T.is(token, T.Times, T.Any);
  // `def = f` lacks a name, `g(def = f)` has a bad one
  const introduces = introducesName(token) && (before === undefined || !opensItem(before));
  const oneLine =
    before === undefined || !/[\r\n]/.test(text.slice(T.endOf(before), token.startOffset));
  // after a value, `where =` and `else :` are reserved words; `x =` on a new line is a name
  const leads = before === undefined || !endsValue(before) || (T.is(token, T.Times) && !oneLine);
  if (T.is(behind, T.Equals) && leads)
    return !introduces || (before !== undefined && introducesName(before));
  if (T.is(behind, T.Colon) && leads && !T.is(token, T.Any) && !introduces) return true;
  if (before === undefined) return false;
  if (introducesName(before)) {
    return oneLine && !(heads(before) && headWords(token) && T.is(behind, T.RawWord));
  }
  if (T.is(before, T.DotDot) && T.endOf(before) === token.startOffset) return !T.is(token, T.Any);
  // a repetition has its layer behind the sign: `x + y` on a line of its own has names
  if (T.is(token, T.Times))
    return !endsValue(before) || (!oneLine && behind !== undefined && joins(behind));
  return !sign && opensItem(before) && behind !== undefined && endsItem(behind);
};

/** Does a token begin a step in braces? */
const beginsStep = (text: string, before: IToken | undefined, token: IToken): boolean => {
  if (before === undefined || T.is(before, T.LCurly, T.Semi)) return before !== undefined;
  const gap = text.slice(T.endOf(before), token.startOffset);
  return endsValue(before) && /[\r\n][ \t]+$/.test(gap);
};

const misnamed = (path: string, token: IToken, part: string): Diagnostic => {
  const place = T.placeOf(path, token);
  if (part === 'x')
    return error(
      'E0108',
      place,
      '`x` is the sign of repetition, as in `3x f`, and cannot be a name',
    );
  if (part === '_') return error('E0108', place, '`_` stands for any size and cannot be a name');
  return error(
    'E0108',
    place,
    `\`${part}\` is a reserved word and cannot be a name; try \`${part}_\``,
  );
};

const compares = T.oneOf(T.Same, T.Different, T.AtMost, T.AtLeast, T.Less, T.Greater);

/**
 * Does a number follow these tokens, and not a layer? It does after `-` and `==`, and in `[2n, …`, `f(2n` and
 * `f(c = 2n`.
 */
const beginsNumber = (before: readonly IToken[]): boolean => {
  const [third, second, last] = [before.at(-3), before.at(-2), before.at(-1)];
  if (T.is(last, T.LParen)) return T.is(second, T.Minus, T.Slash, T.Star, T.Name);
  if (T.is(last, T.Equals)) return T.is(third, T.LParen, T.Comma);
  if (last !== undefined && compares(last)) return true;
  return T.is(last, T.Minus, T.Slash, T.Star, T.LSquare, T.Comma);
};

/**
 * What a number and the word that it touches should have been. `3conv3` repeats, `2n` in a size or an argument
 * multiplies, and `3x3conv` has its kernel in front. An argument after `-` or `/` takes parentheses.
 */
const meant = (
  number: IToken,
  word: string,
  before: readonly IToken[],
  behind: IToken | undefined,
): string => {
  const last = before.at(-1);
  if (T.is(number, T.Size)) return `${word}${number.image}`;
  const isLayer =
    /\d/.test(word) ||
    (T.is(behind, T.Minus) && behind!.startOffset === T.endOf(number) + word.length);
  if (isLayer || !beginsNumber(before)) return `${number.image}x ${word}`;
  const linked = T.is(last, T.Minus, T.Slash) && T.endOf(last!) === number.startOffset;
  return linked ? `(${number.image}*${word})` : `${number.image}*${word}`;
};

/** The state of the pass. */
type Words = {
  readonly path: string;
  /** The text as it is written, and as the scan has left it. */
  readonly source: string;
  readonly text: string;
  readonly report: Report;
  readonly out: IToken[];
  /** Is the declaration that is being read an assertion? */
  inAssertion: boolean;
  /** The words of the file that no number touches: what has a name. Collected when they are first needed. */
  readonly names: () => ReadonlySet<string>;
};

const nameWord = (words: Words, token: IToken, behind: IToken | undefined): void => {
  const { path, text, report, out } = words;
  const { image } = token;
  const before = out.at(-1);
  out.push(token);
  if (image.includes('.')) {
    const odd = image.split('.').find((part) => T.reserved.has(part));
    if (odd !== undefined) report(misnamed(path, token, odd));
    return T.retag(token, T.Qualified);
  }
  const type = T.reserved.get(image);
  if (type === undefined) return T.retag(token, T.Name);
  T.retag(token, type);
  if (!standsForName(text, before, token, behind)) {
    if (T.declares(token)) words.inAssertion = T.is(token, T.Assert);
    return;
  }
  // of `x = f` among layers the grammar says that it needs no name
  if (!(type === T.Times && T.is(behind, T.Equals) && beginsStep(text, before, token)))
    report(misnamed(path, token, image));
  T.retag(token, T.Name);
};

/** `2x3x`: two repetitions that look like a size. */
const sizeOfCounts = ({ path, report, out }: Words, size: IToken, times: IToken): void => {
  const [h = '', w = ''] = size.image.split('x');
  const end = T.endOf(times);
  const at = size.startOffset + h.length + 1;
  const message = `\`${size.image}x\` is not a number; write \`${h}x ${w}x\``;
  const fix = replace('insert a space', span(path, at, at), ' ');
  report(error('E0106', span(path, size.startOffset, end), message, { fixes: [fix] }));
  out.push(
    virtual(T.Numeral, h, size.startOffset),
    virtual(T.Times, 'x', at - 1),
    virtual(T.Numeral, w, at),
    virtual(T.Times, 'x', times.startOffset),
  );
};

/** `conv3-64s2`: a stride behind its letter. */
const strideOfLetter = (words: Words, number: IToken, word: IToken): boolean => {
  const [before, layer] = [words.out.at(-1), words.out.at(-2)];
  const stride = /^s(\d+)$/.exec(word.image)?.[1];
  if (stride === undefined || !T.is(before, T.Minus) || !T.is(layer, T.Name)) return false;
  if (!T.touches(layer, before) || !T.touches(before!, number)) return false;
  const { path, report, out } = words;
  const at = word.startOffset;
  const place = span(path, at, T.endOf(word));
  const fix = replace(`write \`/${stride}\``, place, `/${stride}`);
  report(error('E0106', place, `a stride is written \`/${stride}\``, { fixes: [fix] }));
  const slash = virtual(T.Slash, '/', at);
  out.push(number, slash, virtual(T.Numeral, stride, at + 1));
  return true;
};

/** `28x28x1` where a type begins. */
const typeOfSizes = (words: Words, size: IToken, word: IToken): boolean => {
  const { path, report, out } = words;
  if (!T.is(size, T.Size) || !/^x\d+$/.test(word.image) || !T.is(out.at(-1), T.Colon, T.Arrow))
    return false;
  const end = T.endOf(word);
  const [h = '', w = ''] = size.image.split('x');
  const c = word.image.slice(1);
  const written = `[${h}, ${w}, ${c}]`;
  const place = span(path, size.startOffset, end);
  const fix = replace(`write \`${written}\``, place, written);
  report(error('E0106', place, `a type is written \`${written}\``, { fixes: [fix] }));
  const [first, second] = [size.startOffset, size.startOffset + h.length + 1];
  out.push(
    ...[virtual(T.LSquare, '', first), virtual(T.Numeral, h, first)],
    ...[virtual(T.Comma, ',', second - 1), virtual(T.Numeral, w, second)],
    ...[virtual(T.Comma, ',', word.startOffset), virtual(T.Numeral, c, word.startOffset + 1)],
    virtual(T.RSquare, '', end),
  );
  return true;
};

const exponents: ReadonlyMap<string, number> = new Map([
  ['K', 3],
  ['M', 6],
  ['G', 9],
]);

/** `25M` in an assertion, unless `M` has a meaning in the file. */
const shortNumber = (words: Words, number: IToken, word: IToken): boolean => {
  const { path, report, out } = words;
  const exponent = words.inAssertion ? exponents.get(word.image) : undefined;
  if (exponent === undefined || !T.is(number, T.Numeral) || words.names().has(word.image))
    return false;
  const value = Number(number.image.replaceAll('_', '')) * 10 ** exponent;
  const written = String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, '_');
  const place = span(path, number.startOffset, T.endOf(word));
  const fix = replace(`write \`${written}\``, place, written);
  report(error('E0106', place, `a number is written out; write \`${written}\``, { fixes: [fix] }));
  out.push(virtual(T.Numeral, `${number.image}e${exponent}`, number.startOffset));
  return true;
};

/** `2xconv3` and `3conv` are read as repetitions. */
const touching = (words: Words, number: IToken, word: IToken, behind: IToken | undefined): void => {
  if (strideOfLetter(words, number, word) || typeOfSizes(words, number, word)) return;
  if (shortNumber(words, number, word)) return;
  const { path, source, report, out } = words;
  const { image, startOffset } = word;
  const rest = /^x(?=[A-Za-z_])/.test(image) ? image.slice(1) : image;
  const isReserved = T.reserved.has(rest); // `1then`
  const isTimes = rest !== image && !T.is(number, T.Size);
  const at = isTimes ? startOffset + 1 : startOffset;
  const isSpace = isTimes || isReserved;
  const mended = isSpace
    ? `${number.image}${isTimes ? 'x' : ''} ${rest}`
    : meant(number, rest, out.slice(-3), behind);
  const whole = span(path, number.startOffset, T.endOf(word));
  const fix = isSpace
    ? replace('insert a space', span(path, at, at), ' ')
    : replace(`write \`${mended}\``, whole, mended);
  const message = `a number does not touch a word; write \`${mended}\``;
  // for another character than `x`, such as `×`, the scan has a message
  if (!isTimes || source[startOffset] === 'x')
    report(error('E0106', whole, message, { fixes: [fix] }));
  const isProduct = mended.includes('*');
  const isGroup = mended.startsWith('(');
  if (isGroup) out.push(virtual(T.LParen, '', number.startOffset));
  out.push(number);
  const [type, sign] = isProduct ? [T.Star, isGroup ? '' : '*'] : [T.Times, 'x'];
  if (!isReserved) out.push(virtual(type, sign, startOffset));
  nameWord(words, virtual(T.RawWord, rest, at), behind);
  if (isGroup) out.push(virtual(T.RParen, '', T.endOf(word)));
};

/** Does a word touch the number? The `x` of a repetition may. */
const touches = (number: IToken, word: IToken | undefined): boolean =>
  T.is(word, T.RawWord) &&
  T.touches(number, word) &&
  !(word!.image === 'x' && T.is(number, T.Numeral));

/** The tokens with words told apart. Reports strings (E0102), numbers (E0106, E0107) and names (E0108). */
export const classify = (
  { path, text: source }: Source,
  text: string,
  raw: readonly IToken[],
  report: Report,
): IToken[] => {
  const isName = (token: IToken, i: number): boolean =>
    T.is(token, T.RawWord, T.Name) && !T.touches(raw[i - 1], token);
  const names = lazy(() => new Set(raw.filter(isName).map(({ image }) => image)));
  const words: Words = { path, source, text, report, out: [], inAssertion: false, names };
  for (let i = 0; i < raw.length; i++) {
    const token = raw[i]!;
    const next = raw[i + 1];
    if (T.is(token, T.RawWord)) {
      nameWord(words, token, next);
      continue;
    }
    if (T.is(token, T.Numeral, T.Size)) {
      numberFaults(token.image, T.placeOf(path, token)).forEach(report);
      if (touches(token, next)) {
        i++;
        if (T.is(token, T.Size) && next!.image === 'x') sizeOfCounts(words, token, next!);
        else touching(words, token, next!, raw[i + 1]);
        continue;
      }
    }
    if (T.is(token, T.Text)) stringOf(token.image, path, token.startOffset).faults.forEach(report);
    words.out.push(token);
  }
  return words.out;
};
