/** What a net costs without running it: parameters, multiply–adds, floating-point operations, bytes. */
import type { PlacedLayer } from '../../graph/graph.ts';
import type { OpCount, WeightSpec } from '../../ops/row.ts';
import { rowOf } from '../../ops/table.ts';
import { extentOf, type Axis, type MapType, type TensorType } from '../../ops/types.ts';
import { over, plus, symbol, times, type Channels } from '../../size/channels.ts';
import { childrenOf, layerOf, type Layer } from './flow.ts';
import type { Typed } from './typed.ts';

/** What the costs of a layer follow from. */
type Costed = Pick<PlacedLayer, 'op' | 'args' | 'inputTypes' | 'output'>;

/** The numbers in a tensor of one image; undefined while a size is free. */
export const elementsOf = (t: TensorType): number | undefined => {
  if (t.tag === 'unknown' || typeof t.c !== 'number') return undefined;
  if (t.tag === 'vector') return t.c;
  const h = extentOf(t.h);
  const w = extentOf(t.w);
  return h === undefined || w === undefined ? undefined : h * w * t.c;
};

/** The pixels of a type: one for a vector, undefined while a size is free. */
export const pixelsOf = (t: TensorType): number | undefined =>
  t.tag === 'vector' ? 1 : t.tag === 'map' ? elementsOf({ ...t, c: 1 }) : undefined;

/** The numbers of weights that are trained. */
export const trainedIn = (weights: readonly WeightSpec[]): number =>
  weights.reduce((n, w) => (w.trained ? n + w.shape.reduce((a, b) => a * b, 1) : n), 0);

/** Trained numbers of one layer. */
export const paramsOf = (layer: Costed): number =>
  trainedIn(rowOf(layer.op).weights(layer.args, layer.inputTypes));

/** Multiply–adds of one layer on one image; undefined while a size is free. */
export const macsOf = (layer: Costed): number | undefined =>
  worth(layer, rowOf(layer.op).macs(layer.args, layer.inputTypes), pixelsOf);

/** Floating-point operations of one layer: two for a multiply–add, and what its row adds to them. */
export const flopsOf = (layer: Costed): number | undefined => {
  const macs = macsOf(layer);
  const extra = worth(layer, rowOf(layer.op).extraFlops(layer.args, layer.inputTypes), elementsOf);
  return macs === undefined || extra === undefined ? undefined : 2 * macs + extra;
};

const worth = (
  layer: Costed,
  { at, each }: OpCount,
  places: (t: TensorType) => number | undefined,
): number | undefined => {
  if (each === 0) return 0;
  const count = places(at === 'input' ? layer.inputTypes[0]! : layer.output);
  return count === undefined ? undefined : count * each;
};

/** Bytes of a layer's result for one image, in float32. */
export const bytesOf = (layer: Costed): number | undefined => {
  const elements = elementsOf(layer.output);
  return elements === undefined ? undefined : 4 * elements;
};

/** The sum over all layers of a net; undefined when one is unknown. */
export const totalOver = (
  body: Typed,
  of: (layer: Layer) => number | undefined,
): number | undefined =>
  summed<number | undefined>(body, of, 0, (a, b) =>
    a === undefined || b === undefined ? undefined : a + b,
  );

/** Subtrees that a net shares are added once. */
const summed = <N>(body: Typed, of: (layer: Layer) => N, zero: N, add: (a: N, b: N) => N): N => {
  const known = new Map<Typed, { readonly n: N }>();
  const sum = (typed: Typed): N => {
    const before = known.get(typed);
    if (before !== undefined) return before.n;
    const own = typed.tag === 'op' || typed.tag === 'join' ? of(layerOf(typed)) : zero;
    const n = childrenOf(typed).reduce((all, part) => add(all, sum(part)), own);
    known.set(typed, { n });
    return n;
  };
  return sum(body);
};

/** Unknown for a size that is not a single floor. */
const length = ({ size, variable }: Axis): Channels =>
  size.tag === 'floor' ? over(plus(times(size.a, symbol(variable)), size.b), size.d) : 'unknown';

/** Pixels of a map as a polynomial in the sizes of the image, h·w or ⌊h/2⌋·⌊w/2⌋; unknown where one of its own is. */
export const pixelsForAll = ({ h, w }: MapType): Channels =>
  h === 'unknown' || w === 'unknown' ? 'unknown' : times(length(h), length(w));

/** So many at each place of a map of any size: a polynomial in the sizes of the image. */
const atEach = (t: TensorType, each: number): Channels => {
  if (each === 0 || t.tag === 'vector') return each;
  return t.tag === 'map' ? times(each, pixelsForAll(t)) : 'unknown';
};

const ofWork = (layer: Layer, { at, each }: OpCount, channelwise: boolean): Channels => {
  const type = at === 'input' ? layer.inputTypes[0]! : layer.output;
  if (type.tag === 'unknown' || typeof type.c !== 'number') return 'unknown';
  return atEach(type, channelwise ? each * type.c : each);
};

const macsAt = (layer: Layer): Channels =>
  ofWork(layer, rowOf(layer.op).macs(layer.args, layer.inputTypes), false);

/** Multiply–adds for images of every size. */
export const macsForAll = (body: Typed): Channels => summed(body, macsAt, 0, plus);

/** Floating-point operations for images of every size. */
export const flopsForAll = (body: Typed): Channels =>
  summed(
    body,
    (layer) =>
      plus(
        times(2, macsAt(layer)),
        ofWork(layer, rowOf(layer.op).extraFlops(layer.args, layer.inputTypes), true),
      ),
    0,
    plus,
  );

/** Bytes of all results for images of every size, in float32. */
export const bytesForAll = (body: Typed): Channels =>
  summed(body, (layer) => ofWork(layer, { at: 'output', each: 4 }, true), 0, plus);
