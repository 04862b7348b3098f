/** `netc weights rewrite FILE --weights W -o OUT`: the weights of the net that passes make of a net. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { bytes, thousands, plural } from '../../numeric/figures.ts';
import { withOrigins } from '../../runtime/store/provenance.ts';
import { writeWeights, type WeightFile } from '../../runtime/files/weights.ts';
import type { Provider } from '../../runtime/store/safetensors.ts';
import { matchWeights } from '../../runtime/store/weights.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import { countOf, hostWeights, weightsOf } from '../../rewrite/match/read-weights.ts';
import type { Io } from '../host/io.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loadSound } from '../program/load.ts';
import { askedNet, netFor } from '../program/owners.ts';
import { optionFor, tellLeftOut } from '../program/outputs.ts';
import { passesAsked, type Passes, type PassesGiven } from '../program/passes.ts';
import { fail } from '../program/report.ts';
import { openMeant } from '../program/run-files.ts';
import { forNet } from '../../compile.ts';
import type { Outputs } from '../../graph/main-output.ts';
import { resultFor, tellRewrites } from '../program/rewrites.ts';
import { lines } from '../../report/table.ts';
import { naming } from '../program/naming.ts';
import { needing } from '../program/unneeded.ts';

type WeightsRewriteOptions = PassesGiven & {
  readonly net: string | undefined;
  readonly weights: string;
  readonly outputs: Outputs | undefined;
  readonly trace: 'rewrite' | undefined;
  readonly output: string;
};

type Job = {
  readonly file: string;
  readonly net: TypedNet;
  readonly weights: WeightFile;
  readonly passes: Passes;
  readonly given: WeightsRewriteOptions;
  readonly io: Io;
};

/** Every weight under its name in the rewritten net, computed on demand. */
const computed = (graph: Graph, read: Provider): Provider => {
  const { weight, fault } = hostWeights(graph, read);
  return (path) => {
    const { data } = weight(path);
    const unread = fault();
    return unread === undefined ? Either.right(data) : Either.left(unread);
  };
};

/** The rewritten net, whose weights are written (E0501–E0503, E0509, E0510). */
const written = (job: Job): Or<readonly Diagnostic[], Graph> => {
  const { net, weights, passes, given, io } = job;
  const outputs = given.outputs ?? 'all';
  const applied = resultFor(io, forNet({ passes: passes.all, outputs }).rewrite(net), passes);
  if (Either.isLeft(applied)) return applied;
  const { graph, trace } = applied.right;
  tellLeftOut(io, net, outputs);
  tellRewrites(io, net, passes, trace, given.trace === 'rewrite');
  const matched = matchWeights(weights, weightsOf(graph), askedNet(job.file, net, outputs));
  const read = resultOf(matched);
  if (read === undefined) return Either.left(diagnosticsOf(matched));
  const metadata = withOrigins(graph, weights.metadata);
  const outgoing = graph.nodes
    .flatMap((n) => n.weights)
    .map(({ path, spec }) => ({ name: path, shape: spec.shape }));
  const provider = naming(io)(computed(graph, read));
  const done = io.atOnce(() => writeWeights(given.output, outgoing, provider, metadata));
  io.progress('');
  return Either.isLeft(done) ? Either.left([done.left]) : Either.right(graph);
};

export const rewriteWeights = async (
  file: string,
  given: WeightsRewriteOptions,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const passes = passesAsked(io, given, loaded.right);
  if (Either.isLeft(passes)) return passes.left;
  const weights = openMeant(io, given.weights);
  if (Either.isLeft(weights)) return fail(io, [weights.left]);
  try {
    const net = netFor(io, loaded.right, given.net, weights.right);
    if (Either.isLeft(net)) return fail(io, [net.left]);
    tellDoubts(io, loaded.right, [net.right]);
    const job = { file, net: net.right, weights: weights.right, passes: passes.right, given };
    const graph = written({ ...job, io });
    if (Either.isLeft(graph)) return fail(io, graph.left, passes.right.sources);
    const all = graph.right.nodes.flatMap((n) => n.weights);
    const numbers = countOf(all);
    const { name } = net.right;
    io.err(
      lines(
        `${given.output}: ${plural(all.length, 'weight')} of ${name} rewritten, ${thousands(numbers)} numbers, ${bytes(4 * numbers)}`,
        `the net of these weights: netc dump --after rewrite ${file} --net ${name}${optionFor(given.outputs ?? 'all')}${passes.right.options}`,
      ),
    );
    return exit.fine;
  } finally {
    weights.right.close();
  }
};
