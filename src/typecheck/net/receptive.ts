/**
 * The receptive field: which pixels of the image can change one pixel of a map, from the first to the last (Araujo,
 * Norris and Sim, Distill 2019). Of all pixels of a map far from its borders the one that sees most counts.
 */
import type { PlacedLayer } from '../../graph/graph.ts';
import { centerOf, perLook, sightFor, type Sight } from '../../size/views.ts';
import { follow, type Flow, type Layer } from './flow.ts';
import {
  alongAxis,
  imageItself,
  moved,
  movedTo,
  seenThrough,
  spanAlong,
  type Seen,
} from './seen.ts';
import type { Typed } from './typed.ts';

/** A number of pixels of the image, reduced: 1/2 behind an enlargement by 2. */
export type Ratio = { readonly over: number; readonly under: number };

/**
 * Along one axis, in pixels of the image: an output pixel sees at most `span` of them, ∞ if all, NaN if that repeats
 * too rarely to be followed; its neighbour lies `stride` further on.
 */
export type AxisField = { readonly span: number; readonly stride: Ratio };

/** `whole`: everything, whatever the image, and without a place; behind `gap` and `flatten`. */
export type ReceptiveField = MapField | 'whole';
type MapField = { readonly h: AxisField; readonly w: AxisField };

/** A ratio as it is written: `2`, `1/2`. */
export const showRatio = ({ over, under }: Ratio): string =>
  under === 1 ? String(over) : `${over}/${under}`;

const fieldOf = (seen: Seen, sight: Sight): ReceptiveField =>
  seen === 'head' ? 'whole' : { h: along(seen, 'h', sight), w: along(seen, 'w', sight) };

const along = (seen: Exclude<Seen, 'head'>, axis: 'h' | 'w', sight: Sight): AxisField => {
  const { over, under } = alongAxis(seen, axis, sight);
  return { span: spanAlong(seen, axis, sight), stride: { over, under } };
};

/** The hulls that are computed for the fields of one net; those of real networks take some thousands. */
const mostHulls = 4_000_000;

/** The receptive field of every value, by place; 0 is the input. Of no number where that takes too long. */
export const fieldsOf = (layers: readonly PlacedLayer[]): readonly ReceptiveField[] => {
  const sight = sightFor(mostHulls);
  const seen: Seen[] = [imageItself];
  for (const layer of layers)
    seen.push(
      seenThrough(
        layer,
        layer.inputs.map((id) => seen[id]!),
        sight,
      ),
    );
  // most layers see what the one before them does
  const fields = new Map<Seen, ReceptiveField>();
  for (const one of seen) if (!fields.has(one)) fields.set(one, fieldOf(one, sight));
  return seen.map((one) => fields.get(one)!);
};

/** What a place sees, and what the last maps on the way do: after those a head sees the whole image. */
type Place = { readonly seen: Seen; readonly maps: readonly Seen[] };

/** The receptive field of the last map on the way to the main output; the widest where several heads join. */
export const lastFieldOf = (body: Typed, sight: Sight = sightFor(mostHulls)): MapField => {
  const places: Flow<Place> = {
    layer: (layer, inputs) => {
      const seen = seenThrough(
        layer,
        inputs.map((i) => i.seen),
        sight,
      );
      const maps = seen === 'head' ? [...new Set(inputs.flatMap((i) => i.maps))] : [seen];
      return { seen, maps };
    },
    again: (before, after, now) => {
      if (before.seen === 'head' && now.seen === 'head') return { seen: 'head', maps: now.maps };
      const move = movedTo(before.seen, now.seen, sight);
      if (move === undefined) return undefined;
      // what came in is a last map, or one in this subtree, which moves as far
      const movedOn = (seen: Seen): Seen => moved(seen, move, sight);
      return { seen: movedOn(after.seen), maps: after.maps.map(movedOn) };
    },
  };
  const { maps } = follow(body, { seen: imageItself, maps: [imageItself] }, places);
  const all = maps.map((map) => fieldOf(map, sight));
  const fields = all.flatMap((field) => (field === 'whole' ? [] : [field]));
  return fields.reduce(wider);
};

const wider = (a: MapField, b: MapField): MapField => ({
  h: b.h.span > a.h.span ? b.h : a.h,
  w: b.w.span > a.w.span ? b.w : a.w,
});

/** What is seen along the shared subtrees of a net; `visit` gets what reaches each layer. */
export const seenFlow = (
  visit: (layer: Layer, inputs: readonly Seen[]) => void,
  sight: Sight,
): Flow<Seen> => ({
  layer: (layer, inputs) => {
    visit(layer, inputs);
    return seenThrough(layer, inputs, sight);
  },
  again: (before, after, now) => {
    if (before === 'head' && now === 'head') return after;
    const move = movedTo(before, now, sight);
    return move && moved(after, move, sight);
  },
});

/** How far apart the middles of two maps' pixels of one index lie, in pixels of the image; 0 where it is not known. */
export const apartAlong = (a: Seen, b: Seen, axis: 'h' | 'w', sight: Sight): number => {
  if (a === 'head' || b === 'head' || a === b) return 0;
  const [one, other] = [alongAxis(a, axis, sight), alongAxis(b, axis, sight)];
  if (one === other || !sight((one.hulls.length + other.hulls.length) * perLook)) return 0;
  const isKnown = one.everywhere && other.everywhere;
  if (!isKnown || one.over !== other.over || one.under !== other.under) return 0;
  const apart = Math.abs(centerOf(one) - centerOf(other));
  const stride = one.over / one.under;
  // an enlargement always puts pixels beside those of its input
  const bearable = one.enlarged || other.enlarged ? stride : stride / 2;
  return apart >= 1 && apart >= bearable ? apart : 0;
};
