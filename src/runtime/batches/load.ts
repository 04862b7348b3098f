/** The loader: order, batches, and what is measured before the first of them. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { permutation, words } from '../../numeric/random.ts';
import type { Input } from '../store/preprocess.ts';
import type { Broken, Part, PictureSet } from './dataset.ts';
import { brokenPicture, noReadable } from './faults.ts';
import { misfitOf } from './fit.ts';
import type { Batch, Loader, Measured, Settings, Share } from './loader.ts';
import { axesOf } from './prepare/eigen.ts';
import { measuredFrom } from './prepare/measure.ts';
import type { Preparation } from './prepare/prepare.ts';
import { survey } from './survey.ts';
import { inTurn, readOf } from './in-turn.ts';
import type { Aim, Crew } from './job.ts';
import { inOrder, partBegin, pieces } from './share.ts';

/** Pictures that could not be read, each once. */
const newTally = () => {
  const found = new Map<string, Broken>();
  const note = (broken: Broken): void => void found.set(broken.name, broken);
  return { note, all: (): readonly Broken[] => [...found.values()] };
};
type Tally = ReturnType<typeof newTally>;

/** Everything that batches are made with. */
type Making = {
  readonly crew: Crew;
  readonly settings: Settings;
  readonly tally: Tally;
};

const shareOf = (whole: Uint32Array, { rank, of }: Share): Uint32Array =>
  whole.subarray(partBegin(whole.length, of, rank), partBegin(whole.length, of, rank + 1));

/**
 * The batches of an epoch from `skip` on (E0909 where `strict`), or a share of each. Those of which no picture can be read are
 * left out, but a share may be empty.
 */
async function* batchesOf(
  { crew, settings: { takes, batch, strict }, tally }: Making,
  part: Part,
  order: Uint32Array,
  skip: number,
  aim: (indices: Uint32Array) => Aim,
  share?: Share,
): AsyncGenerator<Either<Diagnostic, Batch>> {
  const each = takes.tag === 'vector' ? [takes.c] : [takes.h, takes.w, takes.c];
  const wholes = pieces(order, batch);
  const all = share === undefined ? wholes : wholes.map((whole) => shareOf(whole, share));
  let position = skip;
  for await (const done of inTurn(crew, part, all.slice(skip), aim)) {
    const read = readOf(part, all[position]!, done, { strict, broken: tally.note });
    if (E.isLeft(read)) {
      yield read;
      return;
    }
    const { places: indices, data } = read.right;
    const shape = [indices.length, ...each];
    const labels = indices.map((index) => part.labels[index]!);
    if (share !== undefined)
      yield E.right({ position, shape, data, labels, indices, whole: wholes[position]!.length });
    else if (indices.length > 0) yield E.right({ position, shape, data, labels, indices });
    position++;
  }
}

/** Measures the training part, if mean, deviation or covariance is asked for and not known yet. */
const measure = async (
  crew: Crew,
  { train }: PictureSet,
  { input, measured, strict }: Settings,
  preparation: Preparation,
  tally: Tally,
): Promise<Either<Diagnostic, Measured | undefined>> => {
  const asked =
    input.mean === 'data' ||
    input.std === 'data' ||
    preparation.augment.some(({ tag }) => tag === 'rgb_shift');
  if (measured !== undefined || !asked) return E.right(measured);
  const { total, broken } = await survey(crew, train, preparation);
  broken.forEach(tally.note);
  if (strict && broken[0] !== undefined) return E.left(brokenPicture(broken[0]));
  if (total === undefined) return E.left(noReadable(broken));
  return E.right(measuredFrom(total, input, train.address(0).tag !== 'numbers'));
};

/** How bytes become numbers, with what was measured in its place. */
export const inputWith = (
  { input }: Pick<Settings, 'input'>,
  measured: Measured | undefined,
): Input => ({
  order: input.order,
  scale: input.scale,
  mean: input.mean === 'data' ? (measured?.mean ?? []) : input.mean,
  std: input.std === 'data' ? (measured?.std ?? []) : input.std,
});

/** How samples are prepared, as far as it is known before anything is measured. */
export const unmeasured = (settings: Settings): Preparation => {
  const { takes, augment } = settings;
  const frame = takes.tag === 'vector' ? { h: 1, w: 1, c: takes.c } : takes;
  return { frame, augment, input: inputWith(settings, undefined), axes: [] };
};

/** A loader over a set, whose batches a crew makes, which is closed with it (E0909, E0910, E0912, E0913). */
export const loaderOf = async (
  dataset: PictureSet,
  settings: Settings,
  hire: () => Crew,
): Promise<Either<Diagnostic, Loader>> => {
  const { batch, seed } = settings;
  const misfit = misfitOf(dataset, settings);
  if (misfit !== undefined) return E.left(misfit);
  const crew = hire();
  const tally = newTally();
  const begun = unmeasured(settings);
  const measured = await measure(crew, dataset, settings, begun, tally);
  if (E.isLeft(measured)) {
    await crew.close();
    return measured;
  }
  const preparation: Preparation = {
    ...begun,
    input: inputWith(settings, measured.right),
    axes: axesOf(measured.right?.covariance ?? []),
  };
  const making = { crew, settings, tally };
  const { train, validation } = dataset;
  const steady = (part: Part): AsyncGenerator<Either<Diagnostic, Batch>> =>
    batchesOf(making, part, inOrder(part.count), 0, () => ({ tag: 'steady', preparation }));
  return E.right({
    dataset,
    measured: measured.right,
    batches: {
      training: Math.ceil(train.count / batch),
      validation: Math.ceil((validation?.count ?? 0) / batch),
    },
    training: (epoch, skip) => {
      const draw = words({ seed, purpose: 'shuffle', epoch, index: 0 });
      const aim = (indices: Uint32Array) =>
        ({ tag: 'augment', preparation, seed, epoch, indices }) as const;
      return batchesOf(making, train, permutation(draw, train.count), skip, aim, settings.share);
    },
    validation: async function* () {
      if (validation !== undefined) yield* steady(validation);
    },
    steady,
    broken: tally.all,
    close: crew.close,
  });
};
