/** Everything that an evaluation of a net needs before it looks at a picture: weights, data, engine, and a plan. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { diagnosticsOf, resultOf } from '../../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { bytes } from '../../../numeric/figures.ts';
import { identityOf, measuredIn, type Measured } from '../../../protocol/evaluation.ts';
import { lookMisfit } from '../../../runtime/batches/fit.ts';
import { groupsOf, sizesOf, type Sizes } from '../../../runtime/dataset/look.ts';
import type { Crew } from '../../../runtime/batches/job.ts';
import { newCrew, usualWorkers } from '../../../runtime/dataset/worker/crew.ts';
import type { Broken } from '../../../runtime/batches/dataset.ts';
import { brokenPicture } from '../../../runtime/batches/faults.ts';
import type { LoadedEngine, NoRoom } from '../../../runtime/engines/engine.ts';
import type { PlannedGroup } from '../../../runtime/evaluate/pass.ts';
import { atOnceFor, bytesOfStep, planOf } from '../../../runtime/evaluate/viewer.ts';
import { openWeights, type WeightFile } from '../../../runtime/files/weights.ts';
import { classesOfMetadata } from '../../../runtime/store/classes.ts';
import { inputOfMetadata } from '../../../runtime/store/preprocess.ts';
import type { Provider } from '../../../runtime/store/safetensors.ts';
import { matchWeights } from '../../../runtime/store/weights.ts';
import { outputsOf } from '../attached.ts';
import { engineFor } from '../engine.ts';
import { weightsOf } from '../../../rewrite/match/read-weights.ts';
import { locate } from '../disk.ts';
import { askedNet } from '../owners.ts';
import { fullest, needsText } from '../../../runtime/engines/no-room.ts';
import { weightsMeant } from '../run-files.ts';
import { rootOf } from '../training/asked.ts';
import { weightsSource, type Asker } from '../training/source.ts';
import type { Command, Failed, Wanted, Watch } from './asked.ts';
import { openMeasured, type Measuring } from './data.ts';
import { looksOf, type Weighted } from './looks.ts';
import { macsAt, viewsOf, type Viewing, type Views } from './views.ts';

/** Pictures of one size, and what they take. */
export type Step = PlannedGroup & {
  /** multiply–adds of one piece */
  readonly macs: number;
  /** of a step, with the weights */
  readonly bytes: number;
};

/** One way to look, planned. */
export type PlannedLook = Weighted & {
  readonly viewing: Viewing;
  readonly steps: readonly Step[];
};

/** An evaluation that can begin. */
export type Prepared = {
  readonly evaluation: Measured;
  readonly weights: WeightFile;
  readonly read: Provider;
  readonly measuring: Measuring;
  readonly engine: LoadedEngine;
  readonly crew: Crew;
  readonly looks: readonly PlannedLook[];
  /** pictures whose headers cannot be read, by their places; they are left out */
  readonly broken: ReadonlyMap<number, Broken>;
  /** whether a picture that cannot be read is a fault */
  readonly strict: boolean;
  readonly close: () => Promise<void>;
};

/** Who measures, for messages about weights. */
const measurer = ({ name, span }: Measured): Asker => ({
  needs: `\`${name}\` measures`,
  at: span,
  asTheyAre: (run) => `--eval ${name} --weights ${run}`,
});

/** The file of the weights that are measured. */
const weightsFor = (
  { file, given, io, loaded, warn }: Command,
  evaluation: Measured,
  instead: string | undefined,
): Or<Diagnostic, WeightFile> => {
  const runs = rootOf(given);
  const { program, shown } = loaded;
  const asking = { program, shown, root: locate(io.cwd, file).root, runs, warn };
  const path =
    instead === undefined
      ? weightsSource(asking, measurer(evaluation), evaluation.from)
      : weightsMeant(instead, warn, runs);
  return Either.chain(openWeights)(path);
};

/** What keeps any of these from being measured, as far as it can be told before one is begun: programs and weights. */
export const weightFaults = (
  command: Command,
  wanted: readonly Wanted[],
): readonly Diagnostic[] => {
  const all = wanted.flatMap(({ evaluation, weights }) =>
    measuredIn(evaluation).map((own) => ({ own, weights })),
  );
  const seen = new Set<string>();
  const sources = new Set<string>();
  return all.flatMap(({ own, weights }) => {
    if (seen.has(identityOf(own))) return [];
    seen.add(identityOf(own));
    const views = viewsOf(own);
    if (Either.isLeft(views)) return [views.left];
    // what is missing for several is said once
    const source = weights ?? JSON.stringify(own.from);
    if (sources.has(source)) return [];
    sources.add(source);
    const file = weightsFor({ ...command, warn: () => {} }, own, weights);
    if (Either.isLeft(file)) return [file.left];
    file.right.close();
    return [];
  });
};

/** Makes an evaluation ready. Nothing is read of the data before net, weights and views are found to fit. */
export const prepare = async (
  command: Command,
  evaluation: Measured,
  instead: string | undefined,
  watch: Watch,
): Promise<Or<Failed, Prepared>> => {
  const views = viewsOf(evaluation);
  if (Either.isLeft(views)) return one(views.left);
  const weights = weightsFor(command, evaluation, instead);
  if (Either.isLeft(weights)) return one(weights.left);
  const made = await withWeights(command, evaluation, views.right, weights.right, watch);
  if (Either.isLeft(made)) weights.right.close();
  return made;
};

const one = (fault: Diagnostic): Either.Left<readonly Diagnostic[]> => ({
  _tag: 'Left',
  left: [fault],
});

const withWeights = async (
  command: Command,
  evaluation: Measured,
  views: Views,
  weights: WeightFile,
  watch: Watch,
): Promise<Or<Failed, Prepared>> => {
  const { net } = evaluation;
  const { given, file, io } = command;
  const viewing = views.pieces ?? views.dense;
  const matched = matchWeights(
    weights,
    viewing === undefined ? [] : weightsOf(viewing.graph),
    askedNet(file, net, 'main'),
  );
  const read = resultOf(matched);
  if (read === undefined) return Either.left(diagnosticsOf(matched));
  const input = inputOfMetadata(weights.path, weights.metadata, views.frames.channels);
  if (Either.isLeft(input)) return one(input.left);
  const names = classesOfMetadata(weights.path, weights.metadata, outputsOf(net));
  if (Either.isLeft(names)) return one(names.left);
  const engine = await engineFor(given.engine);
  if (Either.isLeft(engine)) return one(engine.left);
  const { root } = locate(io.cwd, file);
  const measuring = await openMeasured(evaluation, root, names.right, given.limit);
  if (Either.isLeft(measuring)) return one(measuring.left);
  const { dataset } = measuring.right;
  const crew = newCrew(given.workers ?? usualWorkers(), dataset.blocks);
  const looks = looksOf(evaluation, views.frames, input.right);
  const toPlan = { evaluation, views, looks, engine: engine.right };
  const planned = await withPictures(toPlan, measuring.right, { crew, watch, given });
  const close = async (): Promise<void> => {
    await crew.close();
    await dataset.close();
  };
  if (Either.isLeft(planned)) {
    await close();
    return planned;
  }
  return Either.right({
    ...{ evaluation, weights, read, crew, measuring: measuring.right },
    ...{ engine: engine.right, strict: given.strict, ...planned.right },
    close: async () => {
      weights.close();
      await close();
    },
  });
};

type With = { readonly crew: Crew; readonly watch: Watch } & Pick<Command, 'given'>;

/** The looks planned for the sizes that the pictures have, and the pictures that cannot be read (E0909, E0910, E0912). */
const withPictures = async (
  toPlan: Omit<ToPlan, 'sizes'>,
  { dataset, part, places }: Measuring,
  { crew, watch, given }: With,
): Promise<Or<Failed, Pick<Prepared, 'looks' | 'broken'>>> => {
  const takesVectors = toPlan.evaluation.net.input.tag === 'vector';
  const looks = toPlan.looks.map(({ look }) => look);
  const misfit = lookMisfit(dataset.path, part, takesVectors, looks);
  if (misfit !== undefined) return one(misfit);
  const found = await sizesOf(crew, part, places, watch.goesOn);
  if (found === undefined) return Either.left({ tag: 'stopped' });
  const { sizes, broken } = found;
  const [first] = broken.values();
  if (given.strict && first !== undefined) return one(brokenPicture(first));
  const planned = plannedLooks({ ...toPlan, sizes });
  return Either.isLeft(planned)
    ? one(planned.left)
    : Either.right({ looks: planned.right, broken });
};

type ToPlan = {
  readonly evaluation: Measured;
  readonly views: Views;
  readonly looks: readonly Weighted[];
  readonly engine: LoadedEngine;
  readonly sizes: Sizes['sizes'];
};

/** Each look with its groups of pictures, if a step of each fits into memory (E0703). */
const plannedLooks = (toPlan: ToPlan): Or<Diagnostic, readonly PlannedLook[]> => {
  const { evaluation, views, looks, engine, sizes } = toPlan;
  const all: PlannedLook[] = [];
  for (const weighted of looks) {
    const { look } = weighted;
    const viewing = look.pieces.tag === 'dense' ? views.dense : views.pieces;
    if (viewing === undefined) continue;
    const steps: Step[] = [];
    for (const group of groupsOf(sizes, look)) {
      const piece = pieceShape(evaluation, group.size, look.channels);
      const atOnce = atOnceFor(viewing.program, engine, piece);
      if (Either.isLeft(atOnce)) return Either.left(noRoom(toPlan, viewing, piece, atOnce.left));
      steps.push({
        ...group,
        atOnce: atOnce.right,
        macs: macsAt(viewing, group.size),
        bytes: bytesOfStep(viewing.program, engine, atOnce.right, piece),
      });
    }
    all.push({ ...weighted, viewing, steps });
  }
  return Either.right(all);
};

/** What one piece is, without the batch. */
export const pieceShape = (
  { net }: Measured,
  { h, w }: { readonly h: number; readonly w: number },
  channels: number,
): readonly number[] => (net.input.tag === 'vector' ? [channels] : [h, w, channels]);

/** A single picture does not fit (E0703). */
const noRoom = (
  { evaluation: { name, places, span }, engine }: ToPlan,
  { program }: Viewing,
  piece: readonly number[],
  short: NoRoom,
): Diagnostic =>
  error(
    'E0703',
    places.get('scales') ?? span,
    `\`${engine.name}\` does not have enough memory for a picture of ${piece.slice(0, 2).join('x')} in \`${name}\``,
    {
      notes: [
        needsText(short, fullest(planOf(program, engine, 1, piece))),
        `a smaller scale takes less; ${bytes(engine.room.all)} are there at most`,
      ],
    },
  );
