/**
 * Pictures as nets take them. A JPEG or PNG is decoded by sharp, turned as its EXIF says, laid over white
 * where it is transparent, brought to 8-bit RGB as Pillow does, whatever its colour profile; then scaled, cut in its
 * centre, and made numbers as `Input` says.
 */
import type sharpModule from 'sharp';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { sameShape } from '../../numeric/tensor.ts';
import { startOf } from '../../syntax/source.ts';
import { isLfsPointer, lfsPointer } from '../data/lfs-pointer.ts';
import { unreadable, type RandomAccess } from '../data/bytes.ts';
import { showShape } from '../data/shape.ts';
import { inksToRgb } from './picture-colours.ts';
import { place, type PictureSize, type Frame } from './picture-place.ts';
import { scale } from './picture-scale.ts';
import { channelsOf, type Input } from './preprocess.ts';

type Sharp = typeof sharpModule;

/** A batch of one: [1, h, w, c]. */
export type Picture = {
  readonly shape: readonly [1, number, number, number];
  readonly data: Float32Array;
};

/** The limit of SAFETY, for the decoded picture and for the scaled one. */
const mostPixels = 2 ** 26;

/** The limit for the scaled picture; scaling plans each row and each column. */
const longestSide = 2 ** 16;

/** More than 2²⁶ pixels of three bytes take without compression. */
const mostBytes = 2 ** 28;

/** How sharp is found. */
export type LoadSharp = () => Promise<Sharp>;

const cannotRead = (path: string, reason: string, ...notes: readonly string[]): Diagnostic =>
  error('E0506', startOf(path), `the picture \`${path}\` cannot be read: ${reason}`, { notes });

const tooLarge = (path: string, what: string): Diagnostic =>
  error('E0507', startOf(path), `the picture \`${path}\` is too large: ${what}`, {
    notes: ['a picture may have 2^26 pixels, such as 8192x8192'],
  });

const noSharp = (path: string): Diagnostic =>
  error('E0702', startOf(path), 'pictures are read with sharp, which cannot be loaded here', {
    notes: ['install it with `npm install sharp@0.35.5`', 'an `.npy` array needs no sharp'],
  });

/** Only these two formats reach a decoder, whatever else sharp can do. */
const isPicture = (bytes: Uint8Array): boolean => {
  const starts = (...magic: readonly number[]): boolean => magic.every((b, i) => bytes[i] === b);
  return starts(0xff, 0xd8, 0xff) || starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
};

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
  if (isLfsPointer(bytes)) return E.left(cannotRead(path, lfsPointer.what, lfsPointer.note));
  return isPicture(bytes)
    ? E.right({ path, bytes })
    : E.left(cannotRead(path, 'it is neither a JPEG nor a PNG'));
};

/** The first line of a decoder's error. */
const complaint = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0] ?? '';

/** Height and width of the turned picture; `inks` is one of cyan, magenta, yellow and black. */
type Header = PictureSize & { readonly inks: boolean };

/** From the header alone. */
const measure = async (
  sharp: Sharp,
  { path, bytes }: Encoded,
): Promise<Either<Diagnostic, Header>> => {
  try {
    const { autoOrient, space } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return E.right({ h: autoOrient.height, w: autoOrient.width, inks: space === 'cmyk' });
  } catch (thrown) {
    return E.left(cannotRead(path, complaint(thrown)));
  }
};

/** Red, green and blue bytes of the whole picture. */
const decode = async (
  sharp: Sharp,
  { path, bytes }: Encoded,
  { h, w, inks }: Header,
): Promise<Either<Diagnostic, Uint8Array>> => {
  try {
    const limits = { limitInputPixels: mostPixels, failOn: 'error' } as const;
    const picture = sharp(bytes, { ...limits, ignoreIcc: true }).autoOrient();
    // libvips has a profile of its own for inks
    const coloured = inks
      ? picture.pipelineColourspace('cmyk').toColourspace('cmyk')
      : picture.flatten({ background: '#ffffff' }).toColourspace('srgb');
    const { data, info } = await coloured
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const [found, wanted] = [
      [info.height, info.width, info.channels],
      [h, w, inks ? 4 : 3],
    ];
    return sameShape(found, wanted)
      ? E.right(inks ? inksToRgb(data) : data)
      : E.left(cannotRead(path, `it decodes to ${showShape(found)}, not ${showShape(wanted)}`));
  } catch (thrown) {
    return E.left(cannotRead(path, complaint(thrown)));
  }
};

/** Bytes of red, green and blue as the numbers of `Input`. */
export const toNumbers = (rgb: Uint8Array, { order, scale, mean, std }: Input): Float32Array => {
  const channels = channelsOf(order);
  const out = new Float32Array((rgb.length / 3) * channels);
  for (let c = 0; c < channels; c++) {
    const shift = mean[c] ?? 0;
    const deviation = std[c] ?? 1;
    const from = order === 'bgr' ? 2 - c : c;
    for (let i = 0, at = 0; at < rgb.length; i++, at += 3) {
      const value =
        order === 'grey'
          ? (19595 * rgb[at]! + 38470 * rgb[at + 1]! + 7471 * rgb[at + 2]! + 2 ** 15) >> 16
          : rgb[at + from]!;
      out[i * channels + c] = (value * scale - shift) / deviation;
    }
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

/**
 * Decodes a picture for a net that takes `frame`, whose channels it has (E0506, E0507, E0702). An axis without size
 * in the frame is as long as `crop` says, or as the picture makes it; the caller checks whether the net admits that.
 */
export const decodePicture = async (
  encoded: Encoded,
  frame: Frame,
  input: Input,
  load: LoadSharp,
): Promise<Either<Diagnostic, Picture>> => {
  const { path } = encoded;
  let sharp: Sharp;
  try {
    sharp = await load();
  } catch {
    return E.left(noSharp(path));
  }
  const size = await measure(sharp, encoded);
  if (E.isLeft(size)) return size;
  const { h, w } = size.right;
  if (h * w > mostPixels) return E.left(tooLarge(path, `it has ${w}x${h} pixels`));
  // an axis that takes any size gets the centre that the weights are used with
  const { resize, crop } = input;
  const seen = { ...frame, h: frame.h ?? crop, w: frame.w ?? crop };
  const placement = place(size.right, seen, resize);
  const { cut } = placement;
  if (cut.h * cut.w > mostPixels || Math.max(cut.h, cut.w) > longestSide)
    return E.left(tooLarge(path, `${w}x${h} would be scaled to ${cut.w}x${cut.h} pixels`));
  const rgb = await decode(sharp, encoded, size.right);
  if (E.isLeft(rgb)) return rgb;
  const data = toNumbers(scale(rgb.right, size.right, placement), input);
  return E.right({ shape: [1, cut.h, cut.w, channelsOf(input.order)], data });
};
