/** float32 as the bytes of the number formats that weight files have. */
import { toBytes } from '../data/numbers.ts';
import type { Dtype } from '../store/safetensors.ts';

const scratch = new DataView(new ArrayBuffer(4));
const bitsOf = (x: number): number => {
  scratch.setFloat32(0, x);
  return scratch.getUint32(0);
};

/** Drops the lower `n` bits of a word, to nearest, ties to even. */
const rounded = (word: number, n: number): number => {
  const kept = Math.floor(word / 2 ** n);
  const rest = word - kept * 2 ** n;
  const half = 2 ** (n - 1);
  return rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept;
};

/** IEEE 754 half precision; what rounds to 2¹⁶ or more is infinite, which the carry gives by itself. */
export const toHalf = (x: number): number => {
  const bits = bitsOf(x);
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00; // not a number
  if (size >= 0x47800000) return sign | 0x7c00;
  if (size >= 0x38800000) return sign | rounded(size - 0x38000000, 13);
  // subnormal: a multiple of 2⁻²⁴, and the largest carries over into the normal ones
  const multiple = Math.abs(x) * 2 ** 24;
  const floor = Math.floor(multiple);
  const rest = multiple - floor;
  return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
};

/** bfloat16 is the upper half of a float32. */
export const toBfloat = (x: number): number => {
  const bits = bitsOf(x);
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return rounded(bits, 16) & 0xffff;
};

const words = (numbers: Float32Array, encode: (x: number) => number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(2 * numbers.length));
  numbers.forEach((x, i) => view.setUint16(2 * i, encode(x), true));
  return new Uint8Array(view.buffer);
};

/** The bytes of numbers in a format, or undefined when weights are never of it. */
export const encode = (numbers: Float32Array, dtype: Dtype): Uint8Array | undefined => {
  switch (dtype) {
    case 'F32':
      return toBytes(numbers);
    case 'F16':
      return words(numbers, toHalf);
    case 'BF16':
      return words(numbers, toBfloat);
    case 'F64': {
      const view = new DataView(new ArrayBuffer(8 * numbers.length));
      numbers.forEach((x, i) => view.setFloat64(8 * i, x, true));
      return new Uint8Array(view.buffer);
    }
    default:
      return undefined;
  }
};
