/** Everything that a training needs before its first step: data, programs, an engine, weights to begin with. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { GraphWeight } from '../../../graph/graph.ts';
import type { HostTensor } from '../../../lower/weight-part.ts';
import { bytes } from '../../../numeric/figures.ts';
import { sameShape } from '../../../numeric/tensor.ts';
import type { Training } from '../../../protocol/recipe.ts';
import type { Dataset } from '../../../runtime/batches/dataset.ts';
import { openLoader } from '../../../runtime/dataset/load.ts';
import type { Loader } from '../../../runtime/batches/loader.ts';
import { openDataset } from '../../../runtime/dataset/open.ts';
import { usualWorkers } from '../../../runtime/dataset/worker/crew.ts';
import { workerText, type Cluster, type Team } from '../../../runtime/engines/cluster.ts';
import type { EngineName, LoadedEngine, NoRoom } from '../../../runtime/engines/engine.ts';
import type { RunRecord, Start } from '../../../runtime/runs/record.ts';
import { initialise } from '../../../runtime/store/initialise.ts';
import { trainerFor, type Trainer } from '../../../runtime/train/trainer.ts';
import { join, type JoinFault } from '../../../runtime/node/cluster/join.ts';
import { cannotJoin } from './cluster.ts';
import { engineFor } from '../engine.ts';
import { outputsOf } from '../attached.ts';
import { weightsOf } from '../../../rewrite/match/read-weights.ts';
import { classFault } from '../../../runtime/train/classes.ts';
import { atData } from './data-place.ts';
import { lower, type Lowered } from './lowered.ts';
import { stepFault, type Planned } from '../../../runtime/train/memory.ts';
import { settingsOf } from '../../../runtime/batches/settings.ts';
import type { Asking } from './source.ts';
import { takenFor, type Taken } from './taken.ts';

/** A training with all that its first step needs but the weights. */
export type Prepared = Planned & {
  readonly weights: readonly GraphWeight[];
  readonly dataset: Dataset;
  readonly loader: Loader;
  /** weights that are taken over now, and those that the run began with */
  readonly taken: Taken | undefined;
  readonly start: Start | undefined;
  /** the other workers, where several train together, and how this one ends when all do */
  readonly team: Team | undefined;
  readonly leave: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** How it is to be made ready. */
export type Wanted = Asking & {
  readonly training: Training;
  readonly engine: EngineName | undefined;
  readonly workers: number | undefined;
  readonly cluster?: Cluster | undefined;
  readonly say: (line: string) => void;
  readonly strict: boolean;
  /** what an earlier part of the run has said of itself */
  readonly resumed: RunRecord | undefined;
  /** whether the backward pass computes again what lies within blocks */
  readonly recompute: boolean;
};

/** Opens the data of a training, and loads its engine. */
export const prepare = async (wanted: Wanted): Promise<Or<Diagnostic, Prepared>> => {
  const { training, resumed } = wanted;
  const { recipe } = training;
  const lowered = lower(wanted);
  if (Either.isLeft(lowered)) return lowered;
  const { graph } = lowered.right;
  // a run that goes on has its weights
  const taken =
    recipe.initFrom === undefined || resumed !== undefined
      ? undefined
      : takenFor(wanted, graph, recipe.initFrom);
  if (taken !== undefined && Either.isLeft(taken)) return taken;
  const opened = await open(wanted, lowered.right);
  if (Either.isLeft(opened)) {
    taken?.right.close();
    return opened;
  }
  const { dataset, loader } = opened.right;
  return Either.right({
    ...opened.right,
    weights: weightsOf(graph),
    ...{ taken: taken?.right, start: taken?.right.start ?? resumed?.start },
    close: async () => {
      taken?.right.close();
      await loader.close();
      await dataset.close();
    },
  });
};

/** The training on its engine and its data, unless these, or the memory, are not what it asks for (E0965, E0966). */
const planned = (
  { program, cluster }: Wanted,
  lowered: Lowered,
  engine: LoadedEngine,
  dataset: Dataset,
): Or<Diagnostic, Planned> => {
  const { training } = lowered;
  const whole = Math.min(training.recipe.batch, dataset.train.count);
  const batch = Math.ceil(whole / (cluster?.addresses.length ?? 1));
  const made = { ...lowered, engine, batch };
  const fault = classFault(training, dataset, program) ?? stepFault(made);
  return fault === undefined ? Either.right(made) : Either.left(fault);
};

/** All that can be said of a training before its data is drawn or measured. */
export const examine = async (
  wanted: Wanted,
  dataset: Dataset,
): Promise<Or<Diagnostic, Planned>> => {
  const lowered = lower(wanted);
  if (Either.isLeft(lowered)) return lowered;
  const engine = await engineFor(wanted.engine);
  return Either.chain((e: LoadedEngine) => planned(wanted, lowered.right, e, dataset))(engine);
};

/** The data of a training (E0901 and others). */
export const openData = async ({
  training,
  root,
}: Pick<Wanted, 'training' | 'root'>): Promise<Or<Diagnostic, Dataset>> =>
  Either.mapLeft(atData(training))(
    await openDataset(training.recipe.data, root, outputsOf(training.net)),
  );

type Opened = Planned & Pick<Prepared, 'dataset' | 'loader' | 'team' | 'leave'>;

/** The engine by itself, or with all other workers when they have come (E0701, E0706). */
const joinedFor = async ({
  cluster,
  engine,
  say,
}: Wanted): Promise<
  Or<Diagnostic, { readonly engine: LoadedEngine } & Pick<Prepared, 'team' | 'leave'>>
> => {
  const alone = { team: undefined, leave: async () => {} };
  if (cluster === undefined)
    return Either.map((loaded: LoadedEngine) => ({ engine: loaded, ...alone }))(
      await engineFor(engine),
    );
  say(`${workerText(cluster)} is at ${cluster.addresses[cluster.rank]}`);
  return Either.mapLeft((fault: JoinFault) => cannotJoin(cluster, fault))(await join(cluster));
};

/** Opens the data, and loads the engine; before the data is drawn or measured, a step must fit into memory (E0965). */
const open = async (wanted: Wanted, lowered: Lowered): Promise<Or<Diagnostic, Opened>> => {
  const { training, resumed, workers, strict, cluster } = wanted;
  const joined = await joinedFor(wanted);
  if (Either.isLeft(joined)) return joined;
  const { engine, team, leave } = joined.right;
  const dataset = await openData(wanted);
  if (Either.isLeft(dataset)) return dataset;
  const made = planned(wanted, lowered, engine, dataset.right);
  const opened = Either.isLeft(made)
    ? made
    : Either.map((loader: Loader) => ({
        ...made.right,
        dataset: dataset.right,
        loader,
        team,
        leave,
      }))(
        await openLoader(
          dataset.right,
          settingsOf(training.recipe, lowered.takes, {
            workers: workers ?? usualWorkers(),
            // shares of a batch are known before any of it is read
            strict: strict || cluster !== undefined,
            share: cluster && { rank: cluster.rank, of: cluster.addresses.length },
            measured: resumed?.measured,
          }),
        ),
      );
  if (Either.isRight(opened)) return opened;
  await dataset.right.close();
  return Either.left(atData(training)(opened.left));
};

/** The net on its engine, with initial weights or those that a run has reached (E0501, E0965). */
export const place = (
  { training, weights, engine, programs, taken, cluster }: Prepared,
  reached: ReadonlyMap<string, HostTensor> | undefined,
): Or<Diagnostic, Trainer> => {
  const { recipe, net } = training;
  const shapes = new Map(weights.map(({ path, spec }) => [path, spec.shape]));
  const draw = initialise(weights, recipe.seed, recipe.init);
  let fault: Diagnostic | undefined;
  const initial = (path: string): HostTensor | undefined => {
    const shape = shapes.get(path);
    if (shape === undefined) return undefined;
    const found =
      taken?.read(path) ?? Either.map((data: Float32Array) => ({ shape, data }))(draw(path));
    if (Either.isRight(found)) return found.right;
    fault ??= found.left;
    return undefined;
  };
  // a weight that does not fit, which only `--force` lets through, begins anew
  const kept = new Map(programs.step.program.parameters.map((p) => [p.path, p.shape]));
  const begin = (path: string): HostTensor | undefined => {
    const found = reached?.get(path);
    return found !== undefined && sameShape(found.shape, kept.get(path) ?? [])
      ? found
      : initial(path);
  };
  const trainer = Either.mapLeft(({ needs, has, at }: NoRoom) =>
    error(
      'E0965',
      net.span,
      `the weights of \`${net.name}\` do not fit into the memory of \`${engine.name}\``,
      {
        notes: [
          at === undefined
            ? `they and what the optimizer keeps take ${bytes(needs)}`
            : `\`${at}\` is one value of ${bytes(needs)}`,
          ...(has === undefined ? [] : [`${bytes(has)} are there`]),
        ],
      },
    ),
  )(trainerFor({ engine, programs, begin, seed: recipe.seed, cluster }));
  if (fault === undefined || Either.isLeft(trainer)) return trainer;
  trainer.right.dispose();
  return Either.left(fault);
};
