/**
 * The images a net admits: its weights are those of the declared input, then height and width are freed
 * and every layer narrows what may come in. A trained head fixes the map per axis, not the product.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import { rowOf } from '../ops/table.ts';
import { freeAxis, mapType, sameAxis, type MaybeAxis, type TensorType } from '../ops/types.ts';
import { placesOf, type PlacedLayer, type PlaceId } from './places.ts';
import { agree, atLeast, both, everything, sameSizes, type Sizes, type TooLong } from './sizes.ts';
import type { Admissible, Narrowing, TypedNet } from './typed.ts';

type Axis = 'h' | 'w';

/** `left` when sizes repeat too rarely to be followed; the layer where that happened comes with it. */
export type Admission = E.Either<
  { readonly period: number; readonly layer: PlacedLayer },
  Admissible
>;

/** Undefined for nets whose input is no map, and for faulty ones. */
export const admissibleOf = (
  net: Pick<TypedNet, 'name' | 'input' | 'output' | 'body'>,
): Admission | undefined =>
  isKnown(net.output) ? admissibleFor(net.input, placesOf(net).layers) : undefined;

/** The same for layers in order of execution, wherever they come from; 0 is the place of the input. */
export const admissibleFor = (
  input: TensorType,
  layers: readonly PlacedLayer[],
): Admission | undefined => {
  if (input.tag !== 'map') return undefined;
  // a fault was reported where something is unknown
  if (layers.some(({ output }) => !isKnown(output))) return undefined;
  const types = new Map<PlaceId, TensorType>([[0, mapType(freeAxis('h'), freeAxis('w'), input.c)]]);
  const sets: { h: Sizes; w: Sizes } = { h: everything, w: everything };
  const narrowings: Narrowing[] = [];

  const narrow = (
    layer: PlacedLayer,
    axis: Axis,
    to: E.Either<TooLong, Sizes>,
  ): number | undefined => {
    const met = E.isLeft(to) ? to : both(sets[axis], to.right);
    if (E.isLeft(met)) return met.left.period;
    if (!sameSizes(met.right, sets[axis])) {
      const { span, op } = layer;
      narrowings.push({ axis, span, op, before: sets[axis], after: met.right });
      sets[axis] = met.right;
    }
    return undefined;
  };

  /** What one layer demands of its freed input, and what it then gives. */
  const step = (layer: PlacedLayer): TensorType | { readonly period: number } => {
    const inputs = layer.inputs.map((id) => types.get(id)!);
    const shape = rowOf(layer.op).shape(layer.args, inputs);
    if (E.isLeft(shape)) {
      if (shape.left.tag === 'too long') return { period: shape.left.period };
      if (shape.left.tag !== 'free') return layer.output;
      const [freed, declared] = [inputs[0]!, layer.inputTypes[0]!];
      if (freed.tag !== 'map' || declared.tag !== 'map') throw new Bug('only a map has free sizes');
      const head = headBehind(layer, layers);
      for (const axis of ['h', 'w'] as const) {
        const period = narrow(head, axis, fixes(freed[axis], declared[axis]));
        if (period !== undefined) return { period };
      }
      return layer.output;
    }
    const { type, conditions } = shape.right;
    for (const { axis, first, other } of conditions) {
      const period = narrow(layer, axis, agreement(first, other));
      if (period !== undefined) return { period };
    }
    if (type.tag !== 'map') return type;
    const [before] = inputs;
    for (const axis of ['h', 'w'] as const) {
      const size = type[axis];
      // what a layer leaves as it is was looked at where it was made
      const kept = before?.tag === 'map' && layer.inputs[0] !== 0 && sameAxis(size, before[axis]);
      const period =
        kept || size === 'unknown'
          ? undefined
          : narrow(layer, axis, E.right(atLeast(size.size, 1)));
      if (period !== undefined) return { period };
    }
    return type;
  };

  for (const layer of layers) {
    const result = step(layer);
    if ('period' in result) return E.left({ period: result.period, layer });
    types.set(layer.id, result);
  }
  return E.right({ ...sets, narrowings });
};

export const isKnown = (t: TensorType): boolean =>
  t.tag === 'map'
    ? t.h !== 'unknown' && t.w !== 'unknown' && t.c !== 'unknown'
    : t.tag === 'vector' && t.c !== 'unknown';

const agreement = (first: MaybeAxis, other: MaybeAxis): E.Either<TooLong, Sizes> =>
  first === 'unknown' || other === 'unknown' ? E.right(everything) : agree(first.size, other.size);

/** Whose weights want the vector as long as it is: the first layer with weights behind it, if there is one. */
const headBehind = (vector: PlacedLayer, layers: readonly PlacedLayer[]): PlacedLayer => {
  const behind = new Set([vector.id]);
  for (const layer of layers) {
    if (!layer.inputs.some((id) => behind.has(id))) continue;
    if (rowOf(layer.op).weights(layer.args, layer.inputTypes).length > 0) return layer;
    behind.add(layer.id);
  }
  return vector;
};

/** A head behind a map of `declared` size keeps exactly the images that give that size. */
const fixes = (freed: MaybeAxis, declared: MaybeAxis): E.Either<TooLong, Sizes> =>
  freed === 'unknown' || declared === 'unknown'
    ? E.right(everything)
    : agree(freed.size, declared.size);
