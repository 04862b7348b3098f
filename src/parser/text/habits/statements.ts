/** Habits of languages with statements: loops, results that are returned, kinds of parameters. */
import type { IToken } from 'chevrotain';
import { replace, type Edit, type Fix } from '../../../diagnostic/diagnostic.ts';
import { span } from '../../../syntax/source.ts';
import * as T from '../tokens.ts';
import { virtual } from '../words.ts';
import { habit } from './habit.ts';
import { amongLayers } from './separators.ts';
import { between, isStep, keep, nextOf, sameLine, say, type Walk } from './walk.ts';

/** The count of `for i in range(3) {`, where `i` is the token that the pass looks at, and the last token of it. */
const loopAt = ({
  tokens,
  at,
}: Walk): { readonly count: IToken; readonly end: IToken } | undefined => {
  const [, is, range, open, count, close, end] = tokens.slice(at, at + 7);
  const isLoop =
    is?.image === 'in' &&
    range?.image === 'range' &&
    T.is(open, T.LParen) &&
    T.is(count, T.Numeral, T.Name) &&
    T.is(close, T.RParen) &&
    T.is(end, T.LCurly, T.Colon);
  return isLoop ? { count: count!, end: end! } : undefined;
};

/** The end of the lines behind the `:` of a loop that stand further to the right than the loop; of one line, its end. */
const endOfBody = ({ text, frames }: Walk, loop: IToken, colon: IToken): number => {
  const lineAt = (start: number): string => /[^\n]*/y.exec(text.slice(start, start + 1000))![0];
  const start = T.endOf(colon);
  const first = lineAt(start).replace(/\s*(--.*)?$/, '');
  if (first !== '')
    return start + (frames.length > 0 ? first.replace(/\s*[})]\s*$/, '') : first).length;
  const margin = loop.startOffset - (text.lastIndexOf('\n', loop.startOffset) + 1);
  let end = start;
  for (let at = text.indexOf('\n', start); at >= 0; at = text.indexOf('\n', at + 1)) {
    const line = lineAt(at + 1);
    if (line.trim() === '') continue;
    if (/^\s*/.exec(line)![0].length <= margin) break;
    end = at + 1 + line.length;
  }
  return end;
};

/** A loop around layers. */
export const loop = habit({
  example: ['net A { for i in range(3) { conv3-16; relu } }', 'net A { 3x { conv3-16; relu } }'],
  sees: (walk, _, last) =>
    last.image === 'for' && amongLayers(walk) && isStep(walk) && (loopAt(walk) ?? false),
  mends: (walk, token, last, { count, end }) => {
    const { path } = walk;
    const times = `${count.image}${T.is(count, T.Name) ? ' ' : ''}x`;
    const place = span(path, last.startOffset, end.startOffset);
    const isBraced = T.is(end, T.LCurly);
    const body = isBraced ? 0 : endOfBody(walk, last, end);
    const fix: Fix = isBraced
      ? replace(`write \`${times} { … }\``, place, `${times} `)
      : {
          title: `write \`${times} { … }\``,
          edits: [
            { span: span(path, last.startOffset, T.endOf(end)), newText: `${times} {` },
            { span: span(path, body, body), newText: ' }' },
          ],
          applicability: 'likely',
        };
    say(
      walk,
      between(walk, last, token),
      `layers are repeated with \`x\`, as in \`${times} f\``,
      fix,
    );
    walk.out.pop();
    keep(walk, count, virtual(T.Times, 'x', T.endOf(count)));
    walk.at += isBraced ? 5 : 6;
  },
});

/** Is a value or an output given this name: `a = f`, `f as a`, `also a`? */
const isNamed = (tokens: readonly IToken[], i: number): boolean =>
  T.is(tokens[i], T.Name) && (T.is(tokens[i + 1], T.Equals) || T.is(tokens[i - 1], T.As, T.Also));

/** The names of values in the declaration that is being read, which ends before the next one at the margin. */
const valuesOf = ({ tokens, text, declaration }: Walk): ReadonlySet<string> => {
  const from = declaration === undefined ? 0 : tokens.indexOf(declaration);
  const isHead = (t: IToken): boolean =>
    T.declares(t) && /[\r\n]/.test(text[t.startOffset - 1] ?? '\n');
  const next = tokens.findIndex((t, i) => i > from && isHead(t));
  const end = next < 0 ? tokens.length : next;
  return new Set(
    tokens.flatMap((t, i) => (i >= from && i < end && isNamed(tokens, i) ? [t.image] : [])),
  );
};

/** The names behind `return`, where the token that the pass looks at is the first, if they are those of values. */
const returned = (walk: Walk): readonly IToken[] => {
  const { tokens, at } = walk;
  const names = [tokens[at]!];
  while (T.is(tokens[at + 2 * names.length - 1], T.Comma)) {
    const next = tokens[at + 2 * names.length];
    if (!T.is(next, T.Name)) return [];
    names.push(next!);
  }
  walk.values ??= valuesOf(walk);
  const { values } = walk;
  const behind = tokens[at + 2 * names.length - 1];
  const ends =
    behind === undefined ||
    T.is(behind, T.Semi, T.RCurly) ||
    !sameLine(walk, names.at(-1)!, behind);
  return ends && names.every(({ image }) => values.has(image)) ? names : [];
};

/** What becomes of `name = f` before the place of a `return`: `f as name` of the main value, `also name { f }` of another. */
const namedAs = (
  { path, text, declaration }: Walk,
  { image }: IToken,
  before: number,
  isMain: boolean,
): readonly Edit[] => {
  const start = declaration?.startOffset ?? 0;
  const line = new RegExp(`(?<=[\\n;{][ \\t]*)${image}[ \\t]*=(?!=)[ \\t]*([^\\n;]*)`);
  const found = line.exec(text.slice(start, before));
  const body = found?.[1]?.replace(/\s*(--.*)?$/, '') ?? '';
  if (found === null || body === '') return [];
  const at = start + found.index;
  const end = at + found[0].indexOf(body) + body.length;
  const newText = isMain ? `${body} as ${image}` : `also ${image} { ${body} }`;
  return [{ span: span(path, at, end), newText }];
};

/** A result that is returned: a layer, or values by their names. */
export const result = habit({
  example: ['net A { conv3-16; return fc-10 }', 'net A { conv3-16; fc-10 }'],
  sees: (walk, token, last) =>
    last.image === 'return' &&
    amongLayers(walk) &&
    isStep(walk) &&
    sameLine(walk, last, token) && { names: T.is(token, T.Name) ? returned(walk) : [] },
  mends: (walk, token, last, { names }) => {
    const { path } = walk;
    const word = span(path, last.startOffset, token.startOffset);
    walk.out.pop();
    if (names.length === 0) {
      const message = 'a net gives what its last layer gives, so nothing is returned';
      say(walk, T.placeOf(path, last), message, replace('leave `return` out', word, ''));
      keep(walk, token);
      return;
    }
    const [main] = names;
    const place = between(walk, last, names.at(-1)!);
    const recalled = `@${main!.image}`;
    const message = `a net gives what its last step gives: \`${recalled}\` is a value that was named, and \`also name { … }\` makes a further output`;
    const edits = names.flatMap((name) => namedAs(walk, name, place.start, name === main));
    const title = `write \`${recalled}\`${names.length > 1 ? ', and the others as outputs' : ''}`;
    say(walk, place, message, {
      title,
      edits: [...edits, { span: place, newText: recalled }],
      applicability: 'likely',
    });
    const at = main!.startOffset;
    keep(walk, virtual(T.At, '@', at - 1), main!);
    walk.at += 2 * names.length - 2;
  },
});

/** The kind of a parameter, as in `n: int`. */
export const annotation = habit({
  example: ['def f(n: int, c: int = 8) = n x conv3-c', 'def f(n, c = 8) = n x conv3-c'],
  sees: (walk, token, last) =>
    walk.frame.isParameters &&
    T.is(token, T.Colon) &&
    T.is(last, T.Name) &&
    T.is(nextOf(walk), T.Name),
  mends: (walk, token) => {
    const kind = nextOf(walk)!;
    walk.frame.kinds.push({ span: between(walk, token, kind), newText: '' });
    walk.at += 1;
  },
});
