/** Arithmetic on expressions of kernels, for formulas that read as they are written on paper. */
import { kernel, kernelOn, type Computed, type Lowered } from './kernel.ts';

/** A number that is the same whatever is computed. */
export const scalar = (n: number): Lowered => ({
  ...{ tag: 'constant', shape: [], data: Float64Array.of(n) },
});

export const plus = (a: Lowered, b: Lowered): Computed => kernel({ op: 'AddV2' }, a, b);
export const minus = (a: Lowered, b: Lowered): Computed => kernel({ op: 'Sub' }, a, b);
export const times = (a: Lowered, b: Lowered): Computed => kernel({ op: 'Mul' }, a, b);
export const over = (a: Lowered, b: Lowered): Computed => kernel({ op: 'RealDiv' }, a, b);
export const squared = (a: Lowered): Computed => kernel({ op: 'Square' }, a);

/** a to a power that is the same everywhere */
export const power = (a: Lowered, n: number): Computed => kernel({ op: 'Pow' }, a, scalar(n));

/** √a */
export const root = (a: Lowered): Computed => kernel({ op: 'Sqrt' }, a);

/** n·a */
export const scaled = (n: number, a: Lowered): Computed => times(a, scalar(n));

/** a, summed over what would have been repeated to make a of `like`: the gradient of repeating */
export const summedTo = (a: Lowered, like: Lowered): Computed => kernel({ op: 'SumTo' }, a, like);

/** The sum over these axes, which go; −1 is the last. */
export const summed = (a: Lowered, axes: readonly number[]): Computed =>
  kernel({ op: 'Sum', axes }, a);

/** Σ a² over all numbers of all a */
export const sumOfSquares = (all: readonly Lowered[]): Computed =>
  kernelOn({ op: 'SumOfSquares' }, all);

/** The mean over these axes, which go. */
export const averaged = (a: Lowered, axes: readonly number[]): Computed =>
  over(summed(a, axes), kernel({ op: 'Count', axes }, a));

/** ln of the softmax over the last axis */
export const logSoftmax = (a: Lowered): Computed => kernel({ op: 'LogSoftmax' }, a);

/** max(0, a) */
export const rectified = (a: Lowered): Computed => kernel({ op: 'Relu' }, a);

/** 0 wherever `like` has a number */
export const zerosLike = (like: Lowered): Computed => scaled(0, kernel({ op: 'OnesLike' }, like));
