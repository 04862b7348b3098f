/** Sums and means in parts, as `kernel/parts.ts` says why. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelOf } from '../../kernel/kernel.ts';
import { isLong, LARGEST, oneByOne, windowsByAxis } from '../../kernel/parts.ts';
import type { Calling } from './call.ts';
import { after } from './compose.ts';
import type { RegistryName } from './registry-shapes.ts';

/** What a mean calls. */
export const meanPieces = ['Mean', 'Sub', 'Add', 'ClipByValue'] as const;
type On<Name extends RegistryName = never> = Calling<(typeof meanPieces)[number] | Name>;

/** What a function gives of x without its mean over these axes, with that mean added: for functions that are means. */
const aroundMean = (
  on: On,
  x: TensorInfo,
  axes: readonly number[],
  mean: (of: TensorInfo) => TensorInfo,
): TensorInfo => {
  const rough = byAxis(on, x, axes);
  const clipValueMin = -LARGEST;
  const finite = on.run('ClipByValue', { x: rough }, { clipValueMin, clipValueMax: LARGEST });
  const rest = on.run('Sub', { a: x, b: finite }, {});
  const more = after(on, mean(rest), rest);
  return after(on, on.run('Add', { a: more, b: finite }, {}), rough, finite, more);
};

const byAxis = (on: On, x: TensorInfo, axes: readonly number[]): TensorInfo => {
  const [first, ...others] = oneByOne(axes);
  const along = (t: TensorInfo, axis: number): TensorInfo =>
    on.run('Mean', { x: t }, { axis: [axis], keepDims: true });
  return first === undefined
    ? x
    : others.reduce((t, axis) => after(on, along(t, axis), t), along(x, first));
};

/** The mean of x over these axes, with one number along each. */
export const meanOver = (on: On, x: TensorInfo, axes: readonly number[]): TensorInfo => {
  const mean = (of: TensorInfo): TensorInfo => byAxis(on, of, axes);
  return axes.some((axis) => isLong(x.shape[axis]!)) ? aroundMean(on, x, axes, mean) : mean(x);
};

/** The sum of x over these axes, which go. */
export const sumOver = (on: Calling<'Sum'>, x: TensorInfo, axes: readonly number[]): TensorInfo => {
  const [first, ...others] = oneByOne(axes);
  const along = (t: TensorInfo, axis: number): TensorInfo =>
    on.run('Sum', { x: t }, { axis: [axis], keepDims: false });
  return others.reduce((t, axis) => after(on, along(t, axis), t), along(x, first ?? 0));
};

/** The mean of each window of x. */
export const averagePool = (
  on: On<'AvgPool'>,
  x: TensorInfo,
  { window, strides, padding }: KernelOf<'AvgPool'>,
): TensorInfo => {
  const pad = padding === 'SAME' ? 'same' : 'valid';
  const pooled = (of: TensorInfo): TensorInfo =>
    windowsByAxis(window, strides).reduce((t, by, i) => {
      const attributes = { filterSize: [...by.window], strides: [...by.strides], pad };
      const next = on.run('AvgPool', { x: t }, attributes);
      return i === 0 ? next : after(on, next, t);
    }, of);
  return window.some(isLong) ? aroundMean(on, x, [1, 2], pooled) : pooled(x);
};
