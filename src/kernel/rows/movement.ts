/** Kernels that move numbers about, or only see them under another shape. */
import { elements, sameShape } from '../../numeric/tensor.ts';
import type { KernelOf } from '../kernel.ts';
import { value, type KernelRow } from '../row.ts';
import { cutShape, nothing, samePads } from '../shape.ts';

const operands = [value('x')];

/** The numbers as they lie, row by row. */
export const reshape: KernelRow<'Reshape'> = {
  operands,
  shapes: (kernel, [x]) => {
    const shape = [x[0], ...kernel.shape];
    return [elements(shape) === elements(x) ? shape : nothing];
  },
  view: true,
};

/** y[i, …] = x[i + begin, …] */
export const slice: KernelRow<'Slice'> = {
  operands,
  shapes: (kernel, [x]) => [[x[0], ...cutShape(kernel, x.slice(1))]],
};

/** The operands one after the other along the last axis. */
export const concatV2: KernelRow<'ConcatV2'> = {
  operands: [{ ...value('x'), many: true }],
  shapes: (_, all) => {
    const pixels = all[0].slice(0, -1);
    const agree = all.every((s) => sameShape(s.slice(0, -1), pixels));
    return [agree ? [...pixels, all.reduce((n, s) => n + s[s.length - 1], 0)] : nothing];
  },
};

/** y[i] = x[i − before], and `value` where there is no such x. */
export const padV2: KernelRow<'PadV2'> = {
  operands,
  shapes: ({ paddings }, [x]) => [x.map((n, i) => n + paddings[i][0] + paddings[i][1])],
};

/** Zeros around a map, as many as SAME would add. */
export const padSame: KernelRow<'PadSame'> = {
  operands,
  shapes: ({ spans, strides }, [x]) => {
    const along = (axis: 0 | 1): number => {
      const { before, after } = samePads(spans[axis], strides[axis], x[axis + 1]);
      return x[axis + 1] + before + after;
    };
    return [[x[0], along(0), along(1), x[3]]];
  },
};

type Resize = 'ResizeNearestNeighbor' | 'ResizeBilinear';

const resize: KernelRow<Resize> = {
  operands,
  shapes: ({ scale }: KernelOf<Resize>, [x]) => [[x[0], scale * x[1], scale * x[2], x[3]]],
};

/** y[u, v] = x[⌊u/scale⌋, ⌊v/scale⌋] */
export const resizeNearestNeighbor: KernelRow<'ResizeNearestNeighbor'> = resize;

/** y[u, v] is a blend of the four pixels around ((u + ½)/scale − ½, (v + ½)/scale − ½). */
export const resizeBilinear: KernelRow<'ResizeBilinear'> = resize;
