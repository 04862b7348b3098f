/** The receptive field: which pixels of the image a pixel of a map sees (Araujo, Norris and Sim, Distill 2019). */
import type { PlacedLayer } from '../../graph/graph.ts';
import type { Reach } from '../../ops/row.ts';
import { rowOf } from '../../ops/table.ts';
import { follow, type Flow, type Layer } from './flow.ts';
import type { Typed } from './typed.ts';

/**
 * Along one axis, in pixels of the image: an output pixel sees `span` of them, its neighbour lies `stride`
 * further on, and the middle of the first is at `center`, if that does not depend on the image.
 */
export type AxisField = {
  readonly span: number;
  readonly stride: number;
  readonly center: number | undefined;
  /** an upsampling lies on the way, which puts pixels between those of its input */
  readonly resampled: boolean;
};

/** `whole`: everything, whatever the image; behind `gap` and `flatten`. */
export type ReceptiveField = MapField | 'whole';
type MapField = { readonly h: AxisField; readonly w: AxisField };

const pixel: AxisField = { span: 1, stride: 1, center: 0, resampled: false };
/** What a pixel of the image itself sees. */
export const point: MapField = { h: pixel, w: pixel };

/**
 * The receptive field of every value: behind a window of span K and stride s on a value of span r and
 * stride j, the span is r + (K − 1)·j and the stride j·s; its middle m pixels on, the centre moves by m·j.
 * Of joined branches the widest counts. The result is indexed by place; 0 is the input.
 */
export const fieldsOf = (layers: readonly PlacedLayer[]): readonly ReceptiveField[] => {
  const fields: ReceptiveField[] = [point];
  for (const layer of layers) {
    const inputs = layer.inputs.map((id) => fields[id]!);
    fields.push(seenThrough(layer, inputs.reduce(widest)));
  }
  return fields;
};

/** The field at a place, and that of the last map on the way: after the last map a head sees the whole image. */
type Seen = { readonly field: ReceptiveField; readonly map: MapField };

/** The receptive field of the last map on the way to the main output; the widest where branches join. */
export const lastFieldOf = (body: Typed): MapField => {
  const { again } = fieldFlow(() => undefined);
  const seen: Flow<Seen> = {
    layer: (layer, inputs) => {
      const field = seenThrough(layer, inputs.map((i) => i.field).reduce(widest));
      return { field, map: field === 'whole' ? inputs.map((i) => i.map).reduce(wider) : field };
    },
    again: (before, after, now) => {
      const field = again(before.field, after.field, now.field);
      if (field === undefined) return undefined;
      if (field !== 'whole') return { field, map: field };
      // what came in is the last map, or one in this subtree, which moves as a field does
      if (before.field === 'whole' || now.field === 'whole' || after.map === before.map)
        return { field, map: now.map };
      return { field, map: movedMap(after.map, before.field, now.field) };
    },
  };
  return follow(body, { field: point, map: point }, seen).map;
};

/** The same along the shared subtrees of a net; `visit` gets the fields that reach each layer. */
export const fieldFlow = (
  visit: (layer: Layer, inputs: readonly ReceptiveField[]) => void,
): Flow<ReceptiveField> => ({
  layer: (layer, inputs) => {
    visit(layer, inputs);
    return seenThrough(layer, inputs.reduce(widest));
  },
  again: (before, after, now) => {
    if (before === 'whole' || now === 'whole') return before === now ? after : undefined;
    if (!isAlike(before.h, now.h) || !isAlike(before.w, now.w)) return undefined;
    if (after === 'whole') return after;
    return movedMap(after, before, now);
  },
});

const movedMap = (after: MapField, before: MapField, now: MapField): MapField => ({
  h: moved(after.h, before.h, now.h),
  w: moved(after.w, before.w, now.w),
});

/** Two values from which windows reach equally far and lie equally far apart. */
const isAlike = (a: AxisField, b: AxisField): boolean =>
  a.stride === b.stride &&
  a.resampled === b.resampled &&
  (a.center === undefined) === (b.center === undefined);

/** The result for `now`, from that for `before`: as much wider, and as far to the side. */
const moved = (after: AxisField, before: AxisField, now: AxisField): AxisField => ({
  ...after,
  span: after.span + now.span - before.span,
  center:
    after.center === undefined || before.center === undefined || now.center === undefined
      ? after.center
      : after.center + now.center - before.center,
});

const widest = (a: ReceptiveField, b: ReceptiveField): ReceptiveField =>
  a === 'whole' || b === 'whole' ? 'whole' : wider(a, b);

const wider = (a: MapField, b: MapField): MapField => ({
  h: a.h.span >= b.h.span ? a.h : b.h,
  w: a.w.span >= b.w.span ? a.w : b.w,
});

const seenThrough = (layer: Layer, input: ReceptiveField): ReceptiveField => {
  const field = rowOf(layer.op).field(layer.args);
  if (field === 'whole' || input === 'whole') return 'whole';
  return { h: through(input.h, field.h), w: through(input.w, field.w) };
};

const through = (input: AxisField, { span, stride, center }: Reach): AxisField => ({
  span: input.span + (span - 1) * input.stride,
  stride: (input.stride * stride.over) / stride.under,
  center:
    input.center === undefined || center === undefined
      ? undefined
      : input.center + center * input.stride,
  resampled: input.resampled || stride.under > 1,
});
