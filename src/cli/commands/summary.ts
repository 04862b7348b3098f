/** `netc summary FILE`: sizes, parameters, work and memory of every layer, without running anything. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Graph } from '../../graph/graph.ts';
import { graphOf, lower } from '../../compile.ts';
import { plan } from '../../lower/plan.ts';
import { shapeOf } from '../../ops/types.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import type { Extent } from '../host/command.ts';
import { exit, type Exit } from '../host/exit.ts';
import { factsOf } from '../../report/layer-costs.ts';
import type { Io } from '../host/io.ts';
import { netAsked, loadSound } from '../program/load.ts';
import { renamed } from '../program/shown-paths.ts';
import { fail } from '../program/report.ts';
import {
  jsonSummary,
  markdownOverview,
  markdownSummary,
  showOverview,
  showSummary,
  type Summary,
} from '../../report/summary/text.ts';
import { treeOf } from '../../report/summary/tree.ts';
import { lines } from '../../report/table.ts';

/** The peak memory of all values, if sizes are known. */
const peakOf = (graph: Graph, batch: number): number | undefined => {
  const shape = shapeOf(graph.input.type, batch);
  return shape && plan(lower(graph), { input: shape }).peakBytes;
};

const summarise = (net: TypedNet, graph: Graph, batch: number): Summary => {
  const layers = factsOf(graph);
  const tree = treeOf(net.name, layers);
  return { net, graph, layers, tree, batch, peak: peakOf(graph, batch) };
};

type Given = {
  readonly net: string | undefined;
  readonly input: Extent | undefined;
  readonly batch: number | undefined;
  readonly json: boolean;
  readonly md: boolean;
};

export const summary = async (file: string, given: Given, io: Io): Promise<Exit> => {
  const loaded = loadSound(io, file);
  if (Either.isLeft(loaded)) return loaded.left;
  const { nets } = loaded.right.program;
  if (given.net === undefined && given.input === undefined && nets.length > 1 && !given.json) {
    io.out(given.md ? markdownOverview(nets) : showOverview(nets));
    return exit.fine;
  }
  const net = netAsked(loaded.right, given.net);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  const graph = graphOf(net.right, given.input && { ...given.input, asked: net.right.span });
  if (Either.isLeft(graph)) {
    const { shown, sources } = loaded.right;
    return fail(io, [renamed(graph.left, shown)], sources);
  }
  const facts = summarise(net.right, graph.right, given.batch ?? 1);
  if (given.json) io.out(`${JSON.stringify(jsonSummary(facts), undefined, 2)}\n`);
  else if (given.md) io.out(markdownSummary(facts));
  else {
    io.out(showSummary(facts, io.colour.out, io.room));
    if (facts.layers.some((l) => l.macs === undefined))
      io.err(lines('', 'sizes are free: --input 224x224 gives MACs and memory'));
  }
  return exit.fine;
};
