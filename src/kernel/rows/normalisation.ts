/** Statistics, and numbers set in relation to them. */
import { elements, zeros, type Tensor } from '../../numeric/tensor.ts';
import { minus, over, plus, power, scalar, scaled, summedTo, times } from '../formulas.ts';
import { kernel, result } from '../kernel.ts';
import { at, filled } from '../loops.ts';
import { asFirst, fixed, of, sample, value, type KernelRow } from '../row.ts';

/** y[n, i] = Σ x[n, u, v, i] / (h·w) */
export const mean: KernelRow<'Mean'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: (_, [x]) => [[x[0], x[3]]],
  reference: (_, [x]) => {
    const [batch, h, w, channels] = x.shape;
    const y = zeros([batch, channels]);
    x.data.forEach((number, place) => {
      const image = Math.floor(place / (h * w * channels));
      y.data[image * channels + (place % channels)] += number / (h * w);
    });
    return [y];
  },
  gradient: (_, { operands, gradients }) => {
    const [x, axes] = [operands[0], [1, 2]];
    const share = over(gradients[0], kernel({ op: 'Count', axes }, x));
    return [kernel({ op: 'Spread', axes }, share, x)];
  },
  samples: [sample({}, [2, 3, 5, 3]), sample({}, [3, 1, 1, 1])],
};

/** The mean and the biased variance of each channel, over all axes but the last. */
const statisticsOf = (x: Tensor): readonly [mean: Tensor, variance: Tensor] => {
  const channels = x.shape[x.shape.length - 1];
  const count = x.data.length / channels;
  const averaged = (number: (place: number, channel: number) => number): Tensor => {
    const sums = zeros([channels]);
    x.data.forEach((_, place) => {
      sums.data[place % channels] += number(place, place % channels) / count;
    });
    return sums;
  };
  const means = averaged((place) => x.data[place]);
  return [means, averaged((place, i) => (x.data[place] - means.data[i]) ** 2)];
};

const ofChannels = [fixed([3]), fixed([3]), fixed([3]), fixed([3], 'positive')];

/** y[…, i] = gamma[i] · (x[…, i] − mean[i]) / √(variance[i] + epsilon) + beta[i] (Ioffe and Szegedy 2015) */
export const fusedBatchNormV3: KernelRow<'FusedBatchNormV3'> = {
  operands: ['x', 'gamma', 'beta', 'mean', 'variance'].map(value),
  results: ['y'],
  shapes: asFirst,
  reference: ({ epsilon }, [x, gamma, beta, means, variance]) => [
    filled(x.shape, (place) => {
      const spread = Math.sqrt(at(variance, place) + epsilon);
      return (at(gamma, place) * (at(x, place) - at(means, place))) / spread + at(beta, place);
    }),
  ],
  gradient: ({ epsilon }, { operands, gradients: [g] }) => {
    const [x, gamma, beta, means, variance] = operands;
    const spread = power(plus(variance, scalar(epsilon)), -0.5);
    const slope = times(gamma, spread); // dy/dx
    const sums = { plain: summedTo(g, beta), centred: summedTo(times(g, minus(x, means)), gamma) };
    const byVariance = times(times(slope, times(spread, spread)), sums.centred);
    return [
      times(g, slope),
      times(sums.centred, spread),
      sums.plain,
      scaled(-1, times(sums.plain, slope)),
      scaled(-0.5, byVariance),
    ];
  },
  samples: [
    sample({ epsilon: 1e-5 }, [2, 3, 5, 3], ...ofChannels),
    sample({ epsilon: 0.5 }, [3, 1, 1, 3], ...ofChannels),
  ],
};

/**
 * What `fusedBatchNormV3` makes with the mean and the biased variance of the batch itself, channel by channel, and these
 * two (Ioffe and Szegedy 2015, algorithm 1).
 */
export const batchNorm: KernelRow<'BatchNorm'> = {
  operands: ['x', 'gamma', 'beta'].map(value),
  results: ['y', 'mean', 'variance'],
  shapes: (_, [x, gamma]) => [x, gamma, gamma],
  batched: (_, [x], result) => x && result === 0,
  reference: ({ epsilon }, [x, gamma, beta], batched) => {
    const statistics = statisticsOf(x);
    const operands = [x, gamma, beta, ...statistics];
    const y = fusedBatchNormV3.reference({ op: 'FusedBatchNormV3', epsilon }, operands, batched);
    return [...y, ...statistics];
  },
  gradient: ({ epsilon }, { operands, results, gradients, reached }) => {
    const [x, gamma] = operands;
    const [, means, variance] = results;
    const [dy, dmean, dvariance] = gradients;
    const own = kernel({ op: 'BatchNormGrad', epsilon }, x, gamma, means, variance, dy);
    const others = [result(own, 1), result(own, 2)];
    // mostly the statistics go to running ones, and the loss does not depend on them
    if (!reached[1] && !reached[2]) return [own, ...others];
    const count = summedTo(kernel({ op: 'OnesLike' }, x), gamma);
    const byVariance = times(over(scaled(2, dvariance), count), minus(x, means));
    return [plus(own, plus(over(dmean, count), byVariance)), ...others];
  },
  samples: [
    sample({ epsilon: 1e-5 }, [2, 3, 5, 3], fixed([3]), fixed([3])),
    sample({ epsilon: 0.5 }, [3, 7], fixed([7]), fixed([7])),
    sample({ epsilon: 1e-3 }, of('negative', [3, 1, 2, 1]), fixed([1]), fixed([1])),
    sample({ epsilon: 1e-3 }, of('ties', [2, 5, 3, 3]), fixed([3]), fixed([3])),
  ],
  training: true,
};

/**
 * The gradients of `y` of a batch norm by what it read: with x̂ = (x − mean) / √(variance + epsilon) over n numbers of a
 * channel, dbeta = Σ dy, dgamma = Σ dy · x̂, and dx = gamma · (dy − dbeta / n − x̂ · dgamma / n) / √(variance + epsilon)
 * (Ioffe and Szegedy 2015, section 3).
 */
export const batchNormGrad: KernelRow<'BatchNormGrad'> = {
  operands: ['x', 'gamma', 'mean', 'variance', 'dy'].map(value),
  results: ['dx', 'dgamma', 'dbeta'],
  shapes: (_, [x, gamma]) => [x, gamma, gamma],
  batched: (_, [x], result) => x && result === 0,
  reference: ({ epsilon }, [x, gamma, means, variance, dy]) => {
    const [dgamma, dbeta] = [zeros(gamma.shape), zeros(gamma.shape)];
    const channels = gamma.shape[0];
    const count = elements(x.shape) / channels;
    const spread = variance.data.map((v) => Math.sqrt(v + epsilon));
    const normal = (place: number, i: number): number =>
      (x.data[place] - means.data[i]) / spread[i];
    dy.data.forEach((g, place) => {
      const i = place % channels;
      dbeta.data[i] += g;
      dgamma.data[i] += g * normal(place, i);
    });
    const dx = dy.data.map((g, place) => {
      const i = place % channels;
      const common = (dbeta.data[i] + normal(place, i) * dgamma.data[i]) / count;
      return (gamma.data[i] * (g - common)) / spread[i];
    });
    return [{ shape: x.shape, data: dx }, dgamma, dbeta];
  },
  gradient: 'none',
  samples: [
    sample(
      { epsilon: 1e-5 },
      ...[[2, 3, 5, 3], fixed([3]), fixed([3]), fixed([3], 'positive'), [2, 3, 5, 3]],
    ),
    sample(
      { epsilon: 0.5 },
      ...[[3, 7], fixed([7]), fixed([7]), fixed([7], 'positive'), of('rectified', [3, 7])],
    ),
  ],
  training: true,
};

/**
 * y[…, i] = x[…, i] / (bias + alpha · Σ x[…, j]²)^beta over |j − i| ≤ radius (Krizhevsky et al. 2012, 3.3): alpha is
 * not divided by the number of channels.
 */
export const lrn: KernelRow<'LRN'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: ({ radius, bias, alpha, beta }, [x]) => {
    const channels = x.shape[3];
    return [
      filled(x.shape, (place) => {
        const pixel = place.slice(0, 3);
        let sum = 0;
        for (let j = Math.max(0, place[3] - radius); j <= place[3] + radius && j < channels; j++)
          sum += at(x, [...pixel, j]) ** 2;
        return at(x, place) / (bias + alpha * sum) ** beta;
      }),
    ];
  },
  gradient: ({ radius, bias, alpha, beta }, { operands, gradients }) => [
    kernel({ op: 'LRNGrad', radius, bias, alpha, beta }, operands[0], gradients[0]),
  ],
  samples: [
    sample({ radius: 2, bias: 2, alpha: 1e-4, beta: 0.75 }, [2, 3, 5, 7]),
    sample({ radius: 1, bias: 1, alpha: 0.5, beta: 0.5 }, [3, 3, 1, 3]),
    sample({ radius: 4, bias: 1, alpha: 0.5, beta: 1 }, [2, 2, 3, 1]),
  ],
};

/**
 * dx[…, i] = dy[…, i] / s[…, i]^beta − 2 alpha beta x[…, i] · Σ dy[…, j] x[…, j] / s[…, j]^(beta + 1) over
 * |j − i| ≤ radius, where s[…, j] = bias + alpha · Σ x[…, k]² over |k − j| ≤ radius.
 */
export const lrnGrad: KernelRow<'LRNGrad'> = {
  operands: [value('x'), value('dy')],
  results: ['dx'],
  shapes: asFirst,
  reference: ({ radius, bias, alpha, beta }, [x, dy]) => {
    const channels = x.shape[3];
    const around = (place: readonly number[], number: (place: readonly number[]) => number) => {
      const [n, u, v, i] = place;
      let sum = 0;
      for (let j = Math.max(0, i - radius); j <= i + radius && j < channels; j++)
        sum += number([n, u, v, j]);
      return sum;
    };
    const s = filled(x.shape, (place) => bias + alpha * around(place, (p) => at(x, p) ** 2));
    const share = (p: readonly number[]): number => (at(dy, p) * at(x, p)) / at(s, p) ** (beta + 1);
    return [
      filled(
        x.shape,
        (place) =>
          at(dy, place) / at(s, place) ** beta -
          2 * alpha * beta * at(x, place) * around(place, share),
      ),
    ];
  },
  gradient: 'none',
  samples: [
    sample({ radius: 2, bias: 2, alpha: 1e-4, beta: 0.75 }, [2, 3, 5, 7], [2, 3, 5, 7]),
    sample({ radius: 1, bias: 1, alpha: 0.5, beta: 0.5 }, [3, 3, 1, 3], [3, 3, 1, 3]),
    sample({ radius: 4, bias: 1, alpha: 0.5, beta: 1 }, [2, 2, 3, 1], [2, 2, 3, 1]),
  ],
  training: true,
};
