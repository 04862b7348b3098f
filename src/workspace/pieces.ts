/** Files read declaration by declaration: a declaration that is written as before keeps its tree and its place. */
import { checked, diagnosticsOf, resultOf, type Checked } from '../diagnostic/checked.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { operatorWords } from '../ops/words.ts';
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
  /** those that are gone, the latest first: what is typed and taken back is as it was */
  readonly gone: readonly Piece[];
};

/** As many pieces are kept that are gone. Each holds all that is known of it, which the garbage collector has to pass by. */
const MOST_GONE = 4;

/** What is known of a text that was read before. */
type Past = Pick<Pieces, 'pieces' | 'gone'>;

const readPiece = (path: string, { text, isFollowed }: Part): Piece => {
  const source: Source = {
    path: pieceOf(path, freshId()),
    text,
    ...(isFollowed ? { followed: true } : {}),
  };
  const tree = parse(source, operatorWords);
  return { source, declarations: resultOf(tree)?.declarations ?? [], found: diagnosticsOf(tree) };
};

/** A part of a text; it may be the text of a piece. */
type Part = { readonly text: string; readonly isFollowed: boolean };

const partsOf = (text: string, begins: readonly number[]): readonly Part[] =>
  begins.map((start, i) => ({
    text: text.slice(start, begins[i + 1]),
    isFollowed: i + 1 < begins.length,
  }));

const isPiece = ({ source }: Piece, { text, isFollowed }: Part): boolean =>
  source.text === text && (source.followed === true) === isFollowed;

const keyOf = ({ text, isFollowed }: Part): string => `${isFollowed ? '+' : '.'}${text}`;

/** The pieces for the parts of a text: those of before where a part is the same, each once and in order. */
const piecesFor = (path: string, parts: readonly Part[], { pieces, gone }: Past): Past => {
  let front = 0;
  while (front < Math.min(parts.length, pieces.length) && isPiece(pieces[front]!, parts[front]!))
    front++;
  const most = Math.min(parts.length, pieces.length) - front;
  let back = 0;
  while (back < most && isPiece(pieces.at(-1 - back)!, parts.at(-1 - back)!)) back++;
  const left = new Map<string, Piece[]>();
  for (const piece of [...pieces.slice(front, pieces.length - back), ...gone]) {
    const { text, followed } = piece.source;
    const key = keyOf({ text, isFollowed: followed === true });
    left.set(key, [...(left.get(key) ?? []), piece]);
  }
  const between = parts
    .slice(front, parts.length - back)
    .map((part) => left.get(keyOf(part))?.shift() ?? readPiece(path, part));
  return {
    pieces: [...pieces.slice(0, front), ...between, ...pieces.slice(pieces.length - back)],
    gone: [...left.values()].flat().slice(0, MOST_GONE),
  };
};

/** Of more faults the parser tells only how many there are, and that is for the whole of a file. */
const MOST_FOUND = 100;

/** Reads a text, with the pieces that were the same before. */
export const readPieces = (
  { path, text }: Source,
  before: Past = { pieces: [], gone: [] },
): Pieces => {
  let begins = cuts(text);
  let { pieces, gone } = piecesFor(path, partsOf(text, begins), before);
  if (begins.length > 1 && pieces.reduce((n, { found }) => n + found.length, 0) > MOST_FOUND) {
    begins = [0];
    ({ pieces, gone } = piecesFor(path, partsOf(text, begins), before));
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
    gone,
  };
};

/** Where a place of a piece lies in its file. */
export const placed = (start: number | undefined, path: string, place: Span): Span =>
  start === undefined ? place : { path, start: place.start + start, end: place.end + start };
