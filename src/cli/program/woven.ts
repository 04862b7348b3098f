/** Text that is made of parts of another text and of words between them, and knows which part came from where. */

/** The stretch from `from` to `to`, which is that of the other text from `at` on. */
export type Piece = { readonly from: number; readonly to: number; readonly at: number };

/** A text with the parts of it that are of the other. */
export type Woven = { readonly text: string; readonly pieces: readonly Piece[] };

const moved = (pieces: readonly Piece[], by: number): readonly Piece[] =>
  pieces.map(({ from, to, at }) => ({ from: from + by, to: to + by, at }));

/** One text behind the other. */
export const joined = (all: readonly Woven[]): Woven => {
  let text = '';
  const pieces: Piece[] = [];
  for (const one of all) {
    pieces.push(...moved(one.pieces, text.length));
    text += one.text;
  }
  return { text, pieces };
};

/** A text between two others that are of nowhere. */
export const between = (before: string, { text, pieces }: Woven, after: string): Woven => ({
  text: before + text + after,
  pieces: moved(pieces, before.length),
});

/** A text with another in place of the stretch from `start` to `end`. */
export const spliced = (
  { text, pieces }: Woven,
  start: number,
  end: number,
  middle: Woven,
): Woven => {
  const by = middle.text.length - (end - start);
  return {
    text: text.slice(0, start) + middle.text + text.slice(end),
    pieces: [
      ...pieces.flatMap((p) => (p.from < start ? [{ ...p, to: Math.min(p.to, start) }] : [])),
      ...moved(middle.pieces, start),
      ...pieces.flatMap(({ from, to, at }) => {
        const cut = Math.max(0, end - from);
        return to > end ? [{ from: from + cut + by, to: to + by, at: at + cut }] : [];
      }),
    ],
  };
};
