/** Batch norms while a net is trained: loops where numbers lie in the memory of this process, else kernel by kernel. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Shape } from '../../kernel/shape.ts';
import { elements } from '../../numeric/tensor.ts';
import { entries, type Calling, type Entry, type LoopOnAll } from './call.ts';
import { after } from './compose.ts';
import { meanOver, meanPieces, sumOver } from './means.ts';
import { mostChannels } from './simd/machine.ts';
import type { Products } from './simd/products.ts';

/** All axes but the last, which is that of the channels. */
const withoutChannels = (x: Shape): readonly number[] => [...x.keys()].slice(0, -1);

/** What numbers are normalised by. */
type Statistics = {
  readonly gamma: TensorInfo;
  readonly beta: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
};

/** Operand 0 normalised. The registry takes maps; a vector is a map of one pixel. */
export const normalised = (
  { run, operand, shapes: [x] }: Calling<'FusedBatchNorm'>,
  { gamma, beta, mean, variance }: Statistics,
  varianceEpsilon: number,
): TensorInfo =>
  run(
    'FusedBatchNorm',
    {
      x: x!.length === 2 ? operand(0, [x![0]!, 1, 1, x![1]!]) : operand(0),
      ...{ scale: gamma, offset: beta, mean, variance },
    },
    { varianceEpsilon },
  );

export const batchNorm: Entry<'BatchNorm'> = entries(
  [...meanPieces, 'SquaredDifference', 'FusedBatchNorm', 'Reshape'],
  ({ epsilon }, on) => {
    const { shapes, results, operand, computeAll } = on;
    if (computeAll !== undefined) {
      const loop = normalising(epsilon, on.products);
      return computeAll(results, [operand(0), operand(1), operand(2)], loop);
    }
    const axes = withoutChannels(shapes[0]!);
    const flat = (x: TensorInfo): TensorInfo => on.run('Reshape', { x }, { shape: results[1]! });
    const centre = meanOver(on, operand(0), axes);
    const squares = on.run('SquaredDifference', { a: operand(0), b: centre }, {});
    const variance = flat(after(on, meanOver(on, squares, axes), squares));
    const mean = flat(centre);
    const statistics = { gamma: operand(1), beta: operand(2), mean, variance };
    return [normalised(on, statistics, epsilon), mean, variance];
  },
);

export const batchNormGrad: Entry<'BatchNormGrad'> = entries(
  ['Add', 'Sub', 'Multiply', 'Sqrt', 'RealDiv', 'Sum'],
  ({ epsilon }, on) => {
    const { run, operand, shapes, results, computeAll, constant } = on;
    const [x, gamma, mean] = [operand(0), operand(1), operand(2)];
    const [variance, dy] = [operand(3), operand(4)];
    if (computeAll !== undefined)
      return computeAll(results, [x, gamma, mean, variance, dy], gradient(epsilon));
    const axes = withoutChannels(shapes[0]!);
    const count = elements(shapes[0]!) / elements(shapes[1]!);
    const scalar = (n: number): TensorInfo => constant([], Float32Array.of(n));
    // some of these are as large as the map, so what is not read again is freed
    const times = (a: TensorInfo, b: TensorInfo, ...spent: readonly TensorInfo[]): TensorInfo =>
      after(on, run('Multiply', { a, b }, {}), ...spent);
    const spread = run('Sqrt', { x: run('Add', { a: variance, b: scalar(epsilon) }, {}) }, {});
    const centred = run('Sub', { a: x, b: mean }, {});
    const product = times(dy, centred);
    const moved = after(on, sumOver(on, product, axes), product);
    const dgamma = run('RealDiv', { a: moved, b: spread }, {});
    const dbeta = sumOver(on, dy, axes);
    const slope = run('RealDiv', { a: gamma, b: spread }, {});
    const share = times(slope, scalar(-1 / count));
    const bySpread = times(run('RealDiv', { a: dgamma, b: spread }, {}), share);
    const far = times(centred, bySpread, centred);
    const common = after(on, run('Add', { a: far, b: times(dbeta, share) }, {}), far);
    const own = times(dy, slope);
    return [after(on, run('Add', { a: own, b: common }, {}), own, common), dgamma, dbeta];
  },
);

/** y, and the mean and the biased variance of each channel, from x, gamma and beta. */
const normalising =
  (epsilon: number, products: Products | undefined): LoopOnAll =>
  ([y, means, variances], [x, gamma, beta]) => {
    const channels = gamma!.length;
    const count = x!.length / channels;
    const mean = new Float64Array(channels);
    const variance = new Float64Array(channels);
    for (let at = 0; at < x!.length; at += channels)
      for (let i = 0; i < channels; i++) mean[i]! += x![at + i]!;
    for (let i = 0; i < channels; i++) mean[i]! /= count;
    for (let at = 0; at < x!.length; at += channels)
      for (let i = 0; i < channels; i++) variance[i]! += (x![at + i]! - mean[i]!) ** 2;
    for (let i = 0; i < channels; i++) variance[i]! /= count;
    means!.set(mean);
    variances!.set(variance);
    if (products !== undefined && channels <= mostChannels) {
      const by = { gamma: gamma!, beta: beta!, mean: means!, variance: variances! };
      const bounds = [-Infinity, Infinity] as const;
      return products.end(y!, x!, channels, { norm: { ...by, epsilon }, bounds });
    }
    const slope = variance.map((v, i) => gamma![i]! / Math.sqrt(v + epsilon));
    for (let at = 0; at < x!.length; at += channels)
      for (let i = 0; i < channels; i++)
        y![at + i] = (x![at + i]! - mean[i]!) * slope[i]! + beta![i]!;
  };

/** dx, dgamma and dbeta from x, gamma, mean, variance and dy. */
const gradient =
  (epsilon: number): LoopOnAll =>
  ([dx, dgamma, dbeta], [x, gamma, mean, variance, dy]) => {
    const channels = gamma!.length;
    const count = x!.length / channels;
    const sum = new Float64Array(channels);
    const moved = new Float64Array(channels); // Σ dy · (x − mean)
    for (let at = 0; at < x!.length; at += channels)
      for (let i = 0; i < channels; i++) {
        const g = dy![at + i]!;
        sum[i]! += g;
        moved[i]! += g * (x![at + i]! - mean![i]!);
      }
    const spread = Float64Array.from(variance!, (v) => Math.sqrt(v + epsilon));
    const slope = spread.map((s, i) => gamma![i]! / s);
    const bySpread = moved.map((m, i) => (slope[i]! * m) / (count * spread[i]! ** 2));
    const common = sum.map((s, i) => (slope[i]! * s) / count);
    for (let at = 0; at < x!.length; at += channels)
      for (let i = 0; i < channels; i++)
        dx![at + i] =
          dy![at + i]! * slope[i]! - (x![at + i]! - mean![i]!) * bySpread[i]! - common[i]!;
    dbeta!.set(sum);
    dgamma!.set(moved.map((m, i) => m / spread[i]!));
  };
