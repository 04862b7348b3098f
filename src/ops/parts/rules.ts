/** The parts that shape rules are made of. Each gives what is known: unknown in, unknown out, no fault. */
import * as E from 'fp-ts/lib/Either.js';
import { through, type Step } from '../../size/sizes.ts';
import type { Reach, Initial, OpCount, Typing, ShapeFault, WeightSpec } from '../row.ts';
import {
  mapType,
  numberOf,
  vectorType,
  type Channels,
  type MapType,
  type MaybeAxis,
  type TensorType,
  type VectorType,
} from '../types.ts';
import { padsForAll, spanOf, type Slide, type Slides } from './windows.ts';

/** The type of the result, or why there is none. */
export type TypeOrFault = E.Either<ShapeFault, TensorType>;

/** A result that asks nothing of any size. */
export const alone = (type: TensorType): Typing => ({ type, conditions: [] });

/** The rule of a layer that takes maps only. */
export const onMap = (
  input: TensorType,
  rule: (map: MapType) => TypeOrFault,
): E.Either<ShapeFault, Typing> => {
  if (input.tag === 'vector') return E.left({ tag: 'rank', needs: 'map', found: input });
  const map = input.tag === 'map' ? input : mapType('unknown', 'unknown', 'unknown');
  return E.map(alone)(rule(map));
};

/** The rule of a layer that takes vectors only. */
export const onVector = (
  input: TensorType,
  rule: (vector: VectorType) => TypeOrFault,
): E.Either<ShapeFault, Typing> => {
  if (input.tag === 'map') return E.left({ tag: 'rank', needs: 'vector', found: input });
  return E.map(alone)(rule(input.tag === 'vector' ? input : vectorType('unknown')));
};

/** One axis after a step. */
const stepped = (axis: MaybeAxis, step: Step): E.Either<ShapeFault, MaybeAxis> =>
  axis === 'unknown'
    ? E.right(axis)
    : E.map((size: typeof axis.size) => ({ ...axis, size }))(through(axis.size, step));

/** A map after a step on each axis, with `c` channels. */
export const stepping = (map: MapType, h: Step, w: Step, c: Channels): TypeOrFault => {
  const height = stepped(map.h, h);
  if (E.isLeft(height)) return height;
  return E.map((width: MaybeAxis) => mapType(height.right, width, c))(stepped(map.w, w));
};

/** Unknown of what is unknown itself. */
export const channelsOf = (t: TensorType): Channels => (t.tag === 'unknown' ? 'unknown' : t.c);

/** The channels as a number; nothing is counted while there is none. */
export const countOf = (t: TensorType): number => numberOf(channelsOf(t)) ?? 0;

/** The same type with other channels. */
export const withChannels = (t: TensorType, c: Channels): TensorType =>
  t.tag === 'unknown' ? t : { ...t, c };

/** Weights that depend on the channels of the input; none while those are not a number. */
export const perChannels = (
  t: TensorType,
  weights: (c: number) => readonly WeightSpec[],
): readonly WeightSpec[] => {
  const c = numberOf(channelsOf(t));
  return c === undefined ? [] : weights(c);
};

/** A weight that training changes, and that counts as parameters. */
export const trained = (name: string, shape: readonly number[], initial: Initial): WeightSpec => ({
  name,
  shape,
  initial,
  trained: true,
});

/** A running statistic: kept, not trained. */
export const running = (name: string, c: number, value: number): WeightSpec => ({
  name,
  shape: [c],
  initial: { tag: 'constant', value },
  trained: false,
});

/** `kernel`, where `fan` is the number of inputs of a unit, and `bias` if there is one. */
export const kernelAndBias = (
  shape: readonly number[],
  fan: number,
  bias: boolean,
  units: number,
): readonly WeightSpec[] => {
  const kernel = trained('kernel', shape, { tag: 'kaiming', fan });
  return bias ? [kernel, trained('bias', [units], { tag: 'constant', value: 0 })] : [kernel];
};

/** Of a row that has none. */
export const noWeights = (): readonly WeightSpec[] => [];
/** Of a row that does not multiply and add. */
export const noMacs = (): OpCount => ({ at: 'output', each: 0 });

/** So many operations at each element of the output. */
export const perOutput = (each: number): OpCount => ({ at: 'output', each });

const pixel: Reach = { span: 1, stride: { over: 1, under: 1 }, center: 0 };
/** An output pixel sees the one at its place. */
export const pointwise = { h: pixel, w: pixel };

/** An output pixel sees the one so far to the right and down: what a crop or a pad does. */
export const shiftedField = (
  down: number,
  right: number,
): { readonly h: Reach; readonly w: Reach } => ({
  h: { ...pixel, center: down },
  w: { ...pixel, center: right },
});

/** An output pixel sees a window. SAME at stride > 1 pads by the size of the map. */
export const windowField = ({ h, w }: Slides): { readonly h: Reach; readonly w: Reach } => {
  const along = (slide: Slide): Reach => {
    const pads = padsForAll(slide);
    return {
      span: spanOf(slide),
      stride: { over: slide.stride, under: 1 },
      center: pads === undefined ? undefined : (spanOf(slide) - 1) / 2 - pads.before,
    };
  };
  return { h: along(h), w: along(w) };
};
