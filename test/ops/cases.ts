/** What the tests of the table share: its samples as concrete cases, and pseudo-random tensors for them. */
import * as E from 'fp-ts/lib/Either.js';
import { elements, type Tensor } from '../../src/numeric/tensor.ts';
import { withDefaults } from '../../src/ops/parts/args.ts';
import type { Args } from '../../src/ops/params.ts';
import type { Sample, Typing, WeightSpec } from '../../src/ops/row.ts';
import { rowOf, table, type Row, type OperatorName } from '../../src/ops/table.ts';
import { fixedAxis, shapeOf, showType, type TensorType } from '../../src/ops/types.ts';
import { isConstant, valueAt } from '../../src/size/sizes.ts';

export type Case = {
  readonly title: string;
  readonly row: Row;
  readonly args: Args;
  readonly inputs: readonly TensorType[]; // of fixed size
  readonly sample: Sample; // perhaps of free size
};

/** A type with h and w put in for its variables. */
export const at = (t: TensorType, h: number, w: number): TensorType => {
  if (t.tag !== 'map' || t.h === 'unknown' || t.w === 'unknown') return t;
  return {
    ...t,
    h: fixedAxis(isConstant(t.h.size) ?? valueAt(t.h.size, h)),
    w: fixedAxis(isConstant(t.w.size) ?? valueAt(t.w.size, w)),
  };
};

export const isFree = (t: TensorType): boolean => t.tag === 'map' && shapeOf(t, 1) === undefined;

export const titleOf = (row: Row, args: Args, inputs: readonly TensorType[]): string =>
  `${row.name}(${Object.entries(args)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join(', ')}) on ${inputs.map(showType).join(', ')}`;

/** Sizes that free samples are tried at: fixed axes beside them may ask for one of these, as joins do. */
const places = [
  [4, 4],
  [5, 3],
  [9, 16],
  [13, 10],
] as const;

/** Every sample; a free one at several sizes, where its conditions hold and its result is not empty. */
export const cases: readonly Case[] = [...table.values()].flatMap((row) =>
  row.samples.flatMap((sample): readonly Case[] => {
    const all = sample.inputs.some(isFree)
      ? places.map(([h, w]) => sample.inputs.map((t) => at(t, h, w)))
      : [sample.inputs];
    return all
      .filter((inputs) => {
        const shape = row.shape(sample.args, inputs);
        const size = E.isRight(shape) ? shapeOf(shape.right.type, 1) : undefined;
        const agree = E.isRight(shape) && shape.right.conditions.length === 0;
        return agree && size !== undefined && size.every((n) => n >= 1);
      })
      .map((inputs) => ({
        title: titleOf(row, sample.args, inputs),
        row,
        args: sample.args,
        inputs,
        sample,
      }));
  }),
);

export const casesOf = (name: string): readonly Case[] => cases.filter((c) => c.row.name === name);

/** The type of a result that is known to exist. */
export const shapeIn = (row: Row, args: Args, inputs: readonly TensorType[]): Typing => {
  const shape = row.shape(args, inputs);
  if (E.isLeft(shape)) throw new Error(`${titleOf(row, args, inputs)}: ${shape.left.tag}`);
  return shape.right;
};

export const sized = (t: TensorType, batch: number): readonly number[] => {
  const shape = shapeOf(t, batch);
  if (shape === undefined) throw new Error(`${showType(t)} has no size`);
  return shape;
};

/** Numbers in −1 … 1 without ties, the same in every run: a Weyl sequence, scrambled. */
export const noise = (shape: readonly number[], seed = 1): Tensor => {
  const data = new Float64Array(elements(shape));
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  for (let i = 0; i < data.length; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    data[i] = ((z ^ (z >>> 14)) >>> 0) / 2 ** 31 - 1;
  }
  return { shape, data };
};

/** A weight for a specification; variances are positive. */
export const weightFor = (spec: WeightSpec, seed = 100): Tensor => {
  const t = noise(spec.shape, seed);
  return spec.name === 'variance' ? { ...t, data: t.data.map((x) => Math.abs(x) + 0.01) } : t;
};

export const weightsFor = (
  row: Row,
  args: Args,
  inputs: readonly TensorType[],
): { readonly [name: string]: Tensor } =>
  Object.fromEntries(
    row.weights(args, inputs).map((spec, i) => [spec.name, weightFor(spec, 100 + i)]),
  );

export const inputsFor = (inputs: readonly TensorType[], batch: number): readonly Tensor[] =>
  inputs.map((t, i) => noise(sized(t, batch), 10 + i));

/** The reference of an operator by name, its arguments completed with defaults. */
export const apply = (
  name: OperatorName,
  args: Args,
  inputs: readonly Tensor[],
  weights: { readonly [name: string]: Tensor } = {},
): Tensor => {
  const row = rowOf(name);
  return row.reference(withDefaults(row.params, args), inputs, weights);
};

/** The greatest difference between two tensors of one shape; NaN if the shapes differ. */
export const distance = (a: Tensor, b: Tensor): number =>
  String(a.shape) === String(b.shape)
    ? a.data.reduce((most, x, i) => Math.max(most, Math.abs(x - b.data[i])), 0)
    : NaN;
