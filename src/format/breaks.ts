/** Line breaks that a layout adds: in braces of several lines, and before the branches of lines that are too long. */
import type { Lexeme } from '../parser/lexemes.ts';
import { closes, depths, isComment, opens, type Line, type Words } from './line.ts';

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

/** A line, broken before some of its words. */
const broken = (line: Words, before: ReadonlySet<number>): readonly Words[] => {
  const pieces: { words: Lexeme[]; begins: boolean }[] = [{ words: [], begins: line.begins }];
  line.words.forEach((word, i) => {
    const last = line.words[i - 1];
    if (last !== undefined && before.has(i))
      pieces.push({ words: [], begins: !closes(word) && (opens(last) || last.kind === ',') });
    pieces.at(-1)!.words.push(word);
  });
  return pieces.map((piece) => ({ tag: 'words', ...piece }));
};

/** The line, in several where it is too long and has branches. */
export const breakBranches = (line: Line, isLong: (line: Words) => boolean): readonly Line[] =>
  line.tag !== 'words' || isComment(line) || !isLong(line)
    ? [line]
    : broken(line, breaksOf(line.words));

const opensBraces = ({ kind }: Lexeme): boolean => kind.endsWith('{');

/** Braces that hold several lines stand at the end of a line, and at the beginning of one. */
export const breakBraces = (lines: readonly Line[]): readonly Line[] => {
  const breaks: Set<number>[] = lines.map(() => new Set());
  let open: { readonly line: number; readonly word: number; readonly braces: boolean }[] = [];
  lines.forEach((line, at) => {
    if (line.tag === 'verbatim') open = [];
    if (line.tag !== 'words') return;
    line.words.forEach((word, i) => {
      if (opens(word)) open.push({ line: at, word: i, braces: opensBraces(word) });
      const opener = closes(word) ? open.pop() : undefined;
      if (opener === undefined || !opener.braces || opener.line === at) return;
      breaks[opener.line]!.add(opener.word + 1);
      breaks[at]!.add(i);
    });
  });
  return lines.flatMap((line, at): readonly Line[] =>
    line.tag === 'words' ? broken(line, withoutComment(line, breaks[at]!)) : [line],
  );
};

/** A comment stays behind its line. */
const withoutComment = ({ words }: Words, breaks: ReadonlySet<number>): ReadonlySet<number> =>
  new Set([...breaks].filter((i) => words[i] !== undefined && words[i].kind !== 'comment'));
