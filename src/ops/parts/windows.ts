/**
 * Windows that slide over an image: how `pad` becomes pixels, how many windows there are, and how an
 * engine is told. k is the kernel, r the dilation, K = r(k − 1) + 1 the span, s the stride.
 */
import { valueOrNaN } from '../../size/forms.ts';
import { mod } from '../../size/integers.ts';
import * as sizes from '../../size/sizes.ts';
import { extent, number, padding, word } from './args.ts';
import type { WindowPadding } from '../../kernel/kernel.ts';
import { samePads } from '../../kernel/shape.ts';
import type { Args } from '../params.ts';
import { extentOf, type MapType, type MaybeAxis } from '../types.ts';

/** Pixels added before and after along an axis. */
export type Pads = { readonly before: number; readonly after: number };

/** A window that slides along one axis. */
export type Slide = {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number; // 1 where the kernel is 1, which nothing can dilate
  readonly pads: Pads | 'same';
  readonly round: 'floor' | 'ceil';
};

/** The windows along both axes. */
export type Slides = { readonly h: Slide; readonly w: Slide };

/** Pixels from the first that a window reads to the last, both included. */
export const spanOf = (slide: Slide): number => slide.dilation * (slide.kernel - 1) + 1;

/** The windows of a row with `size`, `stride`, `pad` and, where it has them, `dilation` and `round`. */
export const slidesOf = (args: Args): Slides => {
  const size = extent(args, 'size');
  const stride = extent(args, 'stride');
  const pad = padding(args, 'pad');
  const rate = args['dilation'] === undefined ? 1 : number(args, 'dilation');
  const round = args['round'] !== undefined && word(args, 'round') === 'ceil' ? 'ceil' : 'floor';
  const slide = (kernel: number, step: number, numbers: Pads | undefined): Slide => {
    const dilation = kernel === 1 ? 1 : rate;
    const half = Math.floor((dilation * (kernel - 1) + 1) / 2);
    const pads =
      numbers ??
      (pad === 'same'
        ? 'same'
        : pad === 'half'
          ? { before: half, after: half }
          : { before: 0, after: 0 });
    return { kernel, stride: step, dilation, pads, round };
  };
  return typeof pad === 'string'
    ? { h: slide(size.h, stride.h, undefined), w: slide(size.w, stride.w, undefined) }
    : {
        h: slide(size.h, stride.h, { before: pad.top, after: pad.bottom }),
        w: slide(size.w, stride.w, { before: pad.left, after: pad.right }),
      };
};

/** What the windows do to the size of an axis. */
export const stepOf = ({ kernel, stride, dilation, pads, round }: Slide): sizes.Step => {
  if (pads === 'same') return sizes.same(stride);
  const { before, after } = pads;
  return sizes.window({ kernel, stride, dilation, before, after, round });
};

/**
 * The number of windows along `length` pixels, literally as TensorFlow and PyTorch state it. (The checker
 * uses `stepOf`, which is one floor; the tests hold the two together.)
 */
export const windowsAlong = (slide: Slide, length: number): number => {
  const { stride, pads } = slide;
  if (pads === 'same') return Math.ceil(length / stride);
  const room = length + pads.before + pads.after - spanOf(slide);
  if (slide.round === 'floor') return Math.floor(room / stride) + 1;
  const count = Math.ceil(room / stride) + 1;
  return (count - 1) * stride >= length + pads.before ? count - 1 : count;
};

/**
 * The pads that make VALID windows of `length` pixels those of `slide`. Ceil windows may need more after
 * than is asked for.
 */
export const padsFor = (slide: Slide, length: number): Pads => {
  if (slide.pads === 'same') return samePads(spanOf(slide), slide.stride, length);
  const reach = (windowsAlong(slide, length) - 1) * slide.stride + spanOf(slide);
  const { before, after } = slide.pads;
  return slide.round === 'floor'
    ? slide.pads
    : { before, after: Math.max(after, reach - length - before) };
};

/**
 * The same for every length at once, where there is such a thing: `same` has none at stride > 1.
 *
 * Ceil: A = K − 1 + min(0, s − K + p₂) after. VALID then makes ⌊(h + p₁ + A − K)/s⌋ + 1 windows, which is
 * ⌊(h + p₁ + s − 1 + min(0, s − K + p₂))/s⌋, the corrected ceil count: no window begins in the
 * padding after the map. A ≥ p₂ as p₂ < K on pools: what was asked for is always there.
 */
export const padsForAll = (slide: Slide): Pads | undefined => {
  const span = spanOf(slide);
  if (slide.pads === 'same') {
    const total = Math.max(0, span - 1);
    const fits = slide.stride === 1 || total === 0;
    return fits ? { before: Math.floor(total / 2), after: Math.ceil(total / 2) } : undefined;
  }
  const { before, after } = slide.pads;
  return slide.round === 'floor'
    ? slide.pads
    : { before, after: span - 1 + Math.min(0, slide.stride - span + after) };
};

/** The pads along an axis; where they depend on the size of the image, those for a size that every stride divides. */
export const typicalPads = (slide: Slide, axis: MaybeAxis): Pads => {
  const pads = padsAlong(slide, extentOf(axis));
  if (pads !== undefined) return pads;
  // SAME asks for the remainder alone, and for a map that is no smaller than a window
  const remainder = axis === 'unknown' ? 0 : mod(valueOrNaN(axis.size, 0), slide.stride);
  return padsFor(slide, remainder + slide.stride * spanOf(slide));
};

/** How an engine gets its windows: SAME, or VALID after pads. Engines agree on nothing else. */
export type Fit = { readonly padding: WindowPadding; readonly h: Pads; readonly w: Pads };

const none: Pads = { before: 0, after: 0 };
/** Whether no pixel is added at either end. */
export const isNone = (p: Pads): boolean => p.before === 0 && p.after === 0;

/** The pads along an axis of a map; undefined when they depend on a size that is free. */
export const padsAlong = (slide: Slide, length: number | undefined): Pads | undefined =>
  length === undefined ? padsForAll(slide) : padsFor(slide, length);

/** Whether TensorFlow's SAME pads this axis exactly so, for every image that may come. */
const isSame = (slide: Slide, length: number | undefined, pads: Pads): boolean => {
  const asSame = padsAlong({ ...slide, pads: 'same' }, length);
  return asSame?.before === pads.before && asSame.after === pads.after;
};

/** Always possible: where the pads depend on a free size they are SAME's. */
export const fitOf = ({ h, w }: Slides, map: MapType): Fit => {
  const [height, width] = [extentOf(map.h), extentOf(map.w)];
  const [rows, columns] = [padsAlong(h, height), padsAlong(w, width)];
  if (rows === undefined || columns === undefined) return { padding: 'SAME', h: none, w: none };
  if (isNone(rows) && isNone(columns)) return { padding: 'VALID', h: none, w: none };
  return isSame(h, height, rows) && isSame(w, width, columns)
    ? { padding: 'SAME', h: none, w: none }
    : { padding: 'VALID', h: rows, w: columns };
};
