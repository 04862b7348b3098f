/** Gradients of kernels that move numbers: what was moved goes back, and what was made up is dropped. */
import { elements, reshape as seenAs, sameShape, zeros } from '../../numeric/tensor.ts';
import { kernel as applied, type KernelOf } from '../kernel.ts';
import { at, filled } from '../loops.ts';
import { fixed, sample, shapeOnly, value, type KernelRow } from '../row.ts';
import { between, samePaddings, type Padding, cutShape, misfit, type Shape } from '../shape.ts';
import { batchOf, padded } from './movement.ts';

const none: Padding = [0, 0];

/** The numbers of x, as they lie, under the shape of another value. */
export const reshapeLike: KernelRow<'ReshapeLike'> = {
  operands: [value('x'), shapeOnly('like')],
  results: ['y'],
  shapes: (_, [x, like]) => [elements(x) === elements(like) ? like : misfit],
  batched: (_, [, like]) => like,
  reference: (_, [x, like]) => [seenAs(x, like.shape)],
  gradient: (_, { operands: [x], gradients: [g] }) => [
    applied({ op: 'ReshapeLike' }, g, x),
    undefined,
  ],
  samples: [
    sample({}, [2, 30], [2, 5, 3, 2]),
    sample({}, [3, 1, 1, 7], [3, 7]),
    sample({}, fixed([1, 1, 3, 4]), fixed([3, 4])),
  ],
  view: true,
  training: true,
};

/** What is cut out of a tensor of this shape: before, after. */
const around = ({ begin, size }: Omit<KernelOf<'SliceGrad'>, 'op'>, x: Shape, batched: boolean) => {
  const batch = batchOf(x, batched).map(() => none);
  const rest = x.slice(batch.length);
  const cut = cutShape({ begin, size }, rest);
  return [...batch, ...rest.map((n, i): Padding => [begin[i], n - begin[i] - cut[i]])];
};

const inside = (x: Shape, paddings: readonly Padding[]): Shape =>
  x.map((n, axis) => n - paddings[axis][0] - paddings[axis][1]);

/** dx[i + begin, …] = dy[i, …], and 0 outside the cut */
export const sliceGrad: KernelRow<'SliceGrad'> = {
  operands: [shapeOnly('x'), value('dy')],
  results: ['dx'],
  shapes: (kernel, [x, dy], [batched]) => [
    sameShape(inside(x, around(kernel, x, batched)), dy) ? x : misfit,
  ],
  reference: (kernel, [x, dy], [batched]) => [padded(dy, around(kernel, x.shape, batched), 0)],
  gradient: ({ begin, size }, { gradients: [g] }) => [
    undefined,
    applied({ op: 'Slice', begin, size }, g),
  ],
  samples: [
    sample({ begin: [0, 0, 1], size: [-1, -1, 2] }, [2, 3, 5, 4], [2, 3, 5, 2]),
    sample({ begin: [1, 2, 0], size: [-2, -1, -1] }, [3, 5, 7, 1], [3, 3, 5, 1]),
    sample({ begin: [3], size: [4] }, [3, 7], [3, 4]),
    sample({ begin: [0, 0, 0, 2], size: [3, 3, 2, 2] }, fixed([3, 3, 2, 5]), fixed([3, 3, 2, 2])),
  ],
  training: true,
};

/** dx[i] = dy[i + before] */
export const padV2Grad: KernelRow<'PadV2Grad'> = {
  operands: [value('dy')],
  results: ['dx'],
  shapes: ({ paddings }, [dy]) => [inside(dy, paddings)],
  reference: ({ paddings }, [dy]) => [
    filled(inside(dy.shape, paddings), (place) =>
      at(
        dy,
        place.map((i, axis) => i + paddings[axis][0]),
      ),
    ),
  ],
  gradient: ({ paddings }, { gradients: [g] }) => [applied({ op: 'PadV2', paddings, value: 0 }, g)],
  samples: [
    sample({ paddings: [none, [1, 2], [0, 3], none] }, [2, 6, 8, 3]),
    sample({ paddings: [none, [0, 1], [2, 0], none] }, [3, 2, 5, 1]),
    sample({ paddings: [none, [1, 2]] }, [2, 8]),
  ],
  training: true,
};

/** dx[i] = dy[i + before], where `before` follows from the size of x */
export const padSameGrad: KernelRow<'PadSameGrad'> = {
  operands: [shapeOnly('x'), value('dy')],
  results: ['dx'],
  shapes: (kernel, [x, dy]) => [sameShape(inside(dy, samePaddings(kernel, x)), x) ? x : misfit],
  reference: (kernel, [x, dy]) => {
    const paddings = samePaddings(kernel, x.shape);
    return [
      filled(x.shape, (place) =>
        at(
          dy,
          place.map((i, axis) => i + paddings[axis][0]),
        ),
      ),
    ];
  },
  gradient: ({ spans, strides }, { gradients: [g] }) => [
    undefined,
    applied({ op: 'PadSame', spans, strides }, g),
  ],
  samples: [
    sample({ spans: [3, 3], strides: [2, 2] }, [2, 5, 6, 3], [2, 7, 7, 3]),
    sample({ spans: [2, 7], strides: [3, 2] }, [3, 7, 5, 1], [3, 8, 11, 1]),
    sample({ spans: [2, 2], strides: [3, 3] }, [2, 6, 9, 1], [2, 6, 9, 1]),
  ],
  training: true,
};

/** dx[…, i] = dy[…, i + Σ channels of the operands before `index`] */
export const concatV2Grad: KernelRow<'ConcatV2Grad'> = {
  operands: [value('dy'), { ...shapeOnly('x'), many: true }],
  results: ['dx'],
  shapes: ({ index }, [, ...all]) => [all[index] ?? misfit],
  reference: ({ index }, [dy, ...all]) => {
    const first = all.slice(0, index).reduce((n, { shape }) => n + shape[shape.length - 1], 0);
    return [
      filled(all[index].shape, (place) => {
        const last = place.length - 1;
        return at(dy, [...place.slice(0, last), place[last] + first]);
      }),
    ];
  },
  gradient: 'none',
  samples: [
    sample({ index: 1 }, [2, 3, 5, 4], [2, 3, 5, 3], [2, 3, 5, 1]),
    sample({ index: 0 }, [3, 8], [3, 1], [3, 2], [3, 5]),
    sample({ index: 2 }, [3, 8], [3, 1], [3, 2], [3, 5]),
    sample({ index: 0 }, [2, 1, 3, 2], [2, 1, 3, 2]),
  ],
  training: true,
};

/** dx[h, w] = Σ of the shares of x[h, w] in y[u, v], times dy[u, v] */
export const resizeBilinearGrad: KernelRow<'ResizeBilinearGrad'> = {
  operands: [value('dy')],
  results: ['dx'],
  shapes: ({ scale }, [[n, h, w, c]]) => [[n, h / scale, w / scale, c]],
  reference: ({ scale }, [dy]) => {
    const [n, h, w, channels] = dy.shape;
    const dx = zeros([n, h / scale, w / scale, channels]);
    filled(dy.shape, ([image, u, v, i]) => {
      const row = between(u, scale, h / scale);
      const column = between(v, scale, w / scale);
      const g = at(dy, [image, u, v, i]);
      const add = (y: number, x: number, share: number): void => {
        dx.data[((image * (h / scale) + y) * (w / scale) + x) * channels + i] += share * g;
      };
      add(row.first, column.first, (1 - row.share) * (1 - column.share));
      add(row.first, column.second, (1 - row.share) * column.share);
      add(row.second, column.first, row.share * (1 - column.share));
      add(row.second, column.second, row.share * column.share);
      return 0;
    });
    return [dx];
  },
  gradient: ({ scale }, { gradients: [g] }) => [applied({ op: 'ResizeBilinear', scale }, g)],
  samples: [
    sample({ scale: 2 }, [2, 6, 10, 3]),
    sample({ scale: 3 }, [3, 3, 6, 1]),
    sample({ scale: 7 }, [2, 7, 7, 3]),
  ],
  training: true,
};
