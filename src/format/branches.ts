/** Lines that are too long are broken before their `|`, one branch on each line. */
import type { Lexeme } from '../parser/lexemes.ts';
import { depths, isComment, opens, type Line, type Words } from './line.ts';

/** Where the first of some branches begins: behind the `=`, the bracket or the comma before it. */
const firstBranch = (words: readonly Lexeme[], depth: readonly number[], bar: number): number => {
  const own = depth[bar]!;
  for (let i = bar - 1; i >= 0; i--) {
    if (depth[i]! < own || (depth[i] === own && ['=', ',', ';'].includes(words[i]!.kind)))
      return i + 1;
  }
  return 0;
};

/** The words before which a line is broken; none where it has no branches. */
const breaksOf = (words: readonly Lexeme[]): ReadonlySet<number> => {
  const depth = depths(words);
  const bars = words.flatMap(({ kind }, i) => (kind === '|' ? [i] : []));
  const outermost = Math.min(...bars.map((i) => depth[i]!));
  const all = bars.filter((i) => depth[i] === outermost);
  const [bar] = all;
  // a rule is rather broken before its `=>`, and branches behind a `;` are not those of the line
  if (bar === undefined || words.some(({ kind }) => kind === '=>')) return new Set();
  const first = firstBranch(words, depth, bar);
  if (words[first - 1]?.kind === ';') return new Set();
  const end = words.findIndex((_, i) => i > bar && depth[i]! < outermost);
  const branches = all.filter((i) => end < 0 || i < end);
  return new Set([first, ...branches, ...(end < 0 ? [] : [end])]);
};

/** The line, in several where it is too long and has branches. */
export const breakBranches = (line: Line, isLong: (line: Words) => boolean): readonly Line[] => {
  if (line.tag !== 'words' || isComment(line) || !isLong(line)) return [line];
  const breaks = breaksOf(line.words);
  const pieces: { words: Lexeme[]; begins: boolean }[] = [{ words: [], begins: line.begins }];
  line.words.forEach((word, i) => {
    const before = line.words[i - 1];
    if (before !== undefined && breaks.has(i))
      pieces.push({ words: [], begins: opens(before) || before.kind === ',' });
    pieces.at(-1)!.words.push(word);
  });
  return pieces.map((piece) => ({ tag: 'words', ...piece }));
};
