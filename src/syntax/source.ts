/** Source text and places in it. Offsets count UTF-16 code units, as JavaScript strings and LSP do. */

/**
 * A file as it was read, or a piece of it; `path` is relative to the project root, with `/` between folders. Behind a
 * piece that is `followed` stands another declaration.
 */
export type Source = { readonly path: string; readonly text: string; readonly followed?: true };

/** What stands between the path of a file and the number of a piece. No path has it. */
const ofPiece = '\0';

/** The path that places in a piece of a file have. They count from where the piece begins. */
export const pieceOf = (file: string, piece: number): string => `${file}${ofPiece}${piece}`;

/** The file of a place. */
export const fileOf = (path: string): string => path.split(ofPiece, 1)[0]!;

/** Whether a file is one that netc brings along, such as a pass. */
export const isOfNetc = (path: string): boolean => path.startsWith('netc:');

/** The half-open range [start, end) of the file `path`. */
export type Span = { readonly path: string; readonly start: number; readonly end: number };

/** Zero-based, `character` in UTF-16 code units: a position as LSP has it. */
export type Position = { readonly line: number; readonly character: number };

/** From `start` up to `end`, which is not part of it; offsets in UTF-16 units. */
export const span = (path: string, start: number, end: number): Span => ({ path, start, end });

/** From the beginning of `a` to the end of `b`; both lie in one file. */
export const across = (a: Span, b: Span): Span => ({ path: a.path, start: a.start, end: b.end });

/** An empty range at the beginning of a file, for faults that have no better place. */
export const startOf = (path: string): Span => ({ path: fileOf(path), start: 0, end: 0 });

/** The offsets at which lines begin; `\n`, `\r\n` and a lone `\r` end a line. */
export const lineStarts = (text: string): readonly number[] => {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
};

/** The position of an offset, given the line starts of its text. O(log lines). */
export const positionAt = (starts: readonly number[], offset: number): Position => {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: offset - starts[low]! };
};

/**
 * Whether a text has more than so many words and signs, comments and strings counted as one. Each costs
 * memory in every phase, so this is asked before the first.
 */
export const hasMoreWords = (text: string, most: number): boolean => {
  if (text.length <= most) return false;
  const word = /--[^\n\r]*|"[^"\n\r]*"?|[\w.]+|[^\s\w]/g;
  for (let count = 0; word.test(text); count++) if (count >= most) return true;
  return false;
};

/** Texts by the paths that diagnostics name. */
export type Sources = ReadonlyMap<string, Source>;
