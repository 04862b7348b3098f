/** The parts that shape rules are made of. Each gives what is known: unknown in, unknown out, no fault. */
import * as E from 'fp-ts/lib/Either.js';
import { through, type Step } from '../../size/sizes.ts';
import { shiftedBy, type Reading } from '../../size/views.ts';
import type {
  Fans,
  Initial,
  OpCount,
  Operator,
  Readings,
  ShapeFault,
  Typing,
  WeightSpec,
} from '../row.ts';
import {
  extentOf,
  mapType,
  numberOf,
  vectorType,
  type Channels,
  type MapType,
  type MaybeAxis,
  type TensorType,
  type VectorType,
} from '../types.ts';
import { padsAlong, typicalPads, type Slide, type Slides } from './windows.ts';

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

/** `kernel`, and `bias` if there is one. */
export const kernelAndBias = (
  shape: readonly number[],
  fans: Fans,
  bias: boolean,
  units: number,
): readonly WeightSpec[] => {
  const kernel = trained('kernel', shape, { tag: 'drawn', fans });
  return bias ? [kernel, trained('bias', [units], { tag: 'constant', value: 0 })] : [kernel];
};

/** Of a row that has none. */
export const noWeights = (): readonly WeightSpec[] => [];
/** Of a row that does not multiply and add. */
export const noMacs = (): OpCount => ({ at: 'output', each: 0 });

/** So many operations at each element of the output. */
export const perOutput = (each: number): OpCount => ({ at: 'output', each });

const pixel = shiftedBy(0);
/** An output pixel is made of the one at its place. */
export const pointwise: Readings = { h: pixel, w: pixel };

/** An output pixel is the one so far to the right and down: what a crop or a pad does. */
export const shiftedField = (down: number, right: number): Readings => ({
  h: shiftedBy(down),
  w: shiftedBy(right),
});

/** An output pixel is made of a window. SAME at stride > 1 pads by the size of the map. */
export const windowField = ({ h, w }: Slides, map: TensorType): Readings => {
  const along = (slide: Slide, axis: MaybeAxis): Reading => {
    const first = -typicalPads(slide, axis).before;
    return {
      rise: slide.stride,
      phases: 1,
      run: () => ({ first, step: slide.dilation, count: slide.kernel }),
      everywhere: padsAlong(slide, extentOf(axis)) !== undefined,
    };
  };
  const axes = map.tag === 'map' ? map : ({ h: 'unknown', w: 'unknown' } as const);
  const down = along(h, axes.h);
  return { h: down, w: areAlike(h, w) ? down : along(w, axes.w) };
};

/** Whether windows slide in the same way along both axes, whatever the sizes. */
const areAlike = (h: Slide, w: Slide): boolean =>
  h.kernel === w.kernel &&
  h.stride === w.stride &&
  h.dilation === w.dilation &&
  h.pads !== 'same' &&
  w.pads !== 'same' &&
  h.pads.before === w.pads.before &&
  h.pads.after === w.pads.after;

/** Each channel of the output is made of the one with its number. */
export const channelwise: NonNullable<Operator['changes']> = (_, band) => band;
