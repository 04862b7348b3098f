/**
 * Pictures as nets take them: decoded, scaled, cut in their centre, and made numbers as `Input` says.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import { unreadable, type RandomAccess } from '../data/bytes.ts';
import {
  decode,
  headerOf,
  mostBytes,
  mostPixels,
  whyNoPicture,
  type LoadSharp,
  type PictureFault,
} from './picture-decode.ts';
import { place, type Frame, type PictureSize, type Placement } from './picture-place.ts';
import { scale } from './picture-scale.ts';
import { channelsOf, type Input } from './preprocess.ts';

/** A batch of one: [1, h, w, c]. */
export type Picture = {
  readonly shape: readonly [1, number, number, number];
  readonly data: Float32Array;
};

/** The limit for the scaled picture; scaling plans each row and each column. */
const longestSide = 2 ** 16;

const tooLarge = (path: string, what: string): Diagnostic =>
  error('E0507', startOf(path), `the picture \`${path}\` is too large: ${what}`, {
    notes: ['a picture may have 2^26 pixels, such as 8192x8192'],
  });

const faulty = (path: string, { tag, reason, notes }: PictureFault): Diagnostic =>
  tag === 'too large'
    ? tooLarge(path, reason)
    : error('E0506', startOf(path), `the picture \`${path}\` cannot be read: ${reason}`, { notes });

/** Pictures need sharp (E0702). */
export const noSharp = (path: string): Diagnostic =>
  error('E0702', startOf(path), 'pictures are read with sharp, which cannot be loaded here', {
    notes: ['install it with `npm install sharp@0.35.5`', 'an `.npy` array needs no sharp'],
  });

/** The bytes of a JPEG or a PNG of reasonable size. */
export type Encoded = { readonly path: string; readonly bytes: Uint8Array };

/** All bytes of a file, if it begins like a picture (E0001, E0506, E0507). */
export const encodedIn = (file: RandomAccess): Either<Diagnostic, Encoded> => {
  const { path, size } = file;
  if (size > mostBytes)
    return E.left(tooLarge(path, `its file has ${Math.round(size / 2 ** 20)} MiB`));
  const bytes = new Uint8Array(size);
  const read = file.readAt(bytes, 0);
  if (E.isLeft(read)) return E.left(unreadable(path, read.left));
  const fault = whyNoPicture(bytes);
  return fault === undefined ? E.right({ path, bytes }) : E.left(faulty(path, fault));
};

/** The byte that a pixel of red, green and blue has in grey, as Pillow makes it. */
const greyOf = (r: number, g: number, b: number): number =>
  (19595 * r + 38470 * g + 7471 * b + 2 ** 15) >> 16;

/** What each byte of a channel becomes. */
const numberOfByte = (scale: number, mean: number, std: number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, byte) => (byte * scale - mean) / std);

/** Bytes of red, green and blue as the numbers of `Input`. */
export const toNumbers = (rgb: Uint8Array, { order, scale, mean, std }: Input): Float32Array => {
  const channels = channelsOf(order);
  const out = new Float32Array((rgb.length / 3) * channels);
  for (let c = 0; c < channels; c++) {
    const table = numberOfByte(scale, mean[c] ?? 0, std[c] ?? 1);
    if (order === 'grey')
      for (let i = 0, at = 0; at < rgb.length; i++, at += 3)
        out[i] = table[greyOf(rgb[at]!, rgb[at + 1]!, rgb[at + 2]!)]!;
    else
      for (let to = c, at = order === 'bgr' ? 2 - c : c; at < rgb.length; to += 3, at += 3)
        out[to] = table[rgb[at]!]!;
  }
  return out;
};

/** E0508 if pictures prepared so have other channels than the net takes. */
export const channelFault = (
  path: string,
  frame: Frame,
  { order }: Input,
): Diagnostic | undefined => {
  const channels = channelsOf(order);
  return channels === frame.c
    ? undefined
    : error(
        'E0508',
        startOf(path),
        `a picture as \`${order}\` has ${channels === 1 ? '1 channel' : `${channels} channels`}, the net takes ${frame.c}`,
      );
};

/** Where what is seen of a picture lies. An axis without size in the frame is as long as `crop` says, or as the picture. */
const placementOf = (
  path: string,
  size: PictureSize,
  frame: Frame,
  { resize, crop }: Input,
): Either<Diagnostic, Placement> => {
  // an axis that takes any size gets the centre that the weights are used with
  const seen = { ...frame, h: frame.h ?? crop, w: frame.w ?? crop };
  const placement = place(size, seen, resize);
  const { cut } = placement;
  return cut.h * cut.w > mostPixels || Math.max(cut.h, cut.w) > longestSide
    ? E.left(tooLarge(path, `${size.w}x${size.h} would be scaled to ${cut.w}x${cut.h} pixels`))
    : E.right(placement);
};

const prepared = (
  rgb: Uint8Array,
  size: PictureSize,
  placement: Placement,
  input: Input,
): Picture => ({
  shape: [1, placement.cut.h, placement.cut.w, channelsOf(input.order)],
  data: toNumbers(scale(rgb, size, placement), input),
});

/** Bytes of red, green and blue of this size as a net takes them that takes `frame`, whose channels they have (E0507). */
export const pictureOf = (
  path: string,
  rgb: Uint8Array,
  size: PictureSize,
  frame: Frame,
  input: Input,
): Either<Diagnostic, Picture> =>
  E.map((placement: Placement) => prepared(rgb, size, placement, input))(
    placementOf(path, size, frame, input),
  );

/**
 * Decodes a picture for a net that takes `frame`, whose channels it has (E0506, E0507, E0702). The caller checks whether
 * the net admits the size that it has.
 */
export const decodePicture = async (
  encoded: Encoded,
  frame: Frame,
  input: Input,
  load: LoadSharp,
): Promise<Either<Diagnostic, Picture>> => {
  const { path } = encoded;
  const sharp = await load().catch(() => undefined);
  if (sharp === undefined) return E.left(noSharp(path));
  const size = await headerOf(sharp, encoded.bytes);
  if (E.isLeft(size)) return E.left(faulty(path, size.left));
  const placement = placementOf(path, size.right, frame, input);
  if (E.isLeft(placement)) return placement;
  const rgb = await decode(sharp, encoded.bytes, size.right);
  if (E.isLeft(rgb)) return E.left(faulty(path, rgb.left));
  return E.right(prepared(rgb.right, size.right, placement.right, input));
};
