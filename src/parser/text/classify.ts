/** The pass that tells words apart, and mends numbers that touch them. */
import type { IToken } from 'chevrotain';
import { error, replace } from '../../diagnostic/diagnostic.ts';
import { lazy } from '../../syntax/memo.ts';
import { span, type Source } from '../../syntax/source.ts';
import type { Report } from './faults.ts';
import { numberFaults, stringOf } from './literals.ts';
import * as T from './tokens.ts';
import { nameWord, virtual, type Words } from './words.ts';

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

/** `28x28x1` where a type begins, or in its brackets. */
const typeOfSizes = (words: Words, size: IToken, word: IToken): boolean => {
  const { path, report, out } = words;
  if (!T.is(size, T.Size) || !/^x\d+$/.test(word.image)) return false;
  const inBrackets = T.is(out.at(-1), T.LSquare) && T.is(out.at(-2), T.Colon, T.Arrow);
  if (!inBrackets && !T.is(out.at(-1), T.Colon, T.Arrow)) return false;
  const end = T.endOf(word);
  const [h = '', w = ''] = size.image.split('x');
  const c = word.image.slice(1);
  const written = inBrackets ? `${h}, ${w}, ${c}` : `[${h}, ${w}, ${c}]`;
  const place = span(path, size.startOffset, end);
  const fix = replace(`write \`${written}\``, place, written);
  report(error('E0106', place, `a type is written \`[${h}, ${w}, ${c}]\``, { fixes: [fix] }));
  const [first, second] = [size.startOffset, size.startOffset + h.length + 1];
  out.push(
    ...(inBrackets ? [] : [virtual(T.LSquare, '', first)]),
    virtual(T.Numeral, h, first),
    ...[virtual(T.Comma, ',', second - 1), virtual(T.Numeral, w, second)],
    ...[virtual(T.Comma, ',', word.startOffset), virtual(T.Numeral, c, word.startOffset + 1)],
    ...(inBrackets ? [] : [virtual(T.RSquare, '', end)]),
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
