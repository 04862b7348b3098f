/** Kernels that move numbers about, or only see them under another shape. */
import { elements, reshape as seenAs, sameShape, type Tensor } from '../../numeric/tensor.ts';
import { scaled } from '../formulas.ts';
import { kernel as applied, type Cut, type KernelOf } from '../kernel.ts';
import { at, filled } from '../loops.ts';
import { fixed, of, sample, value, type KernelRow } from '../row.ts';
import { between, cutShape, misfit, samePaddings, type Padding, type Shape } from '../shape.ts';

const operands = [value('x')];

const none: Padding = [0, 0];

/** The axis of the batch, if there is one. */
export const batchOf = (x: Shape, batched: boolean): Shape => (batched ? x.slice(0, 1) : []);

/** The numbers as they lie, row by row. */
export const reshape: KernelRow<'Reshape'> = {
  operands,
  results: ['y'],
  shapes: (kernel, [x], [batched]) => {
    const shape = [...batchOf(x, batched), ...kernel.shape];
    return [elements(shape) === elements(x) ? shape : misfit];
  },
  reference: (kernel, [x], [batched]) => [
    seenAs(x, [...batchOf(x.shape, batched), ...kernel.shape]),
  ],
  gradient: (_, { operands, gradients }) => [
    applied({ op: 'ReshapeLike' }, gradients[0], operands[0]),
  ],
  samples: [
    sample({ shape: [30] }, [2, 5, 3, 2]),
    sample({ shape: [1, 1, 7] }, [3, 7]),
    sample({ shape: [7] }, [2, 1, 1, 7]),
    sample({ shape: [1, 1, 3, 4] }, fixed([3, 4])),
  ],
  view: true,
};

/** y[i, …] = x[i + begin, …] */
export const slice: KernelRow<'Slice'> = {
  operands,
  results: ['y'],
  shapes: (kernel, [x], [batched]) => {
    const batch = batchOf(x, batched);
    return [[...batch, ...cutShape(kernel, x.slice(batch.length))]];
  },
  reference: (kernel, [x], [batched]) => {
    const batch = batchOf(x.shape, batched);
    const begin = [...batch.map(() => 0), ...kernel.begin];
    const shape = [...batch, ...cutShape(kernel, x.shape.slice(batch.length))];
    return [
      filled(shape, (place) =>
        at(
          x,
          place.map((i, axis) => i + begin[axis]),
        ),
      ),
    ];
  },
  gradient: ({ begin, size }, { operands, gradients }) => [
    applied({ op: 'SliceGrad', begin, size }, operands[0], gradients[0]),
  ],
  samples: [
    sample({ begin: [0, 0, 1], size: [-1, -1, 2] }, [2, 3, 5, 3]),
    sample({ begin: [1, 2, 0], size: [-2, -1, -1] }, [3, 5, 7, 1]),
    sample({ begin: [0, 1, 0], size: [-3, 1, 1] }, [2, 5, 3, 3]),
    sample({ begin: [3], size: [4] }, [3, 7]),
    sample({ begin: [0, 0, 0, 2], size: [3, 3, 2, 2] }, fixed([3, 3, 2, 4])),
  ],
};

/** The numbers of a tensor that has no batch, as `slice` cuts them out. */
export const cutOut = (x: Tensor, cut: Cut): Tensor =>
  slice.reference({ op: 'Slice', ...cut }, [x], [false])[0];

/** The operands one after the other along the last axis. */
export const concatV2: KernelRow<'ConcatV2'> = {
  operands: [{ ...value('x'), many: true }],
  results: ['y'],
  shapes: (_, all) => {
    const pixels = all[0].slice(0, -1);
    const agree = all.every((s) => sameShape(s.slice(0, -1), pixels));
    return [agree ? [...pixels, all.reduce((n, s) => n + s[s.length - 1], 0)] : misfit];
  },
  reference: (_, all) => {
    const pixels = all[0].shape.slice(0, -1);
    const owners = all.flatMap((t) =>
      Array.from({ length: t.shape[t.shape.length - 1] }, (_number, channel) => ({ t, channel })),
    );
    return [
      filled([...pixels, owners.length], (place) => {
        const { t, channel } = owners[place[place.length - 1]];
        return at(t, [...place.slice(0, -1), channel]);
      }),
    ];
  },
  gradient: (_, { operands: all, gradients }) =>
    all.map((_operand, index) => applied({ op: 'ConcatV2Grad', index }, gradients[0], ...all)),
  samples: [
    sample({}, [2, 3, 5, 3], [2, 3, 5, 1]),
    sample({}, [3, 1], [3, 2], [3, 5]),
    sample({}, [2, 1, 3, 2]),
  ],
};

/** y[i] = x[i − before], and `number` where there is no such x. */
export const padded = (x: Tensor, paddings: readonly Padding[], number: number) =>
  filled(
    x.shape.map((n, axis) => n + paddings[axis][0] + paddings[axis][1]),
    (place) => {
      const inner = place.map((i, axis) => i - paddings[axis][0]);
      return inner.every((i, axis) => i >= 0 && i < x.shape[axis]) ? at(x, inner) : number;
    },
  );

/** y[i] = x[i − before], and `value` where there is no such x. */
export const padV2: KernelRow<'PadV2'> = {
  operands,
  results: ['y'],
  shapes: ({ paddings }, [x]) => [x.map((n, i) => n + paddings[i][0] + paddings[i][1])],
  reference: ({ paddings, value: number }, [x]) => [padded(x, paddings, number)],
  gradient: ({ paddings }, { gradients }) => [applied({ op: 'PadV2Grad', paddings }, gradients[0])],
  samples: [
    sample({ paddings: [none, [1, 2], [0, 3], none], value: 0 }, [2, 3, 5, 3]),
    sample({ paddings: [none, [0, 1], [2, 0], none], value: -7.5 }, of('negative', [3, 1, 3, 1])),
    sample({ paddings: [none, [1, 2]], value: 1 }, [2, 5]),
  ],
};

/** Zeros around a map, as many as SAME would add. */
export const padSame: KernelRow<'PadSame'> = {
  operands,
  results: ['y'],
  shapes: (kernel, [x]) => {
    const paddings = samePaddings(kernel, x);
    return [x.map((n, axis) => n + paddings[axis][0] + paddings[axis][1])];
  },
  reference: (kernel, [x]) => [padded(x, samePaddings(kernel, x.shape), 0)],
  gradient: ({ spans, strides }, { operands, gradients }) => [
    applied({ op: 'PadSameGrad', spans, strides }, operands[0], gradients[0]),
  ],
  samples: [
    sample({ spans: [3, 3], strides: [2, 2] }, [2, 5, 6, 3]),
    sample({ spans: [2, 7], strides: [3, 2] }, [3, 7, 5, 1]),
    sample({ spans: [2, 2], strides: [3, 3] }, [2, 6, 9, 1]),
  ],
};

type Resize = 'ResizeNearestNeighbor' | 'ResizeBilinear';

const shapeOfResized = ({ scale }: Omit<KernelOf<Resize>, 'op'>, [n, h, w, c]: Shape): Shape => [
  n,
  scale * h,
  scale * w,
  c,
];

const resize: Pick<KernelRow<Resize>, 'operands' | 'results' | 'shapes' | 'samples'> = {
  operands,
  results: ['y'],
  shapes: (kernel, [x]) => [shapeOfResized(kernel, x)],
  samples: [
    sample({ scale: 2 }, [2, 3, 5, 3]),
    sample({ scale: 3 }, [3, 1, 2, 1]),
    sample({ scale: 49 }, [2, 1, 1, 3]),
  ],
};

/** y[u, v] = x[⌊u/scale⌋, ⌊v/scale⌋] */
export const resizeNearestNeighbor: KernelRow<'ResizeNearestNeighbor'> = {
  ...resize,
  reference: (kernel, [x]) => [
    filled(shapeOfResized(kernel, x.shape), ([n, u, v, i]) =>
      at(x, [n, Math.floor(u / kernel.scale), Math.floor(v / kernel.scale), i]),
    ),
  ],
  // the sum over each block of scale × scale
  gradient: ({ scale }, { gradients }) => {
    const window = [scale, scale] as const;
    const average = { op: 'AvgPool', window, strides: window, padding: 'VALID' } as const;
    return [scaled(scale ** 2, applied(average, gradients[0]))];
  },
};

/** y[u, v] is a blend of the four pixels around ((u + ½)/scale − ½, (v + ½)/scale − ½), inside the map. */
export const resizeBilinear: KernelRow<'ResizeBilinear'> = {
  ...resize,
  reference: (kernel, [x]) => [
    filled(shapeOfResized(kernel, x.shape), ([n, u, v, i]) => {
      const row = between(u, kernel.scale, x.shape[1]);
      const column = between(v, kernel.scale, x.shape[2]);
      const along = (h: number): number =>
        (1 - column.share) * at(x, [n, h, column.first, i]) +
        column.share * at(x, [n, h, column.second, i]);
      return (1 - row.share) * along(row.first) + row.share * along(row.second);
    }),
  ],
  gradient: ({ scale }, { gradients }) => [
    applied({ op: 'ResizeBilinearGrad', scale }, gradients[0]),
  ],
};
