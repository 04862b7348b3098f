/**
 * Pixels as a picture has them, of which a model makes the numbers that its net takes: bytes of red, green and blue, in
 * the int32 that `tf.browser.fromPixels` gives.
 */
import type { Shape } from '../../kernel/shape.ts';
import { flag, float, type, type Attributes } from './attributes.ts';

/**
 * A byte p of channel i becomes (p · scale − mean[i]) / std[i], where an empty list stands for 0 and 1; `grey` is
 * 0.299 R + 0.587 G + 0.114 B, rounded.
 */
export type Pixels = {
  readonly order: 'rgb' | 'bgr' | 'grey';
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
};

/** Red, green and blue, whatever the net takes. */
export const pixelChannels = 3;

/** What the nodes are written with. */
export type PixelWriter = {
  /** adds a node and gives its name, which begins with this one */
  readonly add: (name: string, op: string, input: readonly string[], attr: Attributes) => string;
  /** the names of Consts, of integers and of floats */
  readonly whole: (shape: Shape, numbers: readonly number[]) => string;
  readonly reals: (shape: Shape, numbers: readonly number[]) => string;
};

/** The last axis of [batch, h, w, c]. */
const channelAxis = [3];

/** Adds the nodes behind the pixels, and gives the name of what the net reads. */
export const preparePixels = (to: PixelWriter, pixels: string, how: Pixels): string => {
  const node = (op: string, input: readonly string[], attr: Attributes = { T: float }): string =>
    to.add(`pixels/${op}`, op, input, attr);
  const list = (numbers: readonly number[]): string => to.reals([numbers.length], numbers);
  const bytes = node('Cast', [pixels], { SrcT: type('DT_INT32'), DstT: float });

  /** Pillow's grey, in integers of 24 bits at most, which float32 has exactly */
  const grey = (): string => {
    const parts = node('Mul', [bytes, list([19595, 38470, 7471])]);
    const sum = node('Sum', [parts, to.whole([1], channelAxis)], {
      T: float,
      keep_dims: flag(true),
    });
    const rounded = node('AddV2', [sum, list([2 ** 15])]);
    return node('Floor', [node('Mul', [rounded, list([2 ** -16])])]);
  };
  const ordered = {
    rgb: () => bytes,
    bgr: () => node('ReverseV2', [bytes, to.whole([1], channelAxis)]),
    grey,
  }[how.order]();

  const channels = how.order === 'grey' ? 1 : pixelChannels;
  const each = (of: (mean: number, std: number) => number): readonly number[] =>
    Array.from({ length: channels }, (_, i) => of(how.mean[i] ?? 0, how.std[i] ?? 1));
  const slopes = each((_, std) => how.scale / std);
  const shifts = each((mean, std) => (mean === 0 ? 0 : -mean / std));
  const scaled = slopes.every((n) => n === 1) ? ordered : node('Mul', [ordered, list(slopes)]);
  return shifts.every((n) => n === 0) ? scaled : node('AddV2', [scaled, list(shifts)]);
};
