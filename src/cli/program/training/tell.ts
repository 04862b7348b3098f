/** What is said of a training before its first step. */
import { frozenIn } from '../../../lower/training/from-recipe.ts';
import { plural } from '../../../numeric/figures.ts';
import { elements } from '../../../numeric/tensor.ts';
import { withoutNet } from '../../../protocol/selection.ts';
import { lines } from '../../../report/table.ts';
import type { Recipe } from '../../../protocol/recipe.ts';
import { dataLine } from '../../../report/training.ts';
import type { Broken, Dataset, Part } from '../../../runtime/batches/dataset.ts';
import { workerText, type Cluster } from '../../../runtime/engines/cluster.ts';
import type { Start } from '../../../runtime/runs/record.ts';
import type { Run } from '../../../runtime/runs/run.ts';
import type { Reached } from '../../../runtime/train/loop.ts';
import type { Io } from '../../host/io.ts';
import { dataText } from './describe.ts';
import { memoryLine, type Planned } from '../../../runtime/train/memory.ts';
import type { Prepared } from './prepare.ts';

/** What is said of a set. */
export type SetSize = Pick<Dataset, 'classes'> & {
  readonly train: Pick<Part, 'count'>;
  readonly validation: Pick<Part, 'count'> | undefined;
};

/** Its net, its data, and the memory of a step. */
export const planLines = (
  made: Planned,
  { train, classes, validation }: SetSize,
): readonly string[] => {
  const { training, engine, cluster } = made;
  const { recipe, net } = training;
  return [
    `${training.name}: ${net.name}, ${plural(net.body.totals.params, 'parameter')}, on ${engine.name}`,
    `${dataText(recipe)}: ${dataLine(train.count, classes.length, validation?.count ?? 0)}`,
    ...(cluster === undefined ? [] : [sharesLine(made, cluster)]),
    memoryLine(made),
  ];
};

const sharesLine = ({ training, batch }: Planned, cluster: Cluster): string =>
  `${workerText(cluster)}: each takes up to ${batch} of the ${training.recipe.batch} pictures of a batch, and all move alike`;

/** What a worker does that keeps no run, in a line. */
export const tellFollowing = (
  io: Io,
  { team }: Pick<Prepared, 'team'>,
  run: Pick<Run, 'folder'>,
): void => {
  if (team === undefined) return;
  const own = workerText(team);
  io.err(lines(`${own} trains its share of each batch; worker 0 keeps ${run.folder}`));
};

/** All of that, and what it begins with; `epochs` is given where the command line says how many. */
export const tellTraining = (
  io: Io,
  made: Prepared,
  { epochs }: { readonly epochs?: number | undefined },
): void => {
  const { recipe } = made.training;
  io.err(
    lines(
      ...planLines(made, made.dataset),
      ...(made.taken === undefined ? [] : [takenLine(made.taken.start)]),
      ...frozenLines(made),
      // of the recipe's own epochs W0955 has said it
      ...(epochs === undefined ? [] : warmupLine(recipe)),
    ),
  );
};

const warmupLine = ({ schedule: { warmup }, epochs }: Recipe): readonly string[] =>
  warmup < epochs
    ? []
    : [
        `the warm-up takes ${plural(warmup, 'epoch')}, and ${epochs} are trained: the rate never comes to its value`,
      ];

const takenLine = ({ file, taken, drawn }: Start): string =>
  `begins with ${file}: ${plural(taken.length, 'layer')} taken, ${drawn.length} drawn`;

/** What is left to train where layers are frozen, and which of these begin with random numbers. */
const frozenLines = ({
  training: { recipe },
  graph,
  programs,
  start,
}: Prepared): readonly string[] => {
  const frozen = frozenIn(recipe, graph);
  if (frozen.size === 0) return [];
  const there = new Set(programs.step.program.parameters.map(({ path }) => path));
  const trained = graph.nodes
    .filter(({ path }) => !frozen.has(path))
    // a side output without a loss takes no part
    .flatMap(({ weights }) => weights.filter(({ path, spec }) => spec.trained && there.has(path)));
  const numbers = trained.reduce((sum, { spec }) => sum + elements(spec.shape), 0);
  const drawn = (start?.drawn ?? []).filter((path) => namedIn(frozen).has(path));
  return [
    `${plural(frozen.size, 'layer')} frozen, ${plural(numbers, 'parameter')} trained`,
    ...(drawn.length === 0
      ? []
      : [`warning: frozen layers stay as they are drawn: ${drawn.join(' ')}`]),
  ];
};

const namedIn = (paths: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(Array.from(paths, withoutNet));

/** Which layers take their weights from elsewhere, which are drawn, and which are frozen. */
export const tellLayers = (io: Io, { training: { recipe }, graph, start }: Prepared): void => {
  const list = (layers: Iterable<string>): string => [...layers].join(' ') || '–';
  const frozen = namedIn(frozenIn(recipe, graph));
  io.err(
    lines(
      ...(start === undefined
        ? []
        : [`  taken: ${list(start.taken)}`, `  drawn: ${list(start.drawn)}`]),
      ...(frozen.size === 0 ? [] : [`  frozen: ${list(frozen)}`]),
    ),
  );
};

/** Where it is kept, and whether it goes on. */
export const tellRun = (
  io: Io,
  { run, begin }: { readonly run: Pick<Run, 'folder'>; readonly begin: Reached },
  goesOn: boolean,
): void =>
  io.err(
    lines(
      `${run.folder}/ keeps the run`,
      ...(goesOn ? [`going on after ${plural(begin.step, 'step')}`] : []),
    ),
  );

/** Pictures that are named; of the others the number is said. */
const mostNamed = 3;

/** The pictures that could not be read, and so were left out. */
export const tellBroken = (io: Io, broken: readonly Broken[]): void => {
  if (broken.length === 0) return;
  const others = broken.length - mostNamed;
  io.err(
    lines(
      `${plural(broken.length, 'picture')} could not be read, and left out:`,
      ...broken.slice(0, mostNamed).map(({ name, reason }) => `  ${name}: ${reason}`),
      ...(others > 0 ? [`  and ${others} more; \`netc data check\` lists them`] : []),
    ),
  );
};
