/** A memory for products of netc's own, all of which is NaN beside what is put there. */
import { expect } from 'vitest';
import { below, words } from '../../../src/numeric/random.ts';
import { elements, tensor, type Tensor } from '../../../src/numeric/tensor.ts';
import { workBytes } from '../../../src/runtime/engines/simd/machine.ts';
import { productsOn } from '../../../src/runtime/engines/simd/products.ts';
import { Memory } from '../../../src/runtime/engines/simd/web-assembly.ts';

export const numbers = (shape: readonly number[], purpose: string): Tensor => {
  const draw = words({ seed: 5, purpose, epoch: 0, index: 0 });
  return tensor(
    shape,
    Array.from({ length: elements(shape) }, () => Math.fround(below(draw, 2 ** 20) / 2 ** 19 - 1)),
  );
};

const begin = 1024;
const page = 2 ** 16;

/** A memory with products on it, and arrays behind one another, each with NaN around it. */
export const bench = () => {
  const memory = new Memory({ initial: Math.ceil((begin + workBytes) / page) });
  new Float32Array(memory.buffer).fill(NaN);
  const products = productsOn(memory, begin);
  let end = begin + workBytes;
  const fence = 64;
  const grow = (pages: number): void => {
    const before = memory.buffer.byteLength;
    memory.grow(pages);
    new Float32Array(memory.buffer, before).fill(NaN);
  };
  const place = (length: number): (() => Float32Array) => {
    const address = end + 4 * fence;
    end = address + 4 * length;
    const missing = Math.ceil((end + 4 * fence - memory.buffer.byteLength) / page);
    if (missing > 0) grow(missing);
    return () => new Float32Array(memory.buffer, address, length);
  };
  const put = ({ data }: Tensor): (() => Float32Array) => {
    const array = place(data.length);
    array().set(data);
    return array;
  };
  /** as far back as an array can lie: behind it there is no memory, so it fails to read on; nothing is put after it */
  const putLast = ({ data }: Tensor): (() => Float32Array) => {
    grow(Math.ceil((4 * data.length) / page));
    const address = memory.buffer.byteLength - 4 * data.length;
    const array = () => new Float32Array(memory.buffer, address, data.length);
    array().set(data);
    return array;
  };
  /** what is written to an array of this shape, and to nothing beside it */
  const made = (shape: readonly number[], write: (out: Float32Array) => void): Float32Array => {
    const out = place(elements(shape));
    write(out());
    const { byteOffset } = out();
    for (const at of [byteOffset - 4 * fence, byteOffset + 4 * elements(shape)])
      expect(new Float32Array(memory.buffer, at, fence).every(Number.isNaN)).toBe(true);
    const result = out().slice();
    out().fill(NaN);
    return result;
  };
  return { products, grow, put, putLast, made };
};
