/** Habits about signs of numbers: thousands and decimals as they are written elsewhere, and a `=` that compares. */
import type { IToken } from 'chevrotain';
import { replace } from '../../../diagnostic/diagnostic.ts';
import * as T from '../tokens.ts';
import { virtual } from '../words.ts';
import { habit } from './habit.ts';
import { amongLayers } from './separators.ts';
import { between, keep, say, type Walk } from './walk.ts';

const isNumeral = (token: IToken | undefined): boolean =>
  T.is(token, T.Numeral) && /^\d+$/.test(token!.image);

/** The numerals from the last token on with a `,` between each two, where nothing has space around it. */
const touching = ({ tokens, at }: Walk, last: IToken): readonly IToken[] => {
  const numerals = [last];
  for (let i = at; T.is(tokens[i], T.Comma) && isNumeral(tokens[i + 1]); i += 2) {
    if (!T.touches(numerals.at(-1), tokens[i]) || !T.touches(tokens[i], tokens[i + 1])) break;
    numerals.push(tokens[i + 1]!);
  }
  return numerals;
};

const areThousands = ([first, ...groups]: readonly string[]): boolean =>
  /^[1-9]\d{0,2}$/.test(first ?? '') && groups.every((group) => group.length === 3);

/** Whether the last token is one of the numbers that a clause takes several of: `scales 224, 256`, and `--set scales=224,256`. */
const inClauseOfSeveral = ({ out }: Walk): boolean => {
  const head = out.findLastIndex((t) => !T.is(t, T.Numeral, T.Comma));
  const word = T.is(out[head], T.Equals) ? out[head - 1] : out[head];
  return word?.image === 'scales';
};

/** Whether the numerals between commas can be nothing but one number. */
const areOne = (walk: Walk, images: readonly string[]): boolean => {
  const { frame, declaration, out, tokens, at } = walk;
  // an integer does not begin with a 0, so `1,000` and `0,01` are not two arguments
  const isSure = images.slice(1).some((image) => /^0\d/.test(image));
  if (frame.inWhere) return isSure;
  // and behind `name = 0` no argument without a name follows
  if (frame.holder === 'items') return isSure || T.is(out.at(-2), T.Equals);
  // a number is not a layer, unless it counts one: `dropout-0,5` and not `conv3-64,2x relu`
  if (amongLayers(walk)) return !T.is(tokens[at + 2 * images.length - 2], T.Times);
  // the numbers of an assertion and of nearly all clauses of a training stand alone
  return isSure || (T.is(declaration, T.Assert, T.Train, T.Eval) && !inClauseOfSeveral(walk));
};

/** A number with a `,` for thousands or decimals. */
export const commaInNumber = habit({
  example: ['assert 1,000,000 == 1000000', 'assert 1_000_000 == 1000000'],
  sees: (walk, token, last) => {
    if (!T.is(token, T.Comma) || !isNumeral(last) || T.is(walk.out.at(-2), T.Dot)) return false;
    const numerals = touching(walk, last);
    const images = numerals.map(({ image }) => image);
    if (numerals.length < 2 || !areOne(walk, images)) return false;
    if (areThousands(images)) return { numerals, sign: '_' };
    return numerals.length === 2 && { numerals, sign: '.' };
  },
  mends: (walk, _, last, { numerals, sign }) => {
    const written = numerals.map(({ image }) => image).join(sign);
    const place = between(walk, last, numerals.at(-1)!);
    const message =
      sign === '_'
        ? `the thousands of a number have no \`,\` between them; write \`${written}\``
        : `the decimals of a number stand behind a \`.\`; write \`${written}\``;
    say(walk, place, message, replace(`write \`${written}\``, place, written));
    walk.out.pop();
    keep(walk, virtual(T.Numeral, written, last.startOffset));
    walk.at += 2 * numerals.length - 3;
  },
});

/** A number with a `.` for thousands: nothing else has two points. */
export const pointsInNumber = habit({
  example: ['assert 1.000.000 == 1000000', 'assert 1_000_000 == 1000000'],
  sees: ({ text, tokens, at }, token, last) => {
    if (!T.is(token, T.Dot) || !T.is(last, T.Numeral)) return false;
    const from = text.slice(last.startOffset, last.startOffset + 40);
    const number = /^[1-9]\d{0,2}(?:\.\d{3}){2,}(?![\w.,])/.exec(from)?.[0];
    if (number === undefined) return false;
    const end = last.startOffset + number.length;
    const after = tokens.findIndex((t, i) => i > at && t.startOffset >= end);
    return { number, after: after < 0 ? tokens.length : after };
  },
  mends: (walk, _, last, { number, after }) => {
    const written = number.replaceAll('.', '_');
    const place = between(walk, last, walk.tokens[after - 1]!);
    const message = `the thousands of a number have no \`.\` between them; write \`${written}\``;
    say(walk, place, message, replace(`write \`${written}\``, place, written));
    walk.out.pop();
    keep(walk, virtual(T.Numeral, written, last.startOffset));
    walk.at = after - 1;
  },
});

/** A `=` between two values that are compared. */
export const equalsForComparison = habit({
  example: ['assert 2 = 2', 'assert 2 == 2'],
  sees: ({ frame, declaration, out }, token, last) => {
    if (!T.is(token, T.Equals) || frame.inWhere) return false;
    const isAsserted = T.is(declaration, T.Assert) && frame.holder === 'file';
    const isTested = frame.holder !== 'items' && T.is(out.at(-2), T.If, T.And, T.Or, T.Not);
    return (isAsserted || isTested) && !T.is(last, T.Assert);
  },
  mends: (walk, token) => {
    const place = T.placeOf(walk.path, token);
    const fix = replace('write `==`', place, '==', 'certain');
    say(walk, place, 'values are compared with `==`', fix);
    T.retag(token, T.Same);
    keep(walk, token);
  },
});
