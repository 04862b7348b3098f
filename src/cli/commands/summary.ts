/** `netc summary FILE`: sizes, parameters, work and memory of every layer, without running anything. */
import * as Either from 'fp-ts/lib/Either.js';
import { forNet } from '../../compile.ts';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import type { ImageSize } from '../host/command.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { tellDoubts } from '../program/doubts.ts';
import { netAsked, loadSound } from '../program/load.ts';
import { renamed } from '../program/shown-paths.ts';
import { fail } from '../program/report.ts';
import { showSummary } from '../../report/summary/text.ts';
import { markdownOverview, showOverview } from '../../report/summary/overview.ts';
import { markdownSummary } from '../../report/summary/markdown.ts';
import type { Watch } from '../../phase.ts';
import { timed } from '../program/timing.ts';
import { csvSummary, jsonSummary } from '../../report/summary/data.ts';
import { summaryOf } from '../../report/summary/summary.ts';
import { lines } from '../../report/table.ts';
import { needing } from '../program/unneeded.ts';

type SummaryOptions = {
  readonly net: string | undefined;
  readonly input: ImageSize | undefined;
  readonly batch: number | undefined;
  readonly depth: number | undefined;
  readonly json: boolean;
  readonly csv: boolean;
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
  const forMachines = given.json ? '--json' : given.csv ? '--csv' : undefined;
  if (forMachines !== undefined && given.depth !== undefined) {
    io.err(lines(`error: ${forMachines} lists every layer; leave --depth out`));
    return exit.usage;
  }
  const loaded = loadSound(io, file, needing(given.net), watch);
  if (Either.isLeft(loaded)) return loaded.left;
  const { nets } = loaded.right.program;
  if (given.net === undefined && given.input === undefined && nets.length > 1 && !forMachines) {
    tellDoubts(io, loaded.right, nets);
    io.out(given.md ? markdownOverview(nets) : showOverview(nets));
    return exit.fine;
  }
  const net = netAsked(loaded.right, given.net);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  tellDoubts(io, loaded.right, [net.right]);
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
  const facts = summaryOf(net.right, made.sized, batch, made.plan?.peakBytes);
  if (given.json) io.out(`${JSON.stringify(jsonSummary(facts), undefined, 2)}\n`);
  else if (given.csv) io.out(csvSummary(facts));
  else if (given.md) io.out(markdownSummary(facts, given.depth));
  else {
    io.out(showSummary(facts, given.depth, io.colour.out, io.room));
    if (facts.layers.some((l) => l.macs === undefined))
      io.err(lines('', 'sizes are free: --input 224x224 gives MACs and memory'));
  }
  return exit.fine;
};
