/**
 * JPEG and PNG as bytes of red, green and blue. sharp decodes them; they are turned as their EXIF says, laid over white
 * where they are transparent, and brought to 8 bits as Pillow does, whatever their colour profile.
 */
import type sharpModule from 'sharp';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { sameShape } from '../../numeric/tensor.ts';
import { isLfsPointer, lfsPointer } from '../data/lfs-pointer.ts';
import { showShape } from '../data/shape.ts';
import { inksToRgb } from './picture-colours.ts';
import { claimedIn, damageIn, otherKind } from './picture-faults.ts';
import type { PictureSize } from './picture-place.ts';

/** The module itself. */
export type Sharp = typeof sharpModule;

/** How sharp is found; a test hands in its own. It throws where sharp is not installed. */
export type LoadSharp = () => Promise<Sharp>;

/** The limit of SAFETY, for the decoded picture and for the scaled one. */
export const mostPixels = 2 ** 26;

/** More than 2²⁶ pixels of three bytes take without compression: the limit for files. */
export const mostBytes = 2 ** 28;

/** Why bytes give no picture; `reason` is a clause such as "it is neither a JPEG nor a PNG". */
export type PictureFault = {
  readonly tag: 'unreadable' | 'too large';
  readonly reason: string;
  readonly notes: readonly string[];
};

const unreadable = (reason: string, ...notes: readonly string[]): PictureFault => ({
  tag: 'unreadable',
  reason,
  notes,
});

/** Height and width of the turned picture; `inks` is one of cyan, magenta, yellow and black. */
export type Header = PictureSize & { readonly inks: boolean };

/** Only these two formats reach a decoder, whatever else sharp can do. */
const isPicture = (bytes: Uint8Array): boolean => {
  const starts = (...magic: readonly number[]): boolean => magic.every((b, i) => bytes[i] === b);
  return starts(0xff, 0xd8, 0xff) || starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
};

/** Why these bytes must not reach a decoder, if so. */
export const whyNoPicture = (bytes: Uint8Array): PictureFault | undefined => {
  if (isLfsPointer(bytes)) return unreadable(lfsPointer.what, lfsPointer.note);
  return isPicture(bytes) ? undefined : unreadable(otherKind(bytes));
};

const tooLarge = (w: number, h: number): PictureFault => ({
  tag: 'too large',
  reason: `it has ${w}x${h} pixels`,
  notes: [],
});

/** What is wrong with a picture that a decoder has refused. */
const complaint = (bytes: Uint8Array): PictureFault => {
  const { w, h } = claimedIn(bytes) ?? { w: 0, h: 0 };
  return w * h > mostPixels ? tooLarge(w, h) : unreadable(damageIn(bytes));
};

/** The size, from the header alone; larger pictures than the limit are a fault. */
export const headerOf = async (
  sharp: Sharp,
  bytes: Uint8Array,
): Promise<Either<PictureFault, Header>> => {
  try {
    const { autoOrient, space } = await sharp(bytes, { limitInputPixels: false }).metadata();
    const { height: h, width: w } = autoOrient;
    return h * w > mostPixels ? E.left(tooLarge(w, h)) : E.right({ h, w, inks: space === 'cmyk' });
  } catch {
    return E.left(complaint(bytes));
  }
};

/** Red, green and blue bytes of the whole picture. */
export const decode = async (
  sharp: Sharp,
  bytes: Uint8Array,
  { h, w, inks }: Header,
): Promise<Either<PictureFault, Uint8Array>> => {
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
      : E.left(unreadable(`it decodes to ${showShape(found)}, not ${showShape(wanted)}`));
  } catch {
    return E.left(complaint(bytes));
  }
};
