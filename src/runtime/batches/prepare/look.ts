/** How a picture is looked at when a net is measured: which pieces of it, at which size, and mirrored or not. */
import { joined } from '../../../numeric/joined.ts';
import type { Extent } from '../../../ops/params.ts';
import type { Augmentation } from '../../../protocol/recipe.ts';
import { near, type Sizes } from '../../../size/sizes.ts';
import { shortSide, type PictureSize } from '../../store/picture-place.ts';
import type { Input } from '../../store/preprocess.ts';
import type { Sample } from '../dataset.ts';
import { numbersOf, steady } from './prepare.ts';
import { cut, inMiddle, rendered, rescaled, viewOf, withRoom, type View } from './view.ts';

/** A way to look that one program of a net takes. It can be sent to another thread. */
export type Look = {
  readonly input: Input;
  /** that the net takes */
  readonly channels: number;
  /** whether each piece is also seen with left and right exchanged */
  readonly flip: boolean;
  readonly pieces:
    /** the middle, as pictures are validated where they are trained on with these steps */
    | {
        readonly tag: 'center';
        readonly size: Extent;
        readonly augment: readonly Augmentation[];
      }
    /** a regular grid of pieces of this size, from corner to corner */
    | ({ readonly tag: 'crops'; readonly size: Extent; readonly grid: Extent } & Scaled)
    /** the whole picture, or of a size that the net does not take the middle of the next smaller one */
    | ({ readonly tag: 'dense'; readonly takes: Taken } & Scaled);
};

/** The shorter side of the picture is brought to `side`; without it the picture is as large as it is. */
type Scaled = { readonly side: number | undefined };

/** The heights and widths that a net takes. */
export type Taken = { readonly h: Sizes; readonly w: Sizes };

/** How many pieces there are, and how large each is. */
export type Seen = { readonly pieces: number; readonly size: PictureSize };

/** What is seen of a picture of this size; with `flip` each piece is there twice. */
export const seenOf = (picture: PictureSize, { pieces, flip }: Look): Seen => {
  const sides = flip ? 2 : 1;
  switch (pieces.tag) {
    case 'center':
      return { pieces: sides, size: pieces.size };
    case 'crops':
      return { pieces: sides * pieces.grid.h * pieces.grid.w, size: pieces.size };
    case 'dense': {
      const { side, takes } = pieces;
      const scaled = side === undefined ? picture : shortSide(picture, side);
      return { pieces: sides, size: within(scaled, takes) };
    }
  }
};

/** The largest size that is taken and not larger, on each axis; else the smallest that is taken. */
const within = (size: PictureSize, takes: Taken): PictureSize => {
  const fitting = (axis: 'h' | 'w'): number => {
    const { below, above } = near(takes[axis], size[axis]);
    return below ?? above ?? size[axis];
  };
  return { h: fitting('h'), w: fitting('w') };
};

/** The numbers of all pieces, [pieces, h, w, c]: of each first as it is, then mirrored. */
export const lookedAt = (sample: Sample, look: Look): Float32Array => {
  const pieces = piecesOf(sample, look);
  if (!look.flip) return joined(pieces);
  const { w } = seenOf(sample, look).size;
  return joined(pieces.flatMap((piece) => [piece, mirrored(piece, w, look.channels)]));
};

const piecesOf = (sample: Sample, { pieces, input, channels }: Look): readonly Float32Array[] => {
  switch (pieces.tag) {
    case 'center': {
      const { size, augment } = pieces;
      return [steady(sample, { frame: { ...size, c: channels }, augment, input, axes: [] })];
    }
    case 'crops': {
      const { size, grid, side } = pieces;
      // scaled as a whole, once: the pieces overlap
      const view = withRoom(whole(scaledTo(sample, side)), size, 0);
      return places(view.window, size, grid).map((at) =>
        numbersOf(rendered(cut(view, size, 0, at)), input),
      );
    }
    case 'dense': {
      const view = scaledTo(sample, pieces.side);
      const size = within(view.window, pieces.takes);
      const wide = withRoom(view, size, 0);
      return [numbersOf(rendered(cut(wide, size, 0, inMiddle(wide, size, 0))), input)];
    }
  }
};

/** A sample whose shorter side is `side`. Numbers are never scaled. */
const scaledTo = (sample: Sample, side: number | undefined): View => {
  const view = viewOf(sample);
  return side === undefined || sample.tag === 'numbers' ? view : rescaled(view, side);
};

/** The same view, with its pixels computed. */
const whole = (view: View): View => viewOf(rendered(view));

/** Where the pieces of a grid begin, row by row: the first at the upper left corner, the last at the lower right one. */
const places = (whole: PictureSize, size: PictureSize, grid: Extent): readonly PictureSize[] => {
  const along = (line: number, piece: number, count: number): readonly number[] =>
    Array.from({ length: count }, (_, i) =>
      count === 1 ? Math.floor((line - piece) / 2) : Math.round((i * (line - piece)) / (count - 1)),
    );
  const columns = along(whole.w, size.w, grid.w);
  return along(whole.h, size.h, grid.h).flatMap((h) => columns.map((w) => ({ h, w })));
};

/** Left and right exchanged, in rows of `w` pixels. */
const mirrored = (numbers: Float32Array, w: number, channels: number): Float32Array => {
  const out = new Float32Array(numbers.length);
  const row = w * channels;
  for (let start = 0; start < numbers.length; start += row)
    for (let x = 0; x < w; x++)
      for (let c = 0; c < channels; c++)
        out[start + x * channels + c] = numbers[start + (w - 1 - x) * channels + c]!;
  return out;
};
