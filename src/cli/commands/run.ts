/** `netc run FILE --weights W --input X`: a net applied to a picture or an array. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { forNet, kernelsFor } from '../../compile.ts';
import { sourceGraph } from '../../build/build.ts';
import type { Outputs } from '../../graph/main-output.ts';
import type { Graph } from '../../graph/graph.ts';
import type { KernelProgram } from '../../lower/kernels.ts';
import type { Images } from '../../build/resize.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import { plural } from '../../numeric/figures.ts';
import { extentOf, showType } from '../../ops/types.ts';
import type { EngineChoice, LoadedEngine, NoRoom } from '../../runtime/engines/engine.ts';
import { classesOfMetadata } from '../../runtime/store/classes.ts';
import { load, type Output, type Session } from '../../runtime/engines/session.ts';
import type { Provider } from '../../runtime/store/safetensors.ts';
import type { WeightFile } from '../../runtime/files/weights.ts';
import { matchWeights } from '../../runtime/store/weights.ts';
import { startOf } from '../../syntax/source.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import { outputsOf } from '../program/attached.ts';
import { engineFor, meantEngine } from '../program/engine.ts';
import { features } from '../program/features.ts';
import { isArray, readInput } from '../program/input.ts';
import type { Io } from '../host/io.ts';
import { hostWeights, weightsOf } from '../../rewrite/match/read-weights.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loadSound } from '../program/load.ts';
import { askedNet, netFor } from '../program/owners.ts';
import { passesAsked, type Passes, type PassesGiven } from '../program/passes.ts';
import { tellLeftOut } from '../program/outputs.ts';
import { fail } from '../program/report.ts';
import { noRoomForRun, noRoomForWeights } from '../../runtime/engines/no-room.ts';
import { openMeant } from '../program/run-files.ts';
import { printResults, tellOddNumbers, writeResults, type Results } from '../program/results.ts';
import { resultFor, tellRewrites } from '../program/rewrites.ts';
import { lines } from '../../report/table.ts';
import type { Watch } from '../../phase.ts';
import { timed } from '../program/timing.ts';
import { needing } from '../program/unneeded.ts';

type RunOptions = PassesGiven & {
  readonly net: string | undefined;
  readonly weights: string | undefined;
  readonly input: string | undefined;
  readonly train: string | undefined;
  readonly tap: string | undefined;
  readonly workers: number | undefined;
  readonly runs: string | undefined;
  readonly whole: boolean;
  readonly output: string | undefined;
  readonly outputs: Outputs | undefined;
  readonly engine: EngineChoice | undefined;
  readonly trace: 'rewrite' | undefined;
  readonly top: number | undefined;
  readonly time: boolean;
};

/** The program with its weights on the engine (E0703, or a weight that cannot be read). */
const uploaded = (
  engine: LoadedEngine,
  graph: Graph,
  program: KernelProgram,
  read: Provider,
  file: string,
): Or<Diagnostic, Session> => {
  const { weight, fault } = hostWeights(graph, read);
  const loaded = load(engine, program, weight);
  if (Either.isLeft(loaded)) return Either.left(noRoomForWeights(file, engine.name, loaded.left));
  const unread = fault();
  if (unread === undefined) return loaded;
  loaded.right.dispose();
  return Either.left(unread);
};

/** The size of the given images, to which the net is resized. */
const imagesOf = ({ shape }: HostTensor, file: string): Images | undefined => {
  const [, h = 0, w = 0] = shape;
  return shape.length === 4 ? { h, w, asked: startOf(file) } : undefined;
};

/** Says what a picture was made of, where the net leaves that to the picture. */
const tellSize = (
  { input: { type } }: Graph,
  { shape }: HostTensor,
  file: string,
  io: Io,
): void => {
  const isFree =
    type.tag === 'map' && [type.h, type.w].some((axis) => extentOf(axis) === undefined);
  if (isFree && !isArray(file))
    io.err(
      lines(`${file} is taken as ${shape[1]}x${shape[2]} pixels; the net leaves the size open`),
    );
};

/** Says what no sound input has, before a net may hide it. */
const tellOddInput = ({ data }: HostTensor, file: string, io: Io): void => {
  const odd = data.findIndex((x) => !Number.isFinite(x));
  if (odd >= 0) io.err(lines(`warning: ${file} has ${data[odd]} at ${odd}`));
};

type Run = {
  readonly file: string;
  readonly net: TypedNet;
  readonly given: RunOptions;
  readonly input: string;
  readonly outputs: Outputs;
  readonly weights: WeightFile;
  readonly passes: Passes;
  readonly io: Io;
  readonly watch: Watch;
};

const resultsOf = async (run: Run): Promise<Or<readonly Diagnostic[], Results>> => {
  const { net, given, outputs, weights, passes, io } = run;
  const one = <A>(result: Or<Diagnostic, A>): Or<readonly Diagnostic[], A> =>
    Either.mapLeft((d: Diagnostic) => [d])(result);
  const rewritten = resultFor(
    io,
    forNet({ passes: passes.all, outputs, tap: given.tap }).rewrite(net, run.watch),
    passes,
  );
  if (Either.isLeft(rewritten)) return rewritten;
  const { graph: own, trace } = rewritten.right; // which may take more images than the net declares
  const input = await readInput(
    run.input,
    { name: net.name, input: own.input.type },
    weights,
    given.whole,
  );
  if (Either.isLeft(input)) return one(input);
  tellSize(own, input.right, run.input, io);
  tellOddInput(input.right, run.input, io);
  const lowered = kernelsFor(imagesOf(input.right, run.input))(rewritten.right, run.watch);
  const made = resultOf(lowered);
  if (made === undefined) return Either.left(diagnosticsOf(lowered));
  const { sized: graph, kernels } = made;
  if (given.tap === undefined) tellLeftOut(io, net, outputs);
  tellRewrites(io, net, passes, trace, given.trace === 'rewrite');
  const asked = askedNet(run.file, net, outputs);
  const matched = matchWeights(
    weights,
    weightsOf(graph),
    // what lies behind a tap is not needed
    given.tap === undefined ? asked : { ...asked, spare: [...weights.tensors.keys()] },
  );
  const read = resultOf(matched);
  if (read === undefined) return Either.left(diagnosticsOf(matched));
  const names = classesOfMetadata(weights.path, weights.metadata, outputsOf(net));
  if (Either.isLeft(names)) return one(names);
  const engine = await engineFor(await meantEngine(io, given.engine));
  if (Either.isLeft(engine)) return one(engine);
  const loaded = uploaded(engine.right, graph, kernels, read, run.input);
  if (Either.isLeft(loaded)) return one(loaded);
  const result = await loaded.right.step({ input: input.right });
  loaded.right.dispose();
  return Either.bimap(
    (short: NoRoom) => [
      noRoomForRun(
        {
          ...{ file: run.input, engine: engine.right, program: kernels },
          shapes: { input: input.right.shape },
        },
        short,
      ),
    ],
    ([main, ...sides]: readonly Output[]) => ({ main: main!, sides, names: names.right }),
  )(result);
};

/** An empty weight file, for nets whose layers have no weights. */
const noWeights: WeightFile = {
  path: '--weights',
  tensors: new Map(),
  metadata: new Map(),
  read: (path) => Either.left(error('E0501', startOf('--weights'), `\`${path}\` is not given`)),
  close: () => {},
};

/** The error for a net that has weights but is run without a weight file. */
const lacking = (file: string, net: TypedNet, given: RunOptions): string | undefined => {
  const graph = sourceGraph(net, given.outputs ?? 'all');
  const count = given.weights === undefined ? weightsOf(graph).length : 0;
  const { name } = net;
  return count === 0
    ? undefined
    : lines(
        `error: ${name} has ${plural(count, 'weight')}; say where they are: --weights FILE`,
        `to make some: netc weights init ${file} --net ${name} --seed 7 -o ${name}.safetensors`,
      );
};

/** The error for a map as output, which cannot be printed. */
const homeless = ({ name, output }: TypedNet, given: RunOptions): string | undefined => {
  if (given.output !== undefined) return undefined;
  if (given.tap !== undefined)
    return lines(`error: say where \`${given.tap}\` is to be written: --output Y.npy`);
  return output.tag === 'map'
    ? lines(
        `error: the output of ${name} is ${showType(output)}; write it to a file with --output Y.npy`,
      )
    : undefined;
};

/** Prints the results, or writes them to files. */
const deliver = (results: Results, given: RunOptions, io: Io): Exit => {
  tellOddNumbers(results, io);
  if (given.output !== undefined) {
    const written = writeResults(given.output, results, io);
    return Either.isLeft(written) ? fail(io, [written.left]) : exit.fine;
  }
  const { shape } = results.main;
  if (shape.length === 2) {
    printResults(results, given.top ?? 5, io);
    return exit.fine;
  }
  io.err(lines(`the output is [${shape.join(', ')}]; --output Y.npy writes it to a file`));
  return exit.usage;
};

export const run = async (file: string, given: RunOptions, io: Io): Promise<Exit> => {
  const { input, train, tap, output } = given;
  if (train !== undefined && input === undefined && tap !== undefined && output !== undefined)
    return features(file, { ...given, train, tap, output }, io);
  if (input !== undefined && train === undefined)
    return timed(given.time, io, (watch) => ran(file, input, given, watch, io));
  io.err(
    lines(
      train === undefined
        ? "error: say what the net is applied to: --input FILE, or --train NAME for a training's data"
        : input === undefined
          ? 'error: all data of a training goes through a net up to a value: --tap PATH --output X.npz'
          : 'error: --input and --train exclude each other',
    ),
  );
  return exit.usage;
};

const ran = async (
  file: string,
  input: string,
  given: RunOptions,
  watch: Watch,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net), watch);
  if (Either.isLeft(loaded)) return loaded.left;
  const passes = passesAsked(io, given, loaded.right);
  if (Either.isLeft(passes)) return passes.left;
  const weights =
    given.weights === undefined ? Either.right(noWeights) : openMeant(io, given.weights);
  if (Either.isLeft(weights)) return fail(io, [weights.left]);
  try {
    const net = netFor(io, loaded.right, given.net, weights.right);
    if (Either.isLeft(net)) return fail(io, [net.left]);
    tellDoubts(io, loaded.right, [net.right]);
    const unsaid = lacking(file, net.right, given) ?? homeless(net.right, given);
    if (unsaid !== undefined) {
      io.err(unsaid);
      return exit.usage;
    }
    const results = await resultsOf({
      file,
      net: net.right,
      given,
      input,
      outputs: given.outputs ?? 'all',
      weights: weights.right,
      passes: passes.right,
      io,
      watch,
    });
    if (Either.isLeft(results)) return fail(io, results.left, passes.right.sources);
    return deliver(results.right, given, io);
  } finally {
    weights.right.close();
  }
};
