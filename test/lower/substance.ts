/** What two graphs must share to be the same net with the same weights. */
import type { Graph } from '../../src/graph/graph.ts';
import { showType } from '../../src/ops/types.ts';

/**
 * All but places in the source, paths of layers that keep nothing under them, and where weights come from: a weight
 * that a pass made is read under its own name by the print.
 */
export const substance = (graph: Graph) => ({
  net: graph.net,
  input: showType(graph.input.type),
  outputs: graph.outputs,
  nodes: graph.nodes.map(({ id, op, args, inputs, output: type, weights }) => ({
    id,
    op,
    args,
    inputs,
    type: showType(type),
    weights: weights.map(({ path, spec }) => ({ path, spec })),
  })),
});
