/** Sums, and what they are the gradients of: numbers that are repeated. */
import { elements, sameShape, zeros } from '../../numeric/tensor.ts';
import { scaled, times } from '../formulas.ts';
import { kernel as applied } from '../kernel.ts';
import { at, filled } from '../loops.ts';
import { fixed, sample, shapeOnly, value, type KernelRow } from '../row.ts';
import { axesMeant, broadcast, misfit, type Shape } from '../shape.ts';

/** The rest of a shape or of a place, without these axes. */
const without = (all: readonly number[], axes: readonly number[]): Shape => {
  const gone = axesMeant(axes, all.length);
  return all.filter((_, axis) => !gone.includes(axis));
};

/** y[…] = Σ x over the axes, which go */
export const sum: KernelRow<'Sum'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: ({ axes }, [x]) => [without(x, axes)],
  batched: ({ axes }, [batched]) => batched && !axes.includes(0),
  reference: ({ axes }, [x]) => {
    const y = zeros(without(x.shape, axes));
    filled(x.shape, (place) => {
      const to = without(place, axes).reduce((n, i, axis) => n * y.shape[axis] + i, 0);
      return (y.data[to] += at(x, place));
    });
    return [y];
  },
  gradient: ({ axes }, { operands: [x], gradients: [g] }) => [
    applied({ op: 'Spread', axes }, g, x),
  ],
  samples: [
    sample({ axes: [1, 2] }, [2, 3, 5, 3]),
    sample({ axes: [0] }, [3, 7]),
    sample({ axes: [-1] }, [3, 2, 1, 5]),
    sample({ axes: [0, 1] }, [3, 4]),
  ],
  training: true,
};

/** y = Σ x² over all numbers of all x */
export const sumOfSquares: KernelRow<'SumOfSquares'> = {
  operands: [{ ...value('x'), many: true }],
  results: ['y'],
  shapes: () => [[]],
  batched: () => false,
  reference: (_, all) => {
    const squares = all.map(({ data }) => data.reduce((sum, n) => sum + n * n, 0));
    return [{ shape: [], data: Float64Array.of(squares.reduce((sum, part) => sum + part)) }];
  },
  gradient: (_, { operands, gradients: [g] }) => operands.map((x) => times(scaled(2, x), g)),
  samples: [
    sample({}, [2, 3, 5, 3]),
    sample({}, fixed([9]), fixed([3, 1]), [2, 2]),
    sample({}, fixed([5]), fixed([1])),
  ],
  training: true,
};

/** dx[…] = dy at the same place without the axes, for dx of the shape of x: what a sum does to a gradient */
export const spread: KernelRow<'Spread'> = {
  operands: [value('dy'), shapeOnly('x')],
  results: ['dx'],
  shapes: ({ axes }, [dy, x]) => [sameShape(without(x, axes), dy) ? x : misfit],
  batched: (_, [, x]) => x,
  reference: ({ axes }, [dy, x]) => [filled(x.shape, (place) => at(dy, without(place, axes)))],
  gradient: ({ axes }, { gradients: [g] }) => [applied({ op: 'Sum', axes }, g), undefined],
  samples: [
    sample({ axes: [1, 2] }, [2, 3], [2, 4, 5, 3]),
    sample({ axes: [0] }, fixed([7]), [3, 7]),
    sample({ axes: [-1] }, [3, 2, 1], [3, 2, 1, 5]),
    sample({ axes: [0, 1, 2] }, fixed([3]), [2, 4, 5, 3]),
  ],
  training: true,
};

/** How many numbers a sum over the axes adds up: n of a mean. */
export const count: KernelRow<'Count'> = {
  operands: [shapeOnly('x')],
  results: ['n'],
  shapes: () => [[]],
  batched: () => false,
  reference: ({ axes }, [{ shape }]) => {
    const n = elements(shape) / elements(without(shape, axes));
    return [{ shape: [], data: Float64Array.of(n) }];
  },
  gradient: () => [undefined],
  samples: [
    sample({ axes: [1, 2] }, [2, 3, 5, 3]),
    sample({ axes: [0] }, [3, 7]),
    sample({ axes: [-1] }, [3, 2, 1, 1]),
  ],
  training: true,
};

/** x repeated, as NumPy broadcasts it, until it has the shape of `like` */
export const broadcastTo: KernelRow<'BroadcastTo'> = {
  operands: [value('x'), shapeOnly('like')],
  results: ['y'],
  shapes: (_, [x, like]) => [sameShape(broadcast(x, like), like) ? like : misfit],
  batched: (_, [, like]) => like,
  reference: (_, [x, like]) => [filled(like.shape, (place) => at(x, place))],
  gradient: (_, { operands: [x], gradients: [g] }) => [applied({ op: 'SumTo' }, g, x), undefined],
  samples: [
    sample({}, fixed([3]), [2, 4, 5, 3]),
    sample({}, [2, 1, 1, 3], [2, 3, 1, 3]),
    sample({}, fixed([]), [2, 5]),
    sample({}, [3, 7], [3, 7]),
  ],
  training: true,
};

/** y[…] = Σ of the x that are repetitions of it: the sum that makes x as small as `like` */
export const sumTo: KernelRow<'SumTo'> = {
  operands: [value('x'), shapeOnly('like')],
  results: ['y'],
  shapes: (_, [x, like]) => [sameShape(broadcast(like, x), x) ? like : misfit],
  batched: (_, [, like]) => like,
  reference: (_, [x, like]) => {
    const y = zeros(like.shape);
    const lead = x.shape.length - like.shape.length;
    filled(x.shape, (place) => {
      const to = like.shape.reduce((n, k, axis) => n * k + (k === 1 ? 0 : place[lead + axis]), 0);
      return (y.data[to] += at(x, place));
    });
    return [y];
  },
  gradient: (_, { operands: [x], gradients: [g] }) => [
    applied({ op: 'BroadcastTo' }, g, x),
    undefined,
  ],
  samples: [
    sample({}, [2, 4, 5, 3], fixed([3])),
    sample({}, [2, 3, 1, 3], [2, 1, 1, 3]),
    sample({}, [2, 5], fixed([])),
    sample({}, [3, 7], [3, 7]),
    sample({}, [2, 3, 2, 3], fixed([1, 1, 2, 1])),
  ],
  training: true,
};
