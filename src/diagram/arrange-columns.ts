/**
 * A tall drawing in columns, read downwards and then to the right. It is broken between parts of the net itself, where
 * no remembered value passes by.
 */
import { go, largest, sizes, type Arranged, type Point, type Wire } from './arrange.ts';
import { sequence } from './arrange-sequence.ts';
import type { Part } from './diagram.ts';

/** A drawing that is not taller stays in one column. */
const tall = 1200;

/** The width of a screen over its height. */
const screenRatio = 1.6;

/** Columns must be shorter than this share of one column, or it is left as it is. */
const worthwhile = 0.75;

/** Above and below the columns, for the line from one to the next. */
const turn = 14;

type Keys = Pick<Arranged, 'keeps' | 'recalls'>;

/** What a part remembers and recalls. */
const keysOf = (part: Part, { keeps, recalls }: Arranged): Keys => ({
  keeps: part.tag === 'keep' ? [part.key] : keeps,
  recalls: part.tag === 'recall' ? [part.key] : recalls,
});

/** The places between parts at which no remembered value is on its way: the numbers of the parts behind them. */
const breaksOf = (keys: readonly Keys[]): readonly number[] => {
  const last = new Map(keys.flatMap(({ recalls }, i) => recalls.map((key) => [key, i] as const)));
  let until = 0; // the last part that recalls what has been remembered so far
  return keys.flatMap(({ keeps }, i) => {
    const isFree = i > 0 && until < i;
    until = largest(
      until,
      keeps.map((key) => last.get(key) ?? 0),
    );
    return isFree ? [i] : [];
  });
};

/** Parts from `from` up to `to`, which no column divides. */
type Piece = { readonly from: number; readonly to: number; readonly height: number };

const piecesOf = (heights: readonly number[], breaks: readonly number[]): readonly Piece[] =>
  [0, ...breaks].map((from, i, all) => {
    const to = all[i + 1] ?? heights.length;
    const height = heights.slice(from, to).reduce((sum, h) => sum + h + sizes.gap, 0);
    return { from, to, height };
  });

/** The pieces in columns of at most `limit` pixels, of which each is filled before the next. */
const filled = (pieces: readonly Piece[], limit: number): readonly Piece[] => {
  const columns: Piece[] = [];
  for (const piece of pieces) {
    const last = columns.at(-1);
    if (last !== undefined && last.height + piece.height <= limit)
      columns[columns.length - 1] = {
        from: last.from,
        to: piece.to,
        height: last.height + piece.height,
      };
    else columns.push(piece);
  }
  return columns;
};

/** At most `count` columns, as even as can be. */
const evenly = (pieces: readonly Piece[], count: number): readonly Piece[] => {
  const total = pieces.reduce((sum, { height }) => sum + height, 0);
  for (let limit = total / count; ; limit += 10) {
    const columns = filled(pieces, limit);
    if (columns.length <= count) return columns;
  }
};

/** The columns, each of this width, with which the drawing is largest when it is made to fit a screen. */
const fitting = (pieces: readonly Piece[], width: number): readonly Piece[] => {
  let best: { readonly size: number; readonly columns: readonly Piece[] } | undefined;
  for (let count = 1; count <= pieces.length; count++) {
    const columns = evenly(pieces, count);
    const tallest = largest(
      0,
      columns.map(({ height }) => height),
    );
    const size = Math.max(tallest, (columns.length * width) / screenRatio);
    if (best === undefined || size < best.size) best = { size, columns };
    if (count * width > best.size * screenRatio) break;
  }
  return best?.columns ?? pieces;
};

/** Columns side by side, with a line from the foot of each to the head of the next. */
const beside = (columns: readonly Arranged[]): Arranged => {
  const axes: number[] = [];
  let edge = 0; // the right end of the columns so far, from the left end of the first
  for (const { left, right } of columns) {
    axes.push(edge + left);
    edge += left + right + 2 * sizes.column;
  }
  const first = axes[0]!;
  const tallest = largest(
    0,
    columns.map(({ height }) => height),
  );
  return {
    left: first,
    right: edge - 2 * sizes.column - first,
    height: tallest + 2 * turn,
    keeps: [],
    recalls: [],
    place: (x, y, wire, pen) =>
      columns.reduce((coming: Wire, column, i) => {
        const axis = x - first + axes[i]!;
        const before = columns[i - 1];
        const way: readonly Point[] =
          before === undefined
            ? []
            : turning(x - first + axes[i - 1]!, before, axis - column.left, axis);
        return column.place(
          axis,
          y + turn,
          go(coming, ...way.map(([u, v]): Point => [u, y + v])),
          pen,
        );
      }, wire),
  };
};

/** From the axis of a column down, to its right side, up, and over to the next axis; y is from the top of all. */
const turning = (
  from: number,
  { height }: Arranged,
  edge: number,
  to: number,
): readonly Point[] => {
  const [foot, gutter] = [turn + height + turn / 2, edge - sizes.column];
  return [
    [from, foot],
    [gutter, foot],
    [gutter, 0],
    [to, 0],
  ];
};

type Arrange = (part: Part) => Arranged;

/** The same, which arranges each part once. */
const once = (arrange: Arrange): Arrange => {
  const known = new Map<Part, Arranged>();
  return (part) => {
    const arranged = known.get(part) ?? arrange(part);
    known.set(part, arranged);
    return arranged;
  };
};

/** The parts of a net, in as many columns as make the drawing fit on a screen. */
export const columns = (parts: readonly Part[], arrange: Arrange): Arranged => {
  const arrangeOnce = once(arrange);
  const whole = sequence(parts, arrangeOnce);
  if (whole.height <= tall) return whole;
  const arranged = parts.map((part) => sequence([part], arrangeOnce));
  const pieces = piecesOf(
    // a side branch hangs beside the parts that follow
    arranged.map(({ height }, i) => (parts[i]!.tag === 'side' ? 0 : height)),
    breaksOf(parts.map((part, i) => keysOf(part, arranged[i]!))),
  );
  const made = beside(
    fitting(pieces, whole.left + whole.right + 2 * sizes.column).map(({ from, to }) =>
      sequence(parts.slice(from, to), arrangeOnce),
    ),
  );
  return made.height > worthwhile * whole.height ? whole : made;
};
