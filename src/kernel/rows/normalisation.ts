/** Statistics, and numbers set in relation to them. */
import { zeros } from '../../numeric/tensor.ts';
import { at, filled } from '../loops.ts';
import { asFirst, of, sample, value, type KernelRow } from '../row.ts';

/** y[n, i] = Σ x[n, u, v, i] / (h·w) */
export const mean: KernelRow<'Mean'> = {
  operands: [value('x')],
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
  samples: [sample({}, [2, 3, 5, 3]), sample({}, [3, 1, 1, 1])],
};

const ofChannels = [of('mixed', [3]), of('mixed', [3]), of('mixed', [3]), of('positive', [3])];

/** y[…, i] = gamma[i] · (x[…, i] − mean[i]) / √(variance[i] + epsilon) + beta[i] (Ioffe and Szegedy 2015) */
export const fusedBatchNormV3: KernelRow<'FusedBatchNormV3'> = {
  operands: ['x', 'gamma', 'beta', 'mean', 'variance'].map(value),
  shapes: asFirst,
  reference: ({ epsilon }, [x, gamma, beta, means, variance]) => [
    filled(x.shape, (place) => {
      const spread = Math.sqrt(at(variance, place) + epsilon);
      return (at(gamma, place) * (at(x, place) - at(means, place))) / spread + at(beta, place);
    }),
  ],
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
  samples: [
    sample({ radius: 2, bias: 2, alpha: 1e-4, beta: 0.75 }, [2, 3, 5, 7]),
    sample({ radius: 1, bias: 1, alpha: 0.5, beta: 0.5 }, [3, 3, 1, 3]),
    sample({ radius: 4, bias: 1, alpha: 0.5, beta: 1 }, [2, 2, 3, 1]),
  ],
};
