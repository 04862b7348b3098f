/**
 * The rows of a summary: a tree folded at some depth, in which copies are one row.
 *
 * Repetition is guessed from names and sizes, though the typed program knows its `repeat`s. For a summary shows a
 * graph: its sizes may be those of another image (`--input`), its layers may come from passes, and a path holds no more
 * than the folders a node was written in.
 */
import { sumIfKnown } from '../../numeric/figures.ts';
import type { LayerFacts } from '../layer-costs.ts';
import { repeats } from '../repeats.ts';
import type { Branch } from './tree.ts';

/** A row and those below it. Its sums are over all `count` copies, so the rows with none below add up to the net. */
export type Row = {
  readonly name: string;
  readonly to: string; // the name of the last copy beside the first
  readonly count: number;
  /** the first of the copies; a folder without rows below it is folded */
  readonly branch: Branch;
  /** the layer that comes last in the last copy */
  readonly last: LayerFacts;
  readonly params: number;
  readonly macs: number | undefined;
  readonly bytes: number | undefined;
  readonly below: readonly Row[];
};

/** The same branch in each of the copies of its folder that are one row. */
type Same = readonly Branch[];

/** A row for copies beside each other, each of them in all copies of the folder; `left` are the levels below. */
const rowOf = (run: readonly Same[], left: number): Row => {
  const all = run.flat();
  const first = all[0]!;
  const below = left === 0 ? [] : first.children.map((_, i) => all.map((b) => b.children[i]!));
  return {
    name: first.name,
    to: run.at(-1)![0]!.name,
    count: all.length,
    branch: first,
    last: all.at(-1)!.last,
    params: all.reduce((sum, b) => sum + b.params, 0),
    macs: sumIfKnown(all.map((b) => b.macs)),
    bytes: sumIfKnown(all.map((b) => b.bytes)),
    below: rowsOf(below, left - 1),
  };
};

/** Neighbours that are copies are one row, also in groups: conv, relu, conv, relu. Folded ones may differ in size. */
const rowsOf = (neighbours: readonly Same[], left: number): readonly Row[] => {
  const signs = neighbours.map(([branch]) => {
    const { children, structure, looks } = branch!;
    return left === 0 && children.length > 0 ? structure : looks;
  });
  return repeats(signs).flatMap(({ start, size, count }) =>
    Array.from({ length: size }, (_, k) => {
      const places = Array.from({ length: count }, (_, copy) => start + k + size * copy);
      return rowOf(
        places.map((place) => neighbours[place]!),
        left,
      );
    }),
  );
};

/** The rows down to a depth, at least 1. */
export const foldedAt = ({ children }: Branch, depth: number): readonly Row[] =>
  rowsOf(
    children.map((child) => [child]),
    depth - 1,
  );

/** The number of rows, with those below them. */
export const lengthOf = (rows: readonly Row[]): number =>
  rows.reduce((n, { below }) => n + 1 + lengthOf(below), 0);

/** The depth of the deepest row; 0 without rows. */
export const heightOf = (rows: readonly Row[]): number =>
  rows.reduce((most, { below }) => Math.max(most, 1 + heightOf(below)), 0);

/** Rows that fit on a screen, with the heading above them and the totals below. */
const screenful = 36;

/** As deep as a screen has room for; at least what lies directly in the net. */
export const foldedToScreen = (tree: Branch): readonly Row[] => {
  let best = foldedAt(tree, 1);
  for (let depth = 2; ; depth++) {
    const rows = foldedAt(tree, depth);
    if (lengthOf(rows) > screenful || heightOf(rows) < depth) return best;
    best = rows;
  }
};
