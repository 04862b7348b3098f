/** The types of tensors: what is known of a value before it exists. Batch is implicit, channels come last. */
import { sameForm, showChannels, type Channels } from '../size/channels.ts';
import { affine, constant, equal, isConstant, show, type Size } from '../size/sizes.ts';

export { showChannels, type Channels };

/** A height or width as a function of one input size of the net, called `variable`. */
export type Axis = { readonly variable: string; readonly size: Size };

/** After a fault a size is unknown; it agrees with everything, so that one mistake gives one message. */
export type MaybeAxis = Axis | 'unknown';

/** A map [h, w, c] without its batch. */
export type MapType = {
  readonly tag: 'map';
  readonly h: MaybeAxis;
  readonly w: MaybeAxis;
  readonly c: Channels;
};
/** A vector [c] without its batch. */
export type VectorType = { readonly tag: 'vector'; readonly c: Channels };
/** What a layer gives after a fault that has been reported. */
export type UnknownType = { readonly tag: 'unknown' };

/** [h, w, c], [c], or, after a fault, anything. */
export type TensorType = MapType | VectorType | UnknownType;

/** So many pixels, whatever the image. */
export const fixedAxis = (n: number): Axis => ({ variable: '', size: constant(n) });
/** As many pixels as the variable says. */
export const freeAxis = (variable: string): Axis => ({ variable, size: affine(1, 0) });
/** A map of height h and width w with c channels. */
export const mapType = (h: MaybeAxis, w: MaybeAxis, c: Channels): MapType => ({
  tag: 'map',
  h,
  w,
  c,
});
/** A vector of c numbers. */
export const vectorType = (c: Channels): VectorType => ({ tag: 'vector', c });
/** The only one of its kind. */
export const unknownType: UnknownType = { tag: 'unknown' };

/** A concrete map of h × w × c. */
export const image = (h: number, w: number, c: number): MapType =>
  mapType(fixedAxis(h), fixedAxis(w), c);

/** The number of pixels along an axis when it depends on no variable. */
export const extentOf = (axis: MaybeAxis): number | undefined =>
  axis === 'unknown' ? undefined : isConstant(axis.size);

/** Whether height and width are the sizes of the image themselves: `[h, w, 3]`, not `[2*h, w, 3]`. */
export const hasFreeSize = ({ h, w }: MapType): boolean =>
  [h, w].every((axis) => axis !== 'unknown' && sameAxis(axis, freeAxis(axis.variable)));

/** Whether every part of it is known; after a fault some may not be. */
export const isKnown = (t: TensorType): boolean =>
  t.tag === 'map'
    ? t.h !== 'unknown' && t.w !== 'unknown' && t.c !== 'unknown'
    : t.tag === 'vector' && t.c !== 'unknown';

/** Whether two sizes are the same for every image. An unknown one agrees with everything. */
export const sameAxis = (a: MaybeAxis, b: MaybeAxis): boolean =>
  a === 'unknown' ||
  b === 'unknown' ||
  (equal(a.size, b.size) && (a.variable === b.variable || isConstant(a.size) !== undefined));

/** Whether two numbers of channels are the same for all parameters. An unknown one agrees with everything. */
export const sameChannels = (a: Channels, b: Channels): boolean =>
  a === 'unknown' || b === 'unknown' || sameForm(a, b);

/** The channels as a number; undefined while they are unknown, or depend on a parameter. */
export const numberOf = (c: Channels): number | undefined =>
  typeof c === 'number' ? c : undefined;

/** Whether two types are the same for every image. An unknown one agrees with everything. */
export const sameType = (a: TensorType, b: TensorType): boolean => {
  if (a.tag === 'unknown' || b.tag === 'unknown') return true;
  if (a.tag === 'map' && b.tag === 'map')
    return sameAxis(a.h, b.h) && sameAxis(a.w, b.w) && sameChannels(a.c, b.c);
  return a.tag === b.tag && sameChannels(a.c, b.c);
};

/** In `.net`’s own syntax: `h/2`, `7`, `_` when unknown. */
export const showAxis = (a: MaybeAxis): string =>
  a === 'unknown' ? '_' : show(a.size, a.variable);

/** In `.net`'s own syntax: `[h/2, w/2, 64]`, `[1000]`. */
export const showType = (t: TensorType): string => {
  switch (t.tag) {
    case 'map':
      return `[${showAxis(t.h)}, ${showAxis(t.w)}, ${showChannels(t.c)}]`;
    case 'vector':
      return `[${showChannels(t.c)}]`;
    case 'unknown':
      return '_';
  }
};

/** The shape with its batch when every size is fixed: [batch, h, w, c] or [batch, c]. */
export const shapeOf = (t: TensorType, batch: number): readonly number[] | undefined => {
  const c = t.tag === 'unknown' ? undefined : numberOf(t.c);
  if (t.tag === 'unknown' || c === undefined) return undefined;
  if (t.tag === 'vector') return [batch, c];
  const h = extentOf(t.h);
  const w = extentOf(t.w);
  return h === undefined || w === undefined ? undefined : [batch, h, w, c];
};
