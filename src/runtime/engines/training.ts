/**
 * Kernels of gradients, made of kernels for inference. The registries have some of them, but not all, and some are
 * wrong: AvgPoolGrad counts what SAME adds, MaxPoolGrad of wasm takes the last of equal numbers and starts above all
 * negative ones, ResizeBilinearGrad has other centres. What is made here is right wherever inference is.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelOf, TrainingKernel } from '../../kernel/kernel.ts';
import { eachTap } from '../../kernel/loops.ts';
import { axesMeant, between, samePaddings, type Shape } from '../../kernel/shape.ts';
import { elements } from '../../numeric/tensor.ts';
import { entry, unary, type Calling, type Entry, type Site } from './call.ts';
import { after, apart, atPlace, padded, pieces, sliced, turned } from './compose.ts';
import { batchNorm, batchNormGrad } from './batch-norm.ts';
import { convolutionGradients } from './convolution-gradients.ts';
import { maxPoolGradLoop, repeatedLoop } from './loops.ts';
import { sumOver } from './means.ts';
import { pointwise, sumOfSquares } from './pointwise.ts';
import { seen, wholeStrides, windowsDownAndAcross, type Along } from './windows.ts';

/** Operand 0 under this shape of as many axes, repeated until it is the result. */
const repeated = (on: Calling<'Tile' | 'Reshape'>, shape: Shape): TensorInfo => {
  const result = on.results[0]!;
  if (on.compute !== undefined)
    return on.compute(result, [on.operand(0, shape)], repeatedLoop(shape, result));
  const reps = result.map((n, axis) => n / shape[axis]!);
  return on.run('Tile', { x: on.operand(0, shape) }, { reps });
};

const broadcastTo: Entry<'BroadcastTo'> = entry(['Tile', 'Reshape'], (_, on) => {
  const missing = on.results[0]!.length - on.shapes[0]!.length;
  return repeated(on, [...Array<number>(missing).fill(1), ...on.shapes[0]!]);
});

const spread: Entry<'Spread'> = entry(['Tile', 'Reshape'], ({ axes }, on) => {
  const along = axesMeant(axes, on.results[0]!.length);
  return repeated(
    on,
    on.results[0]!.map((n, axis) => (along.includes(axis) ? 1 : n)),
  );
});

const sumTo: Entry<'SumTo'> = entry(['Sum', 'Reshape'], (_, on) => {
  const [x, like] = on.shapes;
  const lead = x!.length - like!.length;
  const axis = x!.flatMap((n, i) => (i < lead || (like![i - lead] === 1 && n > 1) ? [i] : []));
  return axis.length === 0
    ? on.run('Reshape', { x: on.operand(0) }, { shape: [...like!] })
    : sumOver(on, on.operand(0), axis);
});

/** Operand `index` cut to the size of the result, behind so many numbers of each axis. */
const cutOut = (on: Calling<'Slice'>, index: number, begin: readonly number[]): TensorInfo =>
  sliced(on, on.operand(index), begin, on.results[0]!);

const sliceGrad: Entry<'SliceGrad'> = entry(
  ['PadV2'],
  ({ begin }, { run, operand, shapes: [x, dy] }) => {
    const lead = x!.length - begin.length;
    const paddings = x!.map((n, i) => {
      const before = i < lead ? 0 : begin[i - lead]!;
      return [before, n - before - dy![i]!];
    });
    return run('PadV2', { x: operand(1) }, { paddings, constantValue: 0 });
  },
);

type Pool = KernelOf<'MaxPoolGrad' | 'AvgPoolGrad'>;

const poolAxes = (kernel: Pool, { shapes: [x, dy] }: Site): readonly [Along, Along] =>
  windowsDownAndAcross(kernel, kernel.window, x!, dy!);

/** window / n for each window, where n of its pixels lie on the map: [1, count, count, 1]. */
const shares = (kernel: Pool, [, h, w]: Shape, [, rows, columns]: Shape) => {
  const counts = new Float32Array(rows! * columns!);
  eachTap({ ...kernel, dilations: [1, 1] }, [1, h!, w!, 1], (to) => counts[to]!++);
  return counts.map((n) => elements(kernel.window) / n);
};

/** An average over windows that lie on zeros beside the map is a sum over them, when shares are right before. */
const avgPoolGrad: Entry<'AvgPoolGrad'> = entry(
  [...pieces, 'Multiply', 'AvgPool'],
  (kernel, on) => {
    const [x, dy] = on.shapes;
    const share = on.constant([1, dy![1]!, dy![2]!, 1], shares(kernel, x!, dy!));
    const weighed = on.run('Multiply', { a: on.operand(1), b: share }, {});
    const map = turned(on, weighed, poolAxes(kernel, on));
    return on.run(
      'AvgPool',
      { x: map },
      { filterSize: [...kernel.window], strides: [1, 1], pad: 'valid' },
    );
  },
);

/**
 * Place by place of the windows: where the number there is the largest, and none was before it, the gradient goes.
 * The first of several wins on every engine.
 */
const maxPoolGrad: Entry<'MaxPoolGrad'> = entry(
  [...pieces, 'MaxPool', 'Equal', 'Cast', 'Multiply', 'Sub', 'Add', 'Fill'],
  (kernel, on) => {
    const { run, operand, shapes } = on;
    const [x, dy] = shapes;
    if (on.compute !== undefined)
      return on.compute(
        x!,
        [operand(0), operand(1)],
        maxPoolGradLoop(kernel, x!, dy!, on.products),
      );
    const axes = poolAxes(kernel, on);
    const [down, across] = axes;
    const y = run(
      'MaxPool',
      { x: operand(0) },
      {
        filterSize: [...kernel.window],
        strides: [...kernel.strides],
        pad: kernel.padding.toLowerCase(),
      },
    );
    const map = padded(
      on,
      operand(0),
      [[0, 0], wholeStrides(down), wholeStrides(across), [0, 0]],
      -Infinity,
    );
    let open = run('Fill', {}, { shape: [...shapes[1]!], value: 1, dtype: 'float32' });
    let sum: TensorInfo | undefined;
    for (let row = 0; row < down.window; row++)
      for (let column = 0; column < across.window; column++) {
        const there = atPlace(on, map, axes, [row, column]);
        const equal = after(on, run('Equal', { a: there, b: y }, {}), there);
        const number = after(on, run('Cast', { x: equal }, { dtype: 'float32' }), equal);
        const first = after(on, run('Multiply', { a: number, b: open }, {}), number);
        open = after(on, run('Sub', { a: open, b: first }, {}), open);
        const given = after(on, run('Multiply', { a: first, b: operand(1) }, {}), first);
        const placed = padded(on, apart(on, given, axes), [
          [0, 0],
          [row, down.window - 1 - row],
          [column, across.window - 1 - column],
          [0, 0],
        ]);
        sum =
          sum === undefined
            ? placed
            : after(on, run('Add', { a: sum, b: placed }, {}), sum, placed);
      }
    return cutBack(on, sum!, axes);
  },
);

/** The map of which `wide` is what its windows see. */
const cutBack = (
  on: Calling<(typeof pieces)[number]>,
  wide: TensorInfo,
  [down, across]: readonly [Along, Along],
): TensorInfo => {
  const [a, b] = [seen(down), seen(across)];
  return padded(on, wide, [
    [0, 0],
    [-a[0], -a[1]],
    [-b[0], -b[1]],
    [0, 0],
  ]);
};

/** The sum over neighbouring channels is a product with a matrix of ones around its diagonal. */
const lrnGrad: Entry<'LRNGrad'> = entry(
  ['Square', 'BatchMatMul', 'Multiply', 'Add', 'Sub', 'Pow', 'RealDiv', 'Reshape'],
  ({ radius, bias, alpha, beta }, on) => {
    const { run, operand, constant, shapes } = on;
    const channels = shapes[0]![3]!;
    const pixels = [1, elements(shapes[0]!) / channels, channels];
    const [x, dy] = [operand(0, pixels), operand(1, pixels)];
    const band = Float32Array.from({ length: channels ** 2 }, (_, i) =>
      Math.abs(Math.floor(i / channels) - (i % channels)) <= radius ? 1 : 0,
    );
    const near = constant([1, channels, channels], band);
    const scalar = (number: number): TensorInfo => constant([], Float32Array.of(number));
    // each of these is as large as the map, so what is not read again is freed
    const times = (a: TensorInfo, b: TensorInfo, ...spent: readonly TensorInfo[]): TensorInfo =>
      after(on, run('Multiply', { a, b }, {}), ...spent);
    const summed = (a: TensorInfo): TensorInfo =>
      after(on, run('BatchMatMul', { a, b: near }, { transposeA: false, transposeB: false }), a);
    const sums = summed(run('Square', { x }, {}));
    const scaled = times(sums, scalar(alpha), sums);
    const s = after(on, run('Add', { a: scaled, b: scalar(bias) }, {}), scaled);
    const powers = run('Pow', { a: s, b: scalar(-beta) }, {});
    const own = times(dy, powers, powers);
    const product = times(own, x);
    const others = summed(after(on, run('RealDiv', { a: product, b: s }, {}), product, s));
    const felt = times(x, others, others);
    return run('Sub', { a: own, b: times(felt, scalar(2 * alpha * beta), felt) }, {});
  },
);

/** The shares of pixels of a row in the pixels of a larger one: [scale · length, length]. */
const interpolation = (scale: number, length: number): Float32Array => {
  const shares = new Float32Array(scale * length * length);
  for (let u = 0; u < scale * length; u++) {
    const { first, second, share } = between(u, scale, length);
    shares[u * length + first]! += 1 - share;
    shares[u * length + second]! += share;
  }
  return shares;
};

/** Resizing is a product with a matrix for each axis, and so is its gradient. */
const resizeBilinearGrad: Entry<'ResizeBilinearGrad'> = entry(
  ['BatchMatMul', 'Reshape'],
  ({ scale }, { run, operand, constant, shapes, results }) => {
    const [n, rows, columns, channels] = shapes[0]!;
    const [, h, w] = results[0]!;
    const gather = (b: TensorInfo, length: number): TensorInfo => {
      const a = constant([1, scale * length, length], interpolation(scale, length));
      return run('BatchMatMul', { a, b }, { transposeA: true, transposeB: false });
    };
    const down = gather(operand(0, [n!, rows!, columns! * channels!]), h!);
    const lines = run('Reshape', { x: down }, { shape: [n! * h!, columns!, channels!] });
    return gather(lines, w!);
  },
);

/** The largest is taken off first, so no power overflows and their sum is 1 at least. */
const logSoftmax: Entry<'LogSoftmax'> = entry(
  ['Max', 'Sub', 'Exp', 'Sum', 'Log', 'Reshape'],
  (_, { run, operand, shapes: [x] }) => {
    const axis = x!.length - 1;
    const one = [...x!.slice(0, axis), 1];
    const largest = run('Max', { x: operand(0) }, { reductionIndices: axis, keepDims: false });
    const below = run(
      'Sub',
      { a: operand(0), b: run('Reshape', { x: largest }, { shape: one }) },
      {},
    );
    const sum = run('Sum', { x: run('Exp', { x: below }, {}) }, { axis, keepDims: false });
    const rest = run('Log', { x: run('Reshape', { x: sum }, { shape: one }) }, {});
    return run('Sub', { a: below, b: rest }, {});
  },
);

/** The kernels of gradients by their names. */
export const training: { readonly [Op in TrainingKernel]: Entry<Op> } = {
  ...convolutionGradients,
  BatchNorm: batchNorm,
  BatchNormGrad: batchNormGrad,
  MaxPoolGrad: maxPoolGrad,
  AvgPoolGrad: avgPoolGrad,
  LRNGrad: lrnGrad,
  ResizeBilinearGrad: resizeBilinearGrad,
  LogSoftmax: logSoftmax,
  ReluGrad: entry(['Step', 'Multiply'], ({ below }, on) => {
    const factors = on.run('Step', { x: on.operand(1) }, { alpha: below });
    return after(on, on.run('Multiply', { a: on.operand(0), b: factors }, {}), factors);
  }),
  Sqrt: unary('Sqrt'),
  Pointwise: pointwise,
  SumOfSquares: sumOfSquares,
  Sum: entry(['Sum'], ({ axes }, on) =>
    sumOver(on, on.operand(0), axesMeant(axes, on.shapes[0]!.length)),
  ),
  Spread: spread,
  Count: entry(['Fill'], ({ axes }, { run, shapes: [x] }) => {
    const value = axesMeant(axes, x!.length).reduce((n, axis) => n * x![axis]!, 1);
    return run('Fill', {}, { shape: [], value, dtype: 'float32' });
  }),
  BroadcastTo: broadcastTo,
  SumTo: sumTo,
  ReshapeLike: unary('Reshape', (_, { results: [result] }) => ({ shape: [...result!] })),
  SliceGrad: sliceGrad,
  PadV2Grad: entry(['Slice'], ({ paddings }, on) =>
    cutOut(
      on,
      0,
      paddings.map(([before]) => before),
    ),
  ),
  PadSameGrad: entry(['Slice'], (kernel, on) =>
    cutOut(
      on,
      1,
      samePaddings(kernel, on.shapes[0]!).map(([before]) => before),
    ),
  ),
  ConcatV2Grad: entry(['Slice'], ({ index }, on) => {
    const channels = on.shapes.slice(1, index + 1).reduce((n, s) => n + s[s.length - 1]!, 0);
    return cutOut(
      on,
      0,
      on.results[0]!.map((_, axis, { length }) => (axis === length - 1 ? channels : 0)),
    );
  }),
};
