/** Everything that a training needs before its first step: data, programs, an engine, weights to begin with. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { graphOf } from '../../../compile.ts';
import { absurd } from '../../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Graph, GraphWeight } from '../../../graph/graph.ts';
import { sourcesIn } from '../../../graph/weights.ts';
import type { Untrainable } from '../../../lower/training/step.ts';
import { howOf } from '../../../lower/training/from-recipe.ts';
import type { HostTensor } from '../../../lower/weight-part.ts';
import { bytes } from '../../../numeric/figures.ts';
import { sameShape } from '../../../numeric/tensor.ts';
import { probabilities } from '../../../ops/roles.ts';
import type { Training } from '../../../protocol/recipe.ts';
import type { Dataset } from '../../../runtime/dataset/dataset.ts';
import { openLoader } from '../../../runtime/dataset/load.ts';
import type { Loader, Takes } from '../../../runtime/dataset/loader.ts';
import { openDataset } from '../../../runtime/dataset/open.ts';
import type { EngineName, NoRoom } from '../../../runtime/engines/engine.ts';
import type { RunRecord, Start } from '../../../runtime/runs/record.ts';
import { initialise } from '../../../runtime/store/initialise.ts';
import { programsFor, trainerFor, type Trainer } from '../../../runtime/train/trainer.ts';
import type { TypedNet } from '../../../typecheck/net/typed.ts';
import { engineFor } from '../engine.ts';
import { outputsOf } from '../attached.ts';
import { weightsOf } from '../host-weights.ts';
import { classFault } from './classes.ts';
import { atData } from './data-place.ts';
import { stepFault, type Planned } from './memory.ts';
import { settingsOf, takesOf } from './settings.ts';
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
  readonly close: () => Promise<void>;
};

/** How it is to be made ready. */
export type Wanted = Asking & {
  readonly training: Training;
  readonly engine: EngineName | undefined;
  readonly workers: number | undefined;
  readonly strict: boolean;
  /** what an earlier part of the run has said of itself */
  readonly resumed: RunRecord | undefined;
  /** whether the backward pass computes again what lies within blocks */
  readonly recompute: boolean;
};

/** The graph of the net for these pictures (E0508, E0964). */
const graphFor = ({ net, places }: Training, takes: Takes): Or<Diagnostic, Graph> => {
  const asked = places.get('augment') ?? net.span;
  const graph = graphOf(net, takes.tag === 'map' ? { ...takes, asked } : undefined);
  if (Either.isLeft(graph)) return graph;
  const derived = graph.right.nodes
    .flatMap(({ weights }) => weights)
    .filter(({ value }) => value !== undefined);
  // weights that are only called otherwise say less than one that is made of others
  const computed = derived.find(({ value }) => value?.tag !== 'source') ?? derived[0];
  return computed === undefined ? graph : Either.left(computedWeight(net, computed));
};

/** A net with a weight that is an expression over those of another net, which a step would have to move in its place. */
const computedWeight = (
  { name, span }: TypedNet,
  { path, value, madeBy }: GraphWeight,
): Diagnostic => {
  const sources = [...sourcesIn(value === undefined ? [] : [value]).keys()];
  const from = sources[0]?.split('/')[0] ?? 'the net that it is applied to';
  const pass = madeBy === undefined ? 'a pass' : `the pass \`${madeBy.pass}\``;
  return error(
    'E0964',
    span,
    `\`${name}\` cannot be trained: ${pass} computes its weight \`${path}\``,
    {
      label: 'its weights are not its own',
      notes: [
        `it is made of ${sources
          .slice(0, 3)
          .map((source) => `\`${source}\``)
          .join(', ')}${sources.length > 3 ? ', …' : ''}`,
        `train \`${from}\`, and run \`${name}\` with what it learns: \`netc run FILE --net ${name} --weights RUN\``,
      ],
    },
  );
};

const untrainable = ({ net }: Training, why: Untrainable): Diagnostic => {
  const message = `\`${net.name}\` cannot be trained`;
  switch (why.tag) {
    case 'no softmax':
      return error('E0964', net.span, `${message}: it does not end in \`${probabilities.name}\``, {
        notes: [`outputs that are trained: ${why.outputs.join(', ')}`],
      });
    case 'no gradient':
      return error('E0964', net.span, `${message}: \`${why.path}\` has no gradient`, {
        notes: [`its kernel \`${why.kernel}\` has none`],
      });
    default:
      return absurd(why);
  }
};

/** Opens the data of a training, and loads its engine. */
export const prepare = async (wanted: Wanted): Promise<Or<Diagnostic, Prepared>> => {
  const { training, resumed } = wanted;
  const { recipe } = training;
  const takes = takesOf(training);
  if (Either.isLeft(takes)) return takes;
  const graph = graphFor(training, takes.right);
  if (Either.isLeft(graph)) return graph;
  const programs = programsFor(graph.right, {
    ...howOf(recipe),
    recomputes: wanted.recompute,
  });
  if (Either.isLeft(programs)) return Either.left(untrainable(training, programs.left));
  // a run that goes on has its weights
  const taken =
    recipe.initFrom === undefined || resumed !== undefined
      ? undefined
      : takenFor(wanted, graph.right, recipe.initFrom);
  if (taken !== undefined && Either.isLeft(taken)) return taken;
  const { tag, ...sizes } = takes.right;
  const picture = 'h' in sizes ? [sizes.h, sizes.w, sizes.c] : [sizes.c];
  const opened = await open(wanted, takes.right, {
    ...{ training, graph: graph.right, programs: programs.right },
    ...{ picture, recompute: wanted.recompute },
  });
  if (Either.isLeft(opened)) {
    taken?.right.close();
    return opened;
  }
  const { dataset, loader } = opened.right;
  return Either.right({
    ...opened.right,
    weights: weightsOf(graph.right),
    ...{ taken: taken?.right, start: taken?.right.start ?? resumed?.start },
    close: async () => {
      taken?.right.close();
      await loader.close();
      await dataset.close();
    },
  });
};

/** What is known of a training before its engine and its data are there. */
type Lowered = Omit<Planned, 'engine' | 'batch'>;

/** Opens the data, and loads the engine; before the data is drawn or measured, a step must fit into memory (E0965). */
const open = async (
  wanted: Wanted,
  takes: Takes,
  lowered: Lowered,
): Promise<Or<Diagnostic, Planned & Pick<Prepared, 'dataset' | 'loader'>>> => {
  const { training, root, resumed, workers, strict } = wanted;
  const { recipe } = training;
  const engine = await engineFor(wanted.engine);
  if (Either.isLeft(engine)) return engine;
  const dataset = await openDataset(recipe.data, root, outputsOf(training.net));
  if (Either.isLeft(dataset)) return Either.left(atData(training)(dataset.left));
  const batch = Math.min(recipe.batch, dataset.right.train.count);
  const planned = { ...lowered, engine: engine.right, batch };
  const fault = classFault(training, dataset.right, wanted.program) ?? stepFault(planned);
  const loader =
    fault === undefined
      ? await openLoader(
          dataset.right,
          settingsOf(recipe, takes, { workers, strict, measured: resumed?.measured }),
        )
      : Either.left(fault);
  if (Either.isRight(loader))
    return Either.right({ ...planned, dataset: dataset.right, loader: loader.right });
  await dataset.right.close();
  return Either.left(atData(training)(loader.left));
};

/** The net on its engine, with initial weights or those that a run has reached (E0501, E0965). */
export const place = (
  { training, weights, engine, programs, taken }: Prepared,
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
  )(trainerFor({ engine, programs, begin, seed: recipe.seed }));
  if (fault === undefined || Either.isLeft(trainer)) return trainer;
  trainer.right.dispose();
  return Either.left(fault);
};
