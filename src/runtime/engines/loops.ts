/**
 * Kernels as loops, where numbers lie in the memory of this process: one pass instead of many kernels. (Reverse of wasm
 * goes number by number, its Slice copies all of the tensor first, and its MaxPoolGrad is wrong.)
 */
import type { KernelOf } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import { elements } from '../../numeric/tensor.ts';
import type { Loop } from './call.ts';
import type { Products } from './simd/products.ts';
import { windowsDownAndAcross, type Along } from './windows.ts';

/** The first place of window `index` that lies on the map, and the one behind the last. */
const onMap = (axis: Along, index: number): readonly [begin: number, end: number] => {
  const first = index * axis.stride - axis.before;
  return [Math.max(0, first), Math.min(axis.length, first + axis.window)];
};

/** Gives the gradient of each window to its largest number, of several to the first in row-major order. */
export const maxPoolGradLoop = (
  kernel: KernelOf<'MaxPoolGrad'>,
  x: Shape,
  dy: Shape,
  products?: Products,
): Loop => {
  const [down, across] = windowsDownAndAcross(kernel, kernel.window, x, dy);
  const [images, height, width, channels] = [x[0]!, x[1]!, x[2]!, x[3]!];
  return (out, from, gradients) => {
    out.fill(0);
    const give = products?.giveLargest(out, from, gradients);
    const pixels = new Int32Array(down.window * across.window); // of one window
    let window = 0;
    for (let image = 0; image < images; image++)
      for (let i = 0; i < down.count; i++) {
        const [top, bottom] = onMap(down, i);
        for (let j = 0; j < across.count; j++) {
          const [left, right] = onMap(across, j);
          let count = 0;
          for (let row = top; row < bottom; row++)
            for (let column = left; column < right; column++)
              pixels[count++] = ((image * height + row) * width + column) * channels;
          const done = give?.(pixels, count, window, channels) ?? 0;
          for (let c = done; c < channels; c++) {
            let at = pixels[0]! + c;
            let largest = from[at]!;
            for (let k = 1; k < count; k++) {
              const number = from[pixels[k]! + c]!;
              if (number > largest) {
                largest = number;
                at = pixels[k]! + c;
              }
            }
            out[at]! += gradients[window + c]!;
          }
          window += channels;
        }
      }
  };
};

/**
 * What windows see of a map, by their places: [window · window · channels, n · count · count], as a convolution is a
 * product of matrices (Chellapilla et al. 2006). Beside the map there are zeros.
 */
export const columnsLoop = (x: Shape, [down, across]: readonly [Along, Along]): Loop => {
  const [images, height, width, channels] = [x[0]!, x[1]!, x[2]!, x[3]!];
  const step = across.stride * channels;
  return (out, from) => {
    out.fill(0);
    let to = 0;
    for (let row = 0; row < down.window; row++)
      for (let column = 0; column < across.window; column++) {
        // the windows whose place lies on the map
        const left = column * across.rate - across.before;
        const first = Math.max(0, Math.ceil(-left / across.stride));
        const last = Math.min(across.count, Math.floor((width - 1 - left) / across.stride) + 1);
        for (let c = 0; c < channels; c++)
          for (let image = 0; image < images; image++)
            for (let i = 0; i < down.count; i++, to += across.count) {
              const y = i * down.stride - down.before + row * down.rate;
              if (y < 0 || y >= height) continue;
              const line = ((image * height + y) * width + left) * channels + c;
              for (let j = first; j < last; j++) out[to + j] = from[line + j * step]!;
            }
      }
  };
};

/** Numbers of a row and a column that are moved together, so that both sides stay in the cache. */
const tile = 16;

/** A filter [h, w, in, out] turned by 180°, its channels exchanged: [h, w, out, in]. */
export const turnedFilterLoop = ([rows, columns, inner, outer]: Shape): Loop => {
  const [places, m, n] = [rows! * columns!, inner!, outer!];
  return (out, filter) => {
    for (let place = 0; place < places; place++) {
      const from = place * m * n;
      const to = (places - 1 - place) * m * n;
      for (let i0 = 0; i0 < m; i0 += tile)
        for (let j0 = 0; j0 < n; j0 += tile)
          for (let i = i0; i < Math.min(i0 + tile, m); i++)
            for (let j = j0; j < Math.min(j0 + tile, n); j++)
              out[to + j * m + i] = filter[from + i * n + j]!;
    }
  };
};

/** A matrix [rows, columns] by columns. */
export const transposedLoop = (rows: number, columns: number): Loop => {
  return (out, from) => {
    for (let i0 = 0; i0 < rows; i0 += tile)
      for (let j0 = 0; j0 < columns; j0 += tile)
        for (let i = i0; i < Math.min(i0 + tile, rows); i++)
          for (let j = j0; j < Math.min(j0 + tile, columns); j++)
            out[j * rows + i] = from[i * columns + j]!;
  };
};

/** x repeated along the axes that are 1, up to the result: what stands there once is copied over twice as much each time. */
export const repeatedLoop = (x: Shape, result: Shape): Loop => {
  const stepsOf = (shape: Shape): readonly number[] =>
    shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const [read, written] = [stepsOf(x), stepsOf(result)];
  // axes that are not repeated are copied as one
  let whole = x.length;
  while (whole > 0 && x[whole - 1] === result[whole - 1]) whole--;
  const length = elements(x.slice(whole));
  return (out, from) => {
    const place = (axis: number, at: number, to: number): void => {
      if (axis === whole) {
        for (let i = 0; i < length; i++) out[to + i] = from[at + i]!;
        return;
      }
      const step = written[axis]!;
      if (x[axis] === result[axis]) {
        for (let i = 0; i < x[axis]!; i++) place(axis + 1, at + i * read[axis]!, to + i * step);
        return;
      }
      place(axis + 1, at, to);
      const end = to + result[axis]! * step;
      if (step === 1) out.fill(out[to]!, to, end);
      else
        for (let next = to + step; next < end;) {
          const more = Math.min(next - to, end - next);
          out.copyWithin(next, to, to + more);
          next += more;
        }
    };
    place(0, 0, 0);
  };
};

/** The part of x of this size, behind so many numbers of each axis. */
export const cutLoop = (x: Shape, begin: Shape, size: Shape): Loop => {
  // axes that are whole are one with the axis before them
  let last = x.length - 1;
  let inner = 1;
  while (last > 0 && size[last] === x[last]) inner *= x[last--]!;
  const length = size[last]! * inner;
  const steps = x.map((_, axis) => x.slice(axis + 1).reduce((a, b) => a * b, 1));
  return (out, from) => {
    let to = 0;
    const copy = (axis: number, at: number): void => {
      const first = at + begin[axis]! * steps[axis]!;
      if (axis < last) {
        for (let i = 0; i < size[axis]!; i++) copy(axis + 1, first + i * steps[axis]!);
        return;
      }
      if (length > 64) out.set(from.subarray(first, first + length), to);
      else for (let i = 0; i < length; i++) out[to + i] = from[first + i]!;
      to += length;
    };
    copy(0, 0);
  };
};
