/** The data of a summary, which text, Markdown, JSON and CSV show. */
import type { Graph } from '../../graph/graph.ts';
import { neededFor } from '../../graph/main-output.ts';
import { sumIfKnown } from '../../numeric/figures.ts';
import type { TensorType } from '../../ops/types.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { factsOf, type LayerFacts } from '../layer-costs.ts';
import type { Whole } from './cells.ts';
import { foldedAt, foldedToScreen, heightOf, type Row } from './fold.ts';
import { sizesOf, type Sizes } from './sizes.ts';
import { treeOf } from './tree.ts';

/** A net with its layers in order. `peak` is the peak memory of values, for the whole batch. */
export type Summary = {
  readonly net: TypedNet;
  readonly graph: Graph;
  readonly layers: readonly LayerFacts[];
  readonly batch: number;
  readonly peak: number | undefined;
};

export const summaryOf = (
  net: TypedNet,
  graph: Graph,
  batch: number,
  peak: number | undefined,
): Summary => ({ net, graph, layers: factsOf(graph), batch, peak });

/** The rows of a table, and what its cells refer to. */
export type Table = {
  readonly rows: readonly Row[];
  readonly whole: Whole;
  readonly legend: Sizes['legend'];
  /** how deep the rows go, and how deep they would go if nothing was folded */
  readonly depth: number;
  readonly deepest: number;
};

const typesIn = (rows: readonly Row[]): readonly TensorType[] =>
  rows.flatMap(({ branch, last, below }) => [
    branch.first.inputs[0]!,
    last.node.output,
    ...typesIn(below),
  ]);

/** The table of a summary down to `depth`; unless that is given, as deep as fits on a screen. */
export const tableOf = (summary: Summary, depth: number | undefined): Table => {
  const { net, graph, layers, batch } = summary;
  const main = neededFor(graph.nodes, graph.outputs.slice(0, 1));
  const tree = treeOf(net.name, layers, main);
  const rows =
    tree === undefined ? [] : depth === undefined ? foldedToScreen(tree) : foldedAt(tree, depth);
  const { show, legend } = sizesOf(typesIn(rows));
  return {
    rows,
    legend,
    depth: heightOf(rows),
    deepest: tree === undefined ? 0 : heightOf(foldedAt(tree, Infinity)),
    whole: {
      params: layers.reduce((sum, l) => sum + l.params, 0),
      macs: sumIfKnown(layers.map((l) => l.macs)),
      batch,
      show,
    },
  };
};
