/**
 * What of a picture is seen: a window of the scaled picture, perhaps mirrored. Scaling is put off until the window is
 * known, so that only its pixels are computed.
 */
import { Bug } from '../../../diagnostic/bug.ts';
import type { Sample } from '../dataset.ts';
import { cover, place, roundEven, shortSide, type PictureSize } from '../../store/picture-place.ts';
import { scale } from '../../store/picture-scale.ts';

/** A piece of the scaled picture in its pixels. It may reach over the border, where it is black. */
type Window = PictureSize & { readonly top: number; readonly left: number };

/** A sample, as it will be seen. Pixels have three channels. */
export type View = {
  readonly sample: Sample;
  readonly scaled: PictureSize;
  readonly window: Window;
  readonly mirrored: boolean;
};

const whole = ({ h, w }: PictureSize): Window => ({ top: 0, left: 0, h, w });

/** Grey as red, green and blue that are equal: everything else has three channels. */
const coloured = (sample: Sample): Sample => {
  if (sample.tag === 'numbers' || sample.channels === 3) return sample;
  const data = new Uint8Array(sample.data.length * 3);
  for (let i = 0; i < sample.data.length; i++) data.fill(sample.data[i]!, i * 3, i * 3 + 3);
  return { ...sample, channels: 3, data };
};

/** All of a sample. */
export const viewOf = (sample: Sample): View => {
  const { h, w } = sample;
  return { sample: coloured(sample), scaled: { h, w }, window: whole(sample), mirrored: false };
};

const equal = (a: PictureSize, b: PictureSize): boolean => a.h === b.h && a.w === b.w;

/** The part of the window that has pixels, in pixels of the scaled picture. */
const filled = ({ scaled, window }: View): Window => {
  const top = Math.max(0, window.top);
  const left = Math.max(0, window.left);
  const h = Math.max(0, Math.min(scaled.h, window.top + window.h) - top);
  const w = Math.max(0, Math.min(scaled.w, window.left + window.w) - left);
  return { top, left, h, w };
};

/** Pixels that lie at a place of the scaled picture, in rows of `w`. */
type Piece<A> = {
  readonly data: A;
  readonly top: number;
  readonly left: number;
  readonly w: number;
};

/** Copies the part into `out`, which has the size of the window, mirrored or not; the rest stays 0. */
const paste = <A extends Uint8Array | Float32Array>(
  out: A,
  { data, top, left, w }: Piece<A>,
  part: Window,
  { sample: { channels }, window, mirrored }: View,
): A => {
  for (let y = part.top; y < part.top + part.h; y++) {
    const line = (y - window.top) * window.w;
    let from = ((y - top) * w + part.left - left) * channels;
    if (!mirrored) {
      const to = (line + part.left - window.left) * channels;
      out.set(data.subarray(from, from + part.w * channels), to);
      continue;
    }
    let to = (line + window.left + window.w - 1 - part.left) * channels;
    for (let x = 0; x < part.w; x++, from += channels, to -= channels)
      for (let c = 0; c < channels; c++) out[to + c] = data[from + c]!;
  }
  return out;
};

/** What is seen, as a sample of the size of the window. */
export const rendered = (view: View): Sample => {
  const { sample, scaled, window, mirrored } = view;
  const { h, w } = window;
  if (
    equal(scaled, sample) &&
    equal(window, sample) &&
    !mirrored &&
    window.top === 0 &&
    window.left === 0
  )
    return sample;
  const part = filled(view);
  const length = h * w * sample.channels;
  if (sample.tag === 'numbers') {
    if (!equal(scaled, sample)) throw new Bug('numbers are not scaled');
    const piece = { data: sample.data, top: 0, left: 0, w: sample.w };
    return { ...sample, h, w, data: paste(new Float32Array(length), piece, part, view) };
  }
  const data = equal(scaled, sample)
    ? sample.data
    : scale(sample.data, sample, { scaled, cut: part });
  const piece = equal(scaled, sample) ? { data, ...whole(sample) } : { data, ...part };
  return { ...sample, h, w, data: paste(new Uint8Array(length), piece, part, view) };
};

/** Whether no window was cut out yet. */
const isWhole = ({ scaled, window }: View): boolean =>
  equal(scaled, window) && window.top === 0 && window.left === 0;

/** A view that can be cut. */
const uncut = (view: View): View => (isWhole(view) ? view : viewOf(rendered(view)));

/** A view that can be scaled: each scaling is rounded to bytes, so there is one for a view. */
const unscaled = (view: View): View =>
  isWhole(view) && equal(view.scaled, view.sample) ? view : viewOf(rendered(view));

/** The shorter side becomes `side`, the longer ⌊side · long/short⌋. */
export const rescaled = (view: View, side: number): View => {
  const before = unscaled(view);
  const scaled = shortSide(before.sample, side);
  return { ...before, scaled, window: whole(scaled) };
};

/** How far a window of `size` may be moved, down and to the right, in a picture with `pad` black pixels around. */
export const room = ({ window }: View, size: PictureSize, pad: number): PictureSize => ({
  h: window.h + 2 * pad - size.h,
  w: window.w + 2 * pad - size.w,
});

/** The view in which a window of `size` finds room: what is too small becomes as large as it must. */
export const withRoom = (view: View, size: PictureSize, pad: number): View => {
  const { h, w } = room(view, size, pad);
  if (h >= 0 && w >= 0) return uncut(view);
  const before = uncut(view);
  const least = { h: Math.max(1, size.h - 2 * pad), w: Math.max(1, size.w - 2 * pad) };
  const scaled = cover(before.sample, least);
  return { ...before, scaled, window: whole(scaled) };
};

/**
 * Cuts a window out of a whole view, so many pixels from the upper left corner of the padding. Of a mirrored view that is
 * the corner that was there before: a place that is drawn is as likely as its mirror image.
 */
export const cut = (view: View, size: PictureSize, pad: number, at: PictureSize): View => ({
  ...view,
  window: { h: size.h, w: size.w, top: at.h - pad, left: at.w - pad },
});

/** Where a piece begins that lies in the middle of a line: as torchvision's `CenterCrop` has it. */
const middle = (line: number, piece: number): number =>
  line >= piece ? roundEven((line - piece) / 2) : -Math.floor((piece - line) / 2);

/** The place of a window in the middle, so many pixels from the upper left corner of the padding. */
export const inMiddle = ({ window }: View, size: PictureSize, pad: number): PictureSize => ({
  h: middle(window.h, size.h) + pad,
  w: middle(window.w, size.w) + pad,
});

/** The centre, as `netc run` cuts it out of a picture that is first scaled to `resize`. */
export const centred = (view: View, frame: PictureSize, resize: number | undefined): View => {
  const before = uncut(view);
  const { scaled, cut } = place(before.sample, { ...frame, c: 3 }, resize);
  return { ...before, scaled, window: cut };
};

/** Exchanges left and right. */
export const mirrored = (view: View): View => ({ ...view, mirrored: !view.mirrored });
