/** `netc compile FILE -o DIR`: each net as a GraphModel that `tf.loadGraphModel` opens. */
import { join } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { forNet } from '../../compile.ts';
import { sourceGraph } from '../../build/build.ts';
import type { Outputs } from '../../graph/main-output.ts';
import { unwatched, type Watch } from '../../phase.ts';
import { timed } from '../program/timing.ts';
import { formats } from '../../diagram/formats.ts';
import { graphModel } from '../../emit/graph-model/graph-model.ts';
import type { Graph } from '../../graph/graph.ts';
import { writeFilesAtomically, type OutputFile } from '../../runtime/disk/files.ts';
import { textChunks } from '../../runtime/data/bytes.ts';
import { classesOfMetadata } from '../../runtime/store/classes.ts';
import type { Input } from '../../runtime/store/preprocess.ts';
import { withOrigins } from '../../runtime/store/provenance.ts';
import type { WeightFile } from '../../runtime/files/weights.ts';
import { matchWeights } from '../../runtime/store/weights.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { outputsOf, travelling } from '../program/attached.ts';
import type { ImageSize } from '../host/command.ts';
import { adviceOnWeights } from '../program/compile-advice.ts';
import { showWritten, type Written } from '../program/compile-table.ts';
import { exit, exitFor, type Exit } from '../host/exit.ts';
import { version } from '../host/home.ts';
import type { Io } from '../host/io.ts';
import { weightsOf } from '../../rewrite/match/read-weights.ts';
import { distinctNames } from '../program/distinct-names.ts';
import { afterPreparation, preparationOf, tellPreparation } from '../program/input-bytes.ts';
import { manifestFile, modelFiles } from '../program/model-files.ts';
import { oddNumbers } from '../program/odd-numbers.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loader, netsAsked, noNets, loadSound } from '../program/load.ts';
import { watching } from '../program/watching.ts';
import { askedNet, ownersOf } from '../program/owners.ts';
import { tellLeftOut } from '../program/outputs.ts';
import { passesAsked, type Passes, type PassesGiven } from '../program/passes.ts';
import { fail, tell } from '../program/report.ts';
import { openMeant } from '../program/run-files.ts';
import { resultFor, tellRewrites } from '../program/rewrites.ts';
import { lines } from '../../report/table.ts';
import type { TraceEvent } from '../../graph/trace.ts';
import { needing } from '../program/unneeded.ts';

/** Shards that an earlier model left behind have such names. */
const isOfAModel = (name: string): boolean =>
  /^group\d+-shard\d+of\d+\.bin$/.test(name) || name === manifestFile;

type Job = {
  readonly folder: string;
  /** the folder of each net of the program, in that folder */
  readonly folders: ReadonlyMap<string, string>;
  readonly size: ImageSize | undefined;
  readonly outputs: Outputs;
  readonly inputBytes: boolean;
  readonly file: string;
  readonly weights: WeightFile | undefined;
  readonly diagram: boolean;
  readonly depth: number | undefined;
  readonly passes: Passes;
  readonly traced: boolean;
  readonly watch: Watch;
  readonly io: Io;
};

/** A picture of the net in every notation, beside its model. */
const diagrams = (net: TypedNet, { diagram, depth }: Job): readonly OutputFile[] =>
  diagram
    ? Object.values(formats).map(({ extension, render }) => ({
        name: `diagram.${extension}`,
        chunks: textChunks(render(net, depth === undefined ? {} : { depth })),
      }))
    : [];

/** A model that only has to be written, and its graph before and after the passes. */
type Ready = {
  readonly net: TypedNet;
  /** of its own in the folder of all models */
  readonly folder: string;
  readonly source: Graph;
  readonly graph: Graph;
  readonly trace: readonly TraceEvent[];
  readonly files: readonly OutputFile[];
  /** once the files are written: which of their weights have numbers that no sound net has */
  readonly odd: () => string | undefined;
  /** how the model prepares pixels, if it takes them */
  readonly pixels: Input | undefined;
};

/** The metadata of a model: what travels with the weights, and the provenance of those that rules made. */
const metadataOf = (
  graph: Graph,
  weights: WeightFile | undefined,
  pixels: Input | undefined,
): object | undefined => {
  const entries = new Map(travelling(withOrigins(graph, weights?.metadata ?? new Map())));
  if (pixels !== undefined) entries.set(...afterPreparation(pixels));
  return entries.size === 0 ? undefined : Object.fromEntries(entries);
};

const prepare = (net: TypedNet, job: Job): Or<readonly Diagnostic[], Ready> => {
  const { weights } = job;
  const images = job.size && { ...job.size, asked: net.span };
  const { kernels: line } = forNet({ passes: job.passes.all, images, outputs: job.outputs });
  const made = resultFor(job.io, line(net, job.watch), job.passes);
  if (Either.isLeft(made)) return made;
  const { sized: graph, trace, kernels } = made.right;
  const matched =
    weights && matchWeights(weights, weightsOf(graph), askedNet(job.file, net, job.outputs));
  const read = matched && resultOf(matched);
  if (matched !== undefined && read === undefined) return Either.left(diagnosticsOf(matched));
  const names = weights && classesOfMetadata(weights.path, weights.metadata, outputsOf(net));
  if (names !== undefined && Either.isLeft(names)) return Either.left([names.left]);
  const pixels = job.inputBytes ? preparationOf(graph, weights) : undefined;
  if (pixels !== undefined && Either.isLeft(pixels)) return Either.left([pixels.left]);
  const model = graphModel(kernels, {
    generatedBy: `netc ${version()}`,
    metadata: metadataOf(graph, weights, pixels?.right),
    pixels: pixels?.right,
    withWeights: read !== undefined || weightsOf(graph).length === 0,
  });
  const odd = oddNumbers();
  const files = [...diagrams(net, job), ...modelFiles(model, graph, read, odd.see)];
  return Either.right({
    net,
    folder: job.folders.get(net.name) ?? net.name,
    odd: odd.told,
    source: sourceGraph(net, job.outputs),
    graph,
    trace,
    files,
    pixels: pixels?.right,
  });
};

const write = (ready: Ready, job: Job): Or<Diagnostic, Written> => {
  const { net, trace, files, pixels, odd } = ready;
  const { io } = job;
  io.progress(`writing ${net.name}`);
  const folder = join(job.folder, ready.folder);
  const written = io.atOnce(() => writeFilesAtomically(folder, files, isOfAModel));
  io.progress('');
  if (Either.isLeft(written)) return written;
  const warning = odd();
  if (warning !== undefined) io.err(lines(warning));
  if (ready.folder !== net.name)
    io.err(lines(`the folder of ${net.name} has a number: some disks ignore the case of names`));
  tellLeftOut(io, net, job.outputs);
  if (pixels !== undefined) tellPreparation(io, ready.graph, pixels, job.weights?.path);
  tellRewrites(io, net, job.passes, trace, job.traced);
  return Either.right({ ...ready, files: files.map((f) => f.name) });
};

/** The nets that a weight file is for; if none, the first, so that the error names its weights. */
const owned = (nets: readonly TypedNet[], weights: WeightFile): readonly TypedNet[] => {
  const mine = ownersOf(nets, weights);
  return mine.length === 0 ? nets.slice(0, 1) : mine;
};

/** Names the nets that are not written because the weight file has none of their weights. */
const leftOut = (
  nets: readonly TypedNet[],
  taken: readonly TypedNet[],
  weights: string,
): string => {
  const names = nets.flatMap((net) => (taken.includes(net) ? [] : [net.name]));
  return names.length === 0
    ? ''
    : lines(`left out, because ${weights} is not for them: ${names.join(', ')}`);
};

type CompileOptions = PassesGiven & {
  readonly output: string;
  readonly net: string | undefined;
  readonly weights: string | undefined;
  readonly trace: 'rewrite' | undefined;
  readonly input: ImageSize | undefined;
  readonly inputBytes: boolean;
  readonly outputs: Outputs | undefined;
  readonly diagram: boolean;
  readonly depth: number | undefined;
  readonly watch: boolean;
  readonly time: boolean;
};

/** Nothing is written unless every net can be. */
const compileAll = (nets: readonly TypedNet[], job: Job): Or<Exit, readonly Written[]> => {
  const ready: Ready[] = [];
  const faults: Diagnostic[] = [];
  for (const net of nets) {
    const result = prepare(net, job);
    if (Either.isLeft(result)) faults.push(...result.left);
    else ready.push(result.right);
  }
  const done: Written[] = [];
  for (const model of faults.length > 0 ? [] : ready) {
    const result = write(model, job);
    if (Either.isLeft(result)) faults.push(result.left);
    else done.push(result.right);
  }
  tell(job.io, faults, job.passes.sources);
  if (faults.length === 0) return Either.right(done);
  if (done.length > 0) job.io.out(showWritten(done, job.folder, job.io.room));
  return Either.left(exitFor(faults));
};

/** The files among passes that are asked for: `mine.net:tidy`. */
const filesOf = (passes: readonly string[]): readonly string[] =>
  passes.flatMap((pass) => /^.*\.net(?=:|$)/.exec(pass)?.[0] ?? []);

export const compile = (file: string, given: CompileOptions, io: Io): Promise<Exit> => {
  const once = (): Promise<Exit> =>
    timed(given.time, io, (watch) => compiled(file, given, watch, io));
  if (!given.watch) return once();
  const load = loader(io.cwd);
  return watching(io, async () => {
    await once();
    return [file, ...load(file, unwatched).sources.keys(), ...filesOf(given.pass)];
  });
};

const compiled = async (
  file: string,
  given: CompileOptions,
  watch: Watch,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net), watch);
  if (Either.isLeft(loaded)) return loaded.left;
  const passes = passesAsked(io, given, loaded.right);
  if (Either.isLeft(passes)) return passes.left;
  const nets = netsAsked(loaded.right, given.net);
  if (Either.isLeft(nets)) return fail(io, [nets.left]);
  if (nets.right.length === 0) return fail(io, [noNets(loaded.right)]);
  const weights = given.weights === undefined ? undefined : openMeant(io, given.weights);
  if (weights !== undefined && Either.isLeft(weights)) return fail(io, [weights.left]);
  try {
    const mine = weights === undefined ? nets.right : owned(nets.right, weights.right);
    tellDoubts(io, loaded.right, mine);
    if (weights !== undefined) io.err(leftOut(nets.right, mine, weights.right.path));
    const names = loaded.right.program.nets.map(({ name }) => name);
    const folders = distinctNames(names);
    const job = {
      folder: given.output,
      folders: new Map(names.map((name, i) => [name, folders[i]!])),
      size: given.input,
      outputs: given.outputs ?? 'all',
      inputBytes: given.inputBytes,
      file,
      weights: weights?.right,
      diagram: given.diagram || given.depth !== undefined,
      depth: given.depth,
      passes: passes.right,
      traced: given.trace === 'rewrite',
      watch,
      io,
    };
    const done = compileAll(mine, job);
    if (Either.isLeft(done)) return done.left;
    io.out(showWritten(done.right, given.output, io.room));
    if (weights === undefined) io.err(adviceOnWeights(job, done.right));
    return exit.fine;
  } finally {
    weights?.right.close();
  }
};
