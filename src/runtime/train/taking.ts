/** One step of a net on an engine: its inputs from a batch, at once or part by part, and what it did. */
import * as E from 'fp-ts/lib/Either.js';
import type { KernelProgram } from '../../lower/kernels.ts';
import { shapesOfInputs } from '../../lower/plan.ts';
import type { At } from '../../lower/training/optimisers.ts';
import { lossName, type Step } from '../../lower/training/step.ts';
import { normName } from '../../lower/training/update.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import type { Batch } from '../batches/loader.ts';
import type { NoRoom } from '../engines/engine.ts';
import type { Inputs, Output, Session } from '../engines/session.ts';
import { maskFor, type MaskKey } from './masks.ts';
import { outputNamed, unsoundIn, type Unsound } from './unsound.ts';

/** What a step did. */
export type Stepped = {
  /** the loss that was trained for: with smoothing and side losses, before the weights moved */
  readonly loss: number;
  /** √(Σ g²) of all gradients, before clipping */
  readonly norm: number;
  /** the scores [n, classes] of each output, before softmax */
  readonly logits: readonly Output[];
};

/**
 * Moves the weights by one batch; if there is no room, or if loss or norm is not finite, they stay. So do running
 * statistics, but for those of earlier parts of the batch.
 */
export type TakeStep = (batch: Batch, at: At) => Promise<E.Either<NoRoom, Stepped>>;

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
        logits: outputs.slice(1, -1),
      }))(await session.step(inputsAt(batch, at))),
    unsound: (batch, at) =>
      unsoundIn(
        { program: step.program, steps: session, read: session.read },
        inputsAt(batch, at),
        [lossName, normName].map((name) => outputNamed(step.program, name)),
      ),
  };
};

/** Steps that go through their batches in so many parts, nearly alike, and then move. */
export const byParts = (
  step: Step,
  move: KernelProgram,
  session: Session,
  { parts, seed }: { readonly parts: number; readonly seed: number },
): Taking => {
  const moving = session.along(move);
  const { read } = session;
  /** gradients of parts that were gone through for nothing */
  const forget = (): void => {
    for (const { path, shape } of move.state)
      if (step.sums.includes(path)) session.write(path, filled(shape, 0));
  };
  /** each part with its share of the batch, and what goes into its step */
  const partsAt = (batch: Batch, at: At) =>
    cutInParts(batch, parts).map((cut, part) => {
      const share = cut.labels.length / batch.labels.length;
      const inputs = inputsOf(step, cut, { seed, step: at.step, part });
      const pictures = cut.labels.length;
      return { share, pictures, inputs: { ...inputs, share: filled([], share) } };
    });
  const take: TakeStep = async (batch, at) => {
    const done: Part[] = [];
    for (const { share, inputs } of partsAt(batch, at)) {
      const outputs = await session.step(inputs);
      if (E.isLeft(outputs)) {
        forget();
        return outputs;
      }
      const [loss, ...logits] = outputs.right;
      done.push({ loss: share * numberIn(loss), logits });
      if (isFiniteNumber(loss?.data)) continue;
      forget();
      return E.right({ ...joined(done), norm: NaN });
    }
    const moved = await moving.step(given(step, at));
    if (E.isLeft(moved) || !isFiniteNumber(moved.right[0]?.data)) forget();
    return E.map(([norm]: readonly Output[]) => ({ ...joined(done), norm: numberIn(norm) }))(moved);
  };
  const { program } = step;
  const sums = program.state.flatMap(({ path, next }) =>
    next !== undefined && step.sums.includes(path) ? [next] : [],
  );
  const searched: FindUnsound = async (batch, at) => {
    let before = 0;
    for (const { inputs, pictures } of partsAt(batch, at)) {
      const found = await unsoundIn({ program, steps: session, read }, inputs, [
        outputNamed(program, lossName),
        ...sums,
      ]);
      if (E.isLeft(found)) return found;
      if (found.right !== undefined) return E.right(behind(found.right, before));
      const gathered = await session.step(inputs);
      if (E.isLeft(gathered)) return gathered;
      before += pictures;
    }
    const norm = [outputNamed(move, normName)];
    return unsoundIn({ program: move, steps: moving, read }, given(step, at), norm);
  };
  const unsound: FindUnsound = async (batch, at) => {
    const found = await searched(batch, at);
    forget();
    return found;
  };
  return { step: take, unsound };
};

/** The same of a part of a batch that has so many pictures before it. */
const behind = (found: Unsound, pictures: number): Unsound =>
  found.tag === 'input' ? { ...found, place: found.place + pictures } : found;

/** What one part of a batch gave: its share of the loss, and the scores of its pictures. */
type Part = Pick<Stepped, 'loss' | 'logits'>;

const joined = (parts: readonly Part[]): Part => ({
  loss: parts.reduce((sum, { loss }) => sum + loss, 0),
  logits: parts[0]!.logits.map(({ name, shape }, i) => {
    const pictures = parts.reduce((n, { logits }) => n + logits[i]!.shape[0]!, 0);
    const whole = filled([pictures, ...shape.slice(1)], 0);
    let at = 0;
    for (const { logits } of parts) {
      whole.data.set(logits[i]!.data, at);
      at += logits[i]!.data.length;
    }
    return { name, ...whole };
  }),
});

/** A batch in so many parts, of which the first ones may have a picture more; none is empty. */
export const cutInParts = (
  { position, shape, data, labels, indices }: Batch,
  parts: number,
): readonly Batch[] => {
  const [pictures = 0, ...picture] = shape;
  const each = pictures === 0 ? 0 : data.length / pictures;
  const begin = (part: number): number =>
    part * Math.floor(pictures / parts) + Math.min(part, pictures % parts);
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

/** Whether an output that is a number is finite. */
const isFiniteNumber = (output: Float32Array | undefined): boolean => Number.isFinite(output?.[0]);

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
