/** `netc run FILE --train NAME --tap PATH -o X.npz`: a value of a net for all pictures of a training's data. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { tapped } from '../../build/tap.ts';
import { kernelsOf } from '../../compile.ts';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { outputType, type Graph } from '../../graph/graph.ts';
import { plan } from '../../lower/plan.ts';
import { bytes, plural, thousands } from '../../numeric/figures.ts';
import { elements } from '../../numeric/tensor.ts';
import { shapeOf } from '../../ops/types.ts';
import { lines } from '../../report/table.ts';
import { clock } from '../../report/training.ts';
import type { Dataset, Part } from '../../runtime/batches/dataset.ts';
import { openLoader } from '../../runtime/dataset/load.ts';
import type { Loader, Takes } from '../../runtime/batches/loader.ts';
import { openDataset } from '../../runtime/dataset/open.ts';
import { usualWorkers } from '../../runtime/dataset/worker/crew.ts';
import type { EngineChoice, LoadedEngine } from '../../runtime/engines/engine.ts';
import { load, shortageFor, type Session } from '../../runtime/engines/session.ts';
import { largestNpz } from '../../runtime/files/npz.ts';
import { openWeights, type WeightFile } from '../../runtime/files/weights.ts';
import { matchWeights } from '../../runtime/store/weights.ts';
import { startOf } from '../../syntax/source.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { outputsOf } from './attached.ts';
import { locate } from './disk.ts';
import { engineFor, meantEngine } from './engine.ts';
import { newCollection, type Collected } from './features-file.ts';
import { hostWeights, weightsOf } from '../../rewrite/match/read-weights.ts';
import { withNetOf } from './own-weights.ts';
import { fail, tell } from './report.ts';
import { noRoomForRun, noRoomForWeights } from '../../runtime/engines/no-room.ts';
import { openMeant } from './run-files.ts';
import { rootOf } from './training/asked.ts';
import { chosen, type Chosen } from './training/choose.ts';
import { atData } from './training/data-place.ts';
import { graphFor } from './training/lowered.ts';
import { settingsOf, takesOf } from '../../runtime/batches/settings.ts';
import { beginner, weightsSource } from './training/source.ts';
import { tellBroken } from './training/tell.ts';

/** What the command line says. */
type FeaturesAsked = {
  readonly train: string;
  readonly tap: string;
  readonly output: string;
  readonly weights: string | undefined;
  readonly engine: EngineChoice | undefined;
  readonly workers: number | undefined;
  readonly runs: string | undefined;
};

type Asked = {
  readonly file: string;
  readonly given: FeaturesAsked;
  readonly io: Io;
  readonly chosen: Chosen;
};

export const features = async (file: string, given: FeaturesAsked, io: Io): Promise<Exit> => {
  const found = chosen(io, file, { train: given.train, set: [] });
  if (Either.isLeft(found)) return found.left;
  const done = await collected({ file, given, io, chosen: found.right });
  io.progress('');
  return Either.isLeft(done) ? fail(io, done.left, found.right.loaded.sources) : exit.fine;
};

const one = <A>(result: Or<Diagnostic, A>): Or<readonly Diagnostic[], A> =>
  Either.mapLeft((d: Diagnostic) => [d])(result);

/** Opens everything, and closes it again. */
const collected = async (asked: Asked): Promise<Or<readonly Diagnostic[], void>> => {
  const { training } = asked.chosen;
  const { recipe, net } = training;
  const takes = takesOf(training);
  if (Either.isLeft(takes)) return one(takes);
  const whole = graphFor(training, takes.right);
  const graph = Either.chain((g: Graph) => tapped(net, g, asked.given.tap))(whole);
  if (Either.isLeft(graph)) return one(graph);
  const weights = weightsFor(asked);
  if (Either.isLeft(weights)) return one(weights);
  const dataset = await openDataset(
    recipe.data,
    locate(asked.io.cwd, asked.file).root,
    outputsOf(net),
  );
  if (Either.isLeft(dataset)) {
    weights.right.close();
    return one(Either.left(atData(training)(dataset.left)));
  }
  try {
    return await onEngine(asked, graph.right, weights.right, dataset.right, takes.right);
  } finally {
    weights.right.close();
    await dataset.right.close();
  }
};

/** The weights that are given, or those that the training begins with. */
const weightsFor = ({
  file,
  given,
  io,
  chosen: { loaded, training },
}: Asked): Or<Diagnostic, WeightFile> => {
  if (given.weights !== undefined) return openMeant(io, given.weights);
  const { initFrom } = training.recipe;
  if (initFrom === undefined)
    return Either.left(
      error('E0501', training.span, `\`${training.name}\` does not say where weights come from`, {
        label: 'has no `init from`',
        notes: ['say where they are: `--weights FILE`'],
      }),
    );
  const asker = { ...beginner(training), asTheyAre: (run: string) => `--weights ${run}` };
  const asking = {
    ...{ training, program: loaded.program, shown: loaded.shown },
    ...{ root: locate(io.cwd, file).root, runs: rootOf(given) },
    warn: (w: Diagnostic): void => tell(io, [w], loaded.sources),
  };
  return Either.chain(openWeights)(weightsSource(asking, asker, initFrom.source));
};

/** A net up to a value, on its engine. */
type Tapping = Asked & {
  readonly graph: Graph;
  readonly engine: LoadedEngine;
  readonly session: Session;
  readonly batch: number;
};

const onEngine = async (
  asked: Asked,
  graph: Graph,
  file: WeightFile,
  dataset: Dataset,
  takes: Takes,
): Promise<Or<readonly Diagnostic[], void>> => {
  const {
    given,
    io,
    chosen: { training },
  } = asked;
  const needed = weightsOf(graph);
  const weights = withNetOf(file, needed);
  const all = { name: training.net.name, passes: [], init: '', spare: [...weights.tensors.keys()] };
  const matched = matchWeights(weights, needed, all);
  const read = resultOf(matched);
  if (read === undefined) return Either.left(diagnosticsOf(matched));
  const engine = await engineFor(await meantEngine(io, given.engine));
  if (Either.isLeft(engine)) return one(engine);
  const program = kernelsOf(graph);
  const { weight, fault } = hostWeights(graph, read);
  const session = load(engine.right, program, weight);
  if (Either.isLeft(session))
    return one(Either.left(noRoomForWeights(file.path, engine.right.name, session.left)));
  const unread = fault();
  try {
    if (unread !== undefined) return Either.left([unread]);
    const sizes = takes.tag === 'map' ? [takes.h, takes.w, takes.c] : [takes.c];
    const fits = (n: number): boolean =>
      shortageFor(engine.right, plan(program, { input: [n, ...sizes] }, engine.right.within)) ===
      undefined;
    let { batch } = training.recipe;
    while (batch > 1 && !fits(batch)) batch = Math.ceil(batch / 2);
    const tapping = { ...asked, graph, engine: engine.right, session: session.right, batch };
    return one(await fromData(tapping, file.path, dataset, takes));
  } finally {
    session.right.dispose();
  }
};

/** The shape of the value for a picture. */
const shapeIn = (graph: Graph): readonly number[] => shapeOf(outputType(graph), 1)!.slice(1);

/** Takes both parts of the data through the net, and writes what comes out (E0509). */
const fromData = async (
  tapping: Tapping,
  weights: string,
  dataset: Dataset,
  takes: Takes,
): Promise<Or<Diagnostic, void>> => {
  const {
    given,
    io,
    graph,
    batch,
    engine,
    chosen: { training },
  } = tapping;
  const shape = shapeIn(graph);
  const pictures = dataset.train.count + (dataset.validation?.count ?? 0);
  const size = 4 * elements(shape) * pictures;
  if (size > largestNpz) return Either.left(tooLarge(given, shape, size));
  io.err(
    lines(
      `${training.name}: \`${given.tap}\` of ${training.net.name}, [${shape.join(', ')}], with ${weights}, on ${engine.name}`,
      `${plural(dataset.train.count, 'picture')} to train and ${thousands(dataset.validation?.count ?? 0)} to validate, without chance, ${batch} at a time: ${bytes(size)} in ${given.output}`,
    ),
  );
  const chance = { workers: given.workers ?? usualWorkers(), strict: false, measured: undefined };
  const loader = await openLoader(dataset, {
    ...settingsOf(training.recipe, takes, chance),
    batch,
  });
  if (Either.isLeft(loader)) return Either.left(atData(training)(loader.left));
  const collection = newCollection(given.output, shape);
  if (Either.isLeft(collection)) {
    await loader.right.close();
    return collection;
  }
  try {
    const begun = performance.now();
    const { validation } = dataset;
    const parts = [
      ['', dataset.train],
      ...(validation === undefined ? [] : [['_validation', validation] as const]),
    ] as const;
    for (const [name, part] of parts) {
      const into = collection.right.part(name);
      if (Either.isLeft(into)) return into;
      const done = await through(tapping, loader.right, part, into.right, pictures, begun);
      if (Either.isLeft(done)) return done;
    }
    io.progress('');
    const written = collection.right.write(dataset.classes);
    if (Either.isLeft(written)) return written;
    tellBroken(io, loader.right.broken());
    io.err(lines(...written.right, `${clock((performance.now() - begun) / 1000)} for all`));
    return Either.right(undefined);
  } finally {
    collection.right.drop();
    await loader.right.close();
  }
};

/** Takes a part through the net, batch after batch. */
const through = async (
  { io, given, engine, graph, session, chosen: { training } }: Tapping,
  loader: Loader,
  part: Part,
  into: Collected,
  pictures: number,
  begun: number,
): Promise<Or<Diagnostic, void>> => {
  for await (const batch of loader.steady(part)) {
    if (Either.isLeft(batch)) return Either.left(atData(training)(batch.left));
    const { shape, data, labels } = batch.right;
    const outputs = await session.step({ input: { shape, data } });
    if (Either.isLeft(outputs))
      return Either.left(
        noRoomForRun(
          { file: given.train, engine, program: kernelsOf(graph), shapes: { input: shape } },
          outputs.left,
        ),
      );
    const added = into.add(outputs.right[0]!.data, labels);
    if (Either.isLeft(added)) return added;
    const seconds = (performance.now() - begun) / 1000;
    const done = into.before + into.count();
    io.progress(
      `${thousands(done)}/${thousands(pictures)}  ${(done / seconds).toFixed(1)} pictures/s  ${clock((seconds / done) * (pictures - done))} left`,
    );
  }
  return Either.right(undefined);
};

const tooLarge = (
  { output, tap }: FeaturesAsked,
  shape: readonly number[],
  size: number,
): Diagnostic =>
  error('E0509', startOf(output), `\`${output}\` cannot be written: it would have ${bytes(size)}`, {
    notes: [
      `a zip that NumPy and netc read ends at ${bytes(largestNpz)}, and \`${tap}\` has [${shape.join(', ')}] numbers a picture`,
      'tap a smaller value, such as one behind a pool',
    ],
  });
