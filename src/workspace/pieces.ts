/** Files read declaration by declaration: a declaration that is written as before keeps its tree and its place. */
import { checked, diagnosticsOf, resultOf, type Checked } from '../diagnostic/checked.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { windowed } from '../ops/windowed.ts';
import { parse } from '../parser/parse.ts';
import { cuts } from '../parser/pieces.ts';
import { freshId } from '../syntax/memo.ts';
import { pieceOf, span, type Source, type Span } from '../syntax/source.ts';
import type { Declaration, Tree } from '../syntax/tree.ts';

/** A declaration with the comments above it. */
type Piece = {
  readonly source: Source;
  readonly declarations: readonly Declaration[];
  readonly found: readonly Diagnostic[];
};

/** A text that was read. */
export type Pieces = {
  readonly tree: Checked<Tree>;
  /** where each piece begins in the text, by the path of its places */
  readonly starts: ReadonlyMap<string, number>;
  readonly pieces: readonly Piece[];
};

const readPiece = (path: string, text: string, isFollowed: boolean): Piece => {
  const source: Source = {
    path: pieceOf(path, freshId()),
    text,
    ...(isFollowed ? { followed: true } : {}),
  };
  const tree = parse(source, windowed);
  return { source, declarations: resultOf(tree)?.declarations ?? [], found: diagnosticsOf(tree) };
};

const keyOf = (text: string, isFollowed: boolean): string => `${isFollowed ? '+' : '.'}${text}`;

/** Takes pieces of a text again, each once and in order. */
const taker = (before: readonly Piece[]): ((key: string) => Piece | undefined) => {
  const left = new Map<string, Piece[]>();
  for (const piece of before) {
    const key = keyOf(piece.source.text, piece.source.followed === true);
    const same = left.get(key);
    if (same === undefined) left.set(key, [piece]);
    else same.push(piece);
  }
  return (key) => left.get(key)?.shift();
};

/** Of more faults the parser tells only how many there are, and that is for the whole of a file. */
const MOST_FOUND = 100;

/** Reads a text, with the pieces that were the same before. */
export const readPieces = ({ path, text }: Source, before: readonly Piece[]): Pieces => {
  const take = taker(before);
  const read = (begins: readonly number[]): readonly Piece[] =>
    begins.map((start, i) => {
      const isFollowed = i + 1 < begins.length;
      const part = text.slice(start, begins[i + 1]);
      return take(keyOf(part, isFollowed)) ?? readPiece(path, part, isFollowed);
    });
  let begins = cuts(text);
  let pieces = read(begins);
  if (begins.length > 1 && pieces.reduce((n, { found }) => n + found.length, 0) > MOST_FOUND) {
    begins = [0];
    pieces = read(begins);
  }
  const tree: Tree = {
    path,
    pieces: pieces.map(({ source }) => source),
    declarations: pieces.flatMap(({ declarations }) => declarations),
    span: span(path, 0, text.length),
  };
  return {
    tree: checked(
      tree,
      pieces.flatMap(({ found }) => found),
    ),
    starts: new Map(pieces.map(({ source }, i) => [source.path, begins[i]!])),
    pieces,
  };
};

/** Where a place of a piece lies in its file. */
export const placed = (start: number | undefined, path: string, place: Span): Span =>
  start === undefined ? place : { path, start: place.start + start, end: place.end + start };
