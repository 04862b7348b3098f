/** The lines of a file as brackets see them, and the stretches of lines in which they are mended. */
import type { IToken } from 'chevrotain';
import * as T from '../tokens.ts';

/** By the numbers of tokens: is it the first on its line, and the column in which its line begins. */
export type Lines = { readonly first: readonly boolean[]; readonly indent: readonly number[] };

export const linesOf = (text: string, tokens: readonly IToken[]): Lines => {
  const first: boolean[] = [];
  const indent: number[] = [];
  let done = 0;
  let lineStart = 0;
  let current = 0;
  for (const token of tokens) {
    let broke = done === 0;
    for (let i = done; i < token.startOffset; i++) {
      const c = text.charCodeAt(i);
      if (c === 10 || c === 13) {
        broke = true;
        lineStart = i + 1;
      }
    }
    done = T.endOf(token);
    if (broke) current = token.startOffset - lineStart;
    first.push(broke);
    indent.push(current);
  }
  return { first, indent };
};

/** Tokens from the first number up to the second. */
export type Region = readonly [from: number, to: number];

/** Cuts a region before each token that begins a line and that `starts` accepts. */
const cut = (
  { first }: Lines,
  [from, to]: Region,
  starts: (i: number) => boolean,
): readonly Region[] => {
  const found: Region[] = [];
  let begin = from;
  for (let i = from + 1; i < to; i++) {
    if (!first[i] || !starts(i)) continue;
    found.push([begin, i]);
    begin = i;
  }
  found.push([begin, to]);
  return found;
};

const onlyAtTop = T.oneOf(T.Net, T.Import, T.Rewrite, T.Train, T.Eval, T.Assert);

/** The declarations of a file, apart from `def`s, which may be local. */
export const declarationsOf = (lines: Lines, tokens: readonly IToken[]): readonly Region[] => {
  const left = lines.indent[0] ?? 0;
  const declares = (i: number): boolean =>
    onlyAtTop(tokens[i]!) &&
    lines.indent[i]! <= left &&
    (T.is(tokens[i], T.Assert) || T.is(tokens[i + 1], T.Name, T.Text));
  return cut(lines, [0, tokens.length], declares);
};

/** A region cut at its `def`s that are indented no more than its beginning. */
export const cutAtDefs = (
  lines: Lines,
  tokens: readonly IToken[],
  region: Region,
): readonly Region[] => {
  const base = lines.indent[region[0]] ?? 0;
  return cut(lines, region, (i) => T.is(tokens[i], T.Def) && lines.indent[i]! <= base);
};
