/** Habits about the order of layers: arrows between them, words for repetitions, and conditions with a `:`. */
import type { IToken } from 'chevrotain';
import { replace, type Edit } from '../../../diagnostic/diagnostic.ts';
import { span } from '../../../syntax/source.ts';
import * as T from '../tokens.ts';
import { endsValue, virtual } from '../words.ts';
import { habit } from './habit.ts';
import { amongLayers, isLast } from './separators.ts';
import { behind, between, isStep, keep, nextOf, partnerOf, say, type Walk } from './walk.ts';

/** A `->` between layers. That of a type stands between `]` or `_` and `[` or `_`. */
export const arrowBetweenLayers = habit({
  example: ['net A { conv3-16 -> relu -> gap }', 'net A { conv3-16; relu; gap }'],
  sees: (walk, token, last) =>
    T.is(token, T.Arrow) &&
    amongLayers(walk) &&
    endsValue(last) &&
    !T.is(last, T.RSquare, T.Any) &&
    !T.is(nextOf(walk), T.LSquare, T.Any),
  /** Leaves the message to the end of the bracket: there is one for all of its arrows. */
  mends: (walk, token, last) => {
    const ends = isLast(walk, nextOf(walk));
    const place = span(walk.path, T.endOf(last), T.endOf(token));
    walk.frame.arrows.push({ span: place, newText: ends ? '' : ';' });
    if (ends) return;
    T.retag(token, T.Semi);
    keep(walk, token);
  },
});

/** The token behind a sign of other languages that hands a value on: `|>`, `>>`, `>>>`, `=>`. */
const behindPipe = ({ tokens, at }: Walk, token: IToken): number | undefined => {
  if (T.is(token, T.FatArrow)) return at + 1;
  let end = at + 1;
  while (T.is(tokens[end], T.Greater) && T.touches(tokens[end - 1], tokens[end])) end++;
  return end === at + 1 ? undefined : end;
};

/** A sign that hands a value on, between layers. */
export const pipeBetweenLayers = habit({
  example: ['net A { conv3-16 >> relu >> gap }', 'net A { conv3-16; relu; gap }'],
  sees: (walk, token, last) => {
    if (!T.is(token, T.Bar, T.Greater, T.FatArrow) || !amongLayers(walk)) return false;
    if (!T.is(walk.declaration, T.Net, T.Def) || !endsValue(last)) return false;
    if (inCondition(walk.out)) return false;
    const end = behindPipe(walk, token);
    return end !== undefined && { end };
  },
  /** Leaves the message to the end of the bracket: there is one for all of its signs. */
  mends: (walk, token, last, { end }) => {
    const sign = walk.tokens[end - 1]!;
    const place = span(walk.path, T.endOf(last), T.endOf(sign));
    const ends = isLast(walk, walk.tokens[end]);
    walk.frame.pipes.push({ span: place, newText: ends ? '' : ';' });
    if (!ends) keep(walk, virtual(T.Semi, ';', token.startOffset));
    walk.at = end - 1;
  },
});

/** A word before the number of a repetition. */
export const repeatWord = habit({
  example: ['net A { repeat 3 { conv3-16; relu } }', 'net A { 3x { conv3-16; relu } }'],
  sees: (walk, token, last) =>
    ['repeat', 'loop'].includes(last.image) &&
    T.is(token, T.Numeral) &&
    T.is(nextOf(walk), T.LCurly, T.LParen) &&
    isStep(walk),
  mends: (walk, count, last) => {
    const times = `${count.image}x`;
    const message = `layers are repeated with \`x\`, as in \`${times} f\``;
    const place = between(walk, last, count);
    say(walk, place, message, replace(`write \`${times}\``, place, times));
    walk.out.pop();
    keep(walk, count, virtual(T.Times, 'x', T.endOf(count)));
  },
});

/** How far back the `if` of a condition is looked for. */
const LONGEST = 40;

/** Does an `if` wait for its `then`, outside of every bracket that the condition has open? */
const inCondition = (out: readonly IToken[]): boolean => {
  let depth = 0;
  for (let i = out.length - 1; i >= Math.max(0, out.length - LONGEST); i--) {
    if (T.closesBracket(out[i]!)) depth++;
    else if (T.opensBracket(out[i]!)) depth--;
    if (depth < 0) return false;
    if (depth === 0 && T.is(out[i], T.If)) return true;
    if (T.is(out[i], T.Then, T.Semi, T.LCurly, T.RCurly, T.Rule) || T.declares(out[i]!))
      return false;
  }
  return false;
};

/** A `:` behind a condition. */
export const colonForThen = habit({
  example: ['def f(n) = if n > 1: relu else id', 'def f(n) = if n > 1 then relu else id'],
  sees: (walk, token, last) => T.is(token, T.Colon) && endsValue(last) && inCondition(walk.out),
  mends: (walk, token) => {
    const place = T.placeOf(walk.path, token);
    const fix = replace('write `then`', place, ' then', 'certain');
    say(walk, place, 'behind a condition stands `then`', fix);
    T.retag(token, T.Then);
    keep(walk, token);
  },
});

/** A `{` behind a condition. */
export const braceForThen = habit({
  example: [
    'def f(n) = if n > 1 { relu } else { id }',
    'def f(n) = if n > 1 then { relu } else { id }',
  ],
  sees: (walk, token, last) => T.is(token, T.LCurly) && endsValue(last) && inCondition(walk.out),
  mends: (walk, token, last) => {
    const place = behind(walk, last);
    const then: Edit = { span: place, newText: ' then' };
    const end = partnerOf(walk.tokens, walk.at);
    const hasElse = end === walk.at || T.is(walk.tokens[end + 1], T.Else);
    if (!hasElse) walk.lacksElse.add(walk.tokens[end]!);
    const message = hasElse
      ? 'behind a condition stands `then`'
      : 'a choice is written `if … then … else …`; `id` does nothing';
    say(walk, T.placeOf(walk.path, token), message, {
      title: hasElse ? 'write `then`' : 'write `then`, and `else id`',
      edits: hasElse
        ? [then]
        : [then, { span: behind(walk, walk.tokens[end]!), newText: ' else id' }],
      applicability: hasElse ? 'certain' : 'likely',
    });
    keep(walk, virtual(T.Then, '', place.start), token);
  },
});

/** A `:` behind `else`. */
export const colonBehindElse = habit({
  example: ['def f(n) = if n > 1 then relu else: id', 'def f(n) = if n > 1 then relu else id'],
  sees: (_, token, last) => T.is(token, T.Colon) && T.is(last, T.Else),
  mends: (walk, token) => {
    const place = T.placeOf(walk.path, token);
    const fix = replace('remove `:`', place, '', 'certain');
    say(walk, place, 'behind `else` no `:` is written', fix);
  },
});
