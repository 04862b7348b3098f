/**
 * Aligns the layers of two nets at the least cost (Needleman and Wunsch 1970), with near matches as changed layers. The
 * matrix of moves has a limit of cells: for longer nets it is a band around the diagonal.
 */
import { rowOf } from '../../ops/table.ts';
import type { LayerFacts } from '../layer-costs.ts';
import { traitsOf } from './layers.ts';

/** Indices into the two sequences, in order; one of them is missing where a layer has no counterpart. */
export type Pair = { readonly before: number | undefined; readonly after: number | undefined };

/** A layer that only one net has. Any pair costs less than two of these. */
const gap = 30;
/** Another operator of the same family with the same input and output, such as another pool. */
const exchanged = 40;
const perArgument = 6;
const mostForArguments = 30;
const perSize = 2;
/** The cost of another path. Names decide between equal layers: `bottleneck3` belongs to `bottleneck3`. */
const otherPath = 3;
const otherFolder = 2;

/** Bytes of the matrix: nets of 5,800 layers are compared in full. */
const mostCells = 2 ** 25;

/** Numbers texts: small integers are quick to compare. */
const numbering = (): ((text: string) => number) => {
  const known = new Map<string, number>();
  return (text) => {
    const number = known.get(text) ?? known.size;
    known.set(text, number);
    return number;
  };
};

/** A layer as integers: equal integers mean equal traits. Layers of a row have equally many arguments. */
type Coded = {
  readonly op: number;
  readonly family: number;
  readonly path: number;
  readonly folder: number; // the outermost
  readonly input: number;
  readonly output: number;
  readonly args: readonly number[];
};

const coder = (): ((layer: LayerFacts) => Coded) => {
  const number = numbering();
  return (layer) => {
    const { op, path } = layer.node;
    const traits = traitsOf(layer);
    const folders = path.split('/').slice(1);
    return {
      op: number(op),
      family: number(rowOf(op).family),
      path: number(folders.join('/')),
      folder: number(folders[0] ?? ''),
      input: number(traits.in.compared),
      output: number(traits.out.compared),
      args: traits.args.map((t) => number(t.compared)),
    };
  };
};

const costOf = (a: Coded, b: Coded): number => {
  const names = (a.path === b.path ? 0 : otherPath) + (a.folder === b.folder ? 0 : otherFolder);
  const sizes = (a.input === b.input ? 0 : perSize) + (a.output === b.output ? 0 : perSize);
  if (a.op !== b.op) return a.family === b.family && sizes === 0 ? exchanged + names : Infinity;
  let differing = 0;
  for (let i = 0; i < a.args.length; i++) if (a.args[i] !== b.args[i]) differing++;
  return Math.min(mostForArguments, perArgument * differing) + sizes + names;
};

const move = { both: 0, before: 1, after: 2 } as const;

/** The cheapest path through a matrix whose rows have only the columns near the diagonal. */
const aligned = (a: readonly Coded[], b: readonly Coded[], most: number): readonly Pair[] => {
  const [n, m] = [a.length, b.length];
  const reach = n * m <= most ? m : Math.ceil(most / 2 / Math.max(1, n));
  const middle = (i: number): number => Math.round((i * m) / Math.max(1, n));
  const first = (i: number): number => Math.max(0, middle(i) - reach);
  const last = (i: number): number => Math.min(m, middle(i) + reach);
  const width = Math.min(m, 2 * reach) + 1;
  const moves = new Uint8Array((n + 1) * width);
  let above = new Float64Array(m + 2).fill(Infinity); // of column j at j + 1
  let row = new Float64Array(m + 2).fill(Infinity);
  for (let i = 0; i <= n; i++) {
    const from = first(i);
    row[from] = Infinity; // what lies left of the band
    for (let j = from; j <= last(i); j++) {
      const at = i * width + j - from;
      let best = i === 0 && j === 0 ? 0 : Infinity;
      if (i > 0 && j > 0) best = above[j]! + costOf(a[i - 1]!, b[j - 1]!);
      // of equals what was removed comes first
      if (j > 0 && row[j]! + gap < best) {
        best = row[j]! + gap;
        moves[at] = move.after;
      }
      if (i > 0 && above[j + 1]! + gap < best) {
        best = above[j + 1]! + gap;
        moves[at] = move.before;
      }
      row[j + 1] = best;
    }
    [above, row] = [row, above];
  }
  const pairs: Pair[] = [];
  for (let i = n, j = m; i > 0 || j > 0;) {
    const taken = moves[i * width + j - first(i)];
    if (taken !== move.after) i--;
    if (taken !== move.before) j--;
    pairs.push({
      before: taken === move.after ? undefined : i,
      after: taken === move.before ? undefined : j,
    });
  }
  return pairs.reverse();
};

/** Pairs of layers, and layers that only one net has, in the order of both. */
export const align = (
  before: readonly LayerFacts[],
  after: readonly LayerFacts[],
  cells = mostCells,
): readonly Pair[] => {
  const code = coder();
  const [a, b] = [before.map(code), after.map(code)];
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && costOf(a[head]!, b[head]!) === 0) head++;
  let tail = 0;
  while (head + tail < most && costOf(a.at(-1 - tail)!, b.at(-1 - tail)!) === 0) tail++;
  const between = aligned(a.slice(head, a.length - tail), b.slice(head, b.length - tail), cells);
  const same = (i: number, shift: number): Pair => ({ before: i, after: i + shift });
  return [
    ...Array.from({ length: head }, (_, i) => same(i, 0)),
    ...between.map((p) => ({
      before: p.before === undefined ? undefined : p.before + head,
      after: p.after === undefined ? undefined : p.after + head,
    })),
    ...Array.from({ length: tail }, (_, i) => same(a.length - tail + i, b.length - a.length)),
  ];
};
