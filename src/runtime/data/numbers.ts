/** The number formats of data files, and how each becomes float32. One row a format. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { FileFault, RandomAccess } from './bytes.ts';

type Format = {
  readonly bytes: number;
  readonly get: (view: DataView, at: number, little: boolean) => number;
};

const scratch = new DataView(new ArrayBuffer(4));
const fromBits = (bits: number): number => {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
};

/**
 * IEEE 754 half precision. Its bits, moved to their places in float32, stand for a number that is 2¹¹² times too small,
 * also for subnormal ones; infinities and NaN only need the exponent filled.
 */
export const fromHalf = (bits: number): number => {
  const moved = (bits & 0x7fff) << 13;
  const size =
    (bits & 0x7c00) === 0x7c00 ? fromBits(moved | 0x7f800000) : fromBits(moved) * 2 ** 112;
  return (bits & 0x8000) === 0 ? size : -size;
};

/** bfloat16 is the upper half of a float32. */
export const fromBfloat = (bits: number): number => fromBits((bits << 16) >>> 0);

/**
 * The names are NumPy's, with `bf` for bfloat16. Numbers that float32 cannot hold are rounded to nearest, beyond its
 * range to infinity.
 */
export const formats = {
  f4: { bytes: 4, get: (v, at, little) => v.getFloat32(at, little) },
  f8: { bytes: 8, get: (v, at, little) => v.getFloat64(at, little) },
  f2: { bytes: 2, get: (v, at, little) => fromHalf(v.getUint16(at, little)) },
  bf: { bytes: 2, get: (v, at, little) => fromBfloat(v.getUint16(at, little)) },
  u1: { bytes: 1, get: (v, at) => v.getUint8(at) },
  i1: { bytes: 1, get: (v, at) => v.getInt8(at) },
  u2: { bytes: 2, get: (v, at, little) => v.getUint16(at, little) },
  i2: { bytes: 2, get: (v, at, little) => v.getInt16(at, little) },
  u4: { bytes: 4, get: (v, at, little) => v.getUint32(at, little) },
  i4: { bytes: 4, get: (v, at, little) => v.getInt32(at, little) },
  u8: { bytes: 8, get: (v, at, little) => Number(v.getBigUint64(at, little)) },
  i8: { bytes: 8, get: (v, at, little) => Number(v.getBigInt64(at, little)) },
  b1: { bytes: 1, get: (v, at) => (v.getUint8(at) === 0 ? 0 : 1) },
} as const satisfies { readonly [name: string]: Format };

/** The formats of numbers that netc reads. */
export type FormatName = keyof typeof formats;

/** Whether the processor keeps the lower byte of a number first, as nearly all do. */
const littleHere = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Bytes that are converted at a time, a multiple of every format's: little memory beside the result. */
const part = 2 ** 20;

/** The bytes of an array, not a copy. */
const bytesOf = (numbers: Float32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** `count` numbers of a file from `position` on, as float32. */
export const readNumbers = (
  file: RandomAccess,
  position: number,
  count: number,
  name: FormatName,
  little = true,
): Either<FileFault, Float32Array> => {
  const { bytes, get }: Format = formats[name];
  // the caller has compared count with the size of the file, so this is no larger than four times that
  const out = new Float32Array(count);
  if (name === 'f4' && little === littleHere) {
    const read = file.readAt(bytesOf(out), position);
    return E.isLeft(read) ? read : E.right(out);
  }
  const buffer = new Uint8Array(Math.min(part, count * bytes));
  const view = new DataView(buffer.buffer);
  const each = part / bytes;
  for (let done = 0; done < count; done += each) {
    const now = Math.min(each, count - done);
    const read = file.readAt(buffer.subarray(0, now * bytes), position + done * bytes);
    if (E.isLeft(read)) return read;
    for (let i = 0; i < now; i++) out[done + i] = get(view, i * bytes, little);
  }
  return E.right(out);
};

/** float32 as files have it, lower byte first. */
export const toBytes = (numbers: Float32Array): Uint8Array => {
  if (littleHere) return bytesOf(numbers);
  const swapped = new DataView(new ArrayBuffer(numbers.byteLength));
  numbers.forEach((x, i) => swapped.setFloat32(4 * i, x, true));
  return new Uint8Array(swapped.buffer);
};
