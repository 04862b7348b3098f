/** Habits about the sizes of a type: the batch, signs for a size that is not known, and sizes with an `x` between them. */
import type { IToken } from 'chevrotain';
import { replace } from '../../../diagnostic/diagnostic.ts';
import * as T from '../tokens.ts';
import { virtual } from '../words.ts';
import { habit } from './habit.ts';
import { between, keep, say, type Walk } from './walk.ts';

/** The entries of the type that begins with the token that the pass looks at; undefined where it has no end. */
const entriesAt = ({ tokens, at }: Walk): readonly (readonly IToken[])[] | undefined => {
  const entries: IToken[][] = [[]];
  for (let i = at + 1; i < tokens.length && i < at + 24; i++) {
    const token = tokens[i]!;
    if (T.is(token, T.RSquare)) return entries;
    if (T.opensBracket(token) || T.closesBracket(token)) return undefined;
    if (T.is(token, T.Comma)) entries.push([]);
    else entries.at(-1)!.push(token);
  }
  return undefined;
};

/** An entry as it was written: a `?` was read as `_`. */
const textOf =
  ({ source }: Walk) =>
  (entry: readonly IToken[]): string =>
    entry.map((token) => source.slice(token.startOffset, T.endOf(token))).join('');

/** Words and signs of other frameworks for a size that is not known yet. */
const open: ReadonlySet<string> = new Set(['None', 'null', 'nil', '-1', '*', '?']);
const isOpen = (entry: string): boolean => open.has(entry);

/** What may stand in front of height, width and channels elsewhere. */
const isBatch = (entry: string): boolean =>
  isOpen(entry) || entry === '_' || /^(?:\d+|[nNbB]|batch(?:_?size)?)$/i.test(entry);

/** `[3, 224, 224]`: channels that come first. */
const areChannelsFirst = ([c = '', h = '', w = '']: readonly string[]): boolean =>
  (c === '1' || c === '3') && [h, w].every((size) => isOpen(size) || Number(size) >= 16);

/** The sizes of a type as netc has them, and what is said of them; undefined where nothing is to be mended. */
const meant = (
  entries: readonly string[],
): { readonly sizes: readonly string[]; readonly why: string } | undefined => {
  const [first = '', ...rest] = entries;
  const [, h, w, c] = /^(\d+)x(\d+)(?:x(\d+))?$/.exec(first) ?? [];
  if (h !== undefined && w !== undefined && rest.length + (c === undefined ? 0 : 1) === 1)
    return {
      sizes: [h, w, c ?? rest[0]!],
      why: 'the sizes of a type have a `,` between them',
    };
  if (entries.length === 2 && (isOpen(first) || first === '1') && !isOpen(rest[0]!))
    return { sizes: rest, why: 'the batch is not written' };
  const hasBatch = entries.length === 4 && isBatch(first);
  const sizes = hasBatch ? rest : entries;
  if (sizes.length !== 3) return undefined;
  const isFirst = (hasBatch || sizes.some(isOpen)) && areChannelsFirst(sizes);
  // the channels of an input are a number, which the checker says
  if (!isFirst && isOpen(sizes[2]!)) return undefined;
  const ordered = isFirst ? [sizes[1]!, sizes[2]!, sizes[0]!] : sizes;
  if (!hasBatch && !ordered.some(isOpen)) return undefined;
  const free = ordered.map((size) => (isOpen(size) ? '_' : size));
  const faults = [
    hasBatch ? 'the batch is not written' : 'a size that may be any is written `_`',
    ...(isFirst ? ['channels come last'] : []),
  ];
  return { sizes: free, why: faults.join(', and ') };
};

/** A type as another framework has it. */
export const sizesOfElsewhere = habit({
  example: [
    'net A : [None, 32, 32, 3] -> [10] { gap; fc-10 }',
    'net A : [32, 32, 3] -> [10] { gap; fc-10 }',
  ],
  sees: (walk, token, last) => {
    if (!walk.frame.inHead || !T.is(token, T.LSquare) || !T.is(last, T.Colon, T.Arrow))
      return false;
    const entries = entriesAt(walk);
    const type = entries === undefined ? undefined : meant(entries.map(textOf(walk)));
    return (
      entries !== undefined &&
      type !== undefined && { ...type, count: entries.flat().length + entries.length - 1 }
    );
  },
  mends: (walk, token, _, { sizes, why, count }) => {
    const end = walk.tokens[walk.at + count + 1]!;
    const written = `[${sizes.join(', ')}]`;
    const place = between(walk, token, end);
    say(
      walk,
      place,
      `${why}; write \`${written}\``,
      replace(`write \`${written}\``, place, written),
      'E0207',
    );
    keep(walk, token);
    // each stands where the old ones begin, in order
    sizes.forEach((size, i) => {
      const at = Math.min(token.startOffset + 1 + i, end.startOffset);
      const type = size === '_' ? T.Any : /^\d/.test(size) ? T.Numeral : T.Name;
      if (i > 0) keep(walk, virtual(T.Comma, '', at));
      keep(walk, virtual(type, size, at));
    });
    walk.at += count;
  },
});
