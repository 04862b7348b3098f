/** One step of a net on an engine: its inputs from a batch, at once or part by part, and what it did. */
import * as E from 'fp-ts/lib/Either.js';
import type { KernelProgram } from '../../lower/kernels.ts';
import { shapesOfInputs } from '../../lower/plan.ts';
import type { At } from '../../lower/training/optimisers.ts';
import { lossName, type Step } from '../../lower/training/step.ts';
import { normName, reportName } from '../../lower/training/update.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import type { Batch } from '../batches/loader.ts';
import { partBegin } from '../batches/share.ts';
import type { Cluster } from '../engines/cluster.ts';
import type { NoRoom } from '../engines/engine.ts';
import type { Inputs, Output, Session, Steps } from '../engines/session.ts';
import { maskFor, type MaskKey } from './masks.ts';
import { readReport, written } from './report.ts';
import { addScores, noScores, scoresOf, type Scores } from './scores.ts';
import { outputNamed, unsoundIn, type Unsound } from './unsound.ts';

/** What a step did. */
export type Stepped = {
  /** the loss that was trained for: with smoothing and side losses, before the weights moved */
  readonly loss: number;
  /** √(Σ g²) of all gradients, before clipping */
  readonly norm: number;
  /** of each output, over the pictures of the batch */
  readonly scores: readonly Scores[];
  /** whether any of the workers has asked for an end */
  readonly endAsked: boolean;
};

/**
 * Moves the weights by one batch; if there is no room, or if loss or norm is not finite, they stay. So do running
 * statistics, but for those of earlier parts of the batch.
 */
export type TakeStep = (
  batch: Batch,
  at: At,
  /** whether this one asks for an end after this step, where several workers have to agree */
  asksEnd?: boolean,
) => Promise<E.Either<NoRoom, Stepped>>;

/** Where a step that is not finite goes wrong; the weights stay. Undefined where all is finite. */
export type FindUnsound = (batch: Batch, at: At) => Promise<E.Either<NoRoom, Unsound | undefined>>;

/** Takes steps, and finds what is wrong with one. */
export type Taking = { readonly step: TakeStep; readonly unsound: FindUnsound };

/** Steps of one program. Its outputs begin with the loss and end with the norm. */
export const atOnce = (step: Step, session: Session, seed: number): Taking => {
  const inputsAt = (batch: Batch, at: At): Inputs => ({
    ...inputsOf(step, batch, { seed, step: at.step, part: 0 }),
    ...given(step, at),
  });
  return {
    step: async (batch, at) =>
      E.map((outputs: readonly Output[]) => ({
        loss: numberIn(outputs[0]),
        norm: numberIn(outputs[outputs.length - 1]),
        scores: outputs.slice(1, -1).map((logits) => scoresOf(logits, batch.labels)),
        endAsked: false,
      }))(await session.step(inputsAt(batch, at))),
    unsound: (batch, at) =>
      unsoundIn(
        { program: step.program, steps: session, read: session.read },
        inputsAt(batch, at),
        [lossName, normName].map((name) => outputNamed(step.program, name)),
      ),
  };
};

/** How batches are gone through, and who trains together. */
export type InParts = {
  readonly parts: number;
  readonly seed: number;
  readonly cluster: Cluster | undefined;
};

/** What all that is done by parts works with. */
type Programs = {
  readonly step: Step;
  readonly move: KernelProgram;
  readonly session: Session;
  readonly moving: Steps;
};

/** Each part of a batch with its share of the whole, and what goes into its step. */
const partsAt = (step: Step, { parts, seed, cluster }: InParts, batch: Batch, at: At) => {
  const before = cluster === undefined ? 0 : parts * cluster.rank;
  return cutInParts(batch, parts).map((cut, part) => {
    const share = cut.labels.length / (batch.whole ?? batch.labels.length);
    const inputs = inputsOf(step, cut, { seed, step: at.step, part: before + part });
    return { share, cut, inputs: { ...inputs, share: filled([], share) } };
  });
};

/**
 * Steps that go through their batches in so many parts, nearly alike, and then move. Of several workers each goes through its
 * share; then all move alike, by the gradients of all.
 */
export const byParts = (
  step: Step,
  move: KernelProgram,
  session: Session,
  how: InParts,
): Taking => {
  const moving = session.along(move);
  const on: Programs = { step, move, session, moving };
  /** gradients of parts that were gone through for nothing */
  const forget = (): void => {
    for (const { path, shape } of move.state)
      if (step.sums.includes(path)) session.write(path, filled(shape, 0));
  };
  return {
    step: async (batch, at, asksEnd = false) => {
      const stepped = await takenBy(on, how, batch, at, asksEnd);
      const isDone =
        E.isRight(stepped) && [stepped.right.norm, stepped.right.loss].every(Number.isFinite);
      if (!isDone) forget();
      return stepped;
    },
    unsound: async (batch, at) => {
      const found = await searched(on, how, batch, at);
      forget();
      return found;
    },
  };
};

/** Goes through all parts, as long as all is finite, and then moves. */
const takenBy = async (
  { step, moving, ...on }: Programs,
  how: InParts,
  batch: Batch,
  at: At,
  asksEnd: boolean,
): Promise<E.Either<NoRoom, Stepped>> => {
  const gathered = await gather({ step, ...on }, how, batch, at);
  if (E.isLeft(gathered)) return gathered;
  const own = { ...gathered.right, endAsked: how.cluster !== undefined && asksEnd };
  const alone = how.cluster === undefined;
  // other workers wait for what this one reports, also if its loss is not finite
  if (alone && !Number.isFinite(own.loss)) return E.right({ ...own, norm: NaN });
  const report = alone ? {} : { [reportName]: written(own) };
  return E.map(([norm, told]: readonly Output[]): Stepped => ({
    ...(told === undefined ? own : readReport(told)),
    norm: numberIn(norm),
  }))(await moving.step({ ...given(step, at), ...report }));
};

/** Adds the gradients of all parts up, as long as the loss is finite. */
const gather = async (
  { step, session }: Pick<Programs, 'step' | 'session'>,
  how: InParts,
  batch: Batch,
  at: At,
): Promise<E.Either<NoRoom, Part>> => {
  const outputs = step.program.outputs.length - 1;
  let done: Part = { loss: 0, scores: Array.from({ length: outputs }, () => noScores) };
  for (const { share, cut, inputs } of partsAt(step, how, batch, at)) {
    const made = await session.step(inputs);
    if (E.isLeft(made)) return made;
    const [loss, ...logits] = made.right;
    done = {
      loss: done.loss + share * numberIn(loss),
      scores: logits.map((l, i) => addScores(done.scores[i]!, scoresOf(l, cut.labels))),
    };
    if (!Number.isFinite(done.loss)) break;
  }
  return E.right(done);
};

/** Where a step goes wrong; gradients of parts before it stay. */
const searched = async (
  { step, move, session, moving }: Programs,
  how: InParts,
  batch: Batch,
  at: At,
): Promise<E.Either<NoRoom, Unsound | undefined>> => {
  const { program } = step;
  const { read } = session;
  const sums = program.state.flatMap(({ path, next }) =>
    next !== undefined && step.sums.includes(path) ? [next] : [],
  );
  let seen = 0;
  for (const { inputs, cut } of partsAt(step, how, batch, at)) {
    const found = await unsoundIn({ program, steps: session, read }, inputs, [
      outputNamed(program, lossName),
      ...sums,
    ]);
    if (E.isLeft(found)) return found;
    if (found.right !== undefined) return E.right(behind(found.right, seen));
    const gathered = await session.step(inputs);
    if (E.isLeft(gathered)) return gathered;
    seen += cut.labels.length;
  }
  if (how.cluster !== undefined) return E.right(undefined); // all workers would have to move
  const norm = [outputNamed(move, normName)];
  return unsoundIn({ program: move, steps: moving, read }, given(step, at), norm);
};

/** The same of a part of a batch that has so many pictures before it. */
const behind = (found: Unsound, pictures: number): Unsound =>
  found.tag === 'input' ? { ...found, place: found.place + pictures } : found;

/** What parts of a batch gave: their share of the loss, and the scores of their pictures. */
type Part = Pick<Stepped, 'loss' | 'scores'>;

/** A batch in so many parts, of which the first ones may have a picture more; none is empty. */
export const cutInParts = (
  { position, shape, data, labels, indices }: Batch,
  parts: number,
): readonly Batch[] => {
  const [pictures = 0, ...picture] = shape;
  const each = pictures === 0 ? 0 : data.length / pictures;
  const begin = (part: number): number => partBegin(pictures, parts, part);
  return Array.from({ length: Math.min(parts, pictures) }, (_, part): Batch => {
    const [from, to] = [begin(part), begin(part + 1)];
    return {
      position,
      shape: [to - from, ...picture],
      data: data.subarray(from * each, to * each),
      labels: labels.subarray(from, to),
      indices: indices.subarray(from, to),
    };
  });
};

const filled = (shape: readonly number[], value: number): HostTensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});

const numberIn = (output: Output | undefined): number => output?.data[0] ?? NaN;

/** Pictures, labels and masks. */
const inputsOf = (
  { program, masks }: Step,
  { shape, data, labels }: Batch,
  key: MaskKey,
): Inputs => {
  const [batch = 0, ...picture] = shape;
  const shapes = shapesOfInputs(program, batch, picture);
  const drawn = masks.map((mask): readonly [string, HostTensor] => [
    mask.name,
    maskFor(mask, shapes[mask.name]!, key),
  ]);
  return {
    input: { shape, data },
    labels: oneHot(labels, shapes['labels']![1]!),
    ...Object.fromEntries(drawn),
  };
};

/** The numbers that the optimiser computes before a step. */
const given = ({ numbers }: Step, at: At): Inputs =>
  Object.fromEntries(
    Object.entries(numbers(at)).map(([name, value]) => [name, filled([], value)] as const),
  );

const oneHot = (labels: Uint32Array, classes: number): HostTensor => {
  const data = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => (data[i * classes + label] = 1));
  return { shape: [labels.length, classes], data };
};
