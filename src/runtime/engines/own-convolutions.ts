/** Convolutions by netc's own products (`simd`), where a backend has a memory for them. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Bug } from '../../diagnostic/bug.ts';
import type { WindowPadding } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import type { Calling } from './call.ts';
import { clamping } from './compose.ts';
import type { Layer, Tail } from './joins.ts';
import type { Convolved } from './simd/convolved.ts';
import type { Ending } from './simd/products.ts';
import { windowsDownAndAcross, type Along } from './windows.ts';

type Windows = {
  readonly strides: Shape;
  readonly dilations?: Shape;
  readonly padding: WindowPadding;
};

type OnMemory = Pick<Calling, 'shapes' | 'results' | 'operand' | 'compute' | 'products'>;

const convolved = (kernel: Windows, x: Shape, filter: Shape, y: Shape): Convolved => ({
  ...{ x, filter, y, axes: windowsDownAndAcross(kernel, filter, x, y) },
});

/** Operand 0 convolved with operand 1, and operand 2 added if there is one; undefined where another way is to be taken. */
export const ownConvolution = (
  kernel: Windows,
  on: OnMemory,
  bounds: Ending['bounds'] | undefined,
): TensorInfo | undefined => {
  const { compute, products, shapes, results } = on;
  if (compute === undefined || products === undefined || bounds === undefined) return undefined;
  const of = convolved(kernel, shapes[0]!, shapes[1]!, results[0]!);
  const operands = shapes.map((_, i) => on.operand(i));
  return compute(results[0]!, operands, (out, x, filter, bias) =>
    products.forward(of, out, x!, filter!, { bias, bounds }),
  );
};

/** A convolution with what is around it. */
export const ownLayer = (
  { convolution, pads, filter, bias, ...tail }: Layer,
  on: OnMemory,
): TensorInfo => {
  const { compute, products, shapes, results } = on;
  if (compute === undefined || products === undefined) throw new Bug('no products for a layer');
  const x = shapes[0]!;
  const padded = x.map((n, i) => {
    const [before, after] = pads?.[i - 1] ?? [0, 0];
    return n + before + after;
  });
  const of = convolved(convolution, padded, shapes[filter]!, results[0]!);
  const within = (axis: 0 | 1): Along =>
    pads === undefined
      ? of.axes[axis]
      : { ...of.axes[axis], length: x[axis + 1]!, before: pads[axis][0] };
  const axes = [within(0), within(1)] as const;
  const operands = shapes.map((_, i) => on.operand(i));
  return compute(results[0]!, operands, (out, ...numbers) =>
    products.forward({ ...of, x, axes }, out, numbers[0]!, numbers[filter]!, {
      ...endingOf(tail, numbers),
      ...(bias !== undefined && { bias: numbers[bias]! }),
    }),
  );
};

/** What a tail does, by numbers of the operands. */
const endingOf = ({ norm, plus, activation }: Tail, numbers: readonly Float32Array[]): Ending => {
  const [gamma, beta, mean, variance] = (norm?.by ?? []).map((index) => numbers[index]!);
  return {
    bounds: clamping(activation)!,
    ...(plus !== undefined && { plus: numbers[plus]! }),
    ...(norm && {
      norm: {
        ...{ gamma: gamma!, beta: beta!, mean: mean!, variance: variance! },
        epsilon: norm.epsilon,
      },
    }),
  };
};

/** What follows a map that is there. */
export const ownTail = (tail: Tail, on: OnMemory): TensorInfo => {
  const { compute, products, shapes, results } = on;
  if (compute === undefined || products === undefined) throw new Bug('no products for a tail');
  const operands = shapes.map((_, i) => on.operand(i));
  return compute(results[0]!, operands, (out, ...numbers) =>
    products.end(out, numbers[0]!, results[0]!.at(-1)!, endingOf(tail, numbers)),
  );
};

/** Its gradient by what it read: dy with the filter turned. */
export const ownByInput = (
  kernel: Windows,
  on: OnMemory,
  filter: number, // operand
  dy: number,
): TensorInfo | undefined => {
  const { compute, products, shapes, results } = on;
  if (compute === undefined || products === undefined) return undefined;
  const of = convolved(kernel, results[0]!, shapes[filter]!, shapes[dy]!);
  return compute(results[0]!, [on.operand(filter), on.operand(dy)], (out, weights, gradient) =>
    products.byInput(of, out, weights!, gradient!),
  );
};

/** Its gradient by the filter, operand 1, of operands 0 and 2. */
export const ownByFilter = (kernel: Windows, on: OnMemory): TensorInfo | undefined => {
  const { compute, products, shapes } = on;
  if (compute === undefined || products === undefined) return undefined;
  const [x, filter, dy] = shapes;
  const of = convolved(kernel, x!, filter!, dy!);
  return compute(filter!, [on.operand(0), on.operand(2)], (out, from, gradient) =>
    products.byFilter(of, out, from!, gradient!),
  );
};

/** One place in one direction: with it, a convolution is a product of matrices, and pixels are its rows. */
const one: Along = { length: 1, window: 1, stride: 1, rate: 1, before: 0, count: 1 };

/**
 * A product of matrices one of which is read by columns: a·bᵀ is the gradient by input of a convolution with one pixel,
 * and aᵀ·b the one by the filter.
 */
export const ownProduct = (transposed: 'a' | 'b', on: OnMemory): TensorInfo | undefined => {
  const { compute, products, shapes, results } = on;
  if (compute === undefined || products === undefined) return undefined;
  const map = ([rows, columns]: Shape): Shape => [rows!, 1, 1, columns!];
  const matrix = ([rows, columns]: Shape): Shape => [1, 1, rows!, columns!];
  const [a, b, result] = [shapes[0]!, shapes[1]!, results[0]!];
  const axes = [one, one] as const;
  const operands = [on.operand(0), on.operand(1)];
  return transposed === 'b'
    ? compute(result, operands, (out, dy, filter) =>
        products.byInput({ x: map(result), filter: matrix(b), y: map(a), axes }, out, filter!, dy!),
      )
    : compute(result, operands, (out, x, dy) =>
        products.byFilter({ x: map(a), filter: matrix(result), y: map(b), axes }, out, x!, dy!),
      );
};
