/** `netc summary FILE`: sizes, parameters, work and memory of every layer, without running anything. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Graph } from '../../graph/graph.ts';
import { forNet } from '../../compile.ts';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
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
import type { Watch } from '../../phase.ts';
import { timed } from '../program/timing.ts';
import { lines } from '../../report/table.ts';

const summarise = (
  net: TypedNet,
  graph: Graph,
  batch: number,
  peak: number | undefined,
): Summary => {
  const layers = factsOf(graph);
  const tree = treeOf(net.name, layers);
  return { net, graph, layers, tree, batch, peak };
};

type SummaryOptions = {
  readonly net: string | undefined;
  readonly input: Extent | undefined;
  readonly batch: number | undefined;
  readonly json: boolean;
  readonly md: boolean;
  readonly time: boolean;
};

export const summary = (file: string, given: SummaryOptions, io: Io): Promise<Exit> =>
  timed(given.time, io, (watch) => summarised(file, given, watch, io));

const summarised = async (
  file: string,
  given: SummaryOptions,
  watch: Watch,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file, watch);
  if (Either.isLeft(loaded)) return loaded.left;
  const { nets } = loaded.right.program;
  if (given.net === undefined && given.input === undefined && nets.length > 1 && !given.json) {
    io.out(given.md ? markdownOverview(nets) : showOverview(nets));
    return exit.fine;
  }
  const net = netAsked(loaded.right, given.net);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  const images = given.input && { ...given.input, asked: net.right.span };
  const batch = given.batch ?? 1;
  const planned = forNet({ images, batch }).plan(net.right, watch);
  const made = resultOf(planned);
  if (made === undefined) {
    const { shown, sources } = loaded.right;
    return fail(
      io,
      diagnosticsOf(planned).map((d) => renamed(d, shown)),
      sources,
    );
  }
  const facts = summarise(net.right, made.graph, batch, made.plan?.peakBytes);
  if (given.json) io.out(`${JSON.stringify(jsonSummary(facts), undefined, 2)}\n`);
  else if (given.md) io.out(markdownSummary(facts));
  else {
    io.out(showSummary(facts, io.colour.out, io.room));
    if (facts.layers.some((l) => l.macs === undefined))
      io.err(lines('', 'sizes are free: --input 224x224 gives MACs and memory'));
  }
  return exit.fine;
};
