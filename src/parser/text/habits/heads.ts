/** Habits about the heads of declarations: the type of a `net` or `def`, and a `def` left out. */
import type { IToken } from 'chevrotain';
import { replace, type Edit, type Fix } from '../../../diagnostic/diagnostic.ts';
import { span } from '../../../syntax/source.ts';
import * as T from '../tokens.ts';
import { endsValue, virtual } from '../words.ts';
import { habit } from './habit.ts';
import { begin, behind, between, isLeft, keep, nextOf, partnerOf, say } from './walk.ts';

/** No `:` before a type. */
export const missingColon = habit({
  example: ['net A [32, 32, 3] { relu }', 'net A : [32, 32, 3] { relu }'],
  sees: ({ frame, closed }, token, last) =>
    frame.inHead && T.is(token, T.LSquare) && (T.is(last, T.Name) || closed?.isParameters === true),
  mends: (walk, token, last) => {
    const place = behind(walk, last);
    const fix = replace('write `:`', place, ' :', 'certain');
    say(walk, place, 'a `:` is missing before the type', fix);
    keep(walk, virtual(T.Colon, '', place.start), token);
  },
});

/** `=>` between the types of a net. */
export const doubleArrow = habit({
  example: ['net A : [8, 8, 3] => [10] { gap; fc-10 }', 'net A : [8, 8, 3] -> [10] { gap; fc-10 }'],
  sees: (walk, token, last) =>
    walk.frame.inHead &&
    T.is(token, T.FatArrow) &&
    T.is(last, T.RSquare, T.Any) &&
    T.is(nextOf(walk), T.LSquare, T.Any),
  mends: (walk, token) => {
    const place = T.placeOf(walk.path, token);
    const fix = replace('write `->`', place, '->', 'certain');
    say(walk, place, 'between the types of a net stands `->`', fix);
    T.retag(token, T.Arrow);
    keep(walk, token);
  },
});

/** The brackets of the types behind the sign at `sign`, `: (…) -> (…)`, each with its partner. */
const roundTypes = (tokens: readonly IToken[], sign: number): readonly [IToken, IToken][] => {
  const pairs: [IToken, IToken][] = [];
  let at = sign;
  while (T.is(tokens[at + 1], T.LParen)) {
    const close = partnerOf(tokens, at + 1);
    pairs.push([tokens[at + 1]!, tokens[close]!]);
    if (!T.is(tokens[close + 1], T.Arrow)) break;
    at = close + 1;
  }
  return pairs;
};

/** Several types in parentheses, for several outputs. */
export const severalOutputs = habit({
  example: [
    'net A : [32, 32, 3] -> ([10], [4]) { flatten; fc-10 }',
    'net A : [32, 32, 3] -> [10] { flatten; fc-10 }',
  ],
  sees: (walk, token) => {
    const { at, tokens } = walk;
    if (!walk.frame.inHead || !T.is(token, T.Arrow) || !T.is(tokens[at + 1], T.LParen))
      return false;
    if (!T.is(tokens[at + 2], T.LSquare)) return false;
    const first = partnerOf(tokens, at + 2);
    const end = partnerOf(tokens, at + 1);
    return first > at + 2 && end > first && { first, end };
  },
  mends: (walk, token, _, { first, end }) => {
    const { tokens, at, path, text } = walk;
    const place = between(walk, tokens[at + 1]!, tokens[end]!);
    const type = tokens.slice(at + 2, first + 1);
    const written = text.slice(type[0]!.startOffset, T.endOf(tokens[first]!));
    const title = `write \`${written}\`, and make the others with \`also name { … }\``;
    const fix = replace(title, span(path, place.start, place.end), written);
    say(
      walk,
      place,
      'the type of a net has one output; `also name { … }` makes a further one',
      fix,
    );
    keep(walk, token, ...type);
    walk.at = end;
  },
});

/** A type in parentheses. */
export const roundType = habit({
  example: [
    'net A : (32, 32, 3) -> (10) { flatten; fc-10 }',
    'net A : [32, 32, 3] -> [10] { flatten; fc-10 }',
  ],
  sees: (walk, token) =>
    walk.frame.inHead && T.is(token, T.Colon, T.Arrow) && T.is(nextOf(walk), T.LParen),
  mends: (walk, token) => {
    const pairs = roundTypes(walk.tokens, walk.at);
    const edits: Edit[] = [];
    for (const [open, close] of pairs) {
      edits.push(
        { span: T.placeOf(walk.path, open), newText: '[' },
        { span: T.placeOf(walk.path, close), newText: ']' },
      );
      T.retag(open, T.LSquare);
      T.retag(close, T.RSquare);
    }
    const fix: Fix = { title: 'write square brackets', edits, applicability: 'likely' };
    const place = between(walk, pairs[0]![0], pairs.at(-1)![1]);
    say(walk, place, 'a type is written in `[ ]`, as in `[h, w, c]`', fix);
    keep(walk, token);
  },
});

/** A number or a name for the type of a vector. */
export const bareOutput = habit({
  example: ['net A : [8, 8, 3] -> 10 { gap; fc-10 }', 'net A : [8, 8, 3] -> [10] { gap; fc-10 }'],
  // without the type of an input, `[c]` would be no better
  sees: (walk, token, last) =>
    walk.frame.inHead &&
    T.is(token, T.Arrow) &&
    T.is(last, T.RSquare, T.Any) &&
    T.is(nextOf(walk), T.Numeral, T.Name) &&
    T.is(walk.tokens[walk.at + 2], T.LCurly, T.Equals),
  mends: (walk, token) => {
    const size = nextOf(walk)!;
    const place = T.placeOf(walk.path, size);
    const written = `[${size.image}]`;
    const fix = replace(`write \`${written}\``, place, written, 'certain');
    say(walk, place, `a type is written in \`[ ]\`: \`${written}\``, fix);
    const end = T.endOf(size);
    keep(walk, token, virtual(T.LSquare, '', size.startOffset), size, virtual(T.RSquare, '', end));
    walk.at += 1;
  },
});

/** A definition without its `def`. */
export const missingDef = habit({
  example: ['f = conv3-16; relu', 'def f = conv3-16; relu'],
  sees: (walk, token, last) => {
    const { frame } = walk;
    if (!T.is(token, T.Equals) || frame.holder !== 'file') return false;
    if (frame.inWhere || frame.inHead || !T.is(last, T.Name) || !isLeft(walk, last)) return false;
    const before = walk.out.at(-2);
    return before === undefined || endsValue(before);
  },
  mends: (walk, token, last) => {
    const at = last.startOffset;
    const message = `a name is declared with \`def\`; write \`def ${last.image} = …\``;
    const fix = replace('write `def`', span(walk.path, at, at), 'def ', 'certain');
    say(walk, T.placeOf(walk.path, last), message, fix);
    walk.out.pop();
    const def = virtual(T.Def, '', at);
    begin(walk, def);
    keep(walk, def, last, token);
  },
});
