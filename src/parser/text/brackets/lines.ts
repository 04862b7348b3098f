/** The lines of a file, and the regions in which brackets are mended. */
import type { IToken } from 'chevrotain';
import * as T from '../tokens.ts';

/** For each token: is it the first on its line, and in which column does its line begin? */
export type Lines = { readonly first: readonly boolean[]; readonly indent: readonly number[] };

/** The lines of a text with these tokens. */
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

/** The tokens with numbers in [from, to). */
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

/** What stands behind the word of a declaration: a name, which may be none that is allowed, or a path. */
const names = (token: IToken | undefined): boolean =>
  token !== undefined && /^[A-Za-z_"]/.test(token.image) && !T.is(token, T.With);

/** The regions of the declarations of a file. A `def` does not begin one, since it may be local. */
export const declarationsOf = (lines: Lines, tokens: readonly IToken[]): readonly Region[] => {
  const left = lines.indent[0] ?? 0;
  const declares = (i: number): boolean =>
    onlyAtTop(tokens[i]!) &&
    lines.indent[i]! <= left &&
    (T.is(tokens[i], T.Assert) || names(tokens[i + 1]));
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
