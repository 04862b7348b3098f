/** The part of a picture that the net sees. */

/** The size that a net takes; `undefined` is an axis of any size. */
export type Frame = {
  readonly h: number | undefined;
  readonly w: number | undefined;
  readonly c: number;
};

/** A size of a picture in pixels. */
export type PictureSize = { readonly h: number; readonly w: number };

/** The whole picture is scaled to `scaled`, of which `cut` is taken. */
export type Placement = {
  readonly scaled: PictureSize;
  readonly cut: PictureSize & { readonly top: number; readonly left: number };
};

/** Round half to even, as Python does where torchvision cuts the centre out. */
export const roundEven = (x: number): number => {
  const down = Math.floor(x);
  return x - down === 0.5 ? down + (down % 2) : Math.round(x);
};

/** The short side becomes `side` pixels, the long one rounded down: torchvision's `Resize(side)`. */
export const shortSide = ({ h, w }: PictureSize, side: number): PictureSize =>
  h <= w ? { h: side, w: Math.floor((side * w) / h) } : { h: Math.floor((side * h) / w), w: side };

/** The smallest of the same proportions that covers the frame; without a frame the picture itself. */
export const cover = (size: PictureSize, frame: Pick<Frame, 'h' | 'w'>): PictureSize => {
  const factor = Math.max((frame.h ?? 0) / size.h, (frame.w ?? 0) / size.w);
  if (factor === 0) return size;
  return {
    h: Math.max(frame.h ?? 1, Math.round(size.h * factor)),
    w: Math.max(frame.w ?? 1, Math.round(size.w * factor)),
  };
};

/**
 * Scales to `resize` if the result covers the frame, else to the smallest size that does, and cuts out the centre. All
 * sizes are at least 1.
 */
export const place = (size: PictureSize, frame: Frame, resize: number | undefined): Placement => {
  const wanted = resize === undefined ? undefined : shortSide(size, resize);
  const fits = wanted !== undefined && wanted.h >= (frame.h ?? 1) && wanted.w >= (frame.w ?? 1);
  const scaled = fits ? wanted : cover(size, frame);
  const h = frame.h ?? scaled.h;
  const w = frame.w ?? scaled.w;
  const top = roundEven((scaled.h - h) / 2);
  const left = roundEven((scaled.w - w) / 2);
  return { scaled, cut: { h, w, top, left } };
};
