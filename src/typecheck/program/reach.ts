/** What declarations are made of: themselves, and all that their words may mean, through what those mean. */
import type { Span } from '../../syntax/source.ts';
import type { Declaration } from '../../syntax/tree.ts';
import { splitSize } from '../expr/split-size.ts';
import { isInside } from '../net/branch-fixes.ts';
import { wordsOf } from './digests.ts';
import type { Program } from './program.ts';

const nameOf = (d: Declaration): string | undefined => ('name' in d ? d.name.text : undefined);

/** The names that a declaration mentions: the last part of each word, with and without the size at its end. */
const namesIn = (d: Declaration): readonly string[] =>
  wordsOf(d).flatMap(([, { parts }]) => {
    const { text } = parts[parts.length - 1]!;
    const stem = splitSize(text)?.stem;
    return stem === undefined ? [text] : [text, stem];
  });

/**
 * Whether a place belongs to what some declarations are made of, or to none. Names of one spelling are not told apart,
 * so it is rather too much than too little.
 */
export const reachedFrom = (
  { files }: Program,
  isRoot: (d: Declaration) => boolean,
): ((place: Span) => boolean) => {
  const all = [...files.values()].flatMap(({ tree }) => tree.declarations);
  const byName = new Map<string, Declaration[]>();
  for (const d of all) {
    const name = nameOf(d);
    if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), d]);
  }
  const reached = new Set(all.filter(isRoot));
  for (const d of reached)
    for (const name of namesIn(d)) byName.get(name)?.forEach((found) => reached.add(found)); // grows while it is read
  return (place) => {
    const around = all.filter((d) => isInside(place, d.span));
    return around.length === 0 || around.some((d) => reached.has(d));
  };
};
