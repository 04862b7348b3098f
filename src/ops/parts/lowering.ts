/** The parts that lowerings are made of. */
import { Bug } from '../../diagnostic/bug.ts';
import { flag } from './args.ts';
import {
  input,
  kernel,
  kernelOn,
  weight,
  type Lowered,
  type WindowPadding,
} from '../../kernel/kernel.ts';
import type { Args } from '../params.ts';
import { gcd } from '../../size/integers.ts';
import { extentOf, type MapType, type TensorType } from '../types.ts';
import { fitOf, isNone, padsAlong, spanOf, type Pads, type Slides } from './windows.ts';

/** The map that comes in, and its channels. Only programs without errors are lowered, so it is known. */
export const knownMap = (t: TensorType): readonly [map: MapType, channels: number] => {
  if (t.tag !== 'map' || typeof t.c !== 'number')
    throw new Bug('lowering needs a map with known channels');
  return [t, t.c];
};

/** Its height and width, if both are fixed. */
export const knownExtent = (map: MapType): readonly [h: number, w: number] | undefined => {
  const [h, w] = [extentOf(map.h), extentOf(map.w)];
  return h === undefined || w === undefined ? undefined : [h, w];
};

/** A map with `value` around it; itself where nothing is to be added. */
export const padded = (x: Lowered, h: Pads, w: Pads, value: number): Lowered =>
  isNone(h) && isNone(w)
    ? x
    : kernel(
        {
          op: 'PadV2',
          paddings: [
            [0, 0],
            [h.before, h.after],
            [w.before, w.after],
            [0, 0],
          ],
          value,
        },
        x,
      );

/** With the padding of `same`, which at a stride depends on the size. */
export const paddedAsSame = (x: Lowered, { h, w }: Slides): Lowered =>
  kernel({ op: 'PadSame', spans: [spanOf(h), spanOf(w)], strides: [h.stride, w.stride] }, x);

/** `count` channels of a map or a vector, starting at `from`. */
export const cutChannels = (
  x: Lowered,
  rank: 'map' | 'vector',
  from: number,
  count: number,
): Lowered =>
  kernel(
    rank === 'map'
      ? { op: 'Slice', begin: [0, 0, from], size: [-1, -1, count] }
      : { op: 'Slice', begin: [from], size: [count] },
    x,
  );

/** A map without what is cut off before and after along each axis. */
export const cropped = (x: Lowered, h: Pads, w: Pads): Lowered =>
  isNone(h) && isNone(w)
    ? x
    : kernel(
        {
          op: 'Slice',
          begin: [h.before, w.before, 0],
          size: [-1 - h.after, -1 - w.after, -1],
        },
        x,
      );

/** With the weight `bias` added to each channel, unless the layer has none. */
export const biased =
  (args: Args) =>
  (x: Lowered): Lowered =>
    flag(args, 'bias') ? kernel({ op: 'BiasAdd' }, x, weight('bias')) : x;

/**
 * g operations side by side: each has its equal part of the channels of x and of the last axis of the
 * kernel, which `part` is the shape of.
 */
export const inGroups = (
  g: number,
  x: Lowered,
  channels: number,
  part: readonly number[],
  apply: (x: Lowered, kernel: Lowered) => Lowered,
): Lowered => {
  const count = channels / g;
  const last = part[part.length - 1];
  const outputs = Array.from({ length: g }, (_, i) =>
    apply(cutChannels(x, 'map', i * count, count), {
      tag: 'weights',
      value: {
        tag: 'slice',
        of: { tag: 'weight', name: 'kernel' },
        begin: [...part.slice(1).map(() => 0), i * last],
        size: part,
      },
    }),
  );
  return kernelOn({ op: 'ConcatV2' }, outputs);
};

/** What a convolution kernel is told of its windows. */
export type Windowing = {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: WindowPadding;
};

/** Every so many rows and columns: a pool over single pixels. */
const subsampled = (x: Lowered, h: number, w: number): Lowered =>
  h === 1 && w === 1
    ? x
    : kernel({ op: 'MaxPool', window: [1, 1], strides: [h, w], padding: 'VALID' }, x);

/**
 * The input padded for the windows of a convolution, then `apply`. Where windows leave pixels out between
 * them (K < s), SAME is not asked for: XNNPACK, which is wasm's, then gives wrong numbers.
 *
 * No engine takes stride and dilation together. With g = gcd(s, r) a window only sees pixels at multiples
 * of g, so every g-th pixel is kept first, and s/g and r/g remain. VALID windows stay as many:
 * ⌊(⌊(H − 1)/g⌋ − (r/g)(k − 1))/(s/g)⌋ = ⌊(H − K)/s⌋. Where both still exceed 1, the convolution runs at
 * stride 1 and its result is thinned out.
 */
export const overWindows = (
  slides: Slides,
  map: MapType,
  apply: (x: Lowered, how: Windowing) => Lowered,
): Lowered => {
  const { h, w } = slides;
  const single = (h.stride === 1 && w.stride === 1) || (h.dilation === 1 && w.dilation === 1);
  const dense = spanOf(h) >= h.stride && spanOf(w) >= w.stride;
  if (single && dense && fitOf(slides, map).padding === 'SAME')
    return apply(input(0), {
      strides: [h.stride, w.stride],
      dilations: [h.dilation, w.dilation],
      padding: 'SAME',
    });
  const rows = padsAlong(h, extentOf(map.h));
  const columns = padsAlong(w, extentOf(map.w));
  const known = rows !== undefined && columns !== undefined;
  const whole = known ? padded(input(0), rows, columns, 0) : paddedAsSame(input(0), slides);
  const [a, b] = [gcd(h.stride, h.dilation), gcd(w.stride, w.dilation)];
  const strides = [h.stride / a, w.stride / b] as const;
  const dilations = [h.dilation / a, w.dilation / b] as const;
  const kept = subsampled(whole, a, b);
  const free = Math.max(...strides) === 1 || Math.max(...dilations) === 1;
  return free
    ? apply(kept, { strides, dilations, padding: 'VALID' })
    : subsampled(
        apply(kept, { strides: [1, 1], dilations, padding: 'VALID' }),
        strides[0],
        strides[1],
      );
};

/** Two numbers whose product is n, as near to each other as can be. */
export const nearlySquare = (n: number): readonly [number, number] => {
  let a = Math.floor(Math.sqrt(n));
  while (n % a !== 0) a--;
  return [a, n / a];
};
