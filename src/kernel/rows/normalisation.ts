/** Statistics, and numbers set in relation to them. */
import { elements, zeros } from '../../numeric/tensor.ts';
import { minus, over, plus, power, scalar, scaled, summedTo, times } from '../formulas.ts';
import { kernel } from '../kernel.ts';
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

/**
 * Two results, mean[…] = Σ x / n and variance[…] = Σ (x − mean)² / n over the n numbers along the axes: the biased
 * variance, which normalises a batch.
 */
export const moments: KernelRow<'Moments'> = {
  operands: [value('x')],
  results: ['mean', 'variance'],
  shapes: ({ axes }, [x]) => {
    const rest = x.filter((_, axis) => !axes.includes(axis));
    return [rest, rest];
  },
  batched: ({ axes }, [batched]) => batched && !axes.includes(0),
  reference: ({ axes }, [x]) => {
    const rest = x.shape.filter((_, axis) => !axes.includes(axis));
    const count = elements(x.shape) / elements(rest);
    const averages = (number: (place: readonly number[], kept: readonly number[]) => number) => {
      const sums = zeros(rest);
      filled(x.shape, (place) => {
        const kept = place.filter((_, axis) => !axes.includes(axis));
        const to = rest.reduce((sum, n, axis) => sum * n + kept[axis], 0);
        return (sums.data[to] += number(place, kept) / count);
      });
      return sums;
    };
    const means = averages((place) => at(x, place));
    return [means, averages((place, kept) => (at(x, place) - at(means, kept)) ** 2)];
  },
  // dx = dmean / n + 2 dvariance (x − mean) / n: the variance does not move with the mean, as Σ (x − mean) is 0
  gradient: ({ axes }, { operands, results, gradients }) => {
    const x = operands[0];
    const count = kernel({ op: 'Count', axes }, x);
    const [byMean, bySpread, centre] = [
      over(gradients[0], count),
      over(scaled(2, gradients[1]), count),
      results[0],
    ].map((share) => kernel({ op: 'Spread', axes }, share, x));
    return [plus(byMean, times(bySpread, minus(x, centre)))];
  },
  samples: [
    sample({ axes: [0, 1, 2] }, [2, 3, 5, 3]),
    sample({ axes: [0] }, [3, 7]),
    sample({ axes: [0, 1, 2] }, of('negative', [3, 1, 2, 1])),
    sample({ axes: [1, 2] }, of('ties', [2, 5, 3, 3])),
    sample({ axes: [1] }, fixed([2, 5])),
  ],
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
